/// Reads requests from one connection, keeping what belongs to the next.
struct RequestReader {
  enum Failure: Error {
    /// The peer ended the connection between requests: no failure at all.
    case closed
    case malformed
    /// The body is larger than the server takes (contract 6.3); the connection must be closed.
    case tooLarge(HTTPRequest)
  }

  /// IIS request filtering on uploads, and a little for the rest.
  static let bodyLimit = 53_477_376

  private let transport: any Transport
  private var buffer: [UInt8] = []

  init(transport: any Transport) { self.transport = transport }

  mutating func next() throws(Failure) -> HTTPRequest {
    var request = try head()
    request.certificateName = transport.peerName
    if request.header("Expect")?.lowercased() == "100-continue" { _ = transport.write("HTTP/1.1 100 Continue\r\n\r\n") }
    if request.header("Transfer-Encoding")?.lowercased().contains("chunked") == true {
      request.body = try chunkedBody(of: request)
    } else if let length = request.contentLength {
      guard length <= Self.bodyLimit else { throw .tooLarge(request) }
      request.body.reserveCapacity(length)
      while buffer.count < length {
        guard fill(limit: min(max(length - buffer.count, 4096), 262_144)) else { throw .closed }
        request.bodyReads += 1
      }
      request.body = Array(buffer.prefix(length))
      buffer.removeFirst(length)
    }
    return request
  }

  private mutating func fill(limit: Int = 16_384) -> Bool {
    let bytes = transport.read(limit: limit)
    buffer += bytes
    return !bytes.isEmpty
  }

  private mutating func line() throws(Failure) -> String {
    var searched = 0
    while true {
      if let end = buffer[searched...].firstIndex(of: 10) {
        var text = buffer[..<end]
        if text.last == 13 { text.removeLast() }
        let line = String(decoding: text, as: UTF8.self)
        buffer.removeFirst(end + 1)
        return line
      }
      searched = buffer.count
      guard searched < 65_536 else { throw .malformed }
      guard fill() else { throw buffer.isEmpty ? .closed : .malformed }
    }
  }

  private mutating func head() throws(Failure) -> HTTPRequest {
    var first = try line()
    if first.isEmpty { first = try line() }
    let parts = first.split(separator: " ")
    guard parts.count == 3, parts[2].hasPrefix("HTTP/1."), parts[1].hasPrefix("/") else { throw .malformed }
    var request = HTTPRequest(method: String(parts[0]), target: String(parts[1]), headers: [])
    while true {
      let text = try line()
      if text.isEmpty { break }
      guard let colon = text.firstIndex(of: ":"), request.headers.count < 200 else { throw .malformed }
      request.headers.append((String(text[..<colon]), text[text.index(after: colon)...].trimmed))
    }
    if let text = request.header("Content-Length") {
      guard let length = Int(text), length >= 0 else { throw .malformed }
      request.contentLength = length
    }
    return request
  }

  private mutating func chunkedBody(of request: HTTPRequest) throws(Failure) -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let text = try line().split(separator: ";", omittingEmptySubsequences: false)[0].trimmed
      guard let size = Int(text, radix: 16), size >= 0 else { throw .malformed }
      guard size <= Self.bodyLimit, body.count + size <= Self.bodyLimit else { throw .tooLarge(request) }
      while buffer.count < size { guard fill() else { throw .closed } }
      body += buffer.prefix(size)
      buffer.removeFirst(size)
      let end = try line()
      if size == 0 {
        if !end.isEmpty { while try !line().isEmpty {} }
        return body
      }
      guard end.isEmpty else { throw .malformed }
    }
  }
}
