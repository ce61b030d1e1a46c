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
  let journals: [JournalDefinition]
  let journalSystems: [String: String]
  let types: [String: DocumentType]
  let typeCodes: [String]
  let units: [String: Unit]
  let tables: [RuleTable]

  let literals: [Literal]
  let atoms: [Atom]
  let nodes: [Node]
  let rules: [CompiledRule]
  let otherwise: OutcomeTemplate
  let automaton: LiteralAutomaton
  /// Literals of which every occurrence matters, not just the first.
  let nearLiterals: Set<Int32>

  init(_ context: CompileContext, rules: [CompiledRule], otherwise: OutcomeTemplate, digest: String) {
    name = context.name
    version = context.version
    effective = context.effective
    until = context.until
    approved = context.approved
    self.digest = digest
    samples = context.samples
    stages = context.stages
    journals = context.journals
    journalSystems = Dictionary(context.journals.map { ($0.name, $0.system) }, uniquingKeysWith: { first, _ in first })
    types = context.types
    typeCodes = context.typeCodes
    units = context.units
    tables = context.tables
    literals = context.literals
    atoms = context.atoms
    nodes = context.nodes
    self.rules = rules
    self.otherwise = otherwise
    var scanned: Set<Int> = []
    var near: Set<Int32> = []
    for case .text(let test) in context.atoms.map(\.test) where test.kind == .contains {
      scanned.formUnion(test.literals)
      scanned.formUnion(test.near?.literals ?? [])
      if let others = test.near { near.formUnion((test.literals + others.literals).map { Int32($0) }) }
    }
    automaton = LiteralAutomaton(
      scanned.sorted().flatMap { id in context.literals[id].variants.map { (units: $0, literal: Int32(id)) } })
    nearLiterals = near
  }
}
