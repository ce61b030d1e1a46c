import Mailbox
import Model
import Registry
import Runtime
import Synchronization

/// Takes due jobs from the durable queue and works on them, a bounded number at once.
struct Dispatcher: Sendable {
  let desk: Desk
  let wake: Wake
  let drain: Drain
  let progress: Progress

  /// A dispatcher that waits longer than this looks around all the same: the queue may have been changed from outside, and the watchdog
  /// wants to see it alive.
  private static let longestWait: Duration = .seconds(2)

  /// Works until draining begins, or until nothing is due within `horizon` (when there is one) and nothing runs. Returns how many jobs were
  /// worked on. Throws only what ends the process: an error of commit or fsync, or cancellation's consequences.
  func run(untilIdleFor horizon: Duration?) async throws(OperatorError) -> Int {
    let tally = Tally()
    await withDiscardingTaskGroup { group in
      while !drain.isOn, tally.fatal == nil, !Task.isCancelled {
        progress.beat(desk.surroundings.time.elapsed())
        do throws(OperatorError) {
          let jobs = try await claim(tally)
          for job in jobs {
            tally.begin(job.kind)
            group.addTask {
              tally.end(job.kind, await work(job))
              wake.signal()
            }
          }
          if jobs.isEmpty, try await rest(horizon, tally) == .idle { return }
        } catch {
          tally.note(error)
        }
      }
      if tally.fatal != nil { group.cancelAll() }
    }
    if let error = tally.fatal { throw error }
    return tally.worked
  }

  /// Registrations wait for nothing but the commit, so a backlog of them is taken together and shares it.
  private func claim(_ tally: Tally) async throws(OperatorError) -> [Job] {
    let registrations = RegistrationDesk.largestGroup - tally.registering
    var jobs = registrations > 0 ? try await desk.registry.claim([.register], limit: registrations) : []
    let free = desk.configuration.limits.workers - tally.running
    if free > 0 { jobs += try await desk.registry.claim(kinds.subtracting([.register]), limit: free) }
    return jobs
  }

  /// What can be worked on: while ССЕВ is left alone, nothing that has to ask it.
  private var kinds: Set<JobKind> {
    desk.breaker.rest(of: desk.configuration.ssev.api) == nil ? Set(JobKind.allCases) : Set(JobKind.allCases).subtracting(Dispatcher.asking)
  }

  private static let asking: Set<JobKind> = [.open, .fetch, .confirm]

  /// When something can be done next; `nil` when there is nothing to do.
  func nextDue() async throws(OperatorError) -> Timestamp? {
    let kinds = kinds
    let next = try await desk.registry.nextRunAt(kinds)
    guard kinds.count < JobKind.allCases.count, let rest = desk.breaker.rest(of: desk.configuration.ssev.api),
      let asking = try await desk.registry.nextRunAt(Dispatcher.asking)
    else { return next }
    let due = max(asking, desk.surroundings.time.now() + rest)
    return next.map { min($0, due) } ?? due
  }

  private enum Rest { case idle, rested }

  /// Waits for the next due job, a signal or a while; or finds that there is nothing to wait for.
  private func rest(_ horizon: Duration?, _ tally: Tally) async throws(OperatorError) -> Rest {
    let isBusy = tally.running + tally.registering > 0
    let next = try await nextDue()
    let now = desk.surroundings.time.now()
    if let horizon, !isBusy, next.map({ $0 > now + horizon }) ?? true { return .idle }
    let isFull = tally.running >= desk.configuration.limits.workers
    let pause = isFull ? nil : next.map { max(.milliseconds(1), min($0 - now, Dispatcher.longestWait)) }
    await wake.wait(atMost: pause ?? Dispatcher.longestWait, desk.surroundings.time)
    return .rested
  }

  /// Returns the error that must end the process, if there is one.
  private func work(_ job: Job) async -> OperatorError? {
    do {
      try await step(job)
      return nil
    } catch {
      return await settle(job, error)
    }
  }

  private func step(_ job: Job) async throws(OperatorError) {
    switch job.kind {
    case .open: try await OpenStep(desk: desk).run(job)
    case .fetch: try await FetchStep(desk: desk).run(job)
    case .read: try await ReadStep(desk: desk).run(job)
    case .decide: try await DecideStep(desk: desk).run(job)
    case .register: try await RegisterStep(desk: desk).run(job)
    case .confirm: try await ConfirmStep(desk: desk).run(job)
    case .handoff: try await HandOffStep(desk: desk).run(job)
    }
  }

  private func settle(_ job: Job, _ error: OperatorError) async -> OperatorError? {
    if error.disposition == .restart { return error }
    // The claim was lost: somebody else has the job now, and whatever it was is recorded.
    if error.code == "registry.stale-job" { return nil }
    desk.counters.failed(error.code)
    do {
      switch try await desk.registry.fail(job, error) {
      case .retry(let moment):
        desk.surroundings.log.warning(
          "job.failed",
          ["message": .message(job.message), "kind": .code(job.kind.rawValue), "code": .code(error.code), "again": .moment(moment)])
      case .parked:
        desk.surroundings.log.error(
          "job.parked", ["message": .message(job.message), "kind": .code(job.kind.rawValue), "job": .number(job.id), "code": .code(error.code)])
      }
      return nil
    } catch {
      return error.disposition == .restart ? error : nil
    }
  }
}

/// What the jobs of one run add up to.
private final class Tally: Sendable {
  private struct State {
    var running = 0
    var registering = 0
    var worked = 0
    var fatal: OperatorError?
  }

  private let state = Mutex(State())

  /// Steps under way that take a worker's place.
  var running: Int { state.withLock { $0.running } }
  var registering: Int { state.withLock { $0.registering } }
  var worked: Int { state.withLock { $0.worked } }
  var fatal: OperatorError? { state.withLock { $0.fatal } }

  func begin(_ kind: JobKind) { state.withLock { state in if kind == .register { state.registering += 1 } else { state.running += 1 } } }

  func end(_ kind: JobKind, _ error: OperatorError?) {
    state.withLock { state in
      if kind == .register { state.registering -= 1 } else { state.running -= 1 }
      state.worked += 1
      state.fatal = state.fatal ?? error
    }
  }

  /// The first one counts.
  func note(_ error: OperatorError) { state.withLock { $0.fatal = $0.fatal ?? error } }
}

/// When the service last did something real: what the watchdog of systemd is told by.
final class Progress: Sendable {
  private let last = Mutex<Duration>(.zero)

  func beat(_ moment: Duration) { last.withLock { $0 = max($0, moment) } }

  func age(at moment: Duration) -> Duration { last.withLock { moment - $0 } }
}
