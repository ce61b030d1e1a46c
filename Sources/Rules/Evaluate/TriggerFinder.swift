import Model

/// What must be for a node to be true: at least one of the parts.
struct Trigger {
  var literals: [Int] = []
  var equals: [(fact: Int, literal: Int)] = []
  var nodes: [Int] = []

  /// The lower, the fewer messages meet it: long literals and exact values first.
  func cost(_ literals: [Literal]) -> Int {
    let shortest = self.literals.lazy.map { literals[$0].variants.first?.count ?? 0 }.min() ?? 100
    return nodes.count * 1_000 + self.literals.count + equals.count + max(0, 30 - shortest) * 4
  }
}

/// Finds, for each node, what must be there for it to be true.
struct TriggerFinder {
  let nodes: [Node]
  let atoms: [Atom]
  let literals: [Literal]
  let patternLiterals: [[RequiredLiteral]]
  private var triggers: [Int: Trigger?] = [:]
  private var mentions: [Int: Set<Int>] = [:]

  init(nodes: [Node], atoms: [Atom], literals: [Literal], patternLiterals: [[RequiredLiteral]]) {
    self.nodes = nodes
    self.atoms = atoms
    self.literals = literals
    self.patternLiterals = patternLiterals
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
    case .pattern:
      let rarest = test.patterns.map { patternLiterals[$0].first?.literal }
      return rarest.contains { $0 == nil } ? Trigger(nodes: [node]) : Trigger(literals: rarest.compactMap(\.self))
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
      if case .text(let test) = atoms[atom].test {
        found = Set(test.literals).union(test.patterns.compactMap { patternLiterals[$0].first?.literal })
      } else {
        found = []
      }
    case .not: found = []
    case .anyDocument(let inner): found = mentioned(inner)
    case .all(let children), .any(let children): found = children.reduce(into: []) { $0.formUnion(mentioned($1)) }
    }
    mentions[node] = found
    return found
  }
}
