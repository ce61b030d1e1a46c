import Model
import Registry
import Robot
import Rules

/// `test-rules --archive`: what would go elsewhere, had these rules decided all that is stored.
struct ArchiveTrial {
  private let invocation: Invocation
  private let query: DecidedQuery
  private let asOf: CivilDate?

  init(_ invocation: Invocation) throws(OperatorError) {
    guard invocation.operands.isEmpty else {
      throw OperatorError(
        "command-line.paths", "`--archive` takes what the database has, and no files", remedy: "leave out the paths, or `--archive`",
        disposition: .misconfigured)
    }
    self.invocation = invocation
    query = DecidedQuery(
      recipient: invocation.value(TestRulesCommand.mailbox), since: try invocation.day(TestRulesCommand.since),
      until: try invocation.day(TestRulesCommand.until))
    asOf = try invocation.date(TestRulesCommand.asOf)
  }

  func run() async throws(OperatorError) -> ExitCode {
    let configured = try invocation.configuration().value
    let shelf = try invocation.rulesets(TestRulesCommand.rulesFiles(invocation) ?? configured.rules)
    if let asOf { _ = try shelf.ruleset(named: asOf) }
    let replay = ArchiveReplay(
      rulesets: shelf, asOf: asOf,
      wants: .init(coverage: invocation.has(TestRulesCommand.coverage), mutants: invocation.has(TestRulesCommand.mutate)))
    let result = try await invocation.look { (_, snapshot) async throws(OperatorError) in
      let progress = Progress(invocation.context, of: try await snapshot.countDecided(query))
      let result = try await replay.run(snapshot, query) { progress.show($0) }
      progress.clear()
      return result
    }
    try write(result)
    print(result, shelf)
    if result.decided == 0, result.notInForce > 0 {
      throw OperatorError(
        "rules.none-in-force", "none of the rulesets is in force on the days on which the \(result.notInForce) messages were received",
        remedy: "add `--as-of DATE`, a day on which they are", disposition: .misconfigured)
    }
    return result.changed == 0 && result.unreadable == 0 ? .ok : .failure
  }

  private func write(_ result: ArchiveReplay.Result) throws(OperatorError) {
    if let file = invocation.path(TestRulesCommand.junit) {
      let cases = result.difference.groups.map { group in
        JUnitReport.Case(
          name: "\(group.from) → \(group.to)", group: "archive",
          failures: ["\(group.count) by \(group.rule.isEmpty ? "no rule" : group.rule), for example \(group.examples.joined(separator: ", "))"])
      }
      let same = JUnitReport.Case(name: "\(result.decided - result.changed) decided as then", group: "archive", failures: [])
      try TextFile.replace(file, with: JUnitReport.make("test-rules", [same] + cases))
    }
    try CoverageReport.write(result.coverage, invocation)
  }

  // MARK: The report

  private func print(_ result: ArchiveReplay.Result, _ shelf: RulesetShelf) {
    let missed = invocation.has(TestRulesCommand.mutate) ? CoverageReport.survivors(shelf.rulesets, result.brokenMutants) : []
    let groups = result.difference.groups
    var lines = groups.flatMap(Self.lines) + CoverageReport.lines(result.coverage, missed, invocation)
    if result.notInForce > 0 { lines.append("\(result.notInForce) received on a day on which none of these rulesets is in force: not decided") }
    if result.unreadable > 0 { lines.append("\(result.unreadable) stored by another version, which this one cannot read: not decided") }
    lines.append("\(result.decided) decided again, \(result.changed) would go elsewhere")
    invocation.print(
      json: [
        "decided": .integer(Int64(result.decided)), "changed": .integer(Int64(result.changed)), "notInForce": .integer(Int64(result.notInForce)),
        "unreadable": .integer(Int64(result.unreadable)), "difference": .array(groups.map(Self.json)),
        "coverage": invocation.has(TestRulesCommand.coverage) ? CoverageReport.json(result.coverage) : .null,
        "notMissed": CoverageReport.json(missed),
      ], lines: lines)
  }

  private static func lines(_ group: ArchiveDifference.Group) -> [String] {
    [
      "\(group.count) \(group.count == 1 ? "message" : "messages")", "  - \(group.from)", "  + \(group.to)",
      "    by \(group.rule.isEmpty ? "no rule" : "„\(group.rule)“"); for example \(group.examples.joined(separator: ", "))",
    ] + group.why.prefix(3).map { "      \($0)" }
  }

  private static func json(_ group: ArchiveDifference.Group) -> JSONValue {
    [
      "from": .string(group.from), "to": .string(group.to), "rule": .string(group.rule), "count": .integer(Int64(group.count)),
      "examples": .array(group.examples.map { .string($0) }), "why": .array(group.why.map { .string($0) }),
    ]
  }
}
