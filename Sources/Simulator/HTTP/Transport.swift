import Glibc

/// One accepted connection, plain or TLS. Used by one thread; `abort` and `finish` may come from another.
protocol Transport: AnyObject, Sendable {
  /// At most `limit` bytes; empty at the end of the stream or on any error.
  func read(limit: Int) -> [UInt8]
  /// False when the peer is gone.
  func write(_ bytes: UnsafeRawBufferPointer) -> Bool
  /// Ends the connection with a reset (RST).
  func abort()
  /// Ends the connection in order (FIN).
  func finish()
  /// Ends it in order after an answer that came before the whole request was read.
  func finishPolitely()
  /// The socket, for poll(2).
  var descriptor: Int32 { get }
  /// CN of the peer's certificate.
  var peerName: String? { get }
}

extension Transport {
  func write(_ text: String) -> Bool { write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { write($0) } }
}

final class PlainTransport: Transport {
  let descriptor: Int32
  let peerName: String? = nil

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  func read(limit: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      var got = recv(descriptor, buffer.baseAddress, limit, 0)
      while got < 0 && errno == EINTR { got = recv(descriptor, buffer.baseAddress, limit, 0) }
      count = max(0, got)
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let sent = send(descriptor, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
      if sent < 0 && errno == EINTR { continue }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  func abort() { Socket.reset(descriptor) }

  func finish() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Says no more but hears the peer out, until it ends or is silent for two seconds. Closing a socket with unread bytes would send a
  /// reset, and the reset would overtake the last thing that was said.
  func finishPolitely() {
    shutdown(descriptor, Int32(SHUT_WR))
    var patience = timeval(tv_sec: 2, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    while !read(limit: 65_536).isEmpty {}
    finish()
  }
}

/// The few socket calls the server needs.
enum Socket {
  /// Listens on 127.0.0.1; port 0 lets the system choose. The descriptor and the port, or the errno.
  static func listen(port: UInt16) throws(SimulatorError) -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SimulatorError("cannot make a socket: \(errorText())") }
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        bind(descriptor, name, length) == 0 && Glibc.listen(descriptor, 128) == 0 && getsockname(descriptor, name, &length) == 0
      }
    }
    guard bound else {
      let text = errorText()
      close(descriptor)
      throw SimulatorError("cannot listen on 127.0.0.1:\(port): \(text)")
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  /// Small answers go out at once.
  static func disableDelay(_ descriptor: Int32) {
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Makes the coming close a reset, and stops both directions now.
  static func reset(_ descriptor: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    // connect(2) to AF_UNSPEC dissolves the association and sends RST at once; the descriptor stays valid until the transport closes it.
    var none = sockaddr()
    none.sa_family = sa_family_t(AF_UNSPEC)
    _ = connect(descriptor, &none, socklen_t(MemoryLayout<sockaddr>.size))
  }

  static func errorText() -> String { String(cString: strerror(errno)) }
}
