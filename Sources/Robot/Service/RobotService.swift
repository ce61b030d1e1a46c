import HTTPTransport
import Mailbox
package import Model
import ReaderPool
import Registry
package import Runtime

/// The service: polls the mailboxes, works on the queue, ends in order.
package struct RobotService: Sendable {
  package enum Mode: Sendable, Equatable {
    /// Until it is told to end.
    case service
    /// One poll of each mailbox, then everything that is ready.
    case once
    /// Until a poll brings nothing new and nothing is due within this long; by default the longest of the waits in the configuration.
    case untilIdle(patience: Duration?)
  }

  private let configuration: RobotConfiguration
  private let rulesets: RulesetShelf
  private let notifier: SystemdNotifier
  private let surroundings: Surroundings

  package init(configuration: RobotConfiguration, rulesets: RulesetShelf, notifier: SystemdNotifier, surroundings: Surroundings) {
    self.configuration = configuration
    self.rulesets = rulesets
    self.notifier = notifier
    self.surroundings = surroundings
  }

  /// Runs to its end. The first element of `signals` drains: what is running is finished, nothing new begins. The second cancels.
  ///
  /// Throws what ends the process: the lock is held, the database is of another environment or newer, an error of commit or fsync.
  package func run(_ mode: Mode, signals: AsyncStream<Void>) async throws(OperatorError) {
    let start = try await RobotStart(configuration: configuration, rulesets: rulesets, surroundings: surroundings).open()
    let session = Session(desk: start.desk, notifier: notifier)
    let result: Result<Void, OperatorError> = await withTaskGroup(of: Result<Void, OperatorError>?.self) { group in
      group.addTask { await session.result(mode) }
      group.addTask {
        var count = 0
        for await _ in signals {
          count += 1
          if count == 1 { session.beginDraining() } else { return .success(()) }
        }
        return nil
      }
      var outcome: Result<Void, OperatorError> = .success(())
      while let finished = await group.next() {
        guard let finished else { continue }
        outcome = finished
        break
      }
      group.cancelAll()
      return outcome
    }
    notifier.stopping()
    try result.get()
    try await start.desk.registry.close()
  }
}

/// One run of the service, after the start.
private struct Session: Sendable {
  let desk: Desk
  let notifier: SystemdNotifier
  private let wake = Wake()
  private let drain = Drain()
  private let progress = Progress()

  init(desk: Desk, notifier: SystemdNotifier) {
    self.desk = desk
    self.notifier = notifier
    drain.onBegin { [wake] in wake.signal() }
  }

  private var surroundings: Surroundings { desk.surroundings }
  private var dispatcher: Dispatcher { Dispatcher(desk: desk, wake: wake, drain: drain, progress: progress) }

  func beginDraining() {
    surroundings.log.info("robot.draining")
    drain.begin()
  }

  func result(_ mode: RobotService.Mode) async -> Result<Void, OperatorError> {
    notifier.ready()
    do {
      switch mode {
      case .service: try await serve()
      case .once:
        _ = try await pollAll()
        _ = try await dispatcher.run(untilIdleFor: .zero)
      case .untilIdle(let patience): try await untilIdle(patience ?? desk.configuration.longestWait)
      }
      return .success(())
    } catch {
      surroundings.log.error("robot.ends", ["code": .code(error.code)])
      return .failure(error)
    }
  }

  // MARK: Polling

  /// Mailboxes polled at once.
  private static let pollsAtOnce = 8

  private var polled: [MailboxSettings] { desk.configuration.mailboxes.filter { $0.mode != .paused } }

  /// One poll of every mailbox. A mailbox that cannot be reached is logged and left for the next poll; what the registry throws ends it.
  private func pollAll() async throws(OperatorError) -> Int {
    let gate = Gate(Session.pollsAtOnce)
    let results = await withTaskGroup(of: Result<Int, OperatorError>.self) { group in
      for mailbox in polled { group.addTask { await gated(gate) { await poll(mailbox) } } }
      var results: [Result<Int, OperatorError>] = []
      for await result in group { results.append(result) }
      return results
    }
    var new = 0
    for result in results { new += try result.get() }
    return new
  }

  private func gated(_ gate: Gate, _ body: () async -> Result<Int, OperatorError>) async -> Result<Int, OperatorError> {
    await gate.enter()
    let result = await body()
    await gate.leave()
    return result
  }

  private func poll(_ mailbox: MailboxSettings) async -> Result<Int, OperatorError> {
    do {
      if let state = try await desk.registry.mailbox(mailbox.recipient), !state.isServed { return .success(0) }
      let found = try await Poller(desk: desk).poll(mailbox)
      if found.new > 0 {
        surroundings.log.info("mailbox.listed", ["mailbox": .mailbox(mailbox.recipient), "new": .count(found.new), "known": .count(found.known)])
        wake.signal()
      }
      return .success(found.new)
    } catch  where error.disposition != .restart {
      surroundings.log.warning("mailbox.poll-failed", ["mailbox": .mailbox(mailbox.recipient), "code": .code(error.code)])
      return .success(0)
    } catch {
      return .failure(error)
    }
  }

  // MARK: Modes

  private func serve() async throws(OperatorError) {
    let gate = Gate(Session.pollsAtOnce)
    let result = await withTaskGroup(of: Result<Void, OperatorError>.self) { group in
      group.addTask {
        do throws(OperatorError) {
          _ = try await dispatcher.run(untilIdleFor: nil)
          return .success(())
        } catch {
          return .failure(error)
        }
      }
      for mailbox in polled { group.addTask { await pollForEver(mailbox, gate) } }
      group.addTask { await answerRequests() }
      group.addTask { await tellWatchdog() }
      // The dispatcher ends when draining is done or the process must end; a poller ends early only with what must end the process.
      let first = await group.next() ?? .success(())
      group.cancelAll()
      return first
    }
    try result.get()
  }

  /// Returns only with an error that ends the process, or when cancelled at the end.
  private func pollForEver(_ mailbox: MailboxSettings, _ gate: Gate) async -> Result<Void, OperatorError> {
    while !Task.isCancelled {
      if !drain.isOn, case .failure(let error) = await gated(gate, { await poll(mailbox) }) { return .failure(error) }
      do { try await surroundings.time.sleep(for: desk.configuration.limits.poll) } catch { break }
    }
    await forever()
    return .success(())
  }

  /// Carries out what commands ask for while this robot holds the database.
  private func answerRequests() async -> Result<Void, OperatorError> {
    let spool = RequestSpool(database: desk.configuration.database)
    while (try? await surroundings.time.sleep(for: .milliseconds(500))) != nil {
      for (id, request) in await spool.pending() {
        await spool.finish(id, await ManualActs(registry: desk.registry).perform(request))
        surroundings.log.info("request.done", ["act": .code(request.act.word)])
        wake.signal()
      }
      await spool.removeOldAnswers(now: surroundings.time.now())
    }
    return .success(())
  }

  private func tellWatchdog() async -> Result<Void, OperatorError> {
    if let interval = notifier.watchdogInterval {
      while (try? await surroundings.time.sleep(for: interval)) != nil {
        if progress.age(at: surroundings.time.elapsed()) < interval { notifier.alive() }
      }
    }
    await forever()
    return .success(())
  }

  /// Waits for cancellation.
  private func forever() async { while (try? await surroundings.time.sleep(for: .seconds(86_400))) != nil {} }

  private func untilIdle(_ patience: Duration) async throws(OperatorError) {
    while !drain.isOn {
      let new = try await pollAll()
      let worked = try await dispatcher.run(untilIdleFor: .zero)
      guard new == 0, worked == 0, !drain.isOn else { continue }
      let next = try await desk.registry.nextRunAt(Set(JobKind.allCases))
      let now = surroundings.time.now()
      guard let next, next <= now + patience else { return }
      await wake.wait(atMost: max(.milliseconds(1), min(next - now, desk.configuration.limits.poll)), surroundings.time)
    }
  }
}

extension RobotConfiguration {
  /// The longest time that the robot itself may wait for something on purpose.
  package var longestWait: Duration {
    [limits.poll, limits.attachmentWait, limits.orderWait, replies.waits.firstLook, replies.waits.secondLook, replies.waits.horizon].max()
      ?? limits.poll
  }
}
