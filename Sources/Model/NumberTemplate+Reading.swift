extension NumberTemplate {
  /// What a printed number says.
  package struct Printed: Sendable, Equatable {
    package var sequence: Int64
    /// `nil` where the template prints none.
    package var year: Int?
  }

  /// Reads a number back that this template printed for this unit; `nil` when it did not. For `recover`, which finds numbers in an outbox.
  package func read(_ number: String, unit: Unit) -> Printed? {
    NumberTemplate.read(Array(number.utf8)[...], parts[...], unit, Printed(sequence: 0, year: nil))
  }

  private static func read(_ text: ArraySlice<UInt8>, _ parts: ArraySlice<Part>, _ unit: Unit, _ printed: Printed) -> Printed? {
    guard let part = parts.first else { return text.isEmpty ? printed : nil }
    let rest = parts.dropFirst()
    var printed = printed
    switch part {
    case .literal(let literal): return after(literal, text).flatMap { read($0, rest, unit, printed) }
    case .unitIndex: return after(unit.index, text).flatMap { read($0, rest, unit, printed) }
    case .unitIdentifier: return after(unit.identifier, text).flatMap { read($0, rest, unit, printed) }
    case .sequence(let width):
      let digits = text.prefix { (0x30...0x39).contains($0) }.count
      // What follows may begin with a digit, too: the longest reading that fits is the number.
      for count in stride(from: min(digits, 18), through: max(1, width), by: -1) {
        guard let value = Int64(String(decoding: text.prefix(count), as: UTF8.self)), padded(Int(value), width).utf8.count == count else { continue }
        printed.sequence = value
        if let found = read(text.dropFirst(count), rest, unit, printed) { return found }
      }
      return nil
    case .year:
      guard let year = digits(4, text), printed.year.map({ $0 == year }) ?? true else { return nil }
      printed.year = year
      return read(text.dropFirst(4), rest, unit, printed)
    case .date(let pattern): return date(pattern, text, &printed).flatMap { read($0, rest, unit, printed) }
    }
  }

  /// As `SofiaTime.format` prints them.
  private static func date(_ pattern: String, _ text: ArraySlice<UInt8>, _ printed: inout Printed) -> ArraySlice<UInt8>? {
    var text = text
    var pattern = Substring(pattern)
    while let character = pattern.first {
      if let field = ["yyyy", "MM", "dd", "HH", "mm", "ss"].first(where: pattern.hasPrefix) {
        guard let value = digits(field.count, text) else { return nil }
        if field == "yyyy" {
          guard printed.year.map({ $0 == value }) ?? true else { return nil }
          printed.year = value
        }
        text = text.dropFirst(field.count)
        pattern = pattern.dropFirst(field.count)
      } else {
        guard let rest = after(String(character), text) else { return nil }
        text = rest
        pattern = pattern.dropFirst()
      }
    }
    return text
  }

  private static func after(_ literal: String, _ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    text.starts(with: literal.utf8) ? text.dropFirst(literal.utf8.count) : nil
  }

  private static func digits(_ count: Int, _ text: ArraySlice<UInt8>) -> Int? {
    let digits = text.prefix(count)
    guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
