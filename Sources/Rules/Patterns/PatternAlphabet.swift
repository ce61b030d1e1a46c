/// The classes of units that a pattern tells apart: units of one class lead everywhere to the same place.
struct PatternAlphabet: Sendable {
  /// Classes, without the one that stands for the end of the text.
  let count: Int
  /// For each set of the pattern, whether it holds each class.
  let members: [[Bool]]
  /// For each class, what it is beside a place.
  let neighbours: [Neighbour]
  /// By unit below `LetterTable.limit`.
  let low: [UInt8]
  /// Beyond: where each stretch begins, its class for units that words are made of and for others.
  private let highStarts: [UInt16]
  private let highClasses: [(word: UInt8, other: UInt8)]

  /// `tellsWords`: letters and digits are never in one class with anything else.
  init(_ sets: [UnitSet], tellsWords: Bool) {
    var starts: Set<UInt32> = [0, UInt32(LetterTable.limit)]
    for set in sets {
      for range in set.ranges {
        starts.insert(UInt32(range.lowerBound))
        starts.insert(UInt32(range.upperBound) + 1)
      }
    }
    // Where words begin and end in the low part; beyond, each unit is asked.
    if tellsWords { starts.formUnion(WordUnits.lowEdges) }
    starts.remove(0x10000)
    let stretches = starts.sorted()
    var cursors = [Int](repeating: 0, count: sets.count)
    var ids: [[Bool]: UInt8] = [:]
    var signatures: [[Bool]] = []
    func id(_ signature: [Bool]) -> UInt8 {
      if let known = ids[signature] { return known }
      let id = UInt8(truncatingIfNeeded: signatures.count)
      ids[signature] = id
      signatures.append(signature)
      return id
    }
    var low: [UInt8] = []
    low.reserveCapacity(LetterTable.limit)
    var highStarts: [UInt16] = []
    var highClasses: [(word: UInt8, other: UInt8)] = []
    for (index, start) in stretches.enumerated() {
      var signature = [Bool](repeating: false, count: sets.count + 1)
      for (set, each) in sets.enumerated() {
        while cursors[set] < each.ranges.count, UInt32(each.ranges[cursors[set]].upperBound) < start { cursors[set] += 1 }
        signature[set] = cursors[set] < each.ranges.count && UInt32(each.ranges[cursors[set]].lowerBound) <= start
      }
      if start < UInt32(LetterTable.limit) {
        signature[sets.count] = tellsWords && WordUnits.contains(UInt16(start))
        let end = index + 1 < stretches.count ? stretches[index + 1] : 0x10000
        low.append(contentsOf: repeatElement(id(signature), count: Int(min(end, UInt32(LetterTable.limit)) - start)))
      } else {
        let other = id(signature)
        signature[sets.count] = tellsWords
        let word = id(signature)
        if highClasses.last.map({ $0 != (word, other) }) ?? true {
          highStarts.append(UInt16(start))
          highClasses.append((word, other))
        }
      }
    }
    count = signatures.count
    members = sets.indices.map { set in signatures.map { $0[set] } }
    neighbours = signatures.map { $0[sets.count] ? .word : .other }
    self.low = low
    self.highStarts = highStarts
    self.highClasses = highClasses
  }

  @inline(__always) func classOf(_ unit: UInt16) -> Int {
    Int(unit) < LetterTable.limit ? Int(low[Int(unit)]) : high(unit)
  }

  private func high(_ unit: UInt16) -> Int {
    var from = 0
    var to = highStarts.count
    while to - from > 1 {
      let middle = (from + to) / 2
      if highStarts[middle] <= unit { from = middle } else { to = middle }
    }
    return Int(WordUnits.contains(unit) ? highClasses[from].word : highClasses[from].other)
  }
}

/// Which units words are made of, as a table: asking the letter table costs too much where every unit of a text is asked.
enum WordUnits {
  private static let bits: [UInt64] = {
    var bits = [UInt64](repeating: 0, count: 1024)
    for unit in 0...UInt16.max where LetterTable.shared.isWord(unit) { bits[Int(unit >> 6)] |= 1 << UInt64(unit & 63) }
    return bits
  }()

  /// Where, below `LetterTable.limit`, a stretch of such units begins or ends.
  static let lowEdges: [UInt32] = (1..<UInt32(LetterTable.limit)).filter { contains(UInt16($0)) != contains(UInt16($0 - 1)) }

  @inline(__always) static func contains(_ unit: UInt16) -> Bool { bits[Int(unit >> 6)] & (1 << UInt64(unit & 63)) != 0 }
}
