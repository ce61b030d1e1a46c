import HTTPTransport
import LoopbackServer
import Model
import Testing

/// Everything that can go wrong, and above all: whether a byte of the request may have left.
@Suite(.timeLimit(.minutes(8))) struct FailureTests {
  let transport = HTTPTransport()

  private func post(_ url: String, limits: TransferLimits = TransferLimits()) async throws -> HTTPFailure {
    try await failure { () async throws(HTTPFailure) in
      try await transport.perform(HTTPRequest(.post, url, body: Array("{}".utf8), limits: limits))
    }
  }

  // MARK: Before anything left

  @Test(arguments: [
    "http://example.com/", "http://127.0.0.1.example.com/", "ftp://127.0.0.1/", "file:///etc/passwd", "/relative", "", "https://",
    "http://user:word@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y", "http://2130706433.example/", "http://128.0.0.1/",
  ]) func addressesThatAreNotAllowed(url: String) async throws {
    let failure = try await post(url)
    #expect(failure.word == "invalidRequest")
    #expect(!failure.requestMayHaveLeft)
  }

  @Test(arguments: [("X-A", "b\r\nX-Evil: 1"), ("X-A\r\nX-Evil", "1"), ("X A", "1"), ("", "1"), ("X-A", "b\u{0}c"), ("X:", "1")])
  func headersThatAreNotAllowed(header: (String, String)) async throws {
    let server = try LoopbackServer { _ in [.answer(200)] }
    let failure = try await failure { () async throws(HTTPFailure) in
      try await transport.perform(HTTPRequest(.get, server.base, headers: [(header.0, header.1)]))
    }
    #expect(failure.word == "invalidRequest")
    #expect(!failure.requestMayHaveLeft)
    #expect(server.connections == 0)
  }

  @Test func nobodyListens() async throws {
    // Port 1: that of a server that has stopped may soon be another test's.
    let failure = try await post("http://127.0.0.1:1/")
    #expect(failure.word == "connectionRefused")
    #expect(!failure.requestMayHaveLeft)
  }

  @Test func unknownName() async throws {
    let failure = try await post("https://no-such-host.invalid/", limits: impatient)
    #expect(["nameNotFound", "timedOut"].contains(failure.word))
    #expect(!failure.requestMayHaveLeft)
  }

  @Test func handshakeNeverAnswered() async throws {
    let server = try LoopbackServer(greeting: [.stall])
    let failure = try await post("https://127.0.0.1:\(server.port)/", limits: impatient)
    #expect(failure.word == "timedOut")
    #expect(!failure.requestMayHaveLeft)
  }

  @Test func handshakeAnsweredWithNonsense() async throws {
    let server = try LoopbackServer(greeting: [.send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)), .close])
    let failure = try await post("https://127.0.0.1:\(server.port)/")
    #expect(failure.word == "tlsFailed")
    #expect(!failure.requestMayHaveLeft)
  }

  @Test func handshakeReset() async throws {
    let server = try LoopbackServer(greeting: [.reset])
    let failure = try await post("https://127.0.0.1:\(server.port)/")
    #expect(!failure.requestMayHaveLeft)
  }

  @Test func ownCertificateMissing() async throws {
    let server = try LoopbackServer(greeting: [.stall])
    let request = HTTPRequest(
      .get, "https://127.0.0.1:\(server.port)/", limits: impatient, tls: TLSSettings(certificate: "/nonexistent.pem", key: "/nonexistent.pem"))
    let failure = try await failure { () async throws(HTTPFailure) in try await transport.perform(request) }
    #expect(failure.word == "credentialUnusable")
    #expect(!failure.requestMayHaveLeft)
  }

  @Test func authoritiesFileMissing() async throws {
    let server = try LoopbackServer(greeting: [.stall])
    let request = HTTPRequest(.get, "https://127.0.0.1:\(server.port)/", limits: impatient, tls: TLSSettings(authorities: "/nonexistent.pem"))
    let failure = try await failure { () async throws(HTTPFailure) in try await transport.perform(request) }
    #expect(failure.word == "credentialUnusable")
    #expect(!failure.requestMayHaveLeft)
  }

  // MARK: After it may have left

  @Test func hungUpWithoutAnAnswer() async throws {
    let server = try LoopbackServer { _ in [.close] }
    let failure = try await post(server.base)
    #expect(failure.word == "cutOff")
    #expect(failure.requestMayHaveLeft)
  }

  @Test func resetWithoutAnAnswer() async throws {
    let server = try LoopbackServer { _ in [.reset] }
    let failure = try await post(server.base)
    #expect(failure.word == "cutOff")
    #expect(failure.requestMayHaveLeft)
  }

  @Test func answerNeverComes() async throws {
    let server = try LoopbackServer { _ in [.stall] }
    let failure = try await post(server.base, limits: impatient)
    #expect(failure.word == "timedOut")
    #expect(failure.requestMayHaveLeft)
  }

  @Test func answerCutInItsHeaders() async throws {
    let server = try LoopbackServer { _ in [.send(Array("HTTP/1.1 200 OK\r\nContent-Le".utf8)), .close] }
    let failure = try await post(server.base)
    #expect(failure.word == "cutOff")
    #expect(failure.requestMayHaveLeft)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n500", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n500",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n500\r\n",
  ]) func answerCutInItsBody(answer: String) async throws {
    let server = try LoopbackServer { _ in [.send(Array(answer.utf8)), .close] }
    let failure = try await post(server.base)
    #expect(failure.word == "cutOff")
    #expect(failure.requestMayHaveLeft)
  }

  @Test func answerThatIsNotHTTP() async throws {
    let server = try LoopbackServer { _ in [.send(Array("220 mail.example ESMTP\r\n".utf8)), .close] }
    let failure = try await post(server.base)
    #expect(["notHTTP", "invalidRequest"].contains(failure.word))
    #expect(failure.requestMayHaveLeft)
  }

  @Test func endlessHeaders() async throws {
    let line = "X-Fill: " + String(repeating: "a", count: 1_000) + "\r\n"
    let server = try LoopbackServer { _ in [.send(Array(("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 100)).utf8)), .stall] }
    let failure = try await post(server.base)
    #expect(failure.word == "notHTTP")
    #expect(failure.requestMayHaveLeft)
  }

  @Test func slowDribble() async throws {
    let server = try LoopbackServer { _ in
      [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".utf8)), .dribble(Array(repeating: 0x61, count: 1_000), milliseconds: 200)]
    }
    let failure = try await post(server.base, limits: TransferLimits(total: .seconds(30), slowFor: .seconds(1), slowestRate: 100))
    #expect(failure.word == "timedOut")
    #expect(failure.requestMayHaveLeft)
  }

  @Test func bodyBeyondTheLimit() async throws {
    let server = try LoopbackServer { _ in [.answer(200, String(repeating: "a", count: 5_000))] }
    let failure = try await post(server.base, limits: TransferLimits(body: 4_999))
    #expect(failure.word == "tooLarge")
    #expect(failure.requestMayHaveLeft)
    #expect(try await transport.perform(HTTPRequest(.get, server.base, limits: TransferLimits(body: 5_000))).body.count == 5_000)
  }

  @Test func sinkThatRefuses() async throws {
    let server = try LoopbackServer { _ in [.answer(200, String(repeating: "a", count: 5_000))] }
    let failure = try await failure { () async throws(HTTPFailure) in
      try await transport.download(HTTPRequest(.get, server.base), into: CollectingSink(capacity: 100))
    }
    guard case .sinkRefused(let cause) = failure.kind else {
      Issue.record("\(failure)")
      return
    }
    #expect(cause is CollectingSink.Full)
  }

  // MARK: No second message behind our back

  /// On a connection used before, libcurl repeats a request whose answer never came. For a message that would be a double.
  @Test(arguments: [LoopbackServer.Step.close, .reset]) func postIsNeverRepeatedByTheLibrary(end: LoopbackServer.Step) async throws {
    let server = try LoopbackServer { request in request.method == "POST" ? [end] : [.answer(200, "x")] }
    _ = try await transport.perform(HTTPRequest(.get, server.base))
    let failure = try await post(server.base)
    #expect(failure.requestMayHaveLeft)
    #expect(server.requests.filter { $0.method == "POST" }.count == 1)
  }

  /// Reading again is harmless, and an idle connection that the server has closed meanwhile must not fail a poll.
  @Test func getSurvivesAStaleConnection() async throws {
    let server = try LoopbackServer { _ in [.answer(200, "x"), .close] }
    for _ in 0..<3 { #expect(try await transport.perform(HTTPRequest(.get, server.base)).status == 200) }
  }

  @Test func descriptionsHoldNothingOfTheRequest() async throws {
    let server = try LoopbackServer { _ in [.close] }
    let failure = try await post(server.base + "/message?t=SECRET-TOKEN")
    #expect(!"\(failure)".contains("SECRET"))
    #expect(!"\(failure)".contains("127.0.0.1"))
  }
}
