import Model

/// For each rule, something without which it cannot be true: a literal that must occur, a value that a fact must have, a node that must hold.
/// A decision asks only the rules for which that is so, and so its cost does not grow with rules that cannot match.
struct TriggerIndex: Sendable {
  /// What must be for a node to be true: at least one of the parts.
  private struct Trigger {
    var literals: [Int] = []
    var equals: [(fact: Int, literal: Int)] = []
    var nodes: [Int] = []

    /// The lower, the fewer messages meet it: long literals and exact values first.
    func cost(_ literals: [Literal]) -> Int {
      let shortest = self.literals.lazy.map { literals[$0].variants.first?.count ?? 0 }.min() ?? 100
      return nodes.count * 1_000 + self.literals.count + equals.count + max(0, 30 - shortest) * 4
    }
  }

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

  init(_ nodes: [Node], _ atoms: [Atom], _ literals: [Literal], _ rules: [CompiledRule]) {
    var builder = Builder(nodes: nodes, atoms: atoms, literals: literals)
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

  private struct Builder {
    let nodes: [Node]
    let atoms: [Atom]
    let literals: [Literal]
    private var triggers: [Int: Trigger?] = [:]
    private var mentions: [Int: Set<Int>] = [:]

    init(nodes: [Node], atoms: [Atom], literals: [Literal]) {
      self.nodes = nodes
      self.atoms = atoms
      self.literals = literals
    }

    /// `nil` when the node can be true though nothing is there.
    mutating func trigger(_ node: Int) -> Trigger? {
      if let known = triggers[node] { return known }
      let found = find(node)
      triggers[node] = .some(found)
      return found
    }

    private mutating func find(_ node: Int) -> Trigger? {
      switch nodes[node] {
      case .not: return nil
      case .atom(let atom): return trigger(of: atoms[atom], node)
      case .all(let children):
        var best: Trigger?
        for child in children {
          guard let candidate = trigger(child) else { continue }
          if best.map({ candidate.cost(literals) < $0.cost(literals) }) ?? true { best = candidate }
        }
        return best
      case .any(let children):
        var union = Trigger()
        for child in children {
          guard let part = trigger(child) else { return nil }
          union.literals += part.literals
          union.equals += part.equals
          union.nodes += part.nodes
        }
        return union
      case .anyDocument(let inner):
        guard let part = trigger(inner) else { return Trigger(nodes: [node]) }
        // A literal counts wherever it stands; other tests mean the document, so the whole node is asked.
        return part.equals.isEmpty && part.nodes.isEmpty ? part : Trigger(nodes: [node])
      }
    }

    private func trigger(of atom: Atom, _ node: Int) -> Trigger {
      guard case .fact(let fact) = atom.subject, case .text(let test) = atom.test else { return Trigger(nodes: [node]) }
      switch test.kind {
      case .contains: return Trigger(literals: test.literals)
      case .equals where !FactCatalogue.all[fact].ofDocument: return Trigger(equals: test.literals.map { (fact, $0) })
      default: return Trigger(nodes: [node])
      }
    }

    /// The literals that a node looks for.
    mutating func mentioned(_ node: Int) -> Set<Int> {
      if let known = mentions[node] { return known }
      let found: Set<Int>
      switch nodes[node] {
      case .atom(let atom):
        if case .text(let test) = atoms[atom].test, test.kind == .contains { found = Set(test.literals) } else { found = [] }
      case .not, .anyDocument: found = []
      case .all(let children), .any(let children): found = children.reduce(into: []) { $0.formUnion(mentioned($1)) }
      }
      mentions[node] = found
      return found
    }
  }
}
