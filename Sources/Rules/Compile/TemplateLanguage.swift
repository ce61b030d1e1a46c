import Model

/// All texts that a number template can print, as a small automaton, to find out whether two templates can ever print the same.
///
/// Characters are compared as a reader sees them: case and look-alike letters do not make two numbers different.
struct TemplateLanguage {
  private struct Edge {
    let characters: ClosedRange<UInt16>
    let target: Int
  }

  private var edges: [[Edge]] = [[]]
  private var end = 0

  /// `units` are the index and identifier of every unit the template may be filled with.
  init(_ template: NumberTemplate, units: [Unit]) {
    for part in template.parts {
      switch part {
      case .literal(let text): word(text)
      case .unitIndex: alternatives(units.map(\.index))
      case .unitIdentifier: alternatives(units.map(\.identifier))
      case .sequence(let width): sequence(width: width)
      case .year: year()
      case .date(let pattern): date(pattern)
      }
    }
  }

  private static func folded(_ text: some StringProtocol) -> [UInt16] {
    let table = LetterTable.shared
    return text.utf16.map { table.cyrillicTwin(table.entry(UInt32($0)).1) }
  }

  private mutating func state() -> Int {
    edges.append([])
    return edges.count - 1
  }

  private mutating func step(_ characters: ClosedRange<UInt16>) {
    let next = state()
    edges[end].append(Edge(characters: characters, target: next))
    end = next
  }

  private mutating func word(_ text: some StringProtocol) {
    for unit in TemplateLanguage.folded(text) { step(unit...unit) }
  }

  private mutating func alternatives(_ words: [String]) {
    let start = end
    let join = state()
    for word in Set(words) where !word.isEmpty {
      let units = TemplateLanguage.folded(word)
      end = start
      for unit in units.dropLast() { step(unit...unit) }
      if let last = units.last { edges[end].append(Edge(characters: last...last, target: join)) }
    }
    end = join
  }

  /// 2000 to 2999.
  private mutating func year() {
    word("2")
    digits(["9", "9", "9"])
  }

  /// One digit for each, up to the given one.
  private mutating func digits(_ greatest: [Character]) {
    for digit in greatest { step(0x30...(digit.utf16.first ?? 0x39)) }
  }

  /// A number from 1, filled with zeros to its width: exactly so many digits, or more without a zero in front.
  private mutating func sequence(width: Int) {
    let start = end
    let join = state()
    if width > 1 {
      for _ in 1..<width { step(0x30...0x39) }
      edges[end].append(Edge(characters: 0x30...0x39, target: join))
      end = start
    }
    step(0x31...0x39)
    if width > 1 { for _ in 1..<width { step(0x30...0x39) } }
    edges[end].append(Edge(characters: 0x30...0x39, target: end))
    loop = (end, join)
    end = join
  }

  /// A sequence may end in its loop as well as at its join, so what leaves the join leaves the loop too. A template has one sequence.
  private var loop: (state: Int, join: Int)?

  private mutating func date(_ pattern: String) {
    var rest = Substring(pattern)
    let fields: [(String, [Character])] = [
      ("MM", ["1", "9"]), ("dd", ["3", "9"]), ("HH", ["2", "9"]), ("mm", ["5", "9"]), ("ss", ["5", "9"]),
    ]
    scan: while let character = rest.first {
      if rest.hasPrefix("yyyy") {
        year()
        rest = rest.dropFirst(4)
        continue
      }
      for (name, greatest) in fields where rest.hasPrefix(name) {
        digits(greatest)
        rest = rest.dropFirst(name.count)
        continue scan
      }
      word(String(character))
      rest = rest.dropFirst()
    }
  }

  private func leaving(_ state: Int) -> [Edge] {
    if let loop, loop.state == state { return edges[state] + edges[loop.join] }
    return edges[state]
  }

  private func accepts(_ state: Int) -> Bool { state == end || (loop?.state == state && loop?.join == end) }

  /// A text both can print, if there is one.
  func commonText(with other: TemplateLanguage) -> String? {
    struct Pair: Hashable {
      let left: Int
      let right: Int
    }
    var cameFrom: [Pair: (Pair, UInt16)?] = [Pair(left: 0, right: 0): nil]
    var queue = [Pair(left: 0, right: 0)]
    var index = 0
    while index < queue.count {
      let pair = queue[index]
      index += 1
      if accepts(pair.left), other.accepts(pair.right) {
        var units: [UInt16] = []
        var cursor = pair
        while let step = cameFrom[cursor] ?? nil {
          units.append(step.1)
          cursor = step.0
        }
        return String(decoding: units.reversed(), as: UTF16.self).uppercased()
      }
      let others = other.leaving(pair.right)
      for edge in leaving(pair.left) {
        for partner in others where edge.characters.overlaps(partner.characters) {
          let next = Pair(left: edge.target, right: partner.target)
          guard cameFrom[next] == nil else { continue }
          cameFrom[next] = .some((pair, max(edge.characters.lowerBound, partner.characters.lowerBound)))
          queue.append(next)
        }
      }
    }
    return nil
  }
}
