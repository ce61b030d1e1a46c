import Model

/// A compiled ruleset as the evaluator reads it. Immutable, shared by all decisions.
final class Program: Sendable {
  let name: String
  let version: String
  let effective: CivilDate
  let until: CivilDate?
  let approved: String?
  let digest: String
  let samples: String?

  let stages: [String]
  /// Bulgarian in Latin letters is read as Bulgarian.
  let transliterates: Bool
  let journals: [JournalDefinition]
  let journalSystems: [String: String]
  let types: [String: DocumentType]
  let typeCodes: [String]
  let units: [String: Unit]
  let tables: [RuleTable]

  let literals: [Literal]
  /// Of each literal, flat, for the inner loop.
  let modes: [Literal.Mode]
  /// Literals of which every occurrence matters, not just the first.
  let isNear: [Bool]
  let patterns: [Pattern]
  /// As in `CompileContext.patternLiterals`.
  let patternLiterals: [[RequiredLiteral]]
  let patternTables: PatternTables
  let atoms: [Atom]
  let nodes: [Node]
  let rules: [CompiledRule]
  let otherwise: OutcomeTemplate
  let automaton: LiteralAutomaton
  let index: TriggerIndex
  /// Facts in which rules look for literals: of the message with its main document, and of any document.
  let scannedFacts: [Int]
  let scannedFactsOfDocuments: [Int]

  init(_ context: CompileContext, rules: [CompiledRule], otherwise: OutcomeTemplate, digest: String) {
    name = context.name
    version = context.version
    effective = context.effective
    until = context.until
    approved = context.approved
    self.digest = digest
    samples = context.samples
    stages = context.stages
    transliterates = context.transliterates
    journals = context.journals
    journalSystems = Dictionary(context.journals.map { ($0.name, $0.system) }, uniquingKeysWith: { first, _ in first })
    types = context.types
    typeCodes = context.typeCodes
    units = context.units
    tables = context.tables
    literals = context.literals
    modes = context.literals.map(\.mode)
    patterns = context.patterns
    patternLiterals = context.patternLiterals
    patternTables = PatternTables(count: context.patterns.count)
    atoms = context.atoms
    nodes = context.nodes
    self.rules = rules
    self.otherwise = otherwise

    var isScanned = [Bool](repeating: false, count: context.literals.count)
    var isNear = isScanned
    for atom in context.atoms {
      guard case .text(let test) = atom.test, test.looksInside else { continue }
      for required in test.patterns.flatMap({ context.patternLiterals[$0] }) { isScanned[required.literal] = true }
      for literal in test.literals + (test.near?.literals ?? []) {
        isScanned[literal] = true
        if test.near != nil { isNear[literal] = true }
      }
    }
    self.isNear = isNear
    automaton = LiteralAutomaton(
      context.literals.enumerated().lazy.filter { isScanned[$0.offset] }.flatMap { literal in
        literal.element.variants.map { (units: $0, literal: Int32(literal.offset)) }
      })
    index = TriggerIndex(context, rules)
    (scannedFacts, scannedFactsOfDocuments) = Program.scanned(context, rules)
  }

  private static func scanned(_ context: CompileContext, _ rules: [CompiledRule]) -> ([Int], [Int]) {
    var facts: [Set<Int>] = [[], []]
    var seen: [Set<Int>] = [[], []]
    func visit(_ node: Int, _ scope: Int) {
      guard seen[scope].insert(node).inserted else { return }
      switch context.nodes[node] {
      case .atom(let index):
        let atom = context.atoms[index]
        if case .fact(let fact) = atom.subject, case .text(let test) = atom.test, test.looksInside { facts[scope].insert(fact) }
      case .not(let inner): visit(inner, scope)
      case .all(let children), .any(let children): for child in children { visit(child, scope) }
      case .anyDocument(let inner): visit(inner, 1)
      }
    }
    for rule in rules { visit(rule.condition, 0) }
    return (facts[0].sorted(), facts[1].sorted())
  }
}
