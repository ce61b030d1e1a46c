import FoundationEssentials
import Glibc
import Model
import Registry
import Robot
import Runtime

/// The simulation of the life of messages: the whole service of `intake-robot` in one process with simulated clock, network and scheduler, and
/// a disk that fails by seed, in one world after the other.
///
/// A world's seed decides all of it; a world in which something is wrong is named by its seed, and playing it alone shows it again (the standard
/// library's hashing must not differ between the two: `SWIFT_DETERMINISTIC_HASHING=1`).
package struct LifeSimulation: Sendable {
  /// Messages of one world.
  package var messagesInAWorld: Int
  /// Where worlds lie while they last: best in memory, since nothing of them is kept.
  package var folder: String

  /// Worlds at once, each on a thread of its own. What happens in one does not depend on it.
  package var atOnce: Int

  package init(messagesInAWorld: Int, folder: String, atOnce: Int = 1) {
    self.messagesInAWorld = messagesInAWorld
    self.folder = folder
    self.atOnce = atOnce
  }

  package struct Report: Sendable {
    package var worlds = 0
    package var messages = 0
    package var steps = 0
    package var starts = 0
    package var failures = 0
    package var simulated: Duration = .zero
    package var longestSettling: Duration = .zero
    package var events = 0
    /// Each names its world.
    package var problems: [String] = []
    /// The seed of a world in which something was wrong.
    package var failed: UInt64?

    mutating func add(_ other: Report) {
      worlds += other.worlds
      messages += other.messages
      steps += other.steps
      starts += other.starts
      failures += other.failures
      simulated += other.simulated
      longestSettling = max(longestSettling, other.longestSettling)
      events += other.events
      problems += other.problems
      failed = failed ?? other.failed
    }
  }

  /// Worlds from `seed` on until so many messages have lived, or until something is wrong.
  package func run(seed: UInt64, messages: Int, progress: @Sendable (Report) -> Void = { _ in }) async throws -> Report {
    let base = "\(folder)/life-\(getpid())-\(seed)"
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: base) }
    let rules = try WorldFiles.rules(in: base)
    return try await withThrowingTaskGroup(of: Report.self) { group in
      var report = Report()
      var next = seed
      var left = messages
      while true {
        if left > 0, report.problems.isEmpty, next - seed - UInt64(report.worlds) < UInt64(atOnce) {
          let (world, size) = (next, min(messagesInAWorld, left))
          group.addTask { try await play(world, size, base, rules) }
          next += 1
          left -= size
        } else if let finished = try await group.next() {
          report.add(finished)
          progress(report)
        } else {
          return report
        }
      }
    }
  }

  private func play(_ seed: UInt64, _ messages: Int, _ base: String, _ rules: RulesetShelf) async throws -> Report {
    let place = "\(base)/\(seed)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place) }
    let scheduler = SeededScheduler(seed: seed)
    let world = try World(seed: seed, messages: messages, folder: place, rules: rules, scheduler: scheduler)
    let real = Surroundings(time: world.time, random: SeededRandom(seed: seed), log: .disabled(time: world.time))
    try await world.configuration.prepareDatabase(real)
    let isAlive = await SimulationThread().play(world, scheduler)
    var result = try world.result()
    if !isAlive { result.problems.append("everything waits for something that never comes") }
    var report = Report(
      worlds: 1, messages: result.messages, steps: scheduler.steps, starts: result.starts, failures: result.failures,
      simulated: world.time.elapsed(), longestSettling: result.settled)
    if result.problems.isEmpty { result.problems = try await verify(world, real, &report) }
    report.problems = result.problems.map { "world \(seed) of \(messages) messages: \($0)" }
    if !report.problems.isEmpty { report.failed = seed }
    return report
  }

  /// Chain, entries, counters, mirror, and every original in the archive.
  private func verify(_ world: World, _ surroundings: Surroundings, _ report: inout Report) async throws -> [String] {
    let snapshot = try RegistrySnapshot(world.configuration.registry)
    let journals = try await snapshot.verify()
    let archive = try await snapshot.verifyArchive(surroundings: surroundings)
    await snapshot.close()
    report.events += journals.events
    return journals.findings.prefix(5).map { "journal verify: \($0.code) \($0.text)" } + archive.missing.map { "the archive lacks \($0)" }
      + archive.damaged.map { "the archive holds other bytes of \($0)" }
  }
}

/// Where a simulation runs: everything of a world happens on this one thread.
private actor SimulationThread {
  private let executor = ThreadExecutor(name: "simulation")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  deinit { executor.stop() }

  /// False when the world has stopped before its end.
  func play(_ world: World, _ scheduler: SeededScheduler) -> Bool {
    Task(executorPreference: scheduler) { await world.live() }
    return scheduler.run(world.time) { world.isOver }
  }
}

package struct LifeSimulationError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
