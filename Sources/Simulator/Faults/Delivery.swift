/// An answer and what happens to it on its way out.
struct Delivery: Sendable {
  var response: HTTPResponse
  /// Body bytes after which the connection is cut although more was promised.
  var cutAt: Int?
  /// Real milliseconds between single bytes of the body.
  var dribble: Double?
  /// Bytes of padding sent after the body, counted in its length.
  var padding = 0
  /// The seed of the bytes that are changed on the way; nil changes none.
  var corruptsBody = false
  /// Seconds by which the `Date` header is off.
  var dateOffset = 0.0

  init(_ response: HTTPResponse) { self.response = response }

  mutating func apply(_ faults: [Fault]) {
    for fault in faults {
      switch fault.kind {
      case .cutBody:
        cutAt = Int(Double(response.body.count) * (fault.number("at") ?? 0.5))
        // Only a promised length can be broken visibly in every client; chunked answers are cut in mid-chunk just as well.
        response.framing = .length
      case .corruptBody: corruptsBody = true
      case .dribble: dribble = fault.number("ms") ?? 50
      case .oversized: padding = Int((fault.number("mb") ?? 64) * 1_048_576)
      case .wrongDate: dateOffset = fault.number("by") ?? 86_400
      case .malformedJSON: replaceBody { Array("{\"result\":[{\"messageId\":1,}".utf8) + $0.suffix(1) }
      case .truncatedJSON: replaceBody { Array($0.prefix($0.count * 2 / 3)) }
      default: break
      }
    }
  }

  private mutating func replaceBody(_ change: ([UInt8]) -> [UInt8]) {
    if case .bytes(let bytes) = response.body { response.body = .bytes(change(bytes)) }
  }
}
