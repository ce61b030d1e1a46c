/// The simulator without sockets, threads and real time: for whoever brings network and clock of his own. Nothing has to be started.
extension SimulatorServer {
  /// What came of one request.
  package enum Exchange: Sendable {
    case answered(InProcessAnswer)
    /// The connection ended without an answer; whether anything was done cannot be told from outside.
    case dropped
    /// Nothing will ever come.
    case stalled
  }

  /// An answer as it would have left, faults included.
  package struct InProcessAnswer: Sendable {
    package var status: Int
    /// With `Date` and the framing.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// The connection broke before the whole body had come.
    package var isCut: Bool
    /// Seconds of simulated time that the answer was held back.
    package var delay: Double
  }

  /// Answers one request at the simulated time. `target` is path and query.
  package func exchange(_ method: String, _ target: String, headers: [(name: String, value: String)], body: [UInt8]) -> Exchange {
    let request = HTTPRequest(method: method, target: target, headers: headers, body: body, contentLength: body.count)
    var delay = 0.0
    var isStalled = false
    let outcome = simulation.handle(request, on: .both) { milliseconds in
      guard let milliseconds else {
        isStalled = true
        return false
      }
      delay += milliseconds / 1000
      return true
    }
    guard case .answer(let delivery) = outcome else { return isStalled ? .stalled : .dropped }
    guard var sent = delivery.bytesSent() else { return .dropped }
    let response = delivery.response
    let date = simulation.with { $0.now }.advanced(bySeconds: delivery.dateOffset)
    let framing = response.framing == .chunked ? ("Transfer-Encoding", "chunked") : ("Content-Length", String(response.body.count))
    let isCut = delivery.cutAt.map { $0 < sent.count } ?? false
    if let cut = delivery.cutAt { sent = Array(sent.prefix(cut)) }
    return .answered(
      InProcessAnswer(
        status: response.status, headers: [("Date", date.httpDate)] + response.headers + [framing], body: sent, isCut: isCut, delay: delay))
  }
}

extension Delivery {
  /// The body, damaged as the faults want it; `nil` when its file cannot be read.
  fileprivate func bytesSent() -> [UInt8]? {
    var bytes: [UInt8]
    switch response.body {
    case .bytes(let held): bytes = held
    case .file(let path, let range):
      guard let read = try? Files.read(path, range), read.count == range.count else { return nil }
      bytes = read
    }
    if corruptsBody { Delivery.corrupt(&bytes) }
    return bytes
  }

  /// One bit in every 1000 bytes, at least one.
  static func corrupt(_ bytes: inout [UInt8]) {
    for index in stride(from: min(bytes.count / 2, 500), to: bytes.count, by: 1000) { bytes[index] ^= 0x20 }
  }
}
