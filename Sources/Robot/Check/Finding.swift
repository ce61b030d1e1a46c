import Model

/// One thing that `check` looked at.
package struct Finding: Sendable, Equatable {
  package enum Level: String, Sendable {
    case ok
    /// The robot runs, with less than it could have.
    case warning
    /// Something outside does not answer now.
    case unreachable
    /// The robot would not run, or would do harm.
    case error
  }

  package let level: Level
  /// `credential`, `confinement`, `tool`, ….
  package let what: String
  package let text: String
  /// What to do; empty when all is well.
  package let remedy: String
  /// Everything that `text` only counts: `--json` shows it.
  package let items: [String]

  package init(_ level: Level, _ what: String, _ text: String, remedy: String = "", items: [String] = []) {
    self.level = level
    self.what = what
    self.text = text
    self.remedy = remedy
    self.items = items
  }

  /// Counts what there may be hundreds of, and names the first three.
  static func counted(_ items: [String], _ what: String) -> String {
    let rest = items.count - 3
    return "\(items.count) \(what): \(items.prefix(3).joined(separator: ", "))"
      + (rest > 0 ? " and \(rest) more (`intake-robot check --json` lists them)" : "")
  }

  init(_ what: String, _ error: OperatorError, of subject: String? = nil) {
    let level: Level =
      switch error.disposition {
      case _ where OperatorError.refusals.contains(error.code): .error
      case .retry, .retryAfter, .snooze: .unreachable
      case .park, .restart, .misconfigured: .error
      }
    self.init(level, what, (subject.map { "\($0): " } ?? "") + "\(error.code): \(error.summary)", remedy: error.remedy)
  }
}
