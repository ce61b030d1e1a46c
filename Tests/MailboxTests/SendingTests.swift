import HTTPTransport
import LoopbackServer
import Mailbox
import Model
import Testing

/// Exactly what is known after every way a sending can end (design.md 3: confirmed).
@Suite(.timeLimit(.minutes(8))) struct SendingTests {
  private let impatient = MailboxEndpoint.Limits(call: TransferLimits(connect: .milliseconds(300), total: .milliseconds(300)))

  private func send(_ steps: [LoopbackServer.Step]) async throws -> String {
    let server = try LoopbackServer { _ in steps }
    // Short waits only where nothing will come: a loaded machine must not turn another fault into a time-out.
    let stalls = steps.contains { if case .stall = $0 { true } else { false } }
    let outcome = await makeClient(server, limits: stalls ? impatient : MailboxEndpoint.Limits()).send(reply)
    #expect(server.requests.filter { $0.method == "POST" }.count == 1, "a message must leave once")
    return outcome.word
  }

  @Test(arguments: [400, 401, 403, 413, 415]) func statusesThatProveItWasNotSent(status: Int) async throws {
    #expect(try await send([.answer(status)]).hasPrefix("not-sent mailbox."))
  }

  @Test(arguments: [
    201, 202, 204, 206, 301, 302, 307, 402, 404, 405, 406, 408, 409, 410, 411, 414, 417, 421, 422, 425, 426, 429, 431, 451, 499, 500, 501, 502,
    503, 504, 507, 511, 599,
  ]) func everyOtherStatusIsUncertain(status: Int) async throws {
    #expect(try await send([.answer(status)]).hasPrefix("uncertain mailbox."))
  }

  @Test(arguments: ["500200", " 500200\r\n", "\"500200\"", "\u{FEFF}500200"]) func idsThatCount(body: String) async throws {
    #expect(try await send([.answer(200, body)]) == "sent 500200")
  }

  @Test(arguments: ["", "null", "0", "-5", "500200.5", "{}", "[500200]", "\"\"", "<html>", "500200 500201", "true", "1e400"])
  func bodiesThatProveNothing(body: String) async throws {
    #expect(try await send([.answer(200, body)]) == "uncertain mailbox.bad-response")
  }

  /// `50020` may be the beginning of `500200`: only a length or chunks prove that a number is whole.
  @Test func numberWithoutFramingProvesNothing() async throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n50020"
    #expect(try await send([.send(Array(head.utf8)), .close]) == "uncertain mailbox.bad-response")
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n5002", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n5002\r\n",
    "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 2", "",
  ]) func cutAnswersAreUncertain(answer: String) async throws {
    #expect(try await send([.send(Array(answer.utf8)), .close]).hasPrefix("uncertain mailbox."))
    #expect(try await send([.send(Array(answer.utf8)), .stall]).hasPrefix("uncertain mailbox."))
  }

  @Test func resetAfterTheRequestIsUncertain() async throws {
    #expect(try await send([.reset]) == "uncertain mailbox.unreachable")
    #expect(try await send([.stall]) == "uncertain mailbox.unreachable")
  }

  @Test func nothingLeftMeansNotSent() async throws {
    // Port 1, where nothing listens: the port of a server that has stopped may soon be another test's.
    let nobody = MailboxEndpoint(api: "http://127.0.0.1:1", upload: "http://127.0.0.1:1", limits: impatient)
    let lonely = MailboxClient(
      recipient: "1210150561306", endpoint: nobody, authentication: .direct(oid: "1.2", clientId: "x"), transport: HTTPTransport(),
      surroundings: surroundings())
    #expect(await lonely.send(reply).word == "not-sent mailbox.unreachable")
    let silent = try LoopbackServer(greeting: [.stall])
    let endpoint = MailboxEndpoint(api: "https://127.0.0.1:\(silent.port)", upload: "https://127.0.0.1:\(silent.port)", limits: impatient)
    let client = MailboxClient(
      recipient: "1210150561306", endpoint: endpoint, authentication: .direct(oid: "1.2", clientId: "x"), transport: HTTPTransport(),
      surroundings: surroundings())
    #expect(await client.send(reply).word == "not-sent mailbox.unreachable")
  }

  @Test func cancellationInMidFlightIsUncertain() async throws {
    let server = try LoopbackServer { _ in [.stall] }
    let client = makeClient(server)
    let task = Task { await client.send(reply) }
    while server.requests.isEmpty { await Task.yield() }
    task.cancel()
    #expect(await task.value.word == "uncertain mailbox.cancelled")
  }

  // MARK: What is refused before it leaves

  private func message(subject: String = "Тема", body: String = "Текст", to: [Int64] = [7001]) -> OutgoingMessage {
    OutgoingMessage(recipientProfileIds: to, subject: subject, rnu: nil, templateId: 1, fields: [BuiltInTemplate.messageBody: .string(body)])
  }

  /// ССЕВ counts UTF-16 units: a letter outside the basic plane is two.
  @Test func subjectLength() async throws {
    let server = try LoopbackServer { _ in [.answer(200, "1")] }
    let client = makeClient(server)
    #expect(await client.send(message(subject: String(repeating: "я", count: 255))).word == "sent 1")
    #expect(await client.send(message(subject: String(repeating: "я", count: 253) + "𝄞")).word == "sent 1")
    #expect(await client.send(message(subject: String(repeating: "я", count: 254) + "𝄞")).word == "not-sent mailbox.subject-length")
    #expect(await client.send(message(subject: "\u{A0}\t ")).word == "not-sent mailbox.subject-length")
    #expect(await client.send(message(to: [])).word == "not-sent mailbox.no-recipient")
    #expect(server.requests.count == 2)
  }

  @Test(arguments: [
    "2026-02-03T10:00:00", "2026-02-03T10:00:00Z", "2026-02-03T10:00:00.1234567+02:00", "9999-99-99T99:99:99", "/Date(1700000000000)/",
  ]) func textsLikeDates(text: String) async throws {
    let server = try LoopbackServer { _ in [.answer(200, "1")] }
    #expect(OutgoingMessage.looksLikeDate(text))
    #expect(await makeClient(server).send(message(body: text)).word == "not-sent mailbox.text-like-date")
    #expect(server.connections == 0)
  }

  @Test(arguments: [
    "2026-02-03", "03.02.2026 г., 10:00:00 ч.", "2026-02-03 10:00:00", " 2026-02-03T10:00:00", "Получен 2026-02-03T10:00:00", "", "2026-02-03T10:00",
    "2026-02-03T10:00:00 и още доста текст след часа, който не е дата", "/Date(1700000000000)",
  ]) func textsThatAreNoDates(text: String) {
    #expect(!OutgoingMessage.looksLikeDate(text))
  }
}
