/// A set of units of normalised text: sorted ranges that neither touch nor overlap.
struct UnitSet: Hashable, Sendable {
  private(set) var ranges: [ClosedRange<UInt16>]

  init(_ ranges: [ClosedRange<UInt16>] = []) {
    var result: [ClosedRange<UInt16>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, range.lowerBound <= last.upperBound || range.lowerBound == last.upperBound &+ 1 {
        if range.upperBound > last.upperBound { result[result.count - 1] = last.lowerBound...range.upperBound }
      } else {
        result.append(range)
      }
    }
    self.ranges = result
  }

  init(units: some Sequence<UInt16>) { self.init(units.map { $0...$0 }) }

  static let all = UnitSet([0...UInt16.max])

  var isEmpty: Bool { ranges.isEmpty }

  /// The only unit in it.
  var single: UInt16? {
    guard ranges.count == 1, let range = ranges.first, range.lowerBound == range.upperBound else { return nil }
    return range.lowerBound
  }

  var complement: UnitSet {
    var result: [ClosedRange<UInt16>] = []
    var next: UInt32 = 0
    for range in ranges {
      if UInt32(range.lowerBound) > next { result.append(UInt16(next)...(range.lowerBound - 1)) }
      next = UInt32(range.upperBound) + 1
    }
    if next <= 0xFFFF { result.append(UInt16(next)...UInt16.max) }
    return UnitSet(result)
  }

  func union(_ other: UnitSet) -> UnitSet { UnitSet(ranges + other.ranges) }

  func contains(_ unit: UInt16) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < unit { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= unit
  }

  // MARK: What the language names

  /// The units for which this holds.
  private static func filled(_ holds: (UInt16) -> Bool) -> UnitSet {
    var ranges: [ClosedRange<UInt16>] = []
    var start: UInt16?
    for unit in 0...UInt16.max {
      if holds(unit) {
        if start == nil { start = unit }
      } else if let begin = start {
        ranges.append(begin...(unit - 1))
        start = nil
      }
    }
    if let start { ranges.append(start...UInt16.max) }
    return UnitSet(ranges)
  }

  /// Letters and digits: what words are made of.
  static let word = filled { LetterTable.shared.isWord($0) }
  static let digit = UnitSet([0x30...0x39])
  static let letter = filled { LetterTable.shared.isWord($0) && !digit.contains($0) }
  static let space = UnitSet([0x20...0x20])
  static let cyrillic = UnitSet([0x400...0x52F, 0x1C80...0x1C8F, 0x2DE0...0x2DFF, 0xA640...0xA69F])
  static let latin = filled { unit in
    guard LetterTable.shared.isWord(unit), !digit.contains(unit) else { return false }
    return unit < 0x250 || (0x1E00...0x1EFF).contains(unit) || (0x2C60...0x2C7F).contains(unit) || (0xA720...0xA7FF).contains(unit)
  }
  static let greek = UnitSet([0x370...0x3FF, 0x1F00...0x1FFF])
  static let punctuation = filled { unit in
    guard let scalar = Unicode.Scalar(unit) else { return false }
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }
  static let symbol = filled { unit in
    guard let scalar = Unicode.Scalar(unit) else { return false }
    switch scalar.properties.generalCategory {
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: return true
    default: return false
    }
  }

  /// `\p{…}` by name. Capitals make no difference in the texts, so there are no names for them.
  static let properties: [String: UnitSet] = [
    "L": letter, "Letter": letter, "N": digit, "Nd": digit, "Digit": digit, "P": punctuation, "Punctuation": punctuation, "S": symbol,
    "Symbol": symbol, "Cyrillic": cyrillic, "Latin": latin, "Greek": greek, "Z": space, "Space": space,
  ]
}
