import CommandLine
import Model
import Runtime
import Synchronization

/// Runs the program without a process and keeps what it printed.
final class TestProgram: Sendable {
  let context: CommandContext

  init(environment: [String: String] = [:], workingDirectory: String = "/", programs: String = "/usr/bin", isTerminal: Bool = false) {
    let time = ManualTime(Timestamp(seconds: 1_783_000_000))
    let texts = Sink()
    sink = texts
    context = CommandContext(
      environment: environment,
      output: Output(standard: { texts.add(standard: $0) }, error: { texts.add(error: $0) }, showsProgress: isTerminal),
      surroundings: Surroundings(time: time, random: SeededRandom(seed: 1), log: .disabled(time: time)),
      signals: { AsyncStream { _ in } }, workingDirectory: workingDirectory, programs: programs, login: "ivanov")
  }

  private let sink: Sink

  var standard: String { sink.both.0 }
  var error: String { sink.both.1 }

  func run(_ words: String...) async -> ExitCode { await RobotProgram().run(words, context: context) }
}

private final class Sink: Sendable {
  private let texts = Mutex((standard: "", error: ""))

  var both: (String, String) { texts.withLock { ($0.standard, $0.error) } }

  func add(standard text: String) { texts.withLock { $0.standard += text } }
  func add(error text: String) { texts.withLock { $0.error += text } }
}
