import Glibc

@testable import Simulator

/// A response as it came over the wire.
struct WireResponse {
  var status: Int
  var headers: [(name: String, value: String)]
  /// Without chunk framing.
  var body: [UInt8]
  /// All bytes received.
  var raw: [UInt8]
  /// The body ended where its framing said it would.
  var isComplete: Bool

  func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

  var text: String { String(decoding: body, as: UTF8.self) }

  func json() throws -> JSON { try JSON.parse(body) }
}

enum WireError: Error, Equatable {
  case cannotConnect
  /// The connection was reset.
  case reset
  /// It ended before a whole head.
  case closed
  case timeout
}

/// A deliberately dumb client for byte-exact requests. It is no part of the product's client.
final class WireClient {
  private let descriptor: Int32

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let rc = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard rc == 0 else { throw WireError.cannotConnect }
    limit(seconds: 10)
  }

  deinit { close(descriptor) }

  var socketDescriptor: Int32 { descriptor }

  /// How long a read may take before it is a timeout.
  func limit(seconds: Int, microseconds: Int = 0) {
    var time = timeval(tv_sec: seconds, tv_usec: microseconds)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let n = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL)) }
      guard n > 0 else { throw WireError.reset }
      sent += n
    }
  }

  private func read() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let n = recv(descriptor, &buffer, buffer.count, 0)
    if n < 0 { throw errno == EAGAIN ? WireError.timeout : WireError.reset }
    return Array(buffer.prefix(n))
  }

  /// Sends the bytes and reads one response; `method` HEAD has no body.
  func exchange(_ bytes: [UInt8], method: String = "GET") throws -> WireResponse {
    try write(bytes)
    return try response(method: method)
  }

  func response(method: String = "GET") throws -> WireResponse {
    var raw: [UInt8] = []
    var bodyStart: Int?
    while bodyStart == nil {
      let more = try read()
      guard !more.isEmpty else { throw WireError.closed }
      raw += more
      bodyStart = Self.find([13, 10, 13, 10], in: raw).map { $0 + 4 }
    }
    let start = bodyStart ?? 0
    let lines = String(decoding: raw[..<start], as: UTF8.self).split(separator: "\r\n")
    let status = Int(lines[0].split(separator: " ")[1]) ?? 0
    let headers = lines.dropFirst().map { line -> (name: String, value: String) in
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      return (String(line[..<colon]), line[colon...].dropFirst().trimmed)
    }
    var response = WireResponse(status: status, headers: headers, body: [], raw: raw, isComplete: true)
    if method == "HEAD" || status == 304 { return response }
    if response.header("Transfer-Encoding") == "chunked" {
      try readChunks(&response, from: start)
    } else {
      let length = Int(response.header("Content-Length") ?? "0") ?? 0
      while response.raw.count < start + length {
        let more = try read()
        if more.isEmpty { break }
        response.raw += more
      }
      response.body = Array(response.raw[start...].prefix(length))
      response.isComplete = response.body.count == length
    }
    return response
  }

  private func readChunks(_ response: inout WireResponse, from start: Int) throws {
    var position = start
    func need(_ count: Int) throws -> Bool {
      while response.raw.count < position + count {
        let more = try read()
        if more.isEmpty { return false }
        response.raw += more
      }
      return true
    }
    while true {
      var size = 0
      while true {
        guard try need(1) else {
          response.isComplete = false
          return
        }
        let byte = response.raw[position]
        position += 1
        if byte == 10 { break }
        if byte != 13 { size = size * 16 + (Int(String(Unicode.Scalar(byte)), radix: 16) ?? 0) }
      }
      guard try need(size + 2) else {
        response.isComplete = false
        return
      }
      response.body += response.raw[position..<position + size]
      position += size + 2
      if size == 0 { return }
    }
  }

  static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= pattern.count else { return nil }
    return (0...bytes.count - pattern.count).first { bytes[$0..<$0 + pattern.count].elementsEqual(pattern) }
  }
}
