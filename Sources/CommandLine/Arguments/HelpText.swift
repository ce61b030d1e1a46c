/// What `--help` prints.
package enum HelpText {
  package static func program(_ commands: [Command]) -> String {
    let width = (commands.map(\.name.count).max() ?? 0) + 2
    let list = commands.map { "  \(pad($0.name, width))\($0.summary)" }.joined(separator: "\n")
    return """
      intake-robot: registers what arrives in the mailboxes of ССЕВ and tells each sender the number.

      Usage: intake-robot COMMAND [options]

      \(list)
        \(pad("help", width))this text, or the help of one command

      `intake-robot COMMAND --help` explains a command and shows an example.

      Exit codes: 0 done; 1 done, and the answer is no; 64 wrong command line; 75 try again later; 78 wrong configuration.
      """
  }

  package static func group(_ word: String, _ commands: [Command]) -> String {
    let members = commands.filter { $0.path.first == word }
    let width = (members.map(\.name.count).max() ?? 0) + 2
    return "Usage: intake-robot \(word) COMMAND [options]\n\n"
      + members.map { "  \(pad($0.name, width))\($0.summary)" }.joined(separator: "\n")
  }

  package static func command(_ command: Command) -> String {
    var parts = ["Usage: intake-robot \(usage(command))", command.details]
    if !command.operands.isEmpty { parts.append(table(command.operands.map { ($0.name, $0.meaning) })) }
    let options = command.options + [.help]
    parts.append("Options:\n" + table(options.map { ("--\($0.name)\($0.value.map { " \($0)" } ?? "")", $0.meaning) }))
    parts.append("Example:\n  \(command.example)")
    return parts.joined(separator: "\n\n")
  }

  private static func usage(_ command: Command) -> String {
    let operands = command.operands.map { operand in
      switch operand.count {
      case .one: operand.name
      case .optional: "[\(operand.name)]"
      case .any: "[\(operand.name)…]"
      case .atLeastOne: "\(operand.name)…"
      }
    }
    return ([command.name] + (command.options.isEmpty ? [] : ["[options]"]) + operands).joined(separator: " ")
  }

  private static func table(_ rows: [(String, String)]) -> String {
    let width = (rows.map(\.0.count).max() ?? 0) + 2
    return rows.map { "  \(pad($0.0, width))\($0.1)" }.joined(separator: "\n")
  }

  static func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
}
