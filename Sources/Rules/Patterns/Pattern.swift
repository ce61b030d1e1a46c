/// A compiled pattern: instructions of an automaton without backtracking, the classes of units it tells apart, and what a text must hold for it.
final class Pattern: Sendable {
  enum Instruction: Sendable, Equatable {
    /// Takes one unit of the set, goes on with the next instruction.
    case take(Int32)
    /// Both; the first is preferred.
    case split(Int32, Int32)
    case jump(Int32)
    case save(Int32)
    case assertion(PatternNode.Assertion)
    case match
  }

  /// As written.
  let text: String
  let instructions: [Instruction]
  let sets: [UnitSet]
  let alphabet: PatternAlphabet
  /// Names of the groups, from group 1; empty for one without a name.
  let groups: [String]
  /// What stands in every text that matches, the rarest first; empty when nothing need be there.
  let required: [Requirement]
  /// … and how many digits in a row.
  let requiredDigits: RequiredDigits?

  /// A larger one is refused.
  static let maximumInstructions = 4_000
  private static let maximumSets = 200

  static func compile(_ text: String) throws(PatternMistake) -> Pattern {
    let (node, groups) = try PatternParser.parse(text)
    guard !node.isNullable else {
      throw PatternMistake(
        kind: .empty, offset: 0, length: text.unicodeScalars.count, message: "this pattern matches every text, since it may match nothing",
        help: "say what must be there: `+` instead of `*`, a word beside what is optional")
    }
    var builder = PatternBuilder()
    guard builder.add(node), builder.finish(), builder.sets.count <= maximumSets else {
      throw PatternMistake(
        kind: .tooLarge, offset: 0, length: text.unicodeScalars.count,
        message: "this pattern needs more than \(maximumInstructions) steps, or tells more than \(maximumSets) sets of characters apart",
        help: "use smaller repetitions: `{2,1000}` of a group counts a thousand times the group")
    }
    return Pattern(text, builder, groups, node)
  }

  private init(_ text: String, _ builder: PatternBuilder, _ groups: [String], _ node: PatternNode) {
    self.text = text
    instructions = builder.instructions
    sets = builder.sets
    let usesNeighbours = builder.instructions.contains { if case .assertion = $0 { true } else { false } }
    alphabet = PatternAlphabet(builder.sets, tellsWords: usesNeighbours)
    self.groups = groups
    required = RequiredWords.of(node)
    requiredDigits = RequiredWords.digits(node)
  }

  /// Steps that one search through so many units counts, whatever is found: the same for the same text, so that the budget is.
  func steps(units: Int) -> Int { (units + 1) * (1 + instructions.count / 16) }
}

/// Patterns to instructions.
struct PatternBuilder {
  private(set) var instructions: [Pattern.Instruction] = []
  private(set) var sets: [UnitSet] = []
  private var setIds: [UnitSet: Int] = [:]

  private mutating func emit(_ instruction: Pattern.Instruction) -> Bool {
    instructions.append(instruction)
    return instructions.count < Pattern.maximumInstructions
  }

  mutating func finish() -> Bool { emit(.match) }

  /// False when it becomes too large.
  mutating func add(_ node: PatternNode) -> Bool {
    switch node {
    case .empty: return true
    case .set(let set): return take(set)
    case .gap: return add(.choice([.set(.space), .assertion(.besidePunctuation)]))
    case .assertion(let assertion): return emit(.assertion(assertion))
    case .sequence(let parts):
      for part in parts { guard add(part) else { return false } }
      return true
    case .choice(let parts): return choice(parts)
    case .repetition(let inner, let least, let most, let isLazy): return repetition(inner, least, most, isLazy)
    case .capture(let number, let inner): return emit(.save(Int32(2 * number))) && add(inner) && emit(.save(Int32(2 * number + 1)))
    }
  }

  private mutating func take(_ set: UnitSet) -> Bool {
    let id = setIds[set] ?? sets.count
    if id == sets.count {
      sets.append(set)
      setIds[set] = id
    }
    return emit(.take(Int32(id)))
  }

  private mutating func choice(_ parts: [PatternNode]) -> Bool {
    var jumps: [Int] = []
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      let split = instructions.count
      if !isLast, !emit(.jump(0)) { return false }
      guard add(part) else { return false }
      if !isLast {
        jumps.append(instructions.count)
        guard emit(.jump(0)) else { return false }
        instructions[split] = .split(Int32(split + 1), Int32(instructions.count))
      }
    }
    for jump in jumps { instructions[jump] = .jump(Int32(instructions.count)) }
    return true
  }

  private mutating func repetition(_ inner: PatternNode, _ least: Int, _ most: Int?, _ isLazy: Bool) -> Bool {
    func split(_ into: Int, _ past: Int) -> Pattern.Instruction {
      isLazy ? .split(Int32(past), Int32(into)) : .split(Int32(into), Int32(past))
    }
    for _ in 0..<least { guard add(inner) else { return false } }
    guard let most else {
      let start = instructions.count
      guard emit(.jump(0)), add(inner), emit(.jump(Int32(start))) else { return false }
      instructions[start] = split(start + 1, instructions.count)
      return true
    }
    var splits: [Int] = []
    for _ in least..<max(least, most) {
      splits.append(instructions.count)
      guard emit(.jump(0)), add(inner) else { return false }
    }
    for place in splits { instructions[place] = split(place + 1, instructions.count) }
    return true
  }
}
