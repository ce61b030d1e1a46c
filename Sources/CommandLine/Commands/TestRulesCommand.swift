import Model
import ReaderPool
import Registry
import Robot
import Rules
import Runtime

/// `test-rules`.
enum TestRulesCommand {
  private static let rules = Option("rules", "FILE", "this ruleset instead of the configured ones (a folder: its ruleset.rules)")
  private static let archive = Option("archive", nil, "decide every message of the database again and compare with what was decided")
  private static let mailbox = Option(
    "mailbox", "MAILBOX", "the mailbox a single file is taken to have come to; with --archive, only messages of this one")
  private static let since = Option("since", "DATE", "with --archive: messages received on this day or later")
  private static let until = Option("until", "DATE", "with --archive: messages received before this day")
  private static let coverage = Option("coverage", "FILE", "what of the rules was exercised: - for the screen, or a file ending in .json or .csv")
  private static let mutate = Option("mutate", nil, "also leave out each condition in turn and say which are missed by no message")
  private static let junit = Option("junit", "FILE", "write the results as JUnit XML")
  private static let why = Option("why", nil, "print the reasons of every decision, not only of the wrong ones")

  static let command = Command(
    "test-rules", summary: "decide samples, files or the archive by the rules, changing nothing",
    operands: [Operand("PATH", .any, "folders of samples (message.json) or single files; the ruleset's own samples by default")],
    options: [.config, rules, archive, since, until, mailbox, coverage, mutate, junit, why, .json],
    details: """
      A dry run: reads each message as the robot would, decides it, and prints journal, type, the shape of the number, the reply and why. Where a
      sample has an expected.json the two are compared (`-` what was expected, `+` what came), and so are `matches`, `fires` and `ignores` of the
      rules. With --archive it compares with what was decided then, and groups what would go elsewhere: from where, to where, by which rule. Opens no
      connection and writes nothing but the files asked for. With --rules no configuration is needed. Ends with 0, with 1 when anything differs, with
      78 for mistakes in the rules.
      """,
    example: "intake-robot test-rules --rules Rules/asp/ruleset.rules Samples"
  ) { (invocation) async throws(OperatorError) in
    let setting = try setting(of: invocation)
    let outcomes: [DryRun.Outcome]
    if invocation.has(archive) {
      outcomes = try await fromArchive(invocation, setting)
    } else {
      outcomes = try await fromPaths(invocation, setting)
    }
    let claims = RuleClaims.check(setting.shelf.rulesets, outcomes)
    try writeReports(setting.shelf.rulesets, outcomes, claims, invocation)
    report(setting.shelf.rulesets, outcomes, claims, invocation)
    return outcomes.allSatisfy(\.mismatches.isEmpty) && claims.isEmpty ? .ok : .failure
  }

  // MARK: What is tested

  private struct Setting: Sendable {
    let shelf: RulesetShelf
    let dryRun: DryRun
    let rulesFile: String
  }

  private static func setting(of invocation: Invocation) throws(OperatorError) -> Setting {
    let context = invocation.context
    let configuration: RobotConfiguration? = invocation.has(rules) && !invocation.has(archive) ? nil : try invocation.configuration().value
    var paths = configuration?.rules ?? []
    if let given = invocation.value(rules) {
      let path = TextFile.resolve(given, in: context.workingDirectory)
      paths = [path.hasSuffix(".rules") ? path : path + "/ruleset.rules"]
    }
    let shelf = try invocation.rulesets(paths)
    // A rule writer's own samples need no full confinement; the installation's documents get what the installation says.
    let reader =
      configuration?.reader.pool ?? ReaderConfiguration(executable: TextFile.resolve("intake-reader", in: context.programs), confinement: .reduced)
    guard let environment = configuration?.environment ?? EnvironmentName("dryrun") else {
      throw OperatorError("robot.environment", "no name for the environment of a dry run", remedy: "report this: it is an error of the program")
    }
    let readers = ReaderPool(configuration: reader, concurrency: configuration?.reader.concurrency ?? 2, surroundings: context.surroundings)
    return Setting(
      shelf: shelf,
      dryRun: DryRun(
        readers: readers, rulesets: shelf, environment: environment, serveFrom: configuration?.mailboxes.map(\.serveFrom).min(),
        checksMutants: invocation.has(mutate)),
      rulesFile: paths.first ?? "")
  }

  private static func fromPaths(_ invocation: Invocation, _ setting: Setting) async throws(OperatorError) -> [DryRun.Outcome] {
    var paths = invocation.operands.map { TextFile.resolve($0, in: invocation.context.workingDirectory) }
    if paths.isEmpty, let samples = setting.shelf.rulesets.last?.samples { paths = [TextFile.resolve(samples, besideFile: setting.rulesFile)] }
    guard !paths.isEmpty else {
      throw OperatorError("command-line.paths", "there is nothing to test", remedy: "name a folder of samples or a file", disposition: .misconfigured)
    }
    var samples: [Sample] = []
    var outcomes: [DryRun.Outcome] = []
    for path in paths {
      guard TextFile.exists(path) else {
        throw OperatorError("command-line.paths", "there is no `\(path)`", remedy: "name a folder of samples or a file", disposition: .misconfigured)
      }
      if TextFile.isFolder(path) {
        samples += try Sample.find(in: path)
      } else {
        let recipient = invocation.value(mailbox) ?? setting.shelf.rulesets.last?.units.keys.sorted().first ?? ""
        outcomes.append(try await setting.dryRun.run(file: path, recipient: recipient, receivedAt: invocation.context.surroundings.time.now()))
      }
    }
    let progress = Progress(invocation.context, of: samples.count)
    outcomes += try await setting.dryRun.run(samples) { progress.show($0) }
    progress.clear()
    return outcomes
  }

  /// Every stored submission, decided anew; what the robot decided then is what is expected.
  private static func fromArchive(_ invocation: Invocation, _ setting: Setting) async throws(OperatorError) -> [DryRun.Outcome] {
    let days = (try day(since, invocation), try day(until, invocation))
    return try await invocation.look { (_, snapshot) async throws(OperatorError) in
      let records = try await snapshot.messages(states: [], recipient: invocation.value(mailbox), limit: 1_000_000)
      let progress = Progress(invocation.context, of: records.count)
      var outcomes: [DryRun.Outcome] = []
      for (index, record) in records.enumerated() {
        progress.show(index)
        let received = record.listed.dateSent
        guard days.0.map({ received >= $0 }) ?? true, days.1.map({ received < $0 }) ?? true else { continue }
        guard let submission = record.submission, let decision = record.decision else { continue }
        outcomes.append(try await setting.dryRun.run(stored: submission, decidedBefore: decision))
      }
      progress.clear()
      return outcomes
    }
  }

  private static func day(_ option: Option, _ invocation: Invocation) throws(OperatorError) -> Timestamp? {
    guard let text = invocation.value(option) else { return nil }
    guard let day = CivilDate(iso8601: text) else {
      throw OperatorError(
        "command-line.value", "`--\(option.name) \(text)` is not a date", remedy: "write `--\(option.name) 2026-07-01`", disposition: .misconfigured)
    }
    return SofiaTime.midnight(of: day)
  }

  // MARK: The report

  private static func writeReports(
    _ rulesets: [Ruleset], _ outcomes: [DryRun.Outcome], _ claims: [RuleClaims.Broken], _ invocation: Invocation
  ) throws(OperatorError) {
    func path(_ option: Option) -> String? {
      invocation.value(option).flatMap { $0 == "-" ? nil : TextFile.resolve($0, in: invocation.context.workingDirectory) }
    }
    if let file = path(junit) {
      let cases =
        outcomes.map { JUnitReport.Case(name: $0.name, group: "samples", failures: $0.mismatches) }
        + claims.map { JUnitReport.Case(name: "\($0.rule): \($0.text)", group: "claims", failures: ["\($0.place): \($0.text)"]) }
      try TextFile.replace(file, with: JUnitReport.make("test-rules", cases))
    }
    if let file = path(coverage) {
      let found = RuleCoverage(rulesets, outcomes)
      try TextFile.replace(file, with: file.hasSuffix(".csv") ? found.csv : try JSONText.pretty(json(found)) + "\n")
    }
  }

  private static func json(_ coverage: RuleCoverage) -> JSONValue {
    .array(
      coverage.rules.map { rule in
        [
          "rule": .string(rule.name), "place": .string(rule.place), "mark": .bool(rule.isMark), "decided": .integer(Int64(rule.decided)),
          "true": .integer(Int64(rule.timesTrue)),
          "conditions": .array(rule.conditions.map { ["words": .string($0.words), "true": .integer(Int64($0.timesTrue))] }),
        ]
      })
  }

  private static func lines(_ coverage: RuleCoverage) -> [String] {
    var lines = coverage.neverTrue.map { "NEVER TRUE rule „\($0.name)“ (\($0.place))" }
    for rule in coverage.rules where rule.timesTrue > 0 {
      lines += rule.conditions.filter { $0.timesTrue == 0 }.map { "NEVER TRUE in rule „\(rule.name)“ (\(rule.place)): \($0.words)" }
    }
    let count = coverage.rules.count
    lines.append("coverage: \(count - coverage.neverTrue.count) of \(count) rules were true; \(coverage.conditionsNeverTrue) conditions never were")
    return lines
  }

  /// Conditions that no message misses.
  private static func survivors(_ rulesets: [Ruleset], _ outcomes: [DryRun.Outcome]) -> [RuleMutant] {
    rulesets.flatMap { ruleset in
      let broken = outcomes.reduce(into: Set<Int>()) { $0.formUnion($1.brokenMutants[ruleset.digest] ?? []) }
      return ruleset.mutants.enumerated().filter { !broken.contains($0.offset) }.map(\.element)
    }
  }

  private static func lines(_ difference: ArchiveDifference) -> [String] {
    difference.groups.flatMap { group in
      [
        "\(group.count) \(group.count == 1 ? "message" : "messages")", "  - \(group.from)", "  + \(group.to)",
        "    by \(group.rule.isEmpty ? "no rule" : "„\(group.rule)“"); for example \(group.examples.joined(separator: ", "))",
      ] + group.why.prefix(3).map { "      \($0)" }
    }
  }

  private static func json(_ difference: ArchiveDifference) -> JSONValue {
    .array(
      difference.groups.map {
        [
          "from": .string($0.from), "to": .string($0.to), "rule": .string($0.rule), "count": .integer(Int64($0.count)),
          "examples": .array($0.examples.map { .string($0) }), "why": .array($0.why.map { .string($0) }),
        ]
      })
  }

  private static func report(
    _ rulesets: [Ruleset], _ outcomes: [DryRun.Outcome], _ claims: [RuleClaims.Broken], _ invocation: Invocation
  ) {
    let wrong = outcomes.filter { !$0.mismatches.isEmpty }
    let withoutExpectation = outcomes.filter { $0.expectation == nil }.count
    let difference = ArchiveDifference(outcomes)
    let missed = invocation.has(mutate) ? survivors(rulesets, outcomes) : []
    let each = outcomes.flatMap { outcome -> [String] in
      let isWrong = !outcome.mismatches.isEmpty
      return ["\(isWrong ? "WRONG" : outcome.expectation == nil ? "     " : "ok   ") \(outcome.name): \(text(outcome))"]
        + outcome.mismatches.map { "        \($0)" } + (isWrong || invocation.has(why) ? outcome.why.map { "        \($0)" } : [])
    }
    var lines = invocation.has(archive) ? Self.lines(difference) : each
    lines += claims.map { "WRONG rule „\($0.rule)“ (\($0.place)): \($0.text)" }
    lines += missed.map { "NOT MISSED in rule „\($0.rule)“ (\($0.place)): \($0.dropped)" }
    if invocation.has(mutate) { lines.append("\(missed.count) conditions can be left out without any message noticing") }
    if invocation.value(coverage) == "-" { lines += Self.lines(RuleCoverage(rulesets, outcomes)) }
    lines.append(
      "\(outcomes.count) decided, \(wrong.count) not as expected, \(withoutExpectation) without an expectation, \(claims.count) claims of rules broken"
    )
    invocation.print(
      json: [
        "decided": .integer(Int64(outcomes.count)), "wrong": .integer(Int64(wrong.count)),
        "claims": .array(claims.map { ["rule": .string($0.rule), "place": .string($0.place), "text": .string($0.text)] }),
        "outcomes": .array(invocation.has(archive) ? [] : outcomes.map(json)), "difference": json(difference),
        "coverage": invocation.has(coverage) ? json(RuleCoverage(rulesets, outcomes)) : .null,
        "notMissed": .array(missed.map { ["rule": .string($0.rule), "place": .string($0.place), "condition": .string($0.dropped)] }),
      ], lines: lines)
  }

  private static func text(_ outcome: DryRun.Outcome) -> String {
    let reply = outcome.template.map { "reply \($0)" } ?? "no reply"
    let parts = [outcome.reason, outcome.journal, outcome.type, outcome.numberShape, reply, outcome.review ? "за преглед" : nil].compactMap { $0 }
    return ([outcome.end] + parts).joined(separator: ", ")
  }

  private static func json(_ outcome: DryRun.Outcome) -> JSONValue {
    [
      "name": .string(outcome.name), "end": .string(outcome.end), "reason": outcome.reason.json, "journal": outcome.journal.json,
      "type": outcome.type.json, "number": outcome.numberShape.json, "template": outcome.template.json, "review": .bool(outcome.review),
      "why": .array(outcome.why.map { .string($0) }), "mismatches": .array(outcome.mismatches.map { .string($0) }),
      "compared": .bool(outcome.expectation != nil),
    ]
  }
}
