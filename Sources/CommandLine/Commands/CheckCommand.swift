import Model
import Robot

/// `check`: the whole installation, without changing anything.
enum CheckCommand {
  static let command = Command(
    "check", summary: "check the whole installation without changing anything", options: [.config, .json],
    details: """
      Reads the configuration and reports every mistake in it with file, line and column. Changes nothing.
      Ends with 0 when all is well, 78 when something must be corrected.
      """,
    example: "intake-robot check --config /etc/intake-robot/robot.conf"
  ) { (invocation) async throws(OperatorError) in
    let (path, configuration) = try invocation.configuration()
    invocation.context.output.line("configuration: ok, \(configuration.mailboxes.count) mailboxes (\(path))")
    return .ok
  }
}
