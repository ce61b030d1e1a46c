/// What is wrong with a pattern, and where: an offset in its unicode scalars, and how many.
struct PatternMistake: Error, Equatable {
  enum Kind { case malformed, tooLarge, empty }

  let kind: Kind
  let offset: Int
  let length: Int
  let message: String
  let help: String?
}

/// Reads a pattern (its syntax stands in `Rules/README.md`). Letters stand for themselves, folded as texts are.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var depth = 0
  /// By their number, from 1; unnamed ones are empty.
  private(set) var groups: [String] = []

  static let maximumScalars = 1_000
  static let maximumDepth = 40
  static let maximumRepetition = 1_000

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  static func parse(_ text: String) throws(PatternMistake) -> (node: PatternNode, groups: [String]) {
    var parser = PatternParser(text)
    guard parser.scalars.count <= maximumScalars else {
      throw PatternMistake(
        kind: .tooLarge, offset: 0, length: 1, message: "this pattern has \(parser.scalars.count) characters; at most \(maximumScalars) are allowed",
        help: "split it into several")
    }
    let node = try parser.choice()
    if let extra = parser.peek { throw parser.mistake("`\(extra)` closes no group", length: 1, help: "write `\\\(extra)` for the character itself") }
    return (node, parser.groups)
  }

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    position += 1
    return true
  }

  private func mistake(_ message: String, at offset: Int? = nil, length: Int? = nil, help: String? = nil) -> PatternMistake {
    let start = min(offset ?? position, max(0, scalars.count - 1))
    return PatternMistake(kind: .malformed, offset: start, length: max(1, length ?? position - start), message: message, help: help)
  }

  // MARK: Structure

  private mutating func choice() throws(PatternMistake) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= PatternParser.maximumDepth else {
      throw PatternMistake(
        kind: .tooLarge, offset: position, length: 1, message: "groups are nested deeper than \(PatternParser.maximumDepth)",
        help: "write a simpler pattern")
    }
    var parts = [try sequence()]
    while accept("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws(PatternMistake) -> PatternNode {
    var parts: [PatternNode] = []
    while let next = peek, next != "|", next != ")" { parts.append(try quantified()) }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func quantified() throws(PatternMistake) -> PatternNode {
    let start = position
    let node = try atom()
    guard let (least, most) = try quantifier() else { return node }
    if case .assertion = node {
      throw mistake("a place cannot be repeated", at: start, help: "remove what stands behind it")
    }
    let isLazy = accept("?")
    if peek == "*" || peek == "+" || peek == "?" || peek == "{" {
      throw mistake("a repetition is repeated", length: 1, help: "put the inner one into a group: `(…)`")
    }
    return .repetition(node, least: least, most: most, isLazy: isLazy)
  }

  private mutating func quantifier() throws(PatternMistake) -> (Int, Int?)? {
    if accept("*") { return (0, nil) }
    if accept("+") { return (1, nil) }
    if accept("?") { return (0, 1) }
    let start = position
    guard accept("{") else { return nil }
    guard let least = number() else {
      throw mistake("`{` begins a repetition and needs a number", at: start, help: "write `{2}`, `{2,}`, `{2,5}`, or `\\{` for the character itself")
    }
    var most: Int? = least
    if accept(",") { most = number() }
    guard accept("}") else {
      throw mistake("this repetition is not closed", at: start, help: "write `{2}`, `{2,}` or `{2,5}`")
    }
    if let most, most < least { throw mistake("\(most) is less than \(least)", at: start, help: "write `{\(most),\(least)}`") }
    guard max(least, most ?? 0) <= PatternParser.maximumRepetition else {
      throw PatternMistake(
        kind: .tooLarge, offset: start, length: position - start, message: "a repetition goes up to \(PatternParser.maximumRepetition)",
        help: "use `*` or `+` where the number does not matter")
    }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let next = peek, ("0"..."9").contains(next), (value ?? 0) < 1_000_000 {
      value = (value ?? 0) * 10 + Int(next.value - 0x30)
      position += 1
    }
    return value
  }

  // MARK: One element

  private mutating func atom() throws(PatternMistake) -> PatternNode {
    let start = position
    guard let next = peek else { return .empty }
    position += 1
    switch next {
    case "(": return try group(from: start)
    case "[": return .set(try characterClass(from: start))
    case ".": return .set(.all)
    case "^": return .assertion(.textStart)
    case "$": return .assertion(.textEnd)
    case "\\": return try escape(from: start)
    case "*", "+", "?":
      throw mistake("`\(next)` repeats nothing", at: start, help: "write `\\\(next)` for the character itself")
    case "{", "}", "]":
      throw mistake("`\(next)` stands alone", at: start, help: "write `\\\(next)` for the character itself")
    default: return try literal(next, at: start)
    }
  }

  private mutating func group(from start: Int) throws(PatternMistake) -> PatternNode {
    var name: String? = ""
    if accept("?") {
      if accept(":") {
        name = nil
      } else if accept("<"), let first = peek, first.properties.isAlphabetic {
        var letters = String.UnicodeScalarView()
        while let next = peek, next.properties.isAlphabetic || next == "_" || ("0"..."9").contains(next) {
          letters.append(next)
          position += 1
        }
        name = String(letters)
        guard accept(">") else { throw mistake("the name of this group is not closed", at: start, help: "write `(?<name>…)`") }
        guard !groups.contains(String(letters)) else {
          throw mistake("two groups are called `\(String(letters))`", at: start, help: "give each another name")
        }
      } else {
        throw mistake(
          "a group `(?` of this kind cannot be matched in linear time", at: start, length: 2 + (position < scalars.count ? 1 : 0),
          help: "known are `(…)`, `(?:…)` and `(?<name>…)`")
      }
    }
    var number = 0
    if let name {
      groups.append(name)
      number = groups.count
    }
    let inner = try choice()
    guard accept(")") else { throw mistake("this group is not closed", at: start, length: 1, help: "add `)`") }
    return number == 0 ? inner : .capture(number, inner)
  }

  /// A character as texts hold it after their preparation.
  private func literal(_ scalar: Unicode.Scalar, at start: Int) throws(PatternMistake) -> PatternNode {
    let table = LetterTable.shared
    let (kind, unit) = table.entry(scalar.value)
    switch kind {
    case LetterTable.Class.space, LetterTable.Class.newline: return .gap
    case LetterTable.Class.ignorable: return .empty
    case LetterTable.Class.combining:
      throw mistake("an accent stands alone", at: start, length: 1, help: "accents make no difference; remove it")
    default: return .set(PatternParser.folded(unit))
    }
  }

  /// A unit with its look-alike of the other script: a word in a text is of one script as a whole.
  private static func folded(_ unit: UInt16) -> UnitSet {
    let table = LetterTable.shared
    return UnitSet(units: Set([unit, table.cyrillicTwin(unit), table.latinTwin(unit)]))
  }

  private mutating func escape(from start: Int) throws(PatternMistake) -> PatternNode {
    guard let next = peek else { throw mistake("nothing follows this backslash", at: start, length: 1, help: "write `\\\\` for a backslash") }
    switch next {
    case "b":
      position += 1
      return .assertion(.wordBoundary)
    case "B":
      position += 1
      return .assertion(.noWordBoundary)
    case "s":
      position += 1
      return .gap
    default: return .set(try escapedSet(from: start))
    }
  }

  /// Behind a backslash, outside and inside a class.
  private mutating func escapedSet(from start: Int) throws(PatternMistake) -> UnitSet {
    guard let next = peek else { throw mistake("nothing follows this backslash", at: start, length: 1, help: "write `\\\\` for a backslash") }
    position += 1
    switch next {
    case "d": return .digit
    case "D": return UnitSet.digit.complement
    case "w": return .word
    case "W": return UnitSet.word.complement
    case "s": return .space
    case "S": return UnitSet.space.complement
    case "p", "P": return try property(from: start, isNegated: next == "P")
    case "0"..."9":
      throw mistake("a pattern cannot refer back to a group: that cannot be matched in linear time", at: start, help: "write what stands there")
    default:
      if next.properties.isAlphabetic {
        throw mistake("`\\\(next)` means nothing", at: start, help: "known are \\d \\w \\s \\b, their capitals, and \\p{…}")
      }
      let (kind, unit) = LetterTable.shared.entry(next.value)
      if kind == LetterTable.Class.space || kind == LetterTable.Class.newline { return .space }
      return PatternParser.folded(unit)
    }
  }

  private mutating func property(from start: Int, isNegated: Bool) throws(PatternMistake) -> UnitSet {
    var name = String.UnicodeScalarView()
    if accept("{") {
      while let next = peek, next != "}" {
        name.append(next)
        position += 1
      }
      guard accept("}") else { throw mistake("this name is not closed", at: start, help: "write `\\p{Cyrillic}`") }
    }
    guard let set = UnitSet.properties[String(name)] else {
      throw mistake(
        "there is no property `\(String(name))`", at: start,
        help: NearestName.help(for: String(name), among: UnitSet.properties.keys.sorted())
          ?? "known are: \(UnitSet.properties.keys.sorted().joined(separator: ", "))")
    }
    return isNegated ? set.complement : set
  }

  // MARK: Classes

  private mutating func characterClass(from start: Int) throws(PatternMistake) -> UnitSet {
    let isNegated = accept("^")
    var set = UnitSet()
    var isFirst = true
    while true {
      guard let next = peek else { throw mistake("this class is not closed", at: start, length: 1, help: "add `]`") }
      let here = position
      position += 1
      if next == "]", !isFirst { break }
      isFirst = false
      guard next != "]" else { throw mistake("this class is empty", at: start, help: "put characters into it, or write `\\]`") }
      if next == "\\", let behind = peek, behind.properties.isAlphabetic || ("0"..."9").contains(behind) {
        set = set.union(try escapedSet(from: here))
        continue
      }
      var low = next
      if next == "\\" {
        guard let behind = peek else { throw mistake("this class is not closed", at: start, length: 1, help: "add `]`") }
        position += 1
        low = behind
      }
      guard peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
        set = set.union(PatternParser.folded(low...low))
        continue
      }
      position += 1
      var high = scalars[position]
      position += 1
      if high == "\\", let behind = peek {
        high = behind
        position += 1
      }
      guard low <= high, high.value < 0x10000, high.value - low.value < 0x1000 else {
        throw mistake("`\(low)-\(high)` is no range", at: here, help: "the first character stands before the last: `а-я`")
      }
      set = set.union(PatternParser.folded(low...high))
    }
    return isNegated ? set.complement : set
  }

  /// Of look-alikes, a Latin range takes the Cyrillic ones too, since a word of look-alikes alone is Cyrillic.
  private static func folded(_ range: ClosedRange<Unicode.Scalar>) -> UnitSet {
    let table = LetterTable.shared
    var units: Set<UInt16> = []
    for value in range.lowerBound.value...range.upperBound.value {
      let (kind, unit) = table.entry(value)
      if kind == LetterTable.Class.ignorable || kind == LetterTable.Class.combining { continue }
      units.formUnion([unit, table.cyrillicTwin(unit)])
    }
    return UnitSet(units: units)
  }
}
