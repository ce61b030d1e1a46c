import Model
import Robot

/// `version`.
enum VersionCommand {
  static let command = Command(
    "version", summary: "print the version", options: [.json],
    details: "Prints the version of the program and of what it writes: reader, number of the event format, prefix of its marks.",
    example: "intake-robot version --json"
  ) { (invocation) async throws(OperatorError) in
    if invocation.wantsJSON {
      invocation.context.output.json(["program": "intake-robot", "version": .string(RobotVersion.text), "eventFormat": 1, "mark": "ir1"])
    } else {
      invocation.context.output.line("intake-robot \(RobotVersion.text)")
    }
    return .ok
  }
}
