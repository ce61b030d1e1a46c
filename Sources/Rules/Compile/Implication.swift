import Model

/// Whether one condition is true whenever another is, as far as that can be decided: over words, numbers, dates, table keys and the inclusion
/// of literals. “No” means “not shown”.
final class Implication {
  private let context: CompileContext
  private let atoms: AtomRelation
  private var memo: [Pair: Bool] = [:]
  private(set) var stepsLeft: Int

  private struct Pair: Hashable {
    let left: Int
    let right: Int
  }

  init(_ context: CompileContext, _ inclusion: LiteralInclusion, budget: Int) {
    self.context = context
    atoms = AtomRelation(context, inclusion)
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
    case (.atom(let x), .atom(let y)): return atoms.implies(context.atoms[x], context.atoms[y])
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
    case (.atom(let x), .atom(let y)): return atoms.excludes(context.atoms[x], context.atoms[y])
    default: return false
    }
  }
}

/// How two tests on the same fact relate.
struct AtomRelation {
  private let context: CompileContext
  private let inclusion: LiteralInclusion

  init(_ context: CompileContext, _ inclusion: LiteralInclusion) {
    self.context = context
    self.inclusion = inclusion
  }

  private func hasOneValue(_ subject: Atom.Subject) -> Bool {
    if case .fact(let fact) = subject { return !FactCatalogue.all[fact].isSet }
    return true
  }

  func implies(_ a: Atom, _ b: Atom) -> Bool {
    guard a.subject == b.subject, !b.every || hasOneValue(b.subject) || a.every else { return false }
    switch (a.test, b.test) {
    case (.flag, .exists), (.words, .exists), (.text, .exists), (.number, .exists), (.date, .exists), (.inTable, .exists), (.sameAs, .exists):
      return true
    case (.words(let x), .words(let y)): return x.isSubset(of: y)
    case (.number(let x, let these), .number(let y, let those)): return Interval.implies(x, these, y, those)
    case (.date(let x, let these), .date(let y, let those)):
      return Interval.implies(x, these.map { Int64($0.daysSince1970) }, y, those.map { Int64($0.daysSince1970) })
    case (.text(let x), .inTable(let table)): return x.kind == .equals && x.literals.allSatisfy { isKey($0, of: table) }
    case (.inTable(let table), .text(let y)):
      guard y.kind == .equals else { return false }
      let wanted = Set(y.literals.flatMap { context.literals[$0].variants.map { String(decoding: $0, as: UTF16.self) } })
      return context.tables[table].rowByKey.keys.allSatisfy(wanted.contains)
    case (.text(let x), .text(let y)): return TextRelation(context, inclusion).implies(x, y)
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
private struct TextRelation {
  private let context: CompileContext
  private let inclusion: LiteralInclusion

  init(_ context: CompileContext, _ inclusion: LiteralInclusion) {
    self.context = context
    self.inclusion = inclusion
  }

  func implies(_ a: TextTest, _ b: TextTest) -> Bool {
    // Patterns are opaque.
    if b.near != nil || a.kind == .pattern || b.kind == .pattern { return a == b }
    return a.literals.allSatisfy { mine in b.literals.contains { implies(a, mine, b, $0) } }
  }

  private func implies(_ a: TextTest, _ mine: Int, _ b: TextTest, _ other: Int) -> Bool {
    let (x, y) = (context.literals[mine], context.literals[other])
    switch b.kind {
    case .contains:
      // How far into the text the match can reach.
      switch (a.kind, a.window, b.window) {
      case (_, _, nil): break
      case (.equals, _, let window?), (.startsWith, _, let window?): if x.variants.contains(where: { $0.count > window }) { return false }
      case (.contains, let mine?, let window?): if mine > window { return false }
      default: return false
      }
      return inclusion.includes(mine, a.kind, x.mode, other)
    case .pattern: return false
    case .equals: return a.kind == .equals && every(x, y) { $0 == $1 }
    case .startsWith: return (a.kind == .equals || a.kind == .startsWith) && every(x, y) { $0.starts(with: $1) }
    case .endsWith:
      return (a.kind == .equals || a.kind == .endsWith) && every(x, y) { $0.count >= $1.count && $0.suffix($1.count).elementsEqual($1) }
    }
  }

  /// Whether each form of one literal relates to some form of the other.
  private func every(_ x: Literal, _ y: Literal, _ holds: ([UInt16], [UInt16]) -> Bool) -> Bool {
    x.variants.allSatisfy { text in y.variants.contains { holds(text, $0) } }
  }
}
