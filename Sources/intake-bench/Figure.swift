/// One measured number with its name: `registrations_per_second`.
struct Figure: Sendable {
  let name: String
  let value: Double
  /// Decimal places when printed.
  let places: Int

  static func perSecond(_ name: String, _ count: Int, in duration: Duration) -> Figure {
    Figure(name: "\(name)_per_second", value: Double(count) / max(duration.seconds, 1e-9), places: 1)
  }

  static func ratio(_ name: String, _ value: Double) -> Figure { Figure(name: name, value: value, places: 2) }

  static func count(_ name: String, _ value: Int) -> Figure { Figure(name: name, value: Double(value), places: 0) }

  static func mebibytes(_ name: String, bytes: Int64) -> Figure { Figure(name: "\(name)_mib", value: Double(bytes) / 1_048_576, places: 1) }

  var shown: String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((value * scale).rounded())
    guard places > 0 else { return String(scaled) }
    let fraction = String(scaled % Int64(scale))
    return "\(scaled / Int64(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension String {
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
