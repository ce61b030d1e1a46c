import Model

/// One command of `intake-robot`: what `--help` says of it, what it accepts, and what it does.
package struct Command: Sendable {
  /// The words that call it: `["jobs", "list"]`.
  package let path: [String]
  /// One line for the list of commands.
  package let summary: String
  package let operands: [Operand]
  package let options: [Option]
  /// A paragraph or two for its own help: what it reads, what it changes, what its exit codes mean.
  package let details: String
  /// A whole command line that works.
  package let example: String
  let body: @Sendable (Invocation) async throws(OperatorError) -> ExitCode

  package var name: String { path.joined(separator: " ") }

  init(
    _ path: String, summary: String, operands: [Operand] = [], options: [Option] = [], details: String, example: String,
    body: @escaping @Sendable (Invocation) async throws(OperatorError) -> ExitCode
  ) {
    self.path = path.split(separator: " ").map(String.init)
    self.summary = summary
    self.operands = operands
    self.options = options
    self.details = details
    self.example = example
    self.body = body
  }
}

/// A word a command takes by its place.
package struct Operand: Sendable {
  package enum Count: Sendable { case one, optional, any, atLeastOne }

  package let name: String
  package let count: Count
  package let meaning: String

  package init(_ name: String, _ count: Count = .one, _ meaning: String) {
    self.name = name
    self.count = count
    self.meaning = meaning
  }
}

/// An option, written `--name` or `--name VALUE` (also `--name=VALUE`).
package struct Option: Sendable {
  package let name: String
  /// What its value is called in the help; `nil` for a switch.
  package let value: String?
  package let meaning: String

  package init(_ name: String, _ value: String? = nil, _ meaning: String) {
    self.name = name
    self.value = value
    self.meaning = meaning
  }

  package static let config = Option(
    "config", "FILE", "the configuration (default: $INTAKE_ROBOT_CONFIG, else /etc/intake-robot/robot.conf)")
  package static let json = Option("json", nil, "print the report as JSON")
  package static let actor = Option("actor", "NAME", "who does this, for the record, where the login does not say it")
  package static let reason = Option("reason", "TEXT", "why, for the record")
  package static let help = Option("help", nil, "print this and end")
}

/// One parsed call of a command.
package struct Invocation: Sendable {
  package let context: CommandContext
  package let operands: [String]
  package let values: [String: String]

  package init(context: CommandContext, operands: [String], values: [String: String]) {
    self.context = context
    self.operands = operands
    self.values = values
  }

  package func has(_ option: Option) -> Bool { values[option.name] != nil }
  package func value(_ option: Option) -> String? { values[option.name] }
  package var wantsJSON: Bool { has(.json) }
}

/// The command line was wrong: the sentence, and what to type instead.
package struct UsageError: Error, Sendable, Equatable {
  package let message: String
  package let suggestion: String?
  /// The words of the command whose help is meant, empty for the program's.
  package let command: [String]
}
