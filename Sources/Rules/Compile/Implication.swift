import Model

/// Whether one condition is true whenever another is, as far as that can be decided: over words, numbers, dates, table keys and the inclusion
/// of literals. “No” means “not shown”.
final class Implication {
  private let context: CompileContext
  private var memo: [Pair: Bool] = [:]
  private(set) var stepsLeft: Int

  private struct Pair: Hashable {
    let left: Int
    let right: Int
  }

  init(_ context: CompileContext, budget: Int) {
    self.context = context
    stepsLeft = budget
  }

  func implies(_ left: Int, _ right: Int) -> Bool {
    if left == right { return true }
    let pair = Pair(left: left, right: right)
    if let known = memo[pair] { return known }
    stepsLeft -= 1
    guard stepsLeft > 0 else { return false }
    let result = compute(left, right)
    memo[pair] = result
    return result
  }

  private func compute(_ left: Int, _ right: Int) -> Bool {
    let (a, b) = (context.nodes[left], context.nodes[right])
    if case .all(let children) = b { return children.allSatisfy { implies(left, $0) } }
    if case .any(let children) = a { return children.allSatisfy { implies($0, right) } }
    if case .all(let children) = a, children.contains(where: { implies($0, right) }) { return true }
    if case .any(let children) = b, children.contains(where: { implies(left, $0) }) { return true }
    switch (a, b) {
    case (.not(let x), .not(let y)): return implies(y, x)
    case (_, .not(let y)): return excludes(left, y)
    case (.anyDocument(let x), .anyDocument(let y)): return implies(x, y)
    case (.atom(let x), .atom(let y)): return AtomRelation(context).implies(context.atoms[x], context.atoms[y])
    default: return false
    }
  }

  /// Whether both can never be true together.
  func excludes(_ left: Int, _ right: Int) -> Bool {
    stepsLeft -= 1
    guard stepsLeft > 0 else { return false }
    switch (context.nodes[left], context.nodes[right]) {
    case (_, .not(let y)) where implies(left, y): return true
    case (.not(let x), _) where implies(right, x): return true
    case (.all(let children), _): return children.contains { excludes($0, right) }
    case (_, .all(let children)): return children.contains { excludes(left, $0) }
    case (.any(let children), _): return children.allSatisfy { excludes($0, right) }
    case (_, .any(let children)): return children.allSatisfy { excludes(left, $0) }
    case (.atom(let x), .atom(let y)): return AtomRelation(context).excludes(context.atoms[x], context.atoms[y])
    default: return false
    }
  }
}

/// How two tests on the same fact relate.
struct AtomRelation {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  private func hasOneValue(_ subject: Atom.Subject) -> Bool {
    if case .fact(let fact) = subject { return !FactCatalogue.all[fact].isSet }
    return true
  }

  func implies(_ a: Atom, _ b: Atom) -> Bool {
    guard a.subject == b.subject, !b.every || hasOneValue(b.subject) || a.every else { return false }
    switch (a.test, b.test) {
    case (.flag, .exists), (.words, .exists), (.text, .exists), (.number, .exists), (.date, .exists), (.inTable, .exists): return true
    case (.words(let x), .words(let y)): return x.isSubset(of: y)
    case (.number(let x, let these), .number(let y, let those)): return Interval.implies(x, these, y, those)
    case (.date(let x, let these), .date(let y, let those)):
      return Interval.implies(x, these.map { Int64($0.daysSince1970) }, y, those.map { Int64($0.daysSince1970) })
    case (.text(let x), .inTable(let table)): return x.kind == .equals && x.literals.allSatisfy { isKey($0, of: table) }
    case (.inTable(let table), .text(let y)):
      guard y.kind == .equals else { return false }
      let wanted = Set(y.literals.flatMap { context.literals[$0].variants.map { String(decoding: $0, as: UTF16.self) } })
      return context.tables[table].rowByKey.keys.allSatisfy(wanted.contains)
    case (.text(let x), .text(let y)): return TextRelation(context).implies(x, y)
    default: return false
    }
  }

  private func isKey(_ literal: Int, of table: Int) -> Bool {
    context.literals[literal].variants.allSatisfy { context.tables[table].rowByKey[String(decoding: $0, as: UTF16.self)] != nil }
  }

  func excludes(_ a: Atom, _ b: Atom) -> Bool {
    guard a.subject == b.subject, hasOneValue(a.subject) else { return false }
    switch (a.test, b.test) {
    case (.words(let x), .words(let y)): return x.isDisjoint(with: y)
    case (.number(let x, let these), .number(let y, let those)): return Interval.excludes(x, these, y, those)
    case (.date(let x, let these), .date(let y, let those)):
      return Interval.excludes(x, these.map { Int64($0.daysSince1970) }, y, those.map { Int64($0.daysSince1970) })
    case (.text(let x), .text(let y)):
      guard x.kind == .equals, y.kind == .equals else { return false }
      let mine = Set(x.literals.flatMap { context.literals[$0].variants })
      return mine.isDisjoint(with: y.literals.flatMap { context.literals[$0].variants })
    default: return false
    }
  }
}

/// Comparisons as ranges of whole numbers.
private enum Interval {
  static func implies(_ a: Comparison, _ x: [Int64], _ b: Comparison, _ y: [Int64]) -> Bool {
    if let points = points(a, x) { return points.allSatisfy { b.holds($0, y) } }
    guard let mine = range(a, x) else { return a == b && x == y }
    if b == .unequal, let other = y.first { return !mine.contains(other) }
    guard let its = range(b, y) else { return false }
    return its.lowerBound <= mine.lowerBound && mine.upperBound <= its.upperBound
  }

  static func excludes(_ a: Comparison, _ x: [Int64], _ b: Comparison, _ y: [Int64]) -> Bool {
    if let points = points(a, x) { return !points.contains { b.holds($0, y) } }
    if let points = points(b, y) { return !points.contains { a.holds($0, x) } }
    guard let mine = range(a, x), let its = range(b, y) else { return false }
    return !mine.overlaps(its)
  }

  private static func points(_ comparison: Comparison, _ values: [Int64]) -> [Int64]? {
    comparison == .isOneOf || comparison == .equal ? values : nil
  }

  private static func range(_ comparison: Comparison, _ values: [Int64]) -> ClosedRange<Int64>? {
    guard let value = values.first, value > .min, value < .max else { return nil }
    switch comparison {
    case .less: return .min...(value - 1)
    case .lessOrEqual: return .min...value
    case .greater: return (value + 1)...(.max)
    case .greaterOrEqual: return value...(.max)
    default: return nil
    }
  }
}

/// When one test on text makes another true.
struct TextRelation {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func implies(_ a: TextTest, _ b: TextTest) -> Bool {
    if b.near != nil { return a == b }
    return a.literals.allSatisfy { mine in b.literals.contains { implies(a, context.literals[mine], b, context.literals[$0]) } }
  }

  private func implies(_ a: TextTest, _ x: Literal, _ b: TextTest, _ y: Literal) -> Bool {
    x.variants.allSatisfy { text in y.variants.contains { implies(a, x.mode, text, b, y.mode, $0) } }
  }

  private func implies(_ a: TextTest, _ mode: Literal.Mode, _ text: [UInt16], _ b: TextTest, _ wanted: Literal.Mode, _ part: [UInt16]) -> Bool {
    switch b.kind {
    case .equals: return a.kind == .equals && text == part
    case .startsWith: return (a.kind == .equals || a.kind == .startsWith) && text.starts(with: part)
    case .endsWith: return (a.kind == .equals || a.kind == .endsWith) && text.count >= part.count && text.suffix(part.count).elementsEqual(part)
    case .contains:
      // How far into the text the match can reach.
      switch (a.kind, a.window, b.window) {
      case (_, _, nil): break
      case (.equals, _, let window?), (.startsWith, _, let window?): if text.count > window { return false }
      case (.contains, let mine?, let window?): if mine > window { return false }
      default: return false
      }
      return contains(text, edges: a.kind == .equals || (a.kind == .contains && mode == .words), part, wanted)
    }
  }

  /// Whether a text of which only this stretch is known surely holds the part, bounded as its mode wants.
  private func contains(_ text: [UInt16], edges: Bool, _ part: [UInt16], _ mode: Literal.Mode) -> Bool {
    guard !part.isEmpty, part.count <= text.count else { return false }
    let table = LetterTable.shared
    for start in 0...(text.count - part.count) where text[start..<(start + part.count)].elementsEqual(part) {
      if mode == .part { return true }
      let end = start + part.count
      let opens = start == 0 ? edges || !table.isWord(part[0]) : !table.isWord(text[start - 1]) || !table.isWord(part[0])
      let closes = end == text.count ? edges || !table.isWord(part[part.count - 1]) : !table.isWord(text[end]) || !table.isWord(part[part.count - 1])
      if opens, closes { return true }
    }
    return false
  }
}
