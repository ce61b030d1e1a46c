import Model
import Robot

/// `run`.
enum RunCommand {
  private static let once = Option("once", nil, "poll each mailbox once, do everything that is ready, end")
  private static let untilIdle = Option("until-idle", nil, "end when a poll brings nothing new and nothing is left that would come by itself")
  private static let patience = Option(
    "patience", "SECONDS", "with --until-idle: wait at most so long for the next step (default: the longest wait configured)")

  static let command = Command(
    "run", summary: "serve the mailboxes", options: [.config, once, untilIdle, patience],
    details: """
      Polls the mailboxes of the configuration, registers what arrives and answers the senders, until it is told to end. The log goes to
      standard error; under systemd it says when it is ready and gives signs of life.

      SIGHUP tries the rules of the configured files as `rules activate` does and puts them in force; rules that are not right leave the old ones
      running, and the log says so. The first SIGTERM or SIGINT lets it finish what it has begun and take up nothing new; the second ends it at once. Whatever happens, the
      next start goes on where this one stopped. Ends with 0; with 75 when another robot holds the database, the disk failed, or (--once,
      --until-idle) a mailbox could not be polled; with 78 when configuration, rules or a credential are wrong.
      """,
    example: "intake-robot run --config /etc/intake-robot/robot.conf"
  ) { (invocation) async throws(OperatorError) in
    let mode = try mode(of: invocation)
    let (_, configuration) = try invocation.configuration()
    let rulesets = try invocation.rulesets(configuration.rules)
    for mistake in RulesetCheck.mistakes(configuration, rulesets).dropFirst() { invocation.context.output.errorLine(mistake.description) }
    let service = RobotService(
      configuration: configuration, rulesets: rulesets, notifier: SystemdNotifier(environment: invocation.context.environment),
      surroundings: invocation.context.surroundings)
    try await service.run(mode, signals: invocation.context.signals(), reloads: invocation.context.reloads())
    return .ok
  }

  private static func mode(of invocation: Invocation) throws(OperatorError) -> RobotService.Mode {
    if invocation.has(once), invocation.has(untilIdle) {
      throw OperatorError(
        "command-line.conflict", "`--once` and `--until-idle` exclude each other", remedy: "keep one of them", disposition: .misconfigured)
    }
    if invocation.has(once) { return .once }
    guard invocation.has(untilIdle) else { return .service }
    guard let text = invocation.value(patience) else { return .untilIdle(patience: nil) }
    guard let seconds = Double(text), seconds >= 0, seconds < 1e6 else {
      throw OperatorError(
        "command-line.value", "`--patience \(text)` is not a number of seconds", remedy: "write `--patience 30`", disposition: .misconfigured)
    }
    return .untilIdle(patience: .milliseconds(Int64(seconds * 1000)))
  }
}
