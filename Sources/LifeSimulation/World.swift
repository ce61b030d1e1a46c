import FoundationEssentials
import Model
import Registry
import Robot
import Runtime
import Simulator
import Synchronization

/// One installation of the robot, from its first message to its last, in simulated time: its process is started, fails, is told to end, is
/// cancelled, and is started again, while messages arrive and the weather is what it is. Then the sky clears, and everything must settle.
final class World: Sendable {
  struct Result: Sendable {
    var messages = 0
    /// How often the process was started.
    var starts = 0
    /// Steps that were made to fail.
    var failures = 0
    /// How long it took to settle once nothing went wrong any more.
    var settled: Duration = .zero
    var problems: [String] = []
  }

  let time: ManualTime
  let configuration: RobotConfiguration
  private let clock: WorldClock
  private let random: SeededRandom
  private let weather: Weather
  private let simulator: SimulatorServer
  private let surroundings: Surroundings
  private let rulesets: RulesetShelf
  private let messages: Int
  private let seen: Mutex<(result: Result, arrivals: Arrivals, isOver: Bool)>

  /// The longest that settling may take: the longest wait of the robot itself, twice over, and what lies on the way.
  static let patience: Duration = .seconds(6 * 3_600)

  init(seed: UInt64, messages: Int, folder: String, rules: RulesetShelf, scheduler: SeededScheduler) throws {
    random = SeededRandom(seed: seed)
    self.messages = messages
    rulesets = rules
    // Any day of two years, at any minute or, often, shortly before a midnight of Sofia: days are closed, clocks are changed, numbers begin anew.
    let day = CivilDate(year: 2026, month: 7, day: 2)?.adding(days: Int(random.below(730)))
    let midnight = day.map(SofiaTime.midnight) ?? Timestamp(seconds: 1_782_950_400)
    let start = midnight + .seconds(random.below(3) == 0 ? -Int64(random.below(1_500)) : Int64(random.below(86_400)))
    time = ManualTime(start)
    clock = WorldClock(time: time, start: start)
    weather = Weather(Weather.rates(random), random: SeededRandom(seed: random.next()))
    var settings = Configuration()
    settings.seed = random.next()
    settings.clockStandsStill = true
    // Replies are numbered apart from what arrives.
    settings.nextMessageId = 50_000_001
    simulator = try SimulatorServer(settings)
    clock.show(to: simulator)
    for mailbox in WorldFiles.mailboxes { try simulator.addMailbox(mailbox) }
    let credentials = simulator.mailboxes.map { ($0.identifier, $0.oid ?? "", $0.clientName ?? "") }
    configuration = try WorldFiles.configuration(in: folder, rules: "\(folder)/../small.rules", simulator: credentials)
    surroundings = Surroundings(
      time: time, random: SeededRandom(seed: random.next()), faults: weather, log: .disabled(time: time), executor: { _ in scheduler.lane() })
    seen = Mutex((Result(), Arrivals(mailboxes: WorldFiles.mailboxes, random: SeededRandom(seed: random.next())), false))
  }

  var isOver: Bool { seen.withLock { $0.isOver } }

  /// After the end.
  func result() throws -> Result {
    var (result, documents) = seen.withLock { ($0.result, $0.arrivals.documents) }
    result.failures = weather.failures
    guard result.problems.isEmpty else { return result }
    result.problems = try Oracle(database: configuration.database, documents: documents, simulator: simulator).problems()
    return result
  }

  /// Everything, in the scheduler's time.
  func live() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.arrive() }
      group.addTask { await self.serve() }
    }
    seen.withLock { $0.isOver = true }
  }

  private func arrive() async {
    for _ in 0..<messages {
      let pause = seen.withLock { $0.arrivals.pause() }
      if pause > .zero { try? await time.sleep(for: pause) }
      clock.show(to: simulator)
      let problem = seen.withLock { seen -> String? in
        do { try seen.arrivals.send(to: simulator) } catch { return "\(error)" }
        seen.result.messages += 1
        return nil
      }
      if let problem { return note("a message could not be sent: \(problem)") }
    }
  }

  private var hasMore: Bool { seen.withLock { $0.result.messages < messages && $0.result.problems.isEmpty } }

  private func note(_ problem: String) { seen.withLock { $0.result.problems.append(problem) } }

  // MARK: The process

  private func serve() async {
    do {
      try simulator.setFaults(weather.rates.network)
      while hasMore { await runOnce() }
      // Some more, when nobody writes any longer.
      for _ in 0..<random.below(3) { await runOnce() }
      try simulator.setFaults([])
    } catch {
      note("\(error)")
    }
    weather.clear()
    await settle()
  }

  private func service() -> RobotService {
    RobotService(
      configuration: configuration, rulesets: rulesets, notifier: SystemdNotifier(environment: [:]),
      outside: Outside(
        carrier: InProcessCarrier(simulator: simulator, clock: clock, random: SeededRandom(seed: random.next())),
        readers: SimulatedReaders(weather: weather)),
      surroundings: surroundings)
  }

  /// One process, ended by what goes wrong in it, in good order, or by cancelling it in the midst of everything.
  private func runOnce() async {
    seen.withLock { $0.result.starts += 1 }
    if weather.strikes(\.machineRestarts) { time.restartMachine() }
    let isWrong = weather.strikes(\.clockJumps)
    time.set(isWrong ? clock.now + .seconds(Int64(random.below(3_600)) - 1_800) : clock.now)
    let (signals, signal) = AsyncStream<Void>.makeStream()
    let length = Duration.seconds(Int64(1 + random.below(random.below(4) == 0 ? 60 : 1_500)))
    let isCancelled = random.below(2) == 0
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        guard (try? await self.time.sleep(for: length)) != nil else { return false }
        signal.yield()
        guard isCancelled, (try? await self.time.sleep(for: .milliseconds(50))) != nil else { return false }
        signal.yield()
        return false
      }
      group.addTask {
        await self.run(.service, signals)
        return true
      }
      while let isEnd = await group.next(), !isEnd {}
      group.cancelAll()
    }
    // As systemd would.
    try? await time.sleep(for: .seconds(5))
  }

  private func run(_ mode: RobotService.Mode, _ signals: AsyncStream<Void>) async {
    do throws(OperatorError) {
      try await service().run(mode, signals: signals)
    } catch {
      let isExpected = error.disposition == .restart || error.disposition == .retry || weather.rates.stepFails > 0
      if error.description.contains(Invariants.mark) || !isExpected { note("the service ended: \(error)") }
    }
  }

  // MARK: The end

  /// Nothing goes wrong any more, and a person says `retry` to what was parked meanwhile.
  private func settle() async {
    time.set(clock.now)
    let begin = time.elapsed()
    for _ in 0..<4 {
      guard seen.withLock({ $0.result.problems.isEmpty }) else { return }
      seen.withLock { $0.result.starts += 1 }
      do throws(OperatorError) {
        try await service().run(.untilIdle(patience: nil), signals: AsyncStream { _ in })
        guard try await retryParked() > 0 else { break }
      } catch {
        return note("undisturbed, the service ended: \(error)")
      }
    }
    let took = time.elapsed() - begin
    seen.withLock { $0.result.settled = took }
    if took > World.patience { note("settling took \(took.components.seconds) s") }
  }

  private func retryParked() async throws(OperatorError) -> Int {
    let registry = try Registry(configuration.registry, surroundings: surroundings)
    _ = try await registry.start()
    let parked = try await registry.jobs(JobFilter(states: [.parked]))
    for job in parked { try await registry.retry(job.id, actor: "op", reason: "") }
    try await registry.close()
    return parked.count
  }
}

extension RobotConfiguration {
  /// Made before the first run, so that the invariants are in force from the first message on.
  func prepareDatabase(_ surroundings: Surroundings) async throws {
    let registry = try Registry(registry, surroundings: surroundings)
    _ = try await registry.start()
    try await registry.close()
    try Invariants.install(in: database)
  }
}
