import Glibc
import Synchronization

/// An HTTP/1.1 server on 127.0.0.1 that does exactly what a test scripts, the wrong things included. One thread a connection; keep-alive.
package final class LoopbackServer: Sendable {
  /// What to do on the wire, in order.
  package enum Step: Sendable {
    case send([UInt8])
    /// One byte at a time with a pause between, until all are out or the client hangs up.
    case dribble([UInt8], milliseconds: Int)
    /// Nothing more until the client hangs up or the server stops.
    case stall
    /// An orderly end of the connection.
    case close
    /// A reset: what was sent before may or may not arrive.
    case reset
  }

  package typealias Script = @Sendable (ReceivedRequest) -> [Step]

  private struct State {
    var requests: [ReceivedRequest] = []
    var connections: [Int32] = []
    var accepted = 0
    var isStopped = false
  }

  package let port: UInt16
  private let listener: Int32
  private let state = Mutex(State())
  private let greeting: [Step]?
  private let script: Script

  /// Answers each request by the script.
  package convenience init(_ script: @escaping Script) throws { try self.init(greeting: nil, script: script) }

  /// Does this on every connection without reading anything.
  package convenience init(greeting: [Step]) throws { try self.init(greeting: greeting) { _ in [] } }

  private init(greeting: [Step]?, script: @escaping Script) throws {
    self.greeting = greeting
    self.script = script
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        let bound = bind(listener, address, length)
        return bound == 0 && listen(listener, 64) == 0 ? getsockname(listener, address, &length) : -1
      }
    }
    guard result == 0 else { throw Failure(errno: errno) }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    startThread { self.acceptAll() }
  }

  deinit { stop() }

  package struct Failure: Error {
    package let errno: Int32
  }

  package var base: String { "http://127.0.0.1:\(port)" }

  /// Requests received whole, in order of arrival.
  package var requests: [ReceivedRequest] { state.withLock { $0.requests } }

  package var connections: Int { state.withLock { $0.accepted } }

  /// Ends every connection and takes no more.
  package func stop() {
    let open = state.withLock { state in
      defer {
        state.isStopped = true
        state.connections = []
      }
      return state.isStopped ? [] : state.connections + [listener]
    }
    for descriptor in open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    if !open.isEmpty { close(listener) }
  }

  // MARK: Threads

  private func acceptAll() {
    while true {
      let descriptor = accept(listener, nil, nil)
      if descriptor < 0 { return }
      let number = state.withLock { state in
        guard !state.isStopped else { return 0 }
        state.connections.append(descriptor)
        state.accepted += 1
        return state.accepted
      }
      guard number > 0 else {
        close(descriptor)
        return
      }
      startThread { self.serve(descriptor, number) }
    }
  }

  private func serve(_ descriptor: Int32, _ number: Int) {
    defer {
      state.withLock { $0.connections.removeAll { $0 == descriptor } }
      close(descriptor)
    }
    if let greeting {
      _ = run(greeting, descriptor)
      return
    }
    var buffer: [UInt8] = []
    var reads = 0
    while true {
      if let request = ReceivedRequest(taking: &buffer, connection: number, reads: reads) {
        reads = 0
        state.withLock { $0.requests.append(request) }
        guard run(script(request), descriptor) else { return }
        continue
      }
      var chunk = [UInt8](repeating: 0, count: 64 << 10)
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return }
      buffer += chunk.prefix(count)
      reads += 1
    }
  }

  /// False when the connection is over.
  private func run(_ steps: [Step], _ descriptor: Int32) -> Bool {
    for step in steps {
      switch step {
      case .send(let bytes):
        guard write(bytes, to: descriptor) else { return false }
      case .dribble(let bytes, let milliseconds):
        for byte in bytes {
          guard write([byte], to: descriptor), !hasHungUp(descriptor, within: milliseconds) else { return false }
        }
      case .stall:
        while !hasHungUp(descriptor, within: 60_000) {}
        return false
      case .close:
        return false
      case .reset:
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        return false
      }
    }
    return true
  }

  private func hasHungUp(_ descriptor: Int32, within milliseconds: Int) -> Bool {
    // POLLRDHUP, which Swift's Glibc does not show.
    var watched = pollfd(fd: descriptor, events: 0x2000, revents: 0)
    return poll(&watched, 1, Int32(milliseconds)) > 0
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}

private final class Work: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func startThread(_ run: @escaping @Sendable () -> Void) {
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
      return nil
    }, Unmanaged.passRetained(Work(run)).toOpaque())
  pthread_detach(thread)
}
