import HTTPTransport
import LoopbackServer
import Mailbox
import Model
import Runtime
import Synchronization
import Testing

/// Tokens of the bus: asked for once, kept, renewed before their end and once after a 401.
@Suite(.timeLimit(.minutes(8))) struct GatewayTests {
  /// Hands out numbered tokens and accepts only the newest.
  private final class Bus: Sendable {
    private struct State {
      var issued = 0
      var revoked = false
      var refusesEverything = false
    }
    private let state = Mutex(State())
    let lifetime: String

    init(lifetime: String = "3600") { self.lifetime = lifetime }

    var issued: Int { state.withLock { $0.issued } }
    func revoke() { state.withLock { $0.revoked = true } }
    func refuseEverything() { state.withLock { $0.refusesEverything = true } }

    func answer(_ request: ReceivedRequest) -> [LoopbackServer.Step] {
      state.withLock { state in
        if request.target.hasPrefix("/token") {
          state.issued += 1
          state.revoked = false
          return [.answer(200, "{\"token_type\":\"Bearer\",\"access_token\":\"TOKEN\(state.issued)\",\"expires_in\":\(lifetime)}")]
        }
        guard !state.revoked, !state.refusesEverything, request["Authorization"] == "Bearer TOKEN\(state.issued)" else { return [.answer(401)] }
        return [.answer(200, request.method == "POST" ? "500200" : "{\"result\":[],\"length\":0}")]
      }
    }
  }

  private func client(_ server: LoopbackServer, time: ManualTime = ManualTime(goldenNow)) -> MailboxClient {
    MailboxClient(
      recipient: "1210150561306", endpoint: MailboxEndpoint(api: server.base + "/", upload: server.base),
      authentication: .gateway(
        GatewayCredential(
          tokenService: server.base, oid: "2.16.100.1.1.999.1", clientId: "intake.robot.test", scope: "ssev", certificate: "", key: "")),
      transport: HTTPTransport(), surroundings: surroundings(time))
  }

  @Test func goldenTokenRequest() async throws {
    let golden = try Golden("token")
    let inbox = try Golden("inbox-bearer")
    let server = try LoopbackServer { [.send($0.target.hasPrefix("/token") ? golden.response : inbox.response)] }
    let page = try await client(server).inbox(limit: 50)
    #expect(page.rows.count == 4)
    try golden.check(server.requests.first)
    try inbox.check(server.requests.last)
    #expect(server.requests.last?["Dp-Miscinfo"] == nil)
  }

  @Test func oneTokenForManyCalls() async throws {
    let bus = Bus()
    let server = try LoopbackServer { bus.answer($0) }
    let client = client(server)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { _ = try await client.inbox(limit: 1) } }
      try await group.waitForAll()
    }
    #expect(bus.issued == 1)
  }

  @Test func renewedBeforeItsEnd() async throws {
    let bus = Bus(lifetime: "\"600\"")
    let server = try LoopbackServer { bus.answer($0) }
    let time = ManualTime(goldenNow)
    let client = client(server, time: time)
    _ = try await client.inbox(limit: 1)
    time.advance(by: .seconds(539))
    _ = try await client.inbox(limit: 1)
    #expect(bus.issued == 1)
    time.advance(by: .seconds(1))
    _ = try await client.inbox(limit: 1)
    #expect(bus.issued == 2)
  }

  @Test func renewedOnceAfter401() async throws {
    let bus = Bus()
    let server = try LoopbackServer { bus.answer($0) }
    let client = client(server)
    _ = try await client.inbox(limit: 1)
    bus.revoke()
    _ = try await client.inbox(limit: 1)
    #expect(bus.issued == 2)
    // A message too: 401 proves that it was not taken.
    bus.revoke()
    #expect(await client.send(reply).word == "sent 500200")
    #expect(bus.issued == 3)
  }

  @Test func persistent401IsReportedAfterOneRenewal() async throws {
    let bus = Bus()
    bus.refuseEverything()
    let server = try LoopbackServer { bus.answer($0) }
    let error = try await failure { try await client(server).inbox(limit: 1) }
    #expect(error.code == "mailbox.unauthorized")
    #expect(bus.issued == 2)
    #expect(await client(server).send(reply).word == "not-sent mailbox.unauthorized")
  }

  @Test(arguments: [(400, "mailbox.token-refused"), (401, "mailbox.token-refused"), (403, "mailbox.token-refused"), (503, "mailbox.gateway")])
  func tokenRefused(status: Int, code: String) async throws {
    let server = try LoopbackServer { _ in [.answer(status, "{\"error\":\"invalid_client\"}")] }
    let error = try await failure { try await client(server).inbox(limit: 1) }
    #expect(error.code == code)
    // Without a token nothing can have been sent.
    #expect(await client(server).send(reply).word == "not-sent \(code)")
  }

  @Test(arguments: ["{}", "{\"access_token\":\"\"}", "{\"access_token\":null}", "<html>", "{\"access_token\":17}"])
  func tokenAnswersOfNoUse(body: String) async throws {
    let server = try LoopbackServer { _ in [.answer(200, body)] }
    #expect(try await failure { try await client(server).inbox(limit: 1) }.code == "mailbox.bad-response")
  }

  @Test func tokenWithALineBreakCannotForgeAHeader() async throws {
    let server = try LoopbackServer { request in
      request.target.hasPrefix("/token") ? [.answer(200, "{\"access_token\":\"a\\r\\nX-Evil: 1\"}")] : [.answer(200)]
    }
    let error = try await failure { try await client(server).inbox(limit: 1) }
    #expect(error.code == "mailbox.invalid-address")
    #expect(server.requests.allSatisfy { $0["X-Evil"] == nil })
  }

  // MARK: Direct

  @Test(arguments: [
    ("2.16", "a|b"), ("2.16", "a/b"), ("2.16", "a=b"), ("2.16", ""), ("2.16", "имя"), ("2.16", "a b"), ("", "a"), ("2.16/x", "a"), ("oid", "a"),
  ]) func identityThatCouldShiftTheHeader(oid: String, clientId: String) async throws {
    let server = try LoopbackServer { _ in [.answer(200, "{\"result\":[],\"length\":0}")] }
    let error = try await failure { try await makeClient(server, oid: oid, clientId: clientId).inbox(limit: 1) }
    #expect(error.code == "mailbox.credential-invalid")
    #expect(error.disposition == .misconfigured)
    #expect(server.connections == 0)
  }

  @Test func clockReading() async throws {
    let server = try LoopbackServer { _ in [.answer(503, headers: ["Date: Tue, 03 Feb 2026 12:31:00 GMT"])] }
    let client = makeClient(server)
    #expect(await client.serverClock == nil)
    _ = try await failure { try await client.inbox(limit: 1) }
    #expect(await client.serverClock == ServerClock(server: at("2026-02-03T12:31:00Z"), local: goldenNow))
  }
}
