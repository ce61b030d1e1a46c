import Glibc
package import Model

/// Time as the rest of the program may know it. Injected from `main`, so that tests decide what time it is and never wait.
package protocol TimeSource: Sendable {
  /// Wall-clock time, for what is stored and compared with times of ССЕВ.
  func now() -> Timestamp
  /// Time since some fixed point that never goes backwards, for deadlines.
  func elapsed() -> Duration
  /// Time since the machine was started, suspension included. Survives the process, starts anew with the machine, and no setting of the wall
  /// clock moves it.
  func uptime() -> Duration
  /// Returns after this long, or throws `CancellationError` as soon as the task is cancelled.
  func sleep(for duration: Duration) async throws
}

extension TimeSource {
  package func uptime() -> Duration { elapsed() }

  /// At least so long ago: what is certain about the time since a reading of `uptime` that may be of an earlier start of the machine.
  package func atLeast(since earlier: Duration) -> Duration { Uptime.atLeast(from: earlier, to: uptime()) }
}

/// What two readings of `TimeSource.uptime` say about the time between them.
package enum Uptime {
  /// A lower bound. Of a machine that was started in between only the time since its start is certain; where the later reading is the greater
  /// one all the same, the difference is even less than that.
  package static func atLeast(from earlier: Duration, to later: Duration) -> Duration { later >= earlier ? later - earlier : later }
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

  package func uptime() -> Duration {
    var moment = timespec()
    clock_gettime(CLOCK_BOOTTIME, &moment)
    return .seconds(Int64(moment.tv_sec)) + .nanoseconds(Int64(moment.tv_nsec))
  }

  package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
