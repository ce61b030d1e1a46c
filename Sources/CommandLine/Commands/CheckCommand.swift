import Model

enum CheckCommand {
  static let command = Command(
    "check", summary: "check the whole installation without changing anything", options: [.config, .json],
    details: "x", example: "intake-robot check --config /etc/intake-robot/robot.conf"
  ) { (_) async throws(OperatorError) in .ok }
}
