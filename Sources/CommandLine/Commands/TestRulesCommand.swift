import Model
import ReaderPool
import Registry
import Robot
import Rules
import Runtime

/// `test-rules`.
enum TestRulesCommand {
  static let rules = Option("rules", "FILE", "this ruleset instead of the configured ones (a folder: its ruleset.rules)")
  static let archive = Option("archive", nil, "decide every message of the database again and compare with what was decided")
  static let mailbox = Option(
    "mailbox", "MAILBOX", "the mailbox a single file is taken to have come to; with --archive, only messages of this one")
  static let since = Option("since", "DATE", "with --archive: messages received on this day or later")
  static let until = Option("until", "DATE", "with --archive: messages received before this day")
  static let asOf = Option(
    "as-of", "DATE", "with --archive: by the ruleset that is in force on this day, whatever the day of receipt")
  static let coverage = Option("coverage", "FILE", "what of the rules was exercised: - for the screen, or a file ending in .json or .csv")
  static let mutate = Option("mutate", nil, "also leave out each condition in turn and say which are missed by no message")
  static let junit = Option("junit", "FILE", "write the results as JUnit XML")
  private static let why = Option("why", nil, "print the reasons of every decision, not only of the wrong ones")

  static let command = Command(
    "test-rules", summary: "decide samples, files or the archive by the rules, changing nothing",
    operands: [Operand("PATH", .any, "folders of samples (message.json) or single files; the ruleset's own samples by default")],
    options: [.config, rules, archive, since, until, asOf, mailbox, coverage, mutate, junit, why, .json],
    details: """
      A dry run: reads each message as the robot would, decides it, and prints journal, type, the shape of the number, the reply and why. Where a
      sample has an expected.json the two are compared (`-` what was expected, `+` what came), and so are `matches`, `fires` and `ignores` of the
      rules. With --archive it compares with what was decided then, and groups what would go elsewhere: from where, to where, by which rule. Opens no
      connection and writes nothing but the files asked for. With --rules no configuration is needed. With --rules and --archive, `--as-of` a day on
      which those rules will be in force. Ends with 0, with 1 when anything differs, with 78 for mistakes in the rules.
      """,
    example: "intake-robot test-rules --rules Rules/asp/ruleset.rules Samples"
  ) { (invocation) async throws(OperatorError) in
    if invocation.has(archive) { return try await ArchiveTrial(invocation).run() }
    let setting = try setting(of: invocation)
    let outcomes = try await fromPaths(invocation, setting)
    let claims = RuleClaims.check(setting.shelf.rulesets, outcomes)
    if let file = invocation.path(junit) {
      let cases =
        outcomes.map { JUnitReport.Case(name: $0.name, group: "samples", failures: $0.mismatches) }
        + claims.map { JUnitReport.Case(name: "\($0.rule): \($0.text)", group: "claims", failures: ["\($0.place): \($0.text)"]) }
      try TextFile.replace(file, with: JUnitReport.make("test-rules", cases))
    }
    let found = invocation.has(coverage) ? RuleCoverage(setting.shelf.rulesets, outcomes) : RuleCoverage([])
    try CoverageReport.write(found, invocation)
    report(setting.shelf.rulesets, outcomes, claims, found, invocation)
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
    let configuration: RobotConfiguration? = invocation.has(rules) ? nil : try invocation.configuration().value
    let paths = rulesFiles(invocation) ?? configuration?.rules ?? []
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

  /// The file of `--rules`.
  static func rulesFiles(_ invocation: Invocation) -> [String]? {
    guard let given = invocation.value(rules) else { return nil }
    let path = TextFile.resolve(given, in: invocation.context.workingDirectory)
    return [path.hasSuffix(".rules") ? path : path + "/ruleset.rules"]
  }

  // MARK: The report

  /// Conditions that no message misses.
  private static func survivors(_ rulesets: [Ruleset], _ outcomes: [DryRun.Outcome]) -> [RuleMutant] {
    CoverageReport.survivors(rulesets, outcomes.reduce(into: [:]) { $0.merge($1.brokenMutants) { $0.union($1) } })
  }

  private static func report(
    _ rulesets: [Ruleset], _ outcomes: [DryRun.Outcome], _ claims: [RuleClaims.Broken], _ coverage: RuleCoverage, _ invocation: Invocation
  ) {
    let wrong = outcomes.filter { !$0.mismatches.isEmpty }
    let withoutExpectation = outcomes.filter { $0.expectation == nil }.count
    let missed = invocation.has(mutate) ? survivors(rulesets, outcomes) : []
    var lines = outcomes.flatMap { outcome -> [String] in
      let isWrong = !outcome.mismatches.isEmpty
      return ["\(isWrong ? "WRONG" : outcome.expectation == nil ? "     " : "ok   ") \(outcome.name): \(text(outcome))"]
        + outcome.mismatches.map { "        \($0)" } + (isWrong || invocation.has(why) ? outcome.why.map { "        \($0)" } : [])
    }
    lines += claims.map { "WRONG rule „\($0.rule)“ (\($0.place)): \($0.text)" }
    lines += CoverageReport.lines(coverage, missed, invocation)
    lines.append(
      "\(outcomes.count) decided, \(wrong.count) not as expected, \(withoutExpectation) without an expectation, \(claims.count) claims of rules broken"
    )
    invocation.print(
      json: [
        "decided": .integer(Int64(outcomes.count)), "wrong": .integer(Int64(wrong.count)),
        "claims": .array(claims.map { ["rule": .string($0.rule), "place": .string($0.place), "text": .string($0.text)] }),
        "outcomes": .array(outcomes.map(json)), "coverage": invocation.has(Self.coverage) ? CoverageReport.json(coverage) : .null,
        "notMissed": CoverageReport.json(missed),
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
