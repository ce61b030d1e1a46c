import HTTPTransport
import LoopbackServer
import Model
import Runtime
import Synchronization
import Testing

@testable import Mailbox

/// A host that does not answer is left alone, asked again by one call, and believed when it names a time.
@Suite(.timeLimit(.minutes(8))) struct HostBreakerTests {
  private final class Flag: Sendable {
    private let state = Mutex(false)
    var isOn: Bool { state.withLock { $0 } }
    func raise() { state.withLock { $0 = true } }
  }

  private let empty = "{\"result\":[],\"length\":0}"

  private func client(_ server: LoopbackServer, _ time: ManualTime, _ breaker: HostBreaker) -> MailboxClient {
    MailboxClient(
      recipient: "1210150561306", endpoint: MailboxEndpoint(api: server.base, upload: server.base),
      authentication: .direct(oid: "2.16.100.1.1.999.1", clientId: "intake.robot.test"), transport: HTTPTransport(), breaker: breaker,
      surroundings: surroundings(time))
  }

  @Test func restsAfterFiveFailuresProbesWithOneCallAndDoubles() async throws {
    let isWell = Flag()
    let server = try LoopbackServer { [empty] _ in [isWell.isOn ? .answer(200, empty) : .answer(503)] }
    let time = ManualTime(goldenNow)
    let breaker = HostBreaker(.init(failures: 5, first: .seconds(10), longest: .seconds(30)), time: time)
    // Two mailboxes of one host know the same.
    let (one, other) = (client(server, time, breaker), client(server, time, breaker))
    func code(_ client: MailboxClient) async throws -> String { try await failure { try await client.inbox(limit: 1) }.code }
    for _ in 0..<5 { #expect(try await code(one) == "mailbox.gateway") }
    #expect(server.requests.count == 5)
    let refused = try await failure { try await other.inbox(limit: 1) }
    #expect(refused.code == "mailbox.host-resting" && refused.disposition == .snooze(.seconds(10)))
    #expect(throws: OperatorError.self) { try other.checkAvailable() }
    #expect(await other.send(reply).word == "not-sent mailbox.host-resting")
    #expect(server.requests.count == 5)
    // One probe that fails: twice as long, and no longer than the longest.
    for rest in [10, 20, 30, 30] {
      time.advance(by: .seconds(rest) - .milliseconds(1))
      #expect(try await code(one) == "mailbox.host-resting")
      time.advance(by: .milliseconds(1))
      #expect(try await code(other) == "mailbox.gateway")
      #expect(try await code(one) == "mailbox.host-resting")
    }
    #expect(server.requests.count == 9)
    isWell.raise()
    time.advance(by: .seconds(30))
    _ = try await one.inbox(limit: 1)
    _ = try await other.inbox(limit: 1)
    #expect(server.requests.count == 11)
  }

  @Test func onlyOneCallIsTheProbe() {
    let time = ManualTime(goldenNow)
    let breaker = HostBreaker(.init(failures: 1, first: .seconds(10), longest: .seconds(30)), time: time)
    breaker.note("https://a.example/x", .ill)
    #expect(breaker.admit("https://a.example/y") == .seconds(10))
    #expect(breaker.admit("https://b.example/y") == nil)
    time.advance(by: .seconds(10))
    #expect(breaker.rest(of: "https://a.example") == nil)
    #expect(breaker.admit("https://a.example") == nil)
    #expect(breaker.admit("https://a.example") == .seconds(10))
    // It ended for a reason of its own: the next call is the probe.
    breaker.note("https://a.example", .nothing)
    #expect(breaker.admit("https://a.example") == nil)
    breaker.note("https://a.example", .well)
    #expect(breaker.admit("https://a.example") == nil)
    #expect(breaker.admit("https://a.example") == nil)
  }

  @Test func whatTheHostAsksForCountsForEveryMailbox() async throws {
    let server = try LoopbackServer { _ in [.answer(429, headers: ["Retry-After: 40"])] }
    let time = ManualTime(goldenNow)
    let breaker = HostBreaker(time: time)
    let (one, other) = (client(server, time, breaker), client(server, time, breaker))
    #expect(try await failure { try await one.inbox(limit: 1) }.disposition == .retryAfter(.seconds(40)))
    time.advance(by: .seconds(39))
    #expect(try await failure { try await other.inbox(limit: 1) }.disposition == .snooze(.seconds(1)))
    #expect(server.requests.count == 1)
    time.advance(by: .seconds(1))
    #expect(try await failure { try await other.inbox(limit: 1) }.code == "mailbox.rate-limited")
  }

  /// Answers that the contract gives to one message say nothing about the host; those of the bus say nothing about the message.
  @Test(arguments: [
    (400, false), (403, false), (404, false), (405, false), (413, false), (500, false), (401, true), (429, true), (502, true), (503, true),
    (504, true),
  ])
  func answersAreClassifiedByTheContract(status: Int, isOutage: Bool) async throws {
    let server = try LoopbackServer { _ in [.answer(status)] }
    let error = try await failure { try await makeClient(server).open(1) }
    #expect((error.budget == .patience) == isOutage)
  }
}
