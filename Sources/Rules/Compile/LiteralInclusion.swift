/// Which literals surely occur where another one does: „жалба срещу заповед“ holds „жалба“. Found in one pass over all literals.
struct LiteralInclusion {
  /// For each literal, those that occur in it when it stands alone between the edges of words.
  private let bounded: [Set<Int32>]
  /// … and when nothing is known of what stands around it.
  private let unbounded: [Set<Int32>]

  init(_ literals: [Literal]) {
    let automaton = LiteralAutomaton(
      literals.enumerated().lazy.flatMap { literal in literal.element.variants.map { (units: $0, literal: Int32(literal.offset)) } })
    let table = LetterTable.shared
    func included(_ literal: Literal, edges: Bool) -> Set<Int32> {
      var common: Set<Int32>?
      for text in literal.variants {
        var found: Set<Int32> = []
        automaton.scan(text) { hit in
          let (start, end) = (Int(hit.start), Int(hit.end))
          if literals[Int(hit.literal)].mode != .part {
            let opens = start == 0 ? edges || !table.isWord(text[0]) : !table.isWord(text[start - 1]) || !table.isWord(text[start])
            let closes = end == text.count ? edges || !table.isWord(text[end - 1]) : !table.isWord(text[end]) || !table.isWord(text[end - 1])
            guard opens, closes else { return true }
          }
          found.insert(hit.literal)
          return true
        }
        common = common.map { $0.intersection(found) } ?? found
      }
      return common ?? []
    }
    bounded = literals.map { included($0, edges: true) }
    unbounded = literals.map { included($0, edges: false) }
  }

  /// Whether a test of this kind on the first literal makes `contains` of the other true; `mode` is that of the first.
  func includes(_ literal: Int, _ kind: TextTest.Kind, _ mode: Literal.Mode, _ other: Int) -> Bool {
    (kind == .equals || (kind == .contains && mode == .words) ? bounded : unbounded)[literal].contains(Int32(other))
      || (kind == .contains && literal == other)
  }

  /// All literals that may occur with this one.
  func all(_ literal: Int) -> Set<Int32> { bounded[literal].union([Int32(literal)]) }
}
