import Model

/// What one compilation knows so far. Lives on one thread, inside one call of the compiler.
final class CompileContext {
  let diagnostics = DiagnosticCollector()
  let load: (String) -> Result<String, LoadError>

  var name = ""
  var version = ""
  var effective = CivilDate(daysSince1970: 0)
  var until: CivilDate?
  var approved: String?
  var samples: String?
  var stages: [String] = []
  var transliterates = false

  var journals: [JournalDefinition] = []
  var journalSpans: [String: Span] = [:]
  /// Where the template of each journal stands.
  var numberSpans: [String: Span] = [:]
  var types: [String: DocumentType] = [:]
  /// In the order of the table.
  var typeCodes: [String] = []
  var declaresTypes = false
  var units: [String: Unit] = [:]
  var unitSpans: [String: Span] = [:]
  var declaresUnits = false

  var lists: [String: ListDeclaration] = [:]
  var conditions: [String: ConditionDeclaration] = [:]
  var tables: [RuleTable] = []
  var tableByName: [String: Int] = [:]
  /// Cells of the tables, for reports.
  var tableCells: [CSVTable] = []
  /// For each row of `tables[i]`, its row in `tableCells[i]`.
  var tableRows: [[Int]] = []
  var checkedColumns: Set<CheckedColumn> = []

  var literals: [Literal] = []
  private var literalIds: [Literal.Key: Int] = [:]
  var patterns: [Pattern] = []
  /// For each pattern, the literals that are all in every text that matches, with how far into a match each begins at most.
  var patternLiterals: [[RequiredLiteral]] = []
  private var patternIds: [String: Int] = [:]
  private var instructions = 0
  var atoms: [Atom] = []
  private var atomIds: [Atom: Int] = [:]
  var nodes: [Node] = []
  private var nodeIds: [Node: Int] = [:]
  /// How deep the tree under each node is.
  private(set) var nodeDepths: [Int] = []
  /// How many named conditions are being compiled, each inside the other.
  var conditionDepth = 0

  /// Deeper trees are refused, so that no walk over one can run out of stack.
  static let maximumNodeDepth = 200
  static let maximumConditionDepth = 30

  var usedNames: Set<String> = []

  init(load: @escaping (String) -> Result<String, LoadError>) { self.load = load }

  struct ListDeclaration {
    let values: [Located<String>]
    let span: Span
  }

  struct ConditionDeclaration {
    let statement: Statement
    /// What stands behind the name.
    let tokens: ArraySlice<Token>
    let span: Span
    var isBeingCompiled = false
    /// Its node in the scope of the message and in that of one document; an inner `nil` when it is wrong, which has been reported.
    var inMessage: Int??
    var inDocument: Int??
  }

  struct CheckedColumn: Hashable {
    let table: Int
    let column: Int
    let use: String
  }

  // MARK: Equal things once

  func literal(_ text: String, _ mode: Literal.Mode) -> Int {
    let key = Literal.Key(text: text, mode: mode)
    if let known = literalIds[key] { return known }
    literals.append(Literal(text, mode: mode))
    literalIds[key] = literals.count - 1
    return literals.count - 1
  }

  /// All patterns together may need so many steps.
  static let maximumInstructions = 4_000_000

  func pattern(_ text: String) throws(PatternMistake) -> Int {
    if let known = patternIds[text] { return known }
    let pattern = try Pattern.compile(text)
    instructions += pattern.instructions.count
    guard instructions <= CompileContext.maximumInstructions else {
      throw PatternMistake(
        kind: .tooLarge, offset: 0, length: text.unicodeScalars.count,
        message: "the patterns of this ruleset need more than \(CompileContext.maximumInstructions) steps together", help: "use fewer or smaller ones"
      )
    }
    patternIds[text] = patterns.count
    patterns.append(pattern)
    patternLiterals.append(
      pattern.required.map { required in
        RequiredLiteral(literal: literal(required.forms), reach: required.reach.map { $0 + required.longest })
      })
    return patterns.count - 1
  }

  /// Characters that a pattern cannot do without.
  private func literal(_ forms: [[UInt16]]) -> Int {
    let key = Literal.Key(text: "\u{0}" + forms.map { String(decoding: $0, as: UTF16.self) }.joined(separator: "\u{0}"), mode: .part)
    if let known = literalIds[key] { return known }
    literals.append(Literal(forms: forms))
    literalIds[key] = literals.count - 1
    return literals.count - 1
  }

  func node(_ node: Node) -> Int {
    if let known = nodeIds[node] { return known }
    nodes.append(node)
    switch node {
    case .atom: nodeDepths.append(1)
    case .not(let inner), .anyDocument(let inner): nodeDepths.append(nodeDepths[inner] + 1)
    case .all(let children), .any(let children): nodeDepths.append((children.map { nodeDepths[$0] }.max() ?? 0) + 1)
    }
    nodeIds[node] = nodes.count - 1
    return nodes.count - 1
  }

  func node(_ atom: Atom) -> Int {
    if let known = atomIds[atom] { return node(.atom(known)) }
    atoms.append(atom)
    atomIds[atom] = atoms.count - 1
    return node(.atom(atoms.count - 1))
  }

  // MARK: Reports

  func report(_ code: DiagnosticCode, at span: Span, _ message: String, help: String? = nil) {
    diagnostics.report(code, at: span, message, help: help)
  }

  func reportDuplicate(_ what: String, _ name: String, at span: Span, first: Span?) {
    let place = first.map { " in \($0.file.path):\($0.line)" } ?? ""
    report(.duplicateName, at: span, "\(what) \"\(name)\" is already declared\(place)", help: "give one of the two another name, or remove it")
  }
}

/// A literal that a pattern requires; see `Requirement`.
struct RequiredLiteral: Sendable {
  let literal: Int
  /// From the beginning of a match to the end of the literal, at most.
  let reach: Int?
}

extension Literal {
  struct Key: Hashable {
    let text: String
    let mode: Mode
  }
}

/// Reads the tokens of one statement from left to right.
struct TokenCursor {
  private(set) var rest: ArraySlice<Token>
  /// Where a report about something missing at the end stands.
  private(set) var last: Span

  init(_ tokens: ArraySlice<Token>, after span: Span) {
    rest = tokens
    last = span
  }

  var peek: Token? { rest.first }
  var isAtEnd: Bool { rest.isEmpty }

  mutating func next() -> Token? {
    guard let token = rest.popFirst() else { return nil }
    last = token.span
    return token
  }

  mutating func accept(_ word: String) -> Bool {
    guard peek?.isWord(word) == true else { return false }
    _ = next()
    return true
  }

  mutating func acceptSymbol(_ symbol: String) -> Bool {
    guard peek?.isSymbol(symbol) == true else { return false }
    _ = next()
    return true
  }
}
