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
  private static let mailbox = Option("mailbox", "MAILBOX", "the mailbox a single file is taken to have come to")
  private static let why = Option("why", nil, "print the reasons of every decision, not only of the wrong ones")

  static let command = Command(
    "test-rules", summary: "decide samples, files or the archive by the rules, changing nothing",
    operands: [Operand("PATH", .any, "folders of samples (message.json) or single files; the ruleset's own samples by default")],
    options: [.config, rules, archive, mailbox, why, .json],
    details: """
      A dry run: reads each message as the robot would, decides it, and prints journal, type, the shape of the number, the reply and why. Where a
      sample has an expected.json the two are compared, and so are `matches`, `fires` and `ignores` of the rules. Opens no connection and writes
      nothing. With --rules no configuration is needed. Ends with 0, with 1 when anything differs, with 78 for mistakes in the rules.
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
    report(outcomes, claims, invocation)
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
      dryRun: DryRun(readers: readers, rulesets: shelf, environment: environment, serveFrom: configuration?.mailboxes.map(\.serveFrom).min()),
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
    try await invocation.look { (_, snapshot) async throws(OperatorError) in
      let records = try await snapshot.messages(states: [], recipient: invocation.value(mailbox), limit: 1_000_000)
      let progress = Progress(invocation.context, of: records.count)
      var outcomes: [DryRun.Outcome] = []
      for (index, record) in records.enumerated() {
        progress.show(index)
        guard let submission = record.submission, let decision = record.decision else { continue }
        outcomes.append(try await setting.dryRun.run(stored: submission, decidedBefore: decision))
      }
      progress.clear()
      return outcomes
    }
  }

  // MARK: The report

  private static func report(_ outcomes: [DryRun.Outcome], _ claims: [RuleClaims.Broken], _ invocation: Invocation) {
    let wrong = outcomes.filter { !$0.mismatches.isEmpty }
    let withoutExpectation = outcomes.filter { $0.expectation == nil }.count
    var lines = outcomes.flatMap { outcome in
      let isWrong = !outcome.mismatches.isEmpty
      return ["\(isWrong ? "WRONG" : outcome.expectation == nil ? "     " : "ok   ") \(outcome.name): \(text(outcome))"]
        + outcome.mismatches.map { "        \($0)" } + (isWrong || invocation.has(why) ? outcome.why.map { "        \($0)" } : [])
    }
    lines += claims.map { "WRONG rule „\($0.rule)“ (\($0.place)): \($0.text)" }
    lines.append(
      "\(outcomes.count) decided, \(wrong.count) not as expected, \(withoutExpectation) without an expectation, \(claims.count) claims of rules broken"
    )
    invocation.print(
      json: [
        "decided": .integer(Int64(outcomes.count)), "wrong": .integer(Int64(wrong.count)),
        "claims": .array(claims.map { ["rule": .string($0.rule), "place": .string($0.place), "text": .string($0.text)] }),
        "outcomes": .array(outcomes.map(json)),
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
