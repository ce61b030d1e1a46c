import Model

/// What is not wrong and takes longer to find: rules that may overlap, rows and types that no rule uses, dates that decide nothing. Asked for by
/// `rules check --all`.
struct Advice {
  private let context: CompileContext
  private let rules: CompiledRules
  private let program: Program

  /// Pairs of rules for which an example is tried.
  private static let maximumPairs = 20_000

  init(_ context: CompileContext, _ rules: CompiledRules, _ program: Program) {
    self.context = context
    self.rules = rules
    self.program = program
  }

  func check(_ top: TopLevel) {
    checkOverlaps()
    checkRows()
    checkTypes(top)
    checkDates()
  }

  // MARK: Rules that may both be true

  private func checkOverlaps() {
    let all = rules.rules.indices.filter { !rules.rules[$0].description.isMark }
    var pairs = 0
    for (place, one) in all.enumerated() {
      var partners: [(rule: Int, example: String)] = []
      for other in all[(place + 1)...] where mayRival(one, other) {
        pairs += 1
        guard pairs <= Advice.maximumPairs else { break }
        if let example = example(one, other) { partners.append((other, example)) }
      }
      guard let first = partners.first else { continue }
      let others = partners.count > 1 ? " (and with \(partners.count - 1) more)" : ""
      context.report(
        .mayOverlap, at: rules.spans[one],
        "this rule and \"\(rules.rules[first.rule].description.name)\" may be true of one message and want different things\(others)",
        help: "example: \(first.example.prefix(300)) — nothing is to be done when a person shall decide then, else add `outranks`")
    }
  }

  private func mayRival(_ one: Int, _ other: Int) -> Bool {
    let (a, b) = (rules.rules[one], rules.rules[other])
    return a.stage == b.stage && a.outcome != b.outcome && !a.beats.contains(other) && !b.beats.contains(one)
  }

  /// A message of which the evaluator says that both are true and neither is beaten.
  private func example(_ one: Int, _ other: Int) -> String? {
    var message = ExampleMessage(context)
    guard message.add(rules.rules[one].condition), message.add(rules.rules[other].condition), let submission = message.submission(),
      Ruleset(program).isInForce(on: SofiaTime.date(of: submission.receivedAt))
    else { return nil }
    let evaluation = Evaluation(program, submission, budget: 1_000_000)
    guard evaluation.truth(ofRule: one) == .yes, evaluation.truth(ofRule: other) == .yes else { return nil }
    return message.shown
  }

  // MARK: Tables

  /// A row is used when some rule that looks its table up can be true with it, by what that rule asks of the row's cells.
  private func checkRows() {
    var tests: [Int: [[(binding: RowBinding, node: Int)]]] = [:]
    for rule in rules.rules {
      let parts: [Int]
      if case .all(let children) = context.nodes[rule.condition] { parts = children } else { parts = [rule.condition] }
      for part in parts {
        guard case .atom(let index) = context.nodes[part], case .inTable(let table) = context.atoms[index].test else { continue }
        tests[table, default: []].append(parts.compactMap { node in binding(of: node, table).map { ($0, node) } })
      }
    }
    for (table, uses) in tests.sorted(by: { $0.key < $1.key }) {
      for (number, row) in context.tables[table].rows.enumerated() {
        let isUsed = uses.contains { use in use.allSatisfy { mayHold($0.node, row) } }
        guard !isUsed, let cell = context.tableCells[table].rows[context.tableRows[table][number]].first else { continue }
        context.report(
          .unusedRow, at: cell.span, "no rule can be true with this line of the table `\(context.tables[table].name)`",
          help: "add a rule, or remove the line")
      }
    }
  }

  private func binding(of node: Int, _ table: Int) -> RowBinding? {
    switch context.nodes[node] {
    case .not(let inner): return binding(of: inner, table)
    case .atom(let index):
      if case .column(let binding, _) = context.atoms[index].subject, binding.table == table { return binding }
      return nil
    default: return nil
    }
  }

  private func mayHold(_ node: Int, _ row: [String]) -> Bool {
    switch context.nodes[node] {
    case .not(let inner): return !mayHold(inner, row)
    case .atom(let index):
      guard case .column(_, let column) = context.atoms[index].subject else { return true }
      switch context.atoms[index].test {
      case .exists: return !row[column].isEmpty
      case .text(let test):
        let units = TextNormalisation.normalise(row[column]).units
        return test.literals.contains { context.literals[$0].variants.contains(units) }
      default: return true
      }
    default: return true
    }
  }

  // MARK: Types

  private func checkTypes(_ top: TopLevel) {
    var reached: Set<String> = []
    for outcome in rules.rules.map(\.outcome) + [rules.otherwise].compactMap(\.self) {
      switch outcome.type {
      case .constant(let code): reached.insert(code)
      case .column(let binding, let column): reached.formUnion(context.tables[binding.table].rows.map { $0[column] })
      case nil: break
      }
    }
    guard let place = top.rulesets.first?.head else { return }
    let missing = context.typeCodes.filter { !reached.contains($0) }
    guard !missing.isEmpty else { return }
    let shown = missing.prefix(12).map { "\"\($0)\"" }.joined(separator: ", ") + (missing.count > 12 ? " and \(missing.count - 12) more" : "")
    context.report(
      .typeUnreached, at: place, "no rule gives \(missing.count == 1 ? "the type" : "\(missing.count) types of the table:") \(shown)",
      help: "add a rule for each, or remove the line from the table of types")
  }

  // MARK: Dates

  /// Tests of the day of receipt that say the same of every day on which the ruleset decides.
  private func checkDates() {
    guard let received = FactIndex.index(of: "received") else { return }
    let first = Int64(context.effective.daysSince1970)
    let last = context.until.map { Int64($0.daysSince1970) - 1 } ?? .max - 1
    for (number, atom) in context.atoms.enumerated() {
      guard case .fact(received) = atom.subject, case .date(let comparison, let dates) = atom.test else { continue }
      let wanted = dates.map { Int64($0.daysSince1970) }
      // The ends of the time and the days around each date are enough to tell.
      let days = ([first, last] + wanted.flatMap { [$0 - 1, $0, $0 + 1] }).filter { (first...last).contains($0) }
      let says = Set(days.map { comparison.holds($0, wanted) })
      guard says.count == 1, let answer = says.first, let rule = rules.rules.firstIndex(where: { mentions($0.condition, number) }) else { continue }
      context.report(
        .staleDate, at: rules.spans[rule],
        "a test of `received` in this rule is true of \(answer ? "every" : "no") day on which the ruleset decides",
        help: "remove it: the ruleset decides from \(context.effective)" + (context.until.map { " to the day before \($0)" } ?? ""))
    }
  }

  private func mentions(_ node: Int, _ atom: Int) -> Bool {
    switch context.nodes[node] {
    case .atom(let index): index == atom
    case .not(let inner), .anyDocument(let inner): mentions(inner, atom)
    case .all(let children), .any(let children): children.contains { mentions($0, atom) }
    }
  }
}
