import HTTPTransport
import LoopbackServer
import Model
import Testing

/// What goes over the wire and what comes back when nothing is wrong.
@Suite(.timeLimit(.minutes(8))) struct ExchangeTests {
  let transport = HTTPTransport()

  @Test func getBringsStatusHeadersAndBody() async throws {
    let server = try LoopbackServer { _ in [.answer(404, "няма", headers: ["X-One:  a b ", "Date: Sun, 06 Nov 1994 08:49:37 GMT"])] }
    let response = try await transport.perform(HTTPRequest(.get, server.base + "/a?b=c%2B", headers: [("Accept", "text/plain")]))
    #expect(response.status == 404)
    #expect(String(decoding: response.body, as: UTF8.self) == "няма")
    #expect(response.headers["x-one"] == "a b")
    #expect(response.headers["X-ONE"] == "a b")
    #expect(response.headers["x-two"] == nil)
    #expect(response.isFramed)
    #expect(response.date == Timestamp(seconds: 784_111_777))
    let request = try #require(server.requests.first)
    #expect(request.method == "GET")
    #expect(request.target == "/a?b=c%2B")
    #expect(request["Accept"] == "text/plain")
    #expect(request["Content-Length"] == nil)
  }

  @Test func postCarriesLengthAndNoExpectation() async throws {
    let server = try LoopbackServer { _ in [.answer(200, "1")] }
    // Beyond the size from which curl would ask for `100 Continue` by itself.
    let body = Array(String(repeating: "я", count: 1_000_000).utf8)
    _ = try await transport.perform(HTTPRequest(.post, server.base + "/p", headers: [("Content-Type", "application/json")], body: body))
    let request = try #require(server.requests.first)
    #expect(request.body == body)
    #expect(request["Content-Length"] == "2000000")
    #expect(request["Transfer-Encoding"] == nil)
    #expect(request["Expect"] == nil)
    #expect(request["Content-Type"] == "application/json")
  }

  /// Section 7.2: the server's policy reads the body once. A small message has to arrive in the same read as its headers.
  @Test func headersAndBodyLeaveInOnePiece() async throws {
    let server = try LoopbackServer { _ in [.answer(200, "1")] }
    for length in [0, 1, 300, 4_000] {
      _ = try await transport.perform(HTTPRequest(.post, server.base, body: Array(repeating: 0x61, count: length)))
    }
    #expect(server.requests.map(\.reads) == [1, 1, 1, 1])
    #expect(server.requests.map(\.body.count) == [0, 1, 300, 4_000])
  }

  @Test func emptyPostAndEmptyHeaderValues() async throws {
    let server = try LoopbackServer { _ in [.answer(200)] }
    _ = try await transport.perform(HTTPRequest(.post, server.base, headers: [("operatorID", ""), ("OID", "1.2")]))
    let request = try #require(server.requests.first)
    #expect(request["Content-Length"] == "0")
    #expect(request["operatorID"] == "")
    #expect(request["OID"] == "1.2")
    #expect(request["Content-Type"] == nil)
  }

  @Test func connectionsAreReusedForReading() async throws {
    let server = try LoopbackServer { _ in [.answer(200, "x")] }
    for _ in 0..<5 { _ = try await transport.perform(HTTPRequest(.get, server.base)) }
    #expect(server.connections == 1)
  }

  @Test func chunkedAnswerIsPutTogether() async throws {
    let server = try LoopbackServer { _ in
      [.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8))]
    }
    let response = try await transport.perform(HTTPRequest(.get, server.base))
    #expect(response.body == Array("abcde".utf8))
    #expect(response.isFramed)
  }

  @Test func bodyUntilCloseIsNotFramed() async throws {
    let server = try LoopbackServer { _ in [.send(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n50020".utf8)), .close] }
    let response = try await transport.perform(HTTPRequest(.get, server.base))
    #expect(response.body == Array("50020".utf8))
    #expect(!response.isFramed)
  }

  @Test func interimAnswersAreSkipped() async throws {
    let server = try LoopbackServer { _ in
      [.send(Array("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n".utf8)), .answer(200, "ok", headers: ["X-Late: 1"])]
    }
    let response = try await transport.perform(HTTPRequest(.get, server.base))
    #expect(response.status == 200)
    #expect(response.headers["x-early"] == nil)
    #expect(response.headers["x-late"] == "1")
  }

  @Test(arguments: [301, 302, 307, 308]) func redirectsAreNotFollowed(status: Int) async throws {
    let elsewhere = try LoopbackServer { _ in [.answer(200)] }
    let server = try LoopbackServer { _ in [.answer(status, headers: ["Location: \(elsewhere.base)/x"])] }
    #expect(try await transport.perform(HTTPRequest(.get, server.base)).status == status)
    #expect(elsewhere.connections == 0)
  }

  @Test func downloadStreamsToTheSink() async throws {
    let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let server = try LoopbackServer { _ in [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n".utf8) + content)] }
    let sink = CollectingSink()
    let response = try await transport.download(HTTPRequest(.get, server.base), into: sink)
    #expect(response.body.isEmpty)
    #expect(response.received == 3_000_000)
    #expect(sink.bytes == content)
    #expect(sink.largestPiece <= 64 << 10, "a download must not pile up in memory")
  }

  @Test func refusedDownloadDoesNotReachTheSink() async throws {
    let server = try LoopbackServer { _ in [.answer(400, "Връзката е изтекла.")] }
    let sink = CollectingSink()
    let response = try await transport.download(HTTPRequest(.get, server.base), into: sink)
    #expect(response.status == 400)
    #expect(String(decoding: response.body, as: UTF8.self) == "Връзката е изтекла.")
    #expect(sink.bytes.isEmpty)
  }

  @Test func retryAfterAsSecondsAndAsDate() async throws {
    let server = try LoopbackServer { request in
      switch request.target {
      case "/seconds": [.answer(429, headers: ["Retry-After: 7"])]
      case "/date": [.answer(429, headers: ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun, 06 Nov 1994 08:50:07 GMT"])]
      case "/past": [.answer(429, headers: ["Retry-After: Sun, 06 Nov 1994 08:50:07 GMT"])]
      case "/endless": [.answer(429, headers: ["Retry-After: 99999999999999999"])]
      default: [.answer(429, headers: ["Retry-After: soon"])]
      }
    }
    func wait(_ path: String) async throws -> Duration? {
      try await transport.perform(HTTPRequest(.get, server.base + path)).retryAfter(now: Timestamp(seconds: 1_700_000_000))
    }
    #expect(try await wait("/seconds") == .seconds(7))
    #expect(try await wait("/date") == .seconds(30))
    #expect(try await wait("/past") == .zero)
    #expect(try await wait("/endless") == .seconds(Int64(Int32.max)))
    #expect(try await wait("/other") == nil)
  }

  @Test(arguments: [
    "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT", "", "0", "Sunday, 06-Nov-94 08:49:37 GMT",
  ]) func otherDatesAreNotGuessed(text: String) {
    #expect(HTTPDate.parse(text) == nil)
  }
}

@Suite struct OriginTests {
  @Test(arguments: [
    ("https://a.bg/x", "https://A.bg:443", true), ("https://a.bg:443/x?t=1", "https://a.bg/", true), ("https://a.bg", "https://a.bg:5051", false),
    ("https://a.bg", "http://a.bg:443", false), ("https://a.bg", "https://a.bg.evil.example", false),
    ("https://a.bg@evil.example/", "https://a.bg", false), ("", "", false), ("nonsense", "nonsense", false),
  ]) func sameOrigin(one: String, other: String, isSame: Bool) {
    #expect(HTTPTransport.isSameOrigin(one, other) == isSame)
  }
}
