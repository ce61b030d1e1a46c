import Model
import Robot

/// `check`: the whole installation, without changing anything.
enum CheckCommand {
  private static let offline = Option("offline", nil, "do not call ССЕВ")

  static let command = Command(
    "check", summary: "check the whole installation without changing anything", options: [.config, offline, .json],
    details: """
      Configuration, rules, credentials, database, mirror, the reader with each layer of its confinement really tried, the tools it uses, and for
      each mailbox: reachable, known to ССЕВ, the template of the replies, the clock. Every mistake at once, with file, line and column where
      there is one. Changes nothing and opens no message.

      Ends with 0 when all is well (warnings included), 75 when only ССЕВ did not answer, 78 when something must be corrected.
      """,
    example: "intake-robot check --config /etc/intake-robot/robot.conf"
  ) { (invocation) async throws(OperatorError) in
    let (path, configuration) = try invocation.configuration()
    let check = InstallationCheck(configuration: configuration, surroundings: invocation.context.surroundings)
    var findings = [Finding(.ok, "configuration", "\(path): \(configuration.mailboxes.count) mailboxes")]
    do throws(OperatorError) {
      findings += check.rules(try invocation.rulesets(configuration.rules))
    } catch {
      findings.append(Finding(.error, "rules", "\(error.code): \(error.summary)", remedy: error.remedy))
    }
    findings += check.files()
    findings += await check.database()
    findings += await check.reader()
    if !invocation.has(offline) { findings += await mailboxes(check, configuration, invocation) }
    report(findings, invocation)
    return code(for: findings)
  }

  private static func mailboxes(_ check: InstallationCheck, _ configuration: RobotConfiguration, _ invocation: Invocation) async -> [Finding] {
    let progress = Progress(invocation.context, of: configuration.mailboxes.count)
    var findings: [Finding] = []
    for (index, mailbox) in configuration.mailboxes.enumerated() {
      progress.show(index)
      findings += await check.mailbox(mailbox)
    }
    progress.clear()
    return findings
  }

  private static func report(_ findings: [Finding], _ invocation: Invocation) {
    let lines = findings.flatMap { finding in
      ["\(HelpText.pad(finding.level.rawValue, 12))\(finding.what): \(finding.text)"]
        + (finding.remedy.isEmpty ? [] : ["            try: \(finding.remedy)"])
    }
    invocation.print(
      json: .array(
        findings.map {
          [
            "level": .string($0.level.rawValue), "what": .string($0.what), "text": .string($0.text), "remedy": .string($0.remedy),
            "items": .array($0.items.map { .string($0) }),
          ]
        }), lines: lines)
  }

  private static func code(for findings: [Finding]) -> ExitCode {
    let levels = Set(findings.map(\.level))
    if levels.contains(.error) { return .configuration }
    return levels.contains(.unreachable) ? .temporary : .ok
  }
}
