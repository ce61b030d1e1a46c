package import Model
import Synchronization

/// A clock that moves only when told: for tests and for the simulation. `sleep` returns once `advance` has carried the clock past its end.
package final class ManualTime: TimeSource {
  private struct State {
    var now: Timestamp
    var elapsed: Duration = .zero
    /// What `elapsed` was when the machine was started.
    var machineStart: Duration = .seconds(-100)
    var nextSleeper = 0
    var sleepers: [Int: (end: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
  }

  private let state: Mutex<State>

  package init(_ start: Timestamp) { state = Mutex(State(now: start)) }

  package func now() -> Timestamp { state.withLock { $0.now } }

  package func elapsed() -> Duration { state.withLock { $0.elapsed } }

  package func uptime() -> Duration { state.withLock { $0.elapsed - $0.machineStart } }

  /// The machine goes down and comes up again: its uptime begins anew.
  package func restartMachine() { state.withLock { $0.machineStart = $0.elapsed } }

  /// How many tasks wait in `sleep` now.
  package var sleeping: Int { state.withLock { $0.sleepers.count } }

  /// How long until the first of them is due; `nil` when nobody sleeps.
  package var untilNextSleeper: Duration? {
    state.withLock { state in state.sleepers.values.map(\.end).min().map { max($0 - state.elapsed, .zero) } }
  }

  /// Moves both clocks forward and wakes whoever is due.
  package func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now = state.now + duration
      state.elapsed += duration
      let due = state.sleepers.filter { $0.value.end <= state.elapsed }
      for key in due.keys { state.sleepers[key] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  /// Sets the wall clock alone, also backwards, as a wrong NTP server would.
  package func set(_ moment: Timestamp) { state.withLock { $0.now = moment } }

  package func sleep(for duration: Duration) async throws {
    let key = state.withLock { state in
      state.nextSleeper += 1
      return state.nextSleeper
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let isDue = state.withLock { state in
          if duration <= .zero || Task.isCancelled { return true }
          state.sleepers[key] = (state.elapsed + duration, continuation)
          return false
        }
        if isDue { continuation.resume() }
      }
      try Task.checkCancellation()
    } onCancel: {
      let continuation = state.withLock { $0.sleepers.removeValue(forKey: key)?.continuation }
      continuation?.resume(throwing: CancellationError())
    }
  }
}
