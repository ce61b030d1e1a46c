import Glibc
import Model

/// The simulator's own control routes (`/_simulator/…`), spoken over a plain socket: requests of a test, not of the product.
extension SimulatorProcess {
  /// Adds a message while the simulator runs; `folder` holds `message.json` and its attachments.
  func add(messageIn folder: String) async throws {
    _ = try await control("POST", "/_simulator/messages?folder=\(folder)", body: try Files.text("\(folder)/message.json"))
  }

  func add(faults: [String]) async throws {
    let list = faults.map { "\"\($0)\"" }.joined(separator: ",")
    _ = try await control("POST", "/_simulator/faults", body: "{\"faults\":[\(list)]}")
  }

  func clearFaults() async throws { _ = try await control("DELETE", "/_simulator/faults", body: "") }

  /// Moves the simulated clock.
  func advance(seconds: Double) async throws { _ = try await control("POST", "/_simulator/clock", body: "{\"advance\":\(seconds)}") }

  /// Brings the simulated clock to the machine's.
  func setClockToNow() async throws {
    var moment = timespec()
    clock_gettime(CLOCK_REALTIME, &moment)
    let now = Timestamp(microseconds: Int64(moment.tv_sec) * 1_000_000)
    _ = try await control("POST", "/_simulator/clock", body: "{\"set\":\"\(now.iso8601)\"}")
  }

  private func control(_ method: String, _ path: String, body: String) async throws -> String {
    let port = port
    let answer = try await onOwnThread {
      let request =
        "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
      return try Self.exchange(request, port: port)
    }
    guard answer.hasPrefix("HTTP/1.1 200") else { throw SupportError("\(method) \(path): \(answer.prefix(300))") }
    return answer
  }

  private static func exchange(_ request: String, port: UInt16) throws -> String {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard connection >= 0 else { throw SupportError("socket: errno \(errno)") }
    defer { close(connection) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard connected == 0 else { throw SupportError("connect: errno \(errno)") }
    var rest = Array(request.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw SupportError("send: errno \(errno)") }
      rest = rest.dropFirst(count)
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
      answer += buffer[..<count]
    }
  }
}
