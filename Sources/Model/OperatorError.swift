/// An error for the person who runs the robot: what happened, with the value, and what to do.
///
/// `code` never changes meaning and is what to search for. No part may hold an ЕГН, a name, a subject, a file name or a body: `summary` and
/// `context` take mailbox and message ids, numbers, digests, paths of the installation.
package struct OperatorError: Error, Sendable, Equatable {
  /// Stable and dotted: `mailbox.unauthorized`, `registry.disk-full`.
  package let code: String
  package let summary: String
  /// A command, a setting, or "none needed: …".
  package let remedy: String
  package let context: [Field]
  package let disposition: Disposition
  /// What repeating it uses up.
  package let budget: RetryBudget

  package struct Field: Sendable, Equatable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What the program does about it.
  package enum Disposition: Sendable, Equatable {
    /// Try again by the backoff of the job.
    case retry
    /// Try again, but not before this long (`Retry-After`).
    case retryAfter(Duration)
    /// Not a failure: not yet. Costs no attempt.
    case snooze(Duration)
    /// Only a person can help: the job is parked.
    case park
    /// The process must end and start again: an error of fsync or commit is never retried in the process.
    case restart
    /// The installation is wrong: exit 78.
    case misconfigured
  }

  /// How often a failed step may be repeated before it waits for a person.
  package enum RetryBudget: Sendable, Equatable {
    /// The failure is this message's own: so many attempts.
    case attempts
    /// The other side is not there, for everybody: no attempt is used up, a long time is (`RetryPolicy.patience`).
    case patience
  }

  package init(
    _ code: String, _ summary: String, remedy: String, context: [Field] = [], disposition: Disposition = .park, budget: RetryBudget = .attempts
  ) {
    self.code = code
    self.summary = summary
    self.remedy = remedy
    self.context = context
    self.disposition = disposition
    self.budget = budget
  }
}

extension OperatorError: CustomStringConvertible {
  /// The two lines that standard error, the log and a job's history show.
  package var description: String {
    let fields = context.map { " \($0.name)=\($0.value)" }.joined()
    return "error[\(code)]: \(summary)\(fields.isEmpty ? "" : " (\(fields.dropFirst()))")\n  try: \(remedy)"
  }
}
