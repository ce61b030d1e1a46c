import Glibc
package import Model
import Runtime

/// The program `intake-robot`: reads the command line, runs one command, turns its end into an exit code.
package struct RobotProgram: Sendable {
  private let parser: ArgumentParser

  package init(commands: [Command] = RobotProgram.commands) { parser = ArgumentParser(commands) }

  /// Every command, in the order of the help.
  package static var commands: [Command] {
    [
      RunCommand.command, CheckCommand.command, StatusCommand.command, StatementCommand.command, ExplainCommand.command, MessagesCommands.list,
      MessagesCommands.release,
      JobsCommands.list, JobsCommands.show, ManualCommands.retryJob, ManualCommands.discardJob, JournalCommands.list, JournalCommands.show,
      JournalCommands.export, JournalCommands.verify, TestRulesCommand.command, RulesCommands.check, RulesCommands.activate,
      RulesCommands.format, RulesCommands.facts, RulesCommands.explainCode, ReadCommand.command, FactsCommand.command, ManualCommands.pause,
      ManualCommands.resume,
      ManualCommands.stopNumbering, ManualCommands.startNumbering, ManualCommands.recover, VersionCommand.command,
    ] + EntryCommands.all + BackupCommands.all
  }

  /// Runs `words` (the command line without the program's name). Never throws: every failure is printed for the operator.
  package func run(_ words: [String], context: CommandContext) async -> ExitCode {
    do {
      switch try parser.parse(words) {
      case .help(let path):
        context.output.line(help(on: path))
        return .ok
      case .run(let command, let operands, let values):
        return await run(command, Invocation(context: context, operands: operands, values: values))
      }
    } catch {
      context.output.errorLine("error[command-line.usage]: \(error.message)")
      let help = (["intake-robot"] + error.command + ["--help"]).joined(separator: " ")
      context.output.errorLine("  try: \(error.suggestion.map { "\($0)   (or \(help))" } ?? help)")
      return .usage
    }
  }

  private func run(_ command: Command, _ invocation: Invocation) async -> ExitCode {
    do {
      return try await command.body(invocation)
    } catch {
      RobotProgram.report(error, invocation)
      return ExitCode(error)
    }
  }

  static func report(_ error: OperatorError, _ invocation: Invocation) {
    if invocation.wantsJSON { invocation.context.output.json(error.report) }
    invocation.context.output.errorLine(error.description)
  }

  private func help(on path: [String]) -> String {
    if path.isEmpty { return HelpText.program(parser.commands) }
    if let command = parser.commands.first(where: { $0.path == path }) { return HelpText.command(command) }
    return HelpText.group(path[0], parser.commands)
  }
}

extension OperatorError {
  /// As `--json` shows it.
  package var report: JSONValue {
    [
      "error": [
        "code": .string(code), "summary": .string(summary), "remedy": .string(remedy),
        "context": .object(Dictionary(context.map { ($0.name, JSONValue.string($0.value)) }, uniquingKeysWith: { first, _ in first })),
      ]
    ]
  }
}
