import Glibc
package import Model

/// Time as the rest of the program may know it. Injected from `main`, so that tests decide what time it is and never wait.
package protocol TimeSource: Sendable {
  /// Wall-clock time, for what is stored and compared with times of ССЕВ.
  func now() -> Timestamp
  /// Time since some fixed point that never goes backwards, for deadlines.
  func elapsed() -> Duration
  /// Returns after this long, or throws `CancellationError` as soon as the task is cancelled.
  func sleep(for duration: Duration) async throws
}

/// The machine's clocks.
package struct SystemTime: TimeSource {
  private let start = ContinuousClock.now

  package init() {}

  package func now() -> Timestamp {
    var moment = timespec()
    clock_gettime(CLOCK_REALTIME, &moment)
    return Timestamp(microseconds: Int64(moment.tv_sec) * 1_000_000 + Int64(moment.tv_nsec) / 1_000)
  }

  package func elapsed() -> Duration { ContinuousClock.now - start }

  package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
