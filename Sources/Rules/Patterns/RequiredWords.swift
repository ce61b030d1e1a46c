/// A stretch of fixed characters that stands in every text a pattern matches, or one of several such. They run with all other literals in one pass,
/// and the pattern itself only where all it requires was found.
struct Requirement: Equatable, Sendable {
  /// Any of these, as texts hold them after their preparation.
  let forms: [[UInt16]]
  /// So many units may stand at most between the beginning of a match and the stretch; `nil` when that is not bounded.
  let reach: Int?

  var longest: Int { forms.map(\.count).max() ?? 0 }

  /// Length of its shortest form.
  var length: Int { forms.map(\.count).min() ?? 0 }
}

/// So many digits in a row, which stand in every text a pattern matches; `reach` as in `Requirement`.
struct RequiredDigits: Equatable, Sendable {
  let count: Int
  let reach: Int?

  /// Longer runs are not told apart.
  static let maximum = 20
}

/// Finds what a pattern requires.
enum RequiredWords {
  /// More alternatives help no longer.
  private static let maximumForms = 24
  private static let maximumRequirements = 4
  /// Single characters stand in every text.
  private static let minimumLength = 2

  /// The best first; empty when nothing need be there.
  static func of(_ node: PatternNode) -> [Requirement] {
    let found = requirements(flat(node)).filter { $0.length >= minimumLength && $0.forms.count <= maximumForms }
    return Array(
      found.enumerated().sorted { ($1.element.length, $0.offset) < ($0.element.length, $1.offset) }.map(\.element).prefix(maximumRequirements))
  }

  /// The longest run of digits that stands in every match, whichever digits they are.
  static func digits(_ node: PatternNode) -> RequiredDigits? {
    var best: RequiredDigits?
    var count = 0
    var start: Int? = 0
    var distance: Int? = 0
    for part in flat(node) {
      var more = 0
      var goesOn = false
      switch part {
      case .set(let set) where isDigits(set): (more, goesOn) = (1, true)
      case .repetition(.set(let set), let least, let most, _) where isDigits(set): (more, goesOn) = (least, least == most)
      case .assertion: goesOn = true
      default: break
      }
      if count == 0 { start = distance }
      count += more
      if count > best?.count ?? 0 { best = RequiredDigits(count: min(count, RequiredDigits.maximum), reach: start) }
      // Behind a repetition of unknown length the run goes on from its least length only at its own end.
      if !goesOn { count = 0 }
      distance = distance.flatMap { before in maximumLength(part).map { before + $0 } }
    }
    return best
  }

  private static func isDigits(_ set: UnitSet) -> Bool {
    set.ranges.allSatisfy { $0.lowerBound >= 0x30 && $0.upperBound <= 0x39 } && !set.isEmpty
  }

  /// The elements of a sequence, groups opened.
  private static func flat(_ node: PatternNode) -> [PatternNode] {
    switch node {
    case .sequence(let parts): parts.flatMap(flat)
    case .capture(_, let inner): flat(inner)
    case .repetition(let inner, let least, let most, _) where least == most && least <= 8: (0..<least).flatMap { _ in flat(inner) }
    case .empty: []
    default: [node]
    }
  }

  private static func requirements(_ parts: [PatternNode]) -> [Requirement] {
    var found: [Requirement] = []
    var run: [UInt16] = []
    var runStart: Int? = 0
    var hasGap = false
    var distance: Int? = 0
    func endRun() {
      if !run.isEmpty { found.append(Requirement(forms: forms(run), reach: runStart)) }
      run = []
      hasGap = false
    }
    for part in parts {
      switch part {
      case .assertion: break
      case .gap: hasGap = true
      case .set(let set):
        guard let unit = unit(set) else {
          endRun()
          break
        }
        if run.isEmpty { runStart = distance }
        // Texts hold a space between two words, and none beside punctuation.
        if hasGap, let last = run.last, WordUnits.contains(last), WordUnits.contains(unit) { run.append(0x20) }
        hasGap = false
        run.append(unit)
      default:
        endRun()
        if let inner = alternatives(part) {
          found.append(Requirement(forms: inner.forms, reach: distance.flatMap { before in inner.reach.map { before + $0 } }))
        }
      }
      distance = distance.flatMap { before in maximumLength(part).map { before + $0 } }
    }
    endRun()
    return found
  }

  /// What stands in a choice or repetition, however it goes: the best of each branch.
  private static func alternatives(_ node: PatternNode) -> Requirement? {
    switch node {
    case .choice(let branches):
      var forms: [[UInt16]] = []
      var reach: Int? = 0
      for branch in branches {
        guard let best = of(branch).first else { return nil }
        for form in best.forms where !forms.contains(form) { forms.append(form) }
        reach = reach.flatMap { known in best.reach.map { max(known, $0) } }
        guard forms.count <= maximumForms else { return nil }
      }
      return Requirement(forms: forms, reach: reach)
    case .repetition(let inner, let least, _, _): return least > 0 ? of(inner).first : nil
    default: return nil
    }
  }

  private static func maximumLength(_ node: PatternNode) -> Int? {
    switch node {
    case .empty, .assertion: return 0
    case .set, .gap: return 1
    case .sequence(let parts): return parts.reduce(0) { sum, part in sum.flatMap { sum in maximumLength(part).map { sum + $0 } } }
    case .choice(let parts): return parts.reduce(0) { most, part in most.flatMap { most in maximumLength(part).map { max(most, $0) } } }
    case .repetition(let inner, _, let most, _): return most.flatMap { most in maximumLength(inner).map { most * $0 } }
    case .capture(_, let inner): return maximumLength(inner)
    }
  }

  /// The character that a set stands for, its look-alike aside.
  private static func unit(_ set: UnitSet) -> UInt16? {
    let table = LetterTable.shared
    guard let first = set.ranges.first?.lowerBound, set.ranges.count <= 2 else { return nil }
    return set == UnitSet(units: Set([first, table.cyrillicTwin(first), table.latinTwin(first)])) ? first : nil
  }

  /// Each word of a text is Cyrillic or Latin as a whole, so its look-alikes are of one script. Of too many words only the longest is kept.
  private static func forms(_ run: [UInt16]) -> [[UInt16]] {
    let table = LetterTable.shared
    var pieces: [(forms: [[UInt16]], isWord: Bool)] = []
    for unit in run {
      let isWord = WordUnits.contains(unit)
      if let last = pieces.last, last.isWord == isWord, isWord {
        pieces[pieces.count - 1].forms[0].append(unit)
      } else {
        pieces.append(([[unit]], isWord))
      }
    }
    for index in pieces.indices where pieces[index].isWord {
      let word = pieces[index].forms[0]
      let (cyrillic, latin) = (word.map(table.cyrillicTwin), word.map(table.latinTwin))
      pieces[index].forms = cyrillic == latin ? [cyrillic] : [cyrillic, latin]
    }
    guard pieces.reduce(1, { min(1_000, $0 * $1.forms.count) }) <= 8 else { return pieces.max { $0.forms[0].count < $1.forms[0].count }?.forms ?? [] }
    return pieces.reduce([[]]) { forms, piece in forms.flatMap { form in piece.forms.map { form + $0 } } }
  }
}
