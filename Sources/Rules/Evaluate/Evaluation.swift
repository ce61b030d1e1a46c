import Model

/// One submission under one ruleset: truth of nodes, computed when asked for and only once. Lives inside one decision.
final class Evaluation {
  let program: Program
  let submission: Submission
  private(set) var stepsLeft: Int
  /// The budget has run out: nothing computed since means anything.
  var isExhausted: Bool { stepsLeft < 0 }

  private let facts: FactReader
  private var tables: PatternTables.Set
  private let mainIndex: Int?
  private let message: Scope
  private var documents: [Scope?]

  /// The message with its main document (`document` is `nil`), or one document.
  final class Scope {
    let document: SubmissionDocument?
    /// Truths by node; a class of its own memory, so that reading it costs no check of exclusive access.
    let memo: UnsafeMutablePointer<UInt8>
    /// By fact.
    var states: [FactState?]
    var texts: [[ScannedText]?]

    init(_ document: SubmissionDocument?, nodes: Int) {
      self.document = document
      states = Array(repeating: nil, count: FactCatalogue.all.count)
      texts = Array(repeating: nil, count: FactCatalogue.all.count)
      memo = .allocate(capacity: max(1, nodes))
      memo.initialize(repeating: 0, count: nodes)
    }

    deinit { memo.deallocate() }
  }

  init(_ program: Program, _ submission: Submission, budget: Int) {
    self.program = program
    self.submission = submission
    stepsLeft = budget
    facts = FactReader(submission)
    tables = program.patternTables.take()
    let main = submission.mainDocument
    mainIndex = main.flatMap { main in submission.documents.firstIndex { $0.path == main.path } }
    message = Scope(nil, nodes: program.nodes.count)
    documents = Array(repeating: nil, count: submission.documents.count)
  }

  deinit { program.patternTables.give(tables) }

  /// A rule taken for true or not, whatever its condition is.
  var assumed: (rule: Int, truth: Truth)?

  func truth(ofRule index: Int) -> Truth {
    if let assumed, assumed.rule == index { return assumed.truth }
    return truth(program.rules[index].condition, message)
  }

  func truth(_ node: Int) -> Truth { truth(node, message) }

  private func scope(ofDocument index: Int) -> Scope {
    if let known = documents[index] { return known }
    let scope = Scope(submission.documents[index], nodes: program.nodes.count)
    documents[index] = scope
    return scope
  }

  /// Where a fact is kept: the main document's own facts with that document, so that its text is read once.
  private func home(of fact: Int, _ scope: Scope) -> Scope {
    guard scope === message, let mainIndex, FactCatalogue.isOfDocument[fact] else { return scope }
    return self.scope(ofDocument: mainIndex)
  }

  // MARK: Candidates

  /// The rules that may be true, in order: a superset, by what must be there for each. With evidence that disagrees, all: they may be disputed.
  func candidates() -> [Int] {
    scanAll()
    guard submission.disagreements.isEmpty, !isExhausted else { return Array(program.rules.indices) }
    var marked = [Bool](repeating: false, count: program.rules.count)
    let index = program.index
    forEachFoundLiteral { index.byLiteral.forEach($0) { marked[Int($0)] = true } }
    for (fact, rules) in index.byValue {
      for text in texts(fact, message) { for rule in rules[text.text.units] ?? [] { marked[Int(rule)] = true } }
    }
    for (node, rules) in index.byNode where truth(node, message) == .yes {
      for rule in rules { marked[Int(rule)] = true }
    }
    for rule in index.always { marked[Int(rule)] = true }
    if let assumed { marked[assumed.rule] = true }
    return marked.indices.filter { marked[$0] }
  }

  /// Rules that look for something that is there; at most so many.
  func mentioning(limit: Int) -> [Int] {
    var isMentioned = [Bool](repeating: false, count: program.rules.count)
    forEachFoundLiteral { program.index.mentions.forEach($0) { isMentioned[Int($0)] = true } }
    return Array(isMentioned.indices.lazy.filter { isMentioned[$0] }.prefix(limit))
  }

  private func scanAll() {
    for fact in program.scannedFacts { _ = texts(fact, message) }
    guard !program.scannedFactsOfDocuments.isEmpty else { return }
    for index in submission.documents.indices {
      for fact in program.scannedFactsOfDocuments { _ = texts(fact, scope(ofDocument: index)) }
    }
  }

  private func forEachFoundLiteral(_ body: (Int32) -> Void) {
    for scope in [message] + documents.compactMap(\.self) {
      for texts in scope.texts.lazy.compactMap(\.self) { for text in texts { text.forEachLiteral(body) } }
    }
  }

  // MARK: Truth

  private func truth(_ node: Int, _ scope: Scope) -> Truth {
    if let known = Truth(rawValue: scope.memo[node]), known != .unset { return known }
    stepsLeft -= 1
    guard stepsLeft >= 0 else { return .unknown }
    let value: Truth
    switch program.nodes[node] {
    case .atom(let atom): value = truth(ofAtom: program.atoms[atom], scope)
    case .not(let inner): value = truth(inner, scope).negated
    case .all(let children):
      var result = Truth.yes
      for child in children {
        result = Truth.all(result, truth(child, scope))
        if result == .no { break }
      }
      value = result
    case .any(let children):
      var result = Truth.no
      for child in children {
        result = Truth.any(result, truth(child, scope))
        if result == .yes { break }
      }
      value = result
    case .anyDocument(let inner):
      var result = Truth.no
      for index in submission.documents.indices {
        result = Truth.any(result, truth(inner, self.scope(ofDocument: index)))
        if result == .yes { break }
      }
      value = result
    }
    scope.memo[node] = value.rawValue
    return value
  }

  // MARK: Tests

  private func state(_ fact: Int, _ asked: Scope) -> FactState {
    let scope = home(of: fact, asked)
    if let known = scope.states[fact] { return known }
    let state = facts.state(of: fact, document: scope.document)
    scope.states[fact] = state
    return state
  }

  private func texts(_ fact: Int, _ asked: Scope) -> [ScannedText] {
    let scope = home(of: fact, asked)
    if let known = scope.texts[fact] { return known }
    var result: [ScannedText] = []
    for value in state(fact, scope).values {
      guard stepsLeft >= 0 else { break }
      let text = ScannedText(
        value.value.display, document: value.document, isFree: FactCatalogue.isFreeText[fact], program, budget: stepsLeft)
      stepsLeft -= text.steps
      result.append(text)
    }
    scope.texts[fact] = result
    return result
  }

  private func truth(ofAtom atom: Atom, _ scope: Scope) -> Truth {
    guard case .fact(let fact) = atom.subject else { return truth(ofColumn: atom) }
    let state = state(fact, scope)
    if state.certainty == .disputed { return .disputed }
    var certainty = state.certainty
    // Values that pass; without `every` one is enough.
    var passed = 0
    switch atom.test {
    case .text(let test):
      let texts = texts(fact, scope)
      for text in texts { stepsLeft -= text.cost(test) + text.readings.reduce(0) { $0 + $1.cost(test) } }
      if isExhausted { return .unknown }
      for text in texts where passed == 0 || atom.every { passed += holds(test, text) ? 1 : 0 }
      if isExhausted { return .unknown }
      // What stands before the cut is known.
      if let window = test.window, test.looksInside, state.values.count == 1, texts.first.map({ $0.text.units.count >= window }) == true,
        home(of: fact, scope).document?.reading.textQuality == .good
      {
        certainty = .known
      }
    case .sameAs(let other):
      let partner = self.state(other, message)
      if partner.certainty == .disputed { return .disputed }
      if partner.certainty == .incomplete { certainty = .incomplete }
      let others = Set(texts(other, message).map(\.text.units))
      for text in texts(fact, scope) { passed += others.contains(text.text.units) ? 1 : 0 }
    default: for value in state.values { passed += holds(atom.test, value.value) ? 1 : 0 }
    }
    let isTrue = passed > 0 && (!atom.every || passed == state.values.count)
    if isTrue, !atom.every || certainty == .known { return .yes }
    return certainty == .known ? .no : .unknown
  }

  private func holds(_ test: TextTest, _ text: ScannedText) -> Bool {
    holds(test, alone: text) || text.readings.contains { holds(test, alone: $0) }
  }

  private func holds(_ test: TextTest, alone text: ScannedText) -> Bool {
    guard test.kind == .pattern else { return text.match(test, program.literals) != nil }
    return test.patterns.contains { end(of: $0, in: text, test.window) != nil }
  }

  /// Where the earliest match of a pattern ends. Costs the same for the same text, whatever the tables hold.
  private func end(of pattern: Int, in text: ScannedText, _ window: Int?) -> Int? {
    let limit = min(window ?? .max, text.text.units.count)
    // Without what it requires it cannot match, and what stands far before that matters to no match.
    var start = 0
    for required in program.patternLiterals[pattern] {
      guard let first = text.firstOccurrence(of: required.literal), first.upperBound <= limit else { return nil }
      if let reach = required.reach { start = max(start, first.upperBound - reach) }
    }
    if let digits = program.patterns[pattern].requiredDigits {
      guard let end = text.endOfDigits(digits.count), end <= limit else { return nil }
      if let reach = digits.reach { start = max(start, end - digits.count - reach) }
    }
    stepsLeft -= program.patterns[pattern].steps(units: limit - start)
    guard stepsLeft >= 0 else { return nil }
    return tables.end(of: program.patterns[pattern], pattern, in: text.text.units, from: start, limit: limit)
  }

  /// The match of the first pattern that has one, with its groups. Of a match that is very long, only the last part is sought.
  private func match(_ test: TextTest, _ text: ScannedText) -> (pattern: Int, groups: [Range<Int>?])? {
    for pattern in test.patterns {
      guard let end = end(of: pattern, in: text, test.window) else { continue }
      let limit = min(test.window ?? .max, end + Evaluation.matchReach)
      let groups = PatternCapture.first(
        of: program.patterns[pattern], in: text.text.units, from: max(0, end - Evaluation.matchReach), limit: limit)
      return (pattern, groups ?? [max(0, end - 1)..<end])
    }
    return nil
  }

  /// Units on either side of the end of the earliest match in which the match and its groups are sought.
  private static let matchReach = 1_000

  private func holds(_ test: Atom.Test, _ value: FactValue) -> Bool {
    switch (test, value) {
    case (.exists, .text(let text)): return !text.allSatisfy(\.isWhitespace)
    case (.exists, _): return true
    case (.flag, .flag(let flag)): return flag
    case (.words(let words), .text(let text)): return words.contains(text)
    case (.number(let comparison, let wanted), .number(let number)): return comparison.holds(number, wanted)
    case (.date(let comparison, let wanted), .date(let date)): return comparison.holds(date, wanted)
    case (.inTable(let table), _): return program.tables[table].rowByKey[TextNormalisation.normalise(value.display).string] != nil
    default: return false
    }
  }

  /// The cell of the row that a binding means here; `nil` when there is no such row.
  func cell(_ binding: RowBinding, _ column: Int) -> String? {
    guard let value = state(binding.fact, message).values.first else { return nil }
    let table = program.tables[binding.table]
    return table.rowByKey[TextNormalisation.normalise(value.value.display).string].map { table.rows[$0][column] }
  }

  /// The first value of a fact of the message as text.
  func text(ofFact fact: Int) -> String? { state(fact, message).values.first?.value.display }

  /// All values of a fact of the message as text; none when the evidence disagrees.
  func texts(ofFact fact: Int) -> [String] {
    let state = state(fact, message)
    return state.certainty == .disputed ? [] : state.values.map(\.value.display)
  }

  private func truth(ofColumn atom: Atom) -> Truth {
    guard case .column(let binding, let column) = atom.subject else { return .no }
    let state = state(binding.fact, message)
    if state.certainty == .disputed { return .disputed }
    guard let cell = cell(binding, column) else { return state.certainty == .known || !state.values.isEmpty ? .no : .unknown }
    switch atom.test {
    case .exists: return cell.isEmpty ? .no : .yes
    case .text(let test):
      let units = TextNormalisation.normalise(cell).units
      return test.literals.contains { program.literals[$0].variants.contains(units) } ? .yes : .no
    default: return .no
    }
  }

  // MARK: Evidence

  /// Whether at least one test under a node is true.
  func touches(_ node: Int) -> Bool { touches(node, message) }

  private func touches(_ node: Int, _ scope: Scope) -> Bool {
    switch program.nodes[node] {
    case .atom: return truth(node, scope) == .yes
    case .not(let inner): return touches(inner, scope)
    case .all(let children), .any(let children): return children.contains { touches($0, scope) }
    case .anyDocument(let inner): return submission.documents.indices.contains { touches(inner, self.scope(ofDocument: $0)) }
    }
  }

  /// The true tests that make a node true, with the original words.
  func evidence(_ node: Int) -> [Evidence] {
    var result: [Evidence] = []
    collect(node, message, &result)
    return result
  }

  private static let evidenceLimit = 12

  private func collect(_ node: Int, _ scope: Scope, _ result: inout [Evidence]) {
    guard result.count < Evaluation.evidenceLimit, truth(node, scope) == .yes else { return }
    switch program.nodes[node] {
    case .atom(let atom): if let evidence = evidence(program.atoms[atom], scope), !result.contains(evidence) { result.append(evidence) }
    case .not: return
    case .all(let children), .any(let children): for child in children { collect(child, scope, &result) }
    case .anyDocument(let inner):
      let index = submission.documents.indices.first { truth(inner, self.scope(ofDocument: $0)) == .yes }
      if let index { collect(inner, self.scope(ofDocument: index), &result) }
    }
  }

  private func evidence(_ atom: Atom, _ scope: Scope) -> Evidence? {
    switch atom.subject {
    case .column(let binding, let column):
      let table = program.tables[binding.table]
      return Evidence(fact: "\(table.name).\(table.columns[column])", document: "ruleset", quote: cell(binding, column) ?? "")
    case .fact(let fact):
      let name = FactCatalogue.all[fact].name
      if case .text(let test) = atom.test {
        for text in texts(fact, scope).flatMap({ [$0] + $0.readings }) {
          guard let range = test.kind == .pattern ? match(test, text)?.groups[0] : text.match(test, program.literals) else { continue }
          return Evidence(fact: name, document: text.document, quote: text.quote(range))
        }
        return nil
      }
      if case .sameAs = atom.test {
        return state(fact, scope).values.first.map { Evidence(fact: name, document: $0.document, quote: ScannedText.beginning($0.value.display)) }
      }
      return state(fact, scope).values.first { holds(atom.test, $0.value) }.map {
        Evidence(fact: name, document: $0.document, quote: ScannedText.beginning($0.value.display))
      }
    }
  }
}
