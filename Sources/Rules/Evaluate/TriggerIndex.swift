import Model

/// For each rule, something without which it cannot be true: a literal that must occur, a value that a fact must have, a node that must hold.
/// A decision asks only the rules for which that is so, and so its cost does not grow with rules that cannot match.
struct TriggerIndex: Sendable {
  /// Rules by literal: those of literal `n` are `rules[start[n] ..< start[n + 1]]`.
  struct Postings: Sendable {
    let start: [Int32]
    let rules: [Int32]

    init(_ lists: [[Int32]]) {
      var start: [Int32] = [0]
      start.reserveCapacity(lists.count + 1)
      var total: Int32 = 0
      for list in lists {
        total += Int32(list.count)
        start.append(total)
      }
      self.start = start
      rules = Array(lists.joined())
    }

    func forEach(_ literal: Int32, _ body: (Int32) -> Void) {
      for slot in Int(start[Int(literal)])..<Int(start[Int(literal) + 1]) { body(rules[slot]) }
    }
  }

  let byLiteral: Postings
  /// By fact and normalised value.
  let byValue: [Int: [[UInt16]: [Int32]]]
  let byNode: [(node: Int, rules: [Int32])]
  /// Rules that nothing must be there for: `not …` alone.
  let always: [Int32]
  /// Rules in which a literal stands at all, to find the rule that came nearest.
  let mentions: Postings

  init(_ context: CompileContext, _ rules: [CompiledRule]) {
    let literals = context.literals
    var builder = TriggerFinder(
      nodes: context.nodes, atoms: context.atoms, literals: literals, patternLiterals: context.patternLiterals)
    var byLiteral = [[Int32]](repeating: [], count: literals.count)
    var mentions = byLiteral
    var byValue: [Int: [[UInt16]: [Int32]]] = [:]
    var byNode: [Int: [Int32]] = [:]
    var always: [Int32] = []
    for (index, rule) in rules.enumerated() {
      let rule32 = Int32(index)
      for literal in builder.mentioned(rule.condition) { mentions[literal].append(rule32) }
      guard let trigger = builder.trigger(rule.condition) else {
        always.append(rule32)
        continue
      }
      for literal in Set(trigger.literals) { byLiteral[literal].append(rule32) }
      for (fact, literal) in trigger.equals {
        for variant in literals[literal].variants { byValue[fact, default: [:]][variant, default: []].append(rule32) }
      }
      for node in Set(trigger.nodes) { byNode[node, default: []].append(rule32) }
    }
    self.byLiteral = Postings(byLiteral)
    self.mentions = Postings(mentions)
    self.byValue = byValue
    self.byNode = byNode.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    self.always = always
  }
}
