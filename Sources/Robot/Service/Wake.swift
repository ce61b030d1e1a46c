import Model
import Runtime
import Synchronization

/// Wakes one waiting task: a flag that stays set until somebody has seen it, so that a signal given before the wait is not lost.
final class Wake: Sendable {
  private struct State {
    var isSet = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func signal() {
    let waiter = state.withLock { state in
      guard let waiter = state.waiter else {
        state.isSet = true
        return nil as CheckedContinuation<Void, Never>?
      }
      state.waiter = nil
      return waiter
    }
    waiter?.resume()
  }

  /// Returns at the next signal, at once when one is pending, or when the task is cancelled. One task at a time.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDue = state.withLock { state in
          if state.isSet || Task.isCancelled {
            state.isSet = false
            return true
          }
          state.waiter = continuation
          return false
        }
        if isDue { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        let waiter = state.waiter
        state.waiter = nil
        return waiter
      }
      waiter?.resume()
    }
  }

  /// Returns at the next signal or after this long.
  func wait(atMost limit: Duration, _ time: any TimeSource) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await time.sleep(for: limit) }
      group.addTask { await self.wait() }
      await group.next()
      group.cancelAll()
    }
  }
}

/// The wish that the service ends: said once, seen by everybody.
final class Drain: Sendable {
  private struct State {
    var isOn = false
    var watchers: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  var isOn: Bool { state.withLock { $0.isOn } }

  /// Finish what is running, begin nothing new.
  func begin() {
    let watchers = state.withLock { state in
      state.isOn = true
      let watchers = state.watchers
      state.watchers = []
      return watchers
    }
    for watcher in watchers { watcher() }
  }

  /// Calls back when draining begins; at once when it has begun.
  func onBegin(_ watcher: @escaping @Sendable () -> Void) {
    let isOn = state.withLock { state in
      if !state.isOn { state.watchers.append(watcher) }
      return state.isOn
    }
    if isOn { watcher() }
  }
}

/// Lets at most so many tasks in at once, in the order they came.
actor Gate {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ places: Int) { free = places }

  func enter() async {
    if free > 0 {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
