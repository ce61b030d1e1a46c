import Glibc

/// Tells systemd how the service is (sd_notify(3)): one datagram to the socket that it names. Without one, nothing happens.
package struct SystemdNotifier: Sendable {
  private let address: String?
  /// Half of what systemd expects at most between two signs of life; `nil` without a watchdog.
  package let watchdogInterval: Duration?

  package init(environment: [String: String]) {
    address = environment["NOTIFY_SOCKET"].flatMap { (2..<108).contains($0.utf8.count) ? $0 : nil }
    let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    watchdogInterval = isForUs ? environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? .microseconds($0 / 2) : nil } : nil
  }

  package func ready() { send("READY=1") }
  package func stopping() { send("STOPPING=1") }
  package func alive() { send("WATCHDOG=1") }

  /// A sentence for `systemctl status`; numbers and states only.
  package func status(_ text: String) { send("STATUS=\(text)") }

  private func send(_ message: String) {
    guard let address else { return }
    let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return }
    defer { close(socket) }
    let path = Array(address.utf8)
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &target.sun_path) { bytes in
      bytes.copyBytes(from: path)
      // A socket without a file: its name begins with a zero byte.
      if path[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let bytes = Array(message.utf8)
    withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = sendto(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length) }
    }
  }
}
