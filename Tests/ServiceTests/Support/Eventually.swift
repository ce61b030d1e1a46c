import Glibc

/// Returns once the condition holds: for what another process does in its own time and tells nobody. Throws after `limit`.
func eventually(limit: Duration = .seconds(30), _ condition: () throws -> Bool) async throws {
  let end = ContinuousClock.now + limit
  while try !condition() {
    guard ContinuousClock.now < end else { throw SupportError("did not happen within \(limit)") }
    try await onOwnThread {
      var pause = timespec(tv_sec: 0, tv_nsec: 5_000_000)
      nanosleep(&pause, nil)
    }
  }
}
