import Model

/// One value of a text fact, normalised, with where the ruleset's literals stand in it.
final class ScannedText {
  let original: String
  let document: String
  let text: NormalisedText
  /// The first occurrence of each literal that has one.
  private var first: [Int32: Range<Int>] = [:]
  /// A bit for each literal: whether it has one. A condition asks for hundreds of literals of which a text has a few.
  private var found: [UInt64] = []
  /// All occurrences of the literals that `near` needs, in the order of their ends.
  private(set) var all: [(literal: Int32, range: Range<Int>)] = []
  /// What it cost: bytes read and occurrences met.
  private(set) var steps: Int
  /// The same in Cyrillic, where it is Bulgarian in Latin letters and the ruleset wants that read (`transliterate`): each way to read it.
  private(set) var readings: [ScannedText] = []

  /// `isFree`: text that people write, and not a code or a name.
  convenience init(_ original: String, document: String, isFree: Bool, _ program: Program, budget: Int) {
    self.init(original, document: document, nil, program, budget: budget)
    guard isFree, program.transliterates else { return }
    for reading in Transliteration.readings(of: original) where steps <= budget {
      let scanned = ScannedText(original, document: document, NormalisedText(reading), program, budget: budget - steps)
      steps += scanned.steps
      readings.append(scanned)
    }
  }

  private init(_ original: String, document: String, _ reading: NormalisedText?, _ program: Program, budget: Int) {
    self.original = original
    self.document = document
    steps = original.utf8.count
    guard steps <= budget else {
      text = NormalisedText(units: [], starts: [])
      return
    }
    let text = reading ?? TextNormalisation.normalise(original)
    self.text = text
    var first: [Int32: Range<Int>] = [:]
    var all: [(literal: Int32, range: Range<Int>)] = []
    var seen = [UInt64](repeating: 0, count: (program.literals.count + 63) / 64)
    var occurrences = 0
    let table = LetterTable.shared
    let modes = program.modes
    let isNear = program.isNear
    let limit = budget - steps
    program.automaton.scan(text.units) { hit in
      occurrences += 1
      guard occurrences <= limit else { return false }
      let literal = Int(hit.literal)
      let isKnown = seen[literal >> 6] & (1 << UInt64(literal & 63)) != 0
      if isKnown, !isNear[literal] { return true }
      guard let end = ScannedText.end(of: hit, modes[literal], in: text.units, table) else { return true }
      let range = Int(hit.start)..<end
      if !isKnown {
        seen[literal >> 6] |= 1 << UInt64(literal & 63)
        first[hit.literal] = range
      }
      if isNear[literal] { all.append((hit.literal, range)) }
      return true
    }
    self.first = first
    self.found = seen
    self.all = all
    steps += occurrences
  }

  /// Where the match ends, with the ending behind a stem; `nil` when it is not bounded as its mode wants.
  @inline(__always)
  private static func end(of hit: LiteralAutomaton.Hit, _ mode: Literal.Mode, in units: [UInt16], _ table: LetterTable) -> Int? {
    let start = Int(hit.start)
    var end = Int(hit.end)
    if mode == .part { return end }
    if start > 0, table.isWord(units[start - 1]), table.isWord(units[start]) { return nil }
    if mode == .words { return end < units.count && table.isWord(units[end]) && table.isWord(units[end - 1]) ? nil : end }
    let limit = min(units.count, end + Literal.stemEnding + 1)
    while end < limit, table.isWord(units[end]) { end += 1 }
    return end - Int(hit.end) <= Literal.stemEnding ? end : nil
  }

  @inline(__always)
  func firstOccurrence(of literal: Int) -> Range<Int>? {
    guard literal >> 6 < found.count, found[literal >> 6] & (1 << UInt64(literal & 63)) != 0 else { return nil }
    return first[Int32(literal)]
  }

  /// Each literal that occurs.
  func forEachLiteral(_ body: (Int32) -> Void) {
    for (index, word) in found.enumerated() {
      var rest = word
      while rest != 0 {
        body(Int32(index << 6 | rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    for reading in readings { reading.forEachLiteral(body) }
  }

  /// The first place where a test holds.
  func match(_ test: TextTest, _ literals: [Literal]) -> Range<Int>? {
    switch test.kind {
    case .contains: return contains(test)
    // The evaluation runs patterns, which need its tables.
    case .pattern: return nil
    case .equals: return test.literals.contains { literals[$0].variants.contains(text.units) } ? 0..<text.units.count : nil
    case .startsWith: return edge(test, literals) { text.units.starts(with: $0) ? 0..<$0.count : nil }
    case .endsWith:
      let count = text.units.count
      return edge(test, literals) { $0.count <= count && text.units[(count - $0.count)...].elementsEqual($0) ? (count - $0.count)..<count : nil }
    }
  }

  private func edge(_ test: TextTest, _ literals: [Literal], _ find: ([UInt16]) -> Range<Int>?) -> Range<Int>? {
    for literal in test.literals {
      for variant in literals[literal].variants { if let range = find(variant) { return range } }
    }
    return nil
  }

  private func contains(_ test: TextTest) -> Range<Int>? {
    let window = test.window ?? .max
    guard let near = test.near else {
      var best: Range<Int>?
      for literal in test.literals {
        guard let range = firstOccurrence(of: literal), range.upperBound <= window else { continue }
        if best.map({ range.lowerBound < $0.lowerBound }) ?? true { best = range }
      }
      return best
    }
    let left = all.filter { test.literals.contains(Int($0.literal)) && $0.range.upperBound <= window }
    let right = all.filter { near.literals.contains(Int($0.literal)) && $0.range.upperBound <= window }
    guard !left.isEmpty, !right.isEmpty else { return nil }
    let words = wordNumbers
    // Both lists run in order of their ends, so the nearest partner of each is the one before or the one behind.
    var index = 0
    for one in left {
      while index < right.count, right[index].range.lowerBound < one.range.upperBound { index += 1 }
      for candidate in [index - 1, index] where right.indices.contains(candidate) {
        let other = right[candidate].range
        let (a, b) = other.lowerBound >= one.range.upperBound ? (one.range, other) : (other, one.range)
        guard b.lowerBound >= a.upperBound else { continue }
        if Int(words[b.lowerBound] - words[a.upperBound - 1]) - 1 <= near.words { return a.lowerBound..<b.upperBound }
      }
    }
    return nil
  }

  /// For each unit, how many words have begun up to it.
  private lazy var wordNumbers: [Int32] = {
    let table = LetterTable.shared
    var numbers: [Int32] = []
    numbers.reserveCapacity(text.units.count)
    var count: Int32 = 0
    var wasWord = false
    for unit in text.units {
      let isWord = table.isWord(unit)
      if isWord, !wasWord { count += 1 }
      wasWord = isWord
      numbers.append(count)
    }
    return numbers
  }()

  /// Where the first run of at least so many digits has that many; `nil` when there is none.
  func endOfDigits(_ count: Int) -> Int? { count < digitEnds.count ? digitEnds[count] : nil }

  /// By number of digits.
  private lazy var digitEnds: [Int] = {
    var ends = [0]
    var run = 0
    for (index, unit) in text.units.enumerated() {
      run = (0x30...0x39).contains(unit) ? run + 1 : 0
      if run == ends.count, run <= RequiredDigits.maximum { ends.append(index + 1) }
    }
    return ends
  }()

  /// What one test costs in steps, at most.
  func cost(_ test: TextTest) -> Int {
    test.literals.count + (test.near.map { all.count * (test.literals.count + $0.literals.count) } ?? 0)
  }

  // MARK: Quoting

  /// Characters shown on either side of a match.
  private static let context = 40

  /// White space as single spaces. On bytes: explanations quote much, and asking Unicode about each letter costs more than deciding.
  private static func oneLine(_ text: some Sequence<UInt8>) -> String {
    var line: [UInt8] = []
    line.reserveCapacity(text.underestimatedCount)
    func isSpace(_ count: Int, _ last: UInt8) -> Bool {
      let start = line.count - count
      guard start >= 0 else { return false }
      switch (count, line[start]) {
      // U+0085, U+00A0.
      case (1, 0xC2): return last == 0x85 || last == 0xA0
      // U+2000 … U+200A, U+2028, U+2029, U+202F, U+205F; U+3000.
      case (2, 0xE2):
        return line[start + 1] == 0x80 ? (0x80...0x8A).contains(last) || [0xA8, 0xA9, 0xAF].contains(last) : line[start + 1] == 0x81 && last == 0x9F
      case (2, 0xE3): return line[start + 1] == 0x80 && last == 0x80
      default: return false
      }
    }
    for byte in text {
      if byte == 0x20 || (0x09...0x0D).contains(byte) {
        if let last = line.last, last != 0x20 { line.append(0x20) }
      } else if byte & 0xC0 == 0x80, let width = [1, 2].first(where: { isSpace($0, byte) }) {
        line.removeLast(width)
        if let last = line.last, last != 0x20 { line.append(0x20) }
      } else {
        line.append(byte)
      }
    }
    if line.last == 0x20 { line.removeLast() }
    return String(decoding: line, as: UTF8.self)
  }

  /// The beginning of a value, for evidence that does not depend on a place in it.
  static func beginning(_ value: String) -> String {
    let limit = 3 * context
    let head = value.prefix(limit + 1)
    return head.count <= limit ? oneLine(head.utf8) : oneLine(head.prefix(limit).utf8) + " …"
  }

  /// The original words with a little of what stands around them, on one line.
  func quote(_ range: Range<Int>) -> String {
    guard !text.units.isEmpty, !range.isEmpty else { return "" }
    var low = max(0, range.lowerBound - ScannedText.context)
    var high = min(text.units.count, range.upperBound + ScannedText.context)
    let table = LetterTable.shared
    if low > 0 { while low < range.lowerBound, table.isWord(text.units[low - 1]) { low += 1 } }
    if high < text.units.count { while high > range.upperBound, table.isWord(text.units[high]) { high -= 1 } }
    let bytes = original.utf8
    let slice = text.originalRange(low..<high, in: bytes)
    let start = bytes.index(bytes.startIndex, offsetBy: slice.lowerBound)
    let words = ScannedText.oneLine(bytes[start..<bytes.index(start, offsetBy: slice.count)])
    return (low > 0 ? "… " : "") + words + (high < text.units.count ? " …" : "")
  }
}
