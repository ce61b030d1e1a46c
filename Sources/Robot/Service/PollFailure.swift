import Model

/// A mailbox that could not be polled.
struct PollFailure: Sendable {
  var recipient: String
  /// Why: a code of `mailbox.…`.
  var code: String
}

extension OperatorError {
  /// What a run that was to end by itself ends with when it does not know what these mailboxes hold: 78 when ССЕВ refuses one of them, for then
  /// only a person can help, else 75.
  static func notPolled(_ failures: [PollFailure], of count: Int) -> OperatorError {
    let sorted = failures.sorted { $0.recipient < $1.recipient }
    return OperatorError(
      "robot.mailboxes-not-polled",
      "\(failures.count) of \(count) mailboxes could not be polled; everything else is done",
      remedy: "run it again; `intake-robot check` says what stands between this machine and each mailbox",
      context: sorted.map { .init($0.recipient, $0.code) },
      disposition: failures.contains { OperatorError.refusals.contains($0.code) } ? .misconfigured : .retry)
  }

  /// ССЕВ answered and refused: the robot keeps asking, but the installation is wrong until somebody changes it.
  static let refusals: Set<String> = ["mailbox.unauthorized", "mailbox.forbidden", "mailbox.token-refused"]
}
