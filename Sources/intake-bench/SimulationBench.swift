import Glibc
import LifeSimulation

/// The life of messages, simulated (`LifeSimulation`): how much of it a minute holds, and whether anything in it was wrong.
struct SimulationBench {
  let messages: Int
  let messagesInAWorld: Int
  let seed: UInt64
  /// In memory, where there is such a file system: a world is thrown away with all that is in it.
  let folder: String

  func run() async throws -> [Figure] {
    let begin = ContinuousClock.now
    let isWatched = isatty(2) == 1
    let report = try await LifeSimulation(messagesInAWorld: messagesInAWorld, folder: folder, atOnce: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
      .run(seed: seed, messages: messages) { report in
        guard isWatched || report.worlds % 50 == 0 else { return }
        BenchProgram.say(
          "\(isWatched ? "\r" : "")\(report.worlds) worlds, \(report.messages) messages, \(report.steps) steps\(isWatched ? "" : "\n")")
      }
    if isWatched { BenchProgram.say("\n") }
    let duration = ContinuousClock.now - begin
    guard report.problems.isEmpty else {
      let replay = "replay: intake-bench simulation --seed \(report.failed ?? seed) --world \(messagesInAWorld) --count \(messagesInAWorld)"
      throw BenchError(report.problems.joined(separator: "\n  ") + "\n  " + replay)
    }
    return [
      .count("simulation_worlds", report.worlds), .count("simulation_messages", report.messages), .count("simulation_steps", report.steps),
      .ratio("simulation_million_steps_a_minute", Double(report.steps) / duration.seconds * 60 / 1e6),
      .perSecond("simulation_messages", report.messages, in: duration), .count("simulation_starts_of_the_process", report.starts),
      .count("simulation_failed_steps", report.failures), .count("simulation_events_verified", report.events),
      .ratio("simulation_simulated_days", report.simulated.seconds / 86_400),
      .ratio("simulation_longest_settling_minutes", report.longestSettling.seconds / 60), .ratio("simulation_seconds", duration.seconds),
    ]
  }

  /// The order of a `Set` or a `Dictionary` must be the same when a seed is played again: the standard library asks for that before `main`. So this
  /// begins the program anew; before anything else is done.
  static func fixHashing() {
    guard getenv("SWIFT_DETERMINISTIC_HASHING") == nil else { return }
    setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
  }
}
