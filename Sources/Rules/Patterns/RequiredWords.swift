/// Stretches of letters and digits of which one stands in every text that a pattern matches. They run with all other literals in one pass, and
/// the pattern itself only where one was found.
enum RequiredWords {
  /// More alternatives help no longer.
  private static let maximumAlternatives = 24

  static func of(_ node: PatternNode) -> [[UInt16]]? {
    guard let found = find(node), !found.isEmpty, found.count <= maximumAlternatives else { return nil }
    return found
  }

  /// A word of a text is Cyrillic or Latin as a whole, so its look-alikes are of one script.
  static func forms(_ word: [UInt16]) -> [[UInt16]] {
    let table = LetterTable.shared
    let (cyrillic, latin) = (word.map(table.cyrillicTwin), word.map(table.latinTwin))
    return cyrillic == latin ? [cyrillic] : [cyrillic, latin]
  }

  private static func find(_ node: PatternNode) -> [[UInt16]]? {
    switch node {
    case .empty, .gap, .assertion: return nil
    case .set, .sequence: return best(flat(node))
    case .choice(let parts):
      var all: [[UInt16]] = []
      for part in parts {
        guard let found = find(part) else { return nil }
        for word in found where !all.contains(word) { all.append(word) }
        guard all.count <= maximumAlternatives else { return nil }
      }
      return all
    case .repetition(let inner, let least, _, _): return least > 0 ? find(inner) : nil
    case .capture(_, let inner): return find(inner)
    }
  }

  /// The elements of a sequence, groups opened.
  private static func flat(_ node: PatternNode) -> [PatternNode] {
    switch node {
    case .sequence(let parts): return parts.flatMap(flat)
    case .capture(_, let inner): return flat(inner)
    case .repetition(let inner, let least, let most, _) where least == 1 && most == 1: return flat(inner)
    case .empty: return []
    default: return [node]
    }
  }

  /// The alternatives whose shortest is longest.
  private static func best(_ parts: [PatternNode]) -> [[UInt16]]? {
    var candidates: [[[UInt16]]] = []
    var run: [UInt16] = []
    func endRun() {
      if !run.isEmpty { candidates.append([run]) }
      run = []
    }
    for part in parts {
      if case .set(let set) = part {
        if let letter = letter(set) { run.append(letter) } else { endRun() }
      } else {
        endRun()
        if let found = find(part) { candidates.append(found) }
      }
    }
    endRun()
    func score(_ words: [[UInt16]]) -> Int { (words.map(\.count).min() ?? 0) * 8 - words.count }
    return candidates.max { score($0) < score($1) }
  }

  /// The letter or digit that a set stands for, its look-alike aside.
  private static func letter(_ set: UnitSet) -> UInt16? {
    let table = LetterTable.shared
    guard let first = set.ranges.first?.lowerBound, table.isWord(first) else { return nil }
    let twins = UnitSet(units: Set([first, table.cyrillicTwin(first), table.latinTwin(first)]))
    return set == twins ? first : nil
  }
}
