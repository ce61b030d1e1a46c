import FoundationEssentials
import Glibc
import Testing

@testable import LifeSimulation

/// The whole service in simulated time. The long form is a command: `intake-bench simulation --count 1000000 --world 300`; `INTAKE_SIMULATED`
/// changes how many messages live here (20,000 with `--long`), and `INTAKE_SEED` where the worlds begin. A failure names the world, and the command that plays it alone.
@Suite struct LifeSimulationTests {
  private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  @Test func allThatArrivesSettlesAsItMust() async throws {
    let messages = Self.number("INTAKE_SIMULATED") ?? (ProcessInfo.processInfo.environment["INTAKE_LONG"] == "1" ? 20_000 : 720)
    let seed = UInt64(Self.number("INTAKE_SEED") ?? 7_000)
    let report = try await LifeSimulation(messagesInAWorld: 60, folder: LivedWorld.folder, atOnce: 2).run(seed: seed, messages: messages)
    for problem in report.problems {
      Issue.record("\(problem); replay: intake-bench simulation --seed \(report.failed ?? seed) --world 60 --count 60")
    }
    #expect(report.messages == messages)
    // The weather was not fair throughout.
    #expect(report.failures > 0)
    #expect(report.starts > 2 * report.worlds)
    // Every registered letter has its event.
    #expect(report.events > messages)
    print("simulation: \(report.worlds) worlds, \(report.steps) steps, \(report.starts) starts, \(report.failures) failed steps")
  }
}
