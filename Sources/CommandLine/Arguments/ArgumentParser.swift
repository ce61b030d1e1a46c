/// Finds the command in a list of words and reads its operands and options.
package struct ArgumentParser: Sendable {
  package let commands: [Command]

  package init(_ commands: [Command]) { self.commands = commands }

  package enum Outcome: Sendable {
    case run(Command, operands: [String], values: [String: String])
    /// Help on the whole program (`nil`) or on the commands that begin with these words.
    case help([String])
  }

  /// `words` is the command line without the program's own name.
  package func parse(_ words: [String]) throws(UsageError) -> Outcome {
    guard let first = words.first else { return .help([]) }
    if first == "--help" || first == "-h" { return .help([]) }
    if first == "--version" { return try parse(["version"] + words.dropFirst()) }
    if first == "help" { return try help(on: Array(words.dropFirst())) }
    guard let command = longestMatch(words) else {
      let group = commands.filter { $0.path.first == first && $0.path.count > 1 }
      guard !group.isEmpty else { throw unknownCommand(first) }
      guard words.count > 1, words[1] != "--help", words[1] != "-h" else { return .help([first]) }
      let suggestion = Suggestion.nearest(to: words[1], in: group.map { $0.path[1] }).map { "intake-robot \(first) \($0)" }
      throw UsageError(message: "unknown command `\(first) \(words[1])`", suggestion: suggestion, command: [first])
    }
    return try read(Array(words.dropFirst(command.path.count)), for: command)
  }

  private func longestMatch(_ words: [String]) -> Command? {
    commands.filter { words.starts(with: $0.path) }.max { $0.path.count < $1.path.count }
  }

  private func help(on words: [String]) throws(UsageError) -> Outcome {
    guard let first = words.first else { return .help([]) }
    guard commands.contains(where: { $0.path.starts(with: words) }) else {
      if commands.contains(where: { $0.path.first == first }) { return .help([first]) }
      throw unknownCommand(first)
    }
    return .help(words)
  }

  private func unknownCommand(_ word: String) -> UsageError {
    let names = Array(Set(commands.compactMap(\.path.first))).sorted() + ["help"]
    let what = word.hasPrefix("-") ? "unknown option `\(word)` before a command" : "unknown command `\(word)`"
    return UsageError(message: what, suggestion: Suggestion.nearest(to: word, in: names).map { "intake-robot \($0)" }, command: [])
  }

  private func read(_ words: [String], for command: Command) throws(UsageError) -> Outcome {
    var operands: [String] = []
    var values: [String: String] = [:]
    var rest = words[...]
    var onlyOperands = false
    while let word = rest.popFirst() {
      guard !onlyOperands, word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      if word == "--" {
        onlyOperands = true
        continue
      }
      if word == "--help" || word == "-h" { return .help(command.path) }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let name = parts[0].hasPrefix("--") ? String(parts[0].dropFirst(2)) : ""
      guard let option = command.options.first(where: { $0.name == name }) else {
        let near = Suggestion.nearest(to: parts[0], in: command.options.map { "--\($0.name)" } + ["--help"])
        throw UsageError(message: "unknown option `\(parts[0])` for `\(command.name)`", suggestion: near, command: command.path)
      }
      guard values[name] == nil else {
        throw UsageError(message: "option `--\(name)` is given twice", suggestion: nil, command: command.path)
      }
      switch (option.value, parts.count) {
      case (nil, 1): values[name] = "yes"
      case (nil, _): throw UsageError(message: "option `--\(name)` takes no value", suggestion: "--\(name)", command: command.path)
      case (_, 2): values[name] = parts[1]
      case (.some(let valueName), _):
        guard let value = rest.popFirst() else {
          throw UsageError(message: "option `--\(name)` needs a value", suggestion: "--\(name) \(valueName)", command: command.path)
        }
        values[name] = value
      }
    }
    try checkCount(operands, of: command)
    return .run(command, operands: operands, values: values)
  }

  private func checkCount(_ operands: [String], of command: Command) throws(UsageError) {
    let least = command.operands.filter { $0.count == .one || $0.count == .atLeastOne }.count
    let isOpen = command.operands.contains { $0.count == .any || $0.count == .atLeastOne }
    if operands.count < least {
      let missing = command.operands[operands.count]
      throw UsageError(message: "`\(command.name)` needs \(missing.name)", suggestion: command.example, command: command.path)
    }
    if !isOpen, operands.count > command.operands.count {
      throw UsageError(
        message: "`\(command.name)` does not take `\(operands[command.operands.count])`", suggestion: nil, command: command.path)
    }
  }
}
