/// A moment, in microseconds since 1970-01-01T00:00:00Z.
///
/// Microseconds hold every `dateSent` of ССЕВ exactly (1/300 s, written with three digits); a seventh digit of `dateReceived` is cut.
package struct Timestamp: Hashable, Comparable, Sendable {
  package var microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  package init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  package static func + (moment: Timestamp, duration: Duration) -> Timestamp {
    Timestamp(microseconds: moment.microseconds + duration.microseconds)
  }

  package static func - (moment: Timestamp, duration: Duration) -> Timestamp {
    Timestamp(microseconds: moment.microseconds - duration.microseconds)
  }

  package static func - (later: Timestamp, earlier: Timestamp) -> Duration {
    .microseconds(later.microseconds - earlier.microseconds)
  }

  /// Whole seconds since 1970, rounded down.
  package var seconds: Int64 {
    let quotient = microseconds / 1_000_000
    return microseconds % 1_000_000 < 0 ? quotient - 1 : quotient
  }

  /// `2026-02-03T12:05:09.337000Z`: always UTC, always six digits, so that text order is time order.
  package var iso8601: String {
    let days = seconds.flooredQuotient(by: 86_400)
    let rest = Int(seconds - days * 86_400)
    let date = CivilDate(daysSince1970: Int(days))
    let fraction = Int(microseconds - seconds * 1_000_000)
    return "\(date)T\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2)).\(padded(fraction, 6))Z"
  }

  /// Reads `yyyy-MM-ddTHH:mm:ss[.f…][Z|±HH:mm]`: 0 to 9 digits of fraction, cut to microseconds. Without an offset the time is read as
  /// Europe/Sofia local time (contract section 3.2: the published examples have none). `nil` when it is not such a text.
  package init?(iso8601 text: some StringProtocol) {
    var reader = DigitReader(text)
    guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"), let day = reader.number(2),
      let date = CivilDate(year: year, month: month, day: day),
      reader.skip("T") || reader.skip(" "),
      let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2), hour < 24, minute < 60
    else { return nil }
    var second = 0
    if reader.skip(":") {
      guard let value = reader.number(2), value < 60 else { return nil }
      second = value
    }
    var fraction: Int64 = 0
    if reader.skip(".") {
      var digits = 0
      while let digit = reader.number(1) {
        if digits < 6 { fraction = fraction * 10 + Int64(digit) }
        digits += 1
        guard digits <= 9 else { return nil }
      }
      guard digits > 0 else { return nil }
      while digits < 6 {
        fraction *= 10
        digits += 1
      }
    }
    let local = Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    if reader.isAtEnd {
      self.init(microseconds: SofiaTime.utcSeconds(fromLocalSeconds: local) * 1_000_000 + fraction)
      return
    }
    if reader.skip("Z") || reader.skip("z") {
      guard reader.isAtEnd else { return nil }
      self.init(microseconds: local * 1_000_000 + fraction)
      return
    }
    let sign: Int64
    if reader.skip("+") { sign = 1 } else if reader.skip("-") { sign = -1 } else { return nil }
    guard let offsetHour = reader.number(2), offsetHour <= 18 else { return nil }
    _ = reader.skip(":")
    guard let offsetMinute = reader.number(2), offsetMinute < 60, reader.isAtEnd else { return nil }
    self.init(microseconds: (local - sign * Int64(offsetHour * 3600 + offsetMinute * 60)) * 1_000_000 + fraction)
  }
}

extension Timestamp: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Timestamp(iso8601: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(iso8601)
  }
}

extension Timestamp: CustomStringConvertible {
  package var description: String { iso8601 }
}

extension Duration {
  /// Whole microseconds, the rest cut.
  package var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}

/// A number with leading zeros.
package func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
}

extension Int64 {
  func flooredQuotient(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
  }
}

/// Reads fixed-width ASCII digits and single characters off the front of a text.
struct DigitReader {
  private var rest: Substring.UTF8View.SubSequence

  init(_ text: some StringProtocol) { rest = Substring(text).utf8[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ character: Character) -> Bool {
    guard let first = rest.first, let ascii = character.asciiValue, first == ascii else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func number(_ width: Int) -> Int? {
    var value = 0
    var index = rest.startIndex
    for _ in 0..<width {
      guard index < rest.endIndex, case 0x30...0x39 = rest[index] else { return nil }
      value = value * 10 + Int(rest[index] - 0x30)
      index = rest.index(after: index)
    }
    rest = rest[index...]
    return value
  }
}
