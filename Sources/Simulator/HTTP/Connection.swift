import Glibc

/// Serves one connection on its own thread until either side ends it.
struct Connection {
  let transport: any Transport
  let simulation: Simulation
  let application: Application
  let stop: StopSignal

  func serve() {
    var reader = RequestReader(transport: transport)
    while !stop.isSet {
      let request: HTTPRequest
      do throws(RequestReader.Failure) { request = try reader.next() } catch {
        switch error {
        case .closed: transport.finish()
        case .malformed: refuse(.plain("Bad Request", status: 400))
        case .tooLarge: refuse(.gateway(413))
        }
        return
      }
      let keepAlive = request.header("Connection")?.lowercased() != "close"
      switch simulation.handle(request, on: application, wait: wait) {
      case .drop(let reset):
        if reset { transport.abort() }
        transport.finish()
        return
      case .answer(let delivery):
        guard send(delivery, method: request.method, keepAlive: keepAlive), keepAlive else {
          transport.finish()
          return
        }
      }
    }
    transport.finish()
  }

  /// Answers a request that was not read to its end.
  private func refuse(_ response: HTTPResponse) {
    _ = send(Delivery(response), method: "GET", keepAlive: false)
    transport.finishPolitely()
  }

  /// Passes real time; false when the peer has gone or the server stops.
  private func wait(_ milliseconds: Double?) -> Bool { stop.wait(milliseconds, peer: transport.descriptor) }

  /// False when the connection must not be used again.
  private func send(_ delivery: Delivery, method: String, keepAlive: Bool) -> Bool {
    let response = delivery.response
    let total = response.body.count + delivery.padding
    let date = simulation.with { $0.now }.advanced(bySeconds: delivery.dateOffset)
    var head = "HTTP/1.1 \(response.status) \(HTTPResponse.reason(response.status))\r\nDate: \(date.httpDate)\r\n"
    for header in response.headers { head += "\(header.name): \(header.value)\r\n" }
    let hasBody = method != "HEAD" && response.status != 304
    let chunked = response.framing == .chunked
    if chunked { head += "Transfer-Encoding: chunked\r\n" } else if response.status != 304 { head += "Content-Length: \(total)\r\n" }
    if !keepAlive { head += "Connection: close\r\n" }
    var writer = BodyWriter(transport: transport, chunked: chunked, delivery: delivery, wait: wait)
    guard writer.write(head: head + "\r\n") else { return false }
    guard hasBody else { return true }
    switch response.body {
    case .bytes(let bytes): guard writer.write(bytes) else { return false }
    case .file(let path, let range):
      for start in stride(from: range.lowerBound, to: range.upperBound, by: 262_144) {
        let part = start..<min(start + 262_144, range.upperBound)
        guard let bytes = try? Files.read(path, part), bytes.count == part.count, writer.write(bytes) else { return false }
      }
    }
    return writer.finish()
  }
}

/// Frames a body and applies to it what the delivery says.
private struct BodyWriter {
  let transport: any Transport
  let chunked: Bool
  let delivery: Delivery
  let wait: (Double?) -> Bool
  private var written = 0
  /// The head is held back to leave together with the first bytes of the body.
  private var held: [UInt8] = []

  init(transport: any Transport, chunked: Bool, delivery: Delivery, wait: @escaping (Double?) -> Bool) {
    self.transport = transport
    self.chunked = chunked
    self.delivery = delivery
    self.wait = wait
  }

  mutating func write(head: String) -> Bool {
    held = Array(head.utf8)
    if delivery.response.body.count + delivery.padding > 65_536 || delivery.dribble != nil || delivery.response.body.count == 0 {
      return flush()
    }
    return true
  }

  private mutating func flush() -> Bool {
    defer { held = [] }
    return held.isEmpty || transport.write(held)
  }

  mutating func write(_ bytes: [UInt8]) -> Bool {
    var bytes = bytes
    if delivery.corruptsBody { Delivery.corrupt(&bytes) }
    if let cut = delivery.cutAt, written + bytes.count > cut {
      bytes = Array(bytes.prefix(max(0, cut - written)))
      written += bytes.count
      held += bytes
      _ = flush()
      return false
    }
    written += bytes.count
    if let pause = delivery.dribble {
      for byte in bytes {
        guard part([byte]), flush(), wait(pause) else { return false }
      }
      return true
    }
    return part(bytes) && (bytes.count < 4096 || flush())
  }

  private mutating func part(_ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty else { return true }
    held += chunked ? Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10] : bytes
    return true
  }

  mutating func finish() -> Bool {
    var rest = delivery.padding
    let block = [UInt8](repeating: 32, count: 65_536)
    while rest > 0 {
      guard part(Array(block.prefix(rest))), flush() else { return false }
      rest -= min(rest, block.count)
    }
    if chunked { held += Array("0\r\n\r\n".utf8) }
    return flush()
  }
}

/// Tells every thread of a server to end, also those that wait.
final class StopSignal: Sendable {
  private let readEnd: Int32
  private let writeEnd: Int32

  init() throws(SimulatorError) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SimulatorError("cannot make a pipe: \(Socket.errorText())") }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  /// The byte is never read, so every poll from now on sees it.
  func set() { _ = write(writeEnd, [1], 1) }

  var isSet: Bool {
    var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  /// Passes real milliseconds (nil: without end); false when the peer hung up or the signal was given.
  func wait(_ milliseconds: Double?, peer: Int32) -> Bool {
    let start = Instant.monotonic()
    while true {
      let passed = Double(Instant.monotonic() - start) / 1_000_000
      let left = milliseconds.map { max(0, $0 - passed) }
      if left == 0 { return true }
      // 0x2000 is POLLRDHUP, which the Glibc module does not show.
      var entries = [pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0), pollfd(fd: peer, events: 0x2000, revents: 0)]
      let ready = poll(&entries, 2, left.map { Int32(min($0.rounded(.up), 3_600_000)) } ?? -1)
      if ready > 0 { return false }
      if ready < 0 && errno != EINTR { return false }
    }
  }

  /// Passes real seconds; false when the signal was given.
  func sleep(seconds: Double) -> Bool { wait(seconds * 1000, peer: -1) }

  /// Waits until a connection comes in; false when the signal was given.
  func waitForConnection(on listener: Int32) -> Bool {
    while true {
      var entries = [pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0), pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
      let ready = poll(&entries, 2, -1)
      if ready < 0 && errno == EINTR { continue }
      return ready > 0 && entries[0].revents == 0
    }
  }
}

extension Instant {
  /// Nanoseconds of the monotonic clock.
  static func monotonic() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
