import Model
import Registry
import Runtime

/// One run of the service, after the start.
struct Session: Sendable {
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

  /// Tries the rules of the configured files and puts them in force. Rules that are not right leave the old ones running.
  func reloadRules(actor: String) async {
    let trial = RulesetTrial(configuration: desk.configuration, surroundings: surroundings)
    do throws(OperatorError) {
      let shelf = try await trial.run()
      try await desk.registry.recordRulesActivated(shelf.shown, actor: actor, reason: "")
      desk.rulesets.replace(shelf)
      surroundings.log.info("rules.activated", ["digest": .code(shelf.digests.map { String($0.prefix(16)) }.joined(separator: " "))])
    } catch {
      surroundings.log.error("rules.not-activated", ["code": .code(error.code)])
    }
  }

  func result(_ mode: RobotService.Mode) async -> Result<Void, OperatorError> {
    notifier.ready()
    do throws(OperatorError) {
      var failures: [PollFailure] = []
      switch mode {
      case .service: try await serve()
      case .once:
        failures = try await pollAll().failures
        _ = try await dispatcher.run(untilIdleFor: .zero)
      case .untilIdle(let patience): failures = try await untilIdle(patience ?? desk.configuration.longestWait)
      }
      if mode != .service, !drain.isOn {
        try await RulesWatch(desk: desk).check()
        try await DailyWork(desk: desk).run()
      }
      if let path = desk.configuration.metrics { await Session.writeMetrics(desk, to: path) }
      // Nothing more is known of these mailboxes: whoever asked for an end must not take this one for "all is done".
      if !failures.isEmpty, !drain.isOn { throw OperatorError.notPolled(failures, of: polled.count) }
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

  /// What polling every mailbox once has brought.
  private struct Polls {
    var new = 0
    var failures: [PollFailure] = []
  }

  /// One poll of every mailbox. A mailbox that cannot be polled is logged and left for the next poll; what the registry throws ends it.
  private func pollAll() async throws(OperatorError) -> Polls {
    let gate = Gate(Session.pollsAtOnce)
    let results = await withTaskGroup(of: Result<PollOutcome, OperatorError>.self) { group in
      for mailbox in polled { group.addTask { await gated(gate) { await poll(mailbox) } } }
      var results: [Result<PollOutcome, OperatorError>] = []
      for await result in group { results.append(result) }
      return results
    }
    var polls = Polls()
    for result in results {
      switch try result.get() {
      case .listed(let new): polls.new += new
      case .failed(let failure): polls.failures.append(failure)
      }
    }
    return polls
  }

  private enum PollOutcome: Sendable {
    case listed(new: Int)
    case failed(PollFailure)
  }

  private func gated(
    _ gate: Gate, _ body: () async -> Result<PollOutcome, OperatorError>
  ) async -> Result<PollOutcome, OperatorError> {
    await gate.enter()
    let result = await body()
    await gate.leave()
    return result
  }

  private func poll(_ mailbox: MailboxSettings) async -> Result<PollOutcome, OperatorError> {
    do {
      if let state = try await desk.registry.mailbox(mailbox.recipient), !state.isServed { return .success(.listed(new: 0)) }
      let found = try await Poller(desk: desk).poll(mailbox)
      desk.counters.polled(mailbox.recipient, succeeded: true, at: surroundings.time.now())
      if found.new > 0 {
        surroundings.log.info("mailbox.listed", ["mailbox": .mailbox(mailbox.recipient), "new": .count(found.new), "known": .count(found.known)])
        wake.signal()
      }
      return .success(.listed(new: found.new))
    } catch  where error.disposition != .restart {
      desk.counters.polled(mailbox.recipient, succeeded: false, at: surroundings.time.now())
      desk.counters.failed(error.code)
      surroundings.log.warning("mailbox.poll-failed", ["mailbox": .mailbox(mailbox.recipient), "code": .code(error.code)])
      return .success(.failed(PollFailure(recipient: mailbox.recipient, code: error.code)))
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
      group.addTask { await writeMetrics() }
      group.addTask { await tellWatchdog() }
      group.addTask { await closeDays() }
      group.addTask { await watchRules() }
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
    let spool = RequestSpool(database: desk.configuration.database, surroundings: surroundings)
    while (try? await surroundings.time.sleep(for: .milliseconds(500))) != nil {
      for (id, request) in await spool.pending() {
        let acts = ManualActs(
          registry: desk.registry, configuration: desk.configuration, rulesets: desk.rulesets.shelf, live: desk.rulesets,
          outboxes: desk.outboxes, surroundings: surroundings)
        await spool.finish(id, await acts.perform(request))
        surroundings.log.info("request.done", ["act": .code(request.act.word)])
        wake.signal()
      }
      await spool.removeOldAnswers(now: surroundings.time.now())
    }
    return .success(())
  }

  private func writeMetrics() async -> Result<Void, OperatorError> {
    if let path = desk.configuration.metrics {
      while !Task.isCancelled {
        await Session.writeMetrics(desk, to: path)
        do { try await surroundings.time.sleep(for: .seconds(30)) } catch { break }
      }
    }
    await forever()
    return .success(())
  }

  /// Metrics that cannot be written are logged and stop nothing.
  private static func writeMetrics(_ desk: Desk, to path: String) async {
    do throws(OperatorError) {
      let numbering = try await desk.registry.numbering()
      let text = MetricsText.make(
        counts: try await desk.registry.counts(), isNumbering: numbering == .on, counters: desk.counters, clockRefused: desk.clock.refusal != nil,
        residentBytes: residentBytes(), now: desk.surroundings.time.now())
      try await desk.archive.run { () throws(OperatorError) in try MetricsFile(path: path).write(text) }
    } catch {
      desk.surroundings.log.warning("metrics.not-written", ["code": .code(error.code)])
    }
  }

  /// Closes each day soon after its midnight.
  private func closeDays() async -> Result<Void, OperatorError> {
    while !Task.isCancelled {
      do throws(OperatorError) {
        try await DailyWork(desk: desk).run()
      } catch {
        return .failure(error)
      }
      do { try await surroundings.time.sleep(for: .seconds(60)) } catch { break }
    }
    await forever()
    return .success(())
  }

  /// Looks at what the rules have decided.
  private func watchRules() async -> Result<Void, OperatorError> {
    while (try? await surroundings.time.sleep(for: .seconds(30))) != nil {
      do throws(OperatorError) {
        try await RulesWatch(desk: desk).check()
      } catch {
        return .failure(error)
      }
    }
    await forever()
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

  /// Returns the mailboxes that could not be polled the last time.
  private func untilIdle(_ patience: Duration) async throws(OperatorError) -> [PollFailure] {
    while !drain.isOn {
      let polls = try await pollAll()
      let worked = try await dispatcher.run(untilIdleFor: .zero)
      guard polls.new == 0, worked == 0, !drain.isOn else { continue }
      let next = try await dispatcher.nextDue()
      let now = surroundings.time.now()
      guard let next, next <= now + patience else { return polls.failures }
      await wake.wait(atMost: max(.milliseconds(1), min(next - now, desk.configuration.limits.poll)), surroundings.time)
    }
    return []
  }
}
