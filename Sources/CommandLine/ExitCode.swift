package import Model

/// What the process ends with (sysexits.h where it has a word for it). Documented, and never changed for a meaning.
package enum ExitCode: Int32, Sendable {
  /// Everything asked for was done.
  case ok = 0
  /// Done, and the answer is no: a mismatch, a failed check, something not found.
  case failure = 1
  /// The command line was wrong.
  case usage = 64
  /// Try again later: another robot holds the database, the disk is full, the host is away.
  case temporary = 75
  /// The configuration, the rules or a credential is wrong.
  case configuration = 78

  /// The code for an error that ends a command.
  package init(_ error: OperatorError) {
    self =
      switch error.disposition {
      case _ where error.code.hasPrefix("command-line."): .usage
      case .misconfigured: .configuration
      case .restart, .retry, .retryAfter, .snooze: .temporary
      case .park: .failure
      }
  }
}
