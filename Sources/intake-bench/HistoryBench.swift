import Crypto
import Model
import Registry
import Runtime

/// Whether cost grows with what is stored: registrations one by one when the journal is empty and when it is long, the start of a registry with a long
/// history, and the verification of its whole chain from the fields of every event.
struct HistoryBench {
  let count: Int
  let folder: String

  /// Messages that are brought forward together, and those of them that are registered one by one and timed.
  private static let chunk = 10_000
  private static let sample = 1_000

  func run() async throws -> [Figure] {
    let rig = RegistrationBench(count: count, folder: folder)
    let (registry, configuration) = try await rig.openEmpty()
    let clock = ContinuousClock()
    var sampled: [(count: Int, time: Duration)] = []
    for first in stride(from: 0, to: count, by: Self.chunk) {
      let range = first..<min(first + Self.chunk, count)
      try await rig.prepare(registry, range)
      let start = clock.now
      let alone = min(Self.sample, range.count)
      for _ in 0..<alone {
        let jobs = try await registry.claim([.register], limit: 1)
        guard let job = jobs.first else { throw BenchError("no message is ready to be registered") }
        _ = try await registry.register(job, try rig.request(for: job))
      }
      sampled.append((alone, start.duration(to: clock.now)))
      while case let jobs = try await registry.claim([.register], limit: 50), !jobs.isEmpty {
        _ = try await registry.register(try jobs.map { ($0, try rig.request(for: $0)) })
      }
    }
    try await registry.close()
    guard let early = sampled.first, let late = sampled.last else { throw BenchError("--count is too small") }
    let starting = clock.now
    let again = try Registry(configuration, surroundings: .system(fault: nil, minimum: .error))
    guard try await again.start().mirror == .equal else { throw BenchError("mirror and database differ") }
    let startTime = starting.duration(to: clock.now)
    try await again.close()
    return [
      .perSecond("registrations_at_the_beginning", early.count, in: early.time), .perSecond("registrations_at_the_end", late.count, in: late.time),
      .ratio("cost_at_the_end_to_the_beginning", late.time.seconds / Double(late.count) / (early.time.seconds / Double(early.count))),
      Figure(name: "registry_start_ms", value: startTime.seconds * 1_000, places: 1),
    ] + (try await verification(configuration))
  }

  private func verification(_ configuration: RegistryConfiguration) async throws -> [Figure] {
    let clock = ContinuousClock()
    let start = clock.now
    let snapshot = try RegistrySnapshot(configuration)
    let report = try await snapshot.verify()
    let duration = start.duration(to: clock.now)
    await snapshot.close()
    guard report.findings.isEmpty else { throw BenchError("the chain does not verify") }
    let bare = try BareDatabase(configuration.database)
    let again = clock.now
    var hash = SHA256()
    var (events, bytes) = (0, 0)
    try bare.forEachValue("SELECT name, value, salt FROM event_field ORDER BY event, name") { value in
      hash.update(value)
      bytes += value.count
    }
    _ = hash.finish()
    let plain = again.duration(to: clock.now)
    if case .integer(let number)? = try bare.rows("SELECT count(*) FROM event").first?.first { events = Int(number) }
    return [
      .count("events_verified", events), .count("event_mean_bytes", bytes / max(1, events)),
      Figure(name: "verify_seconds", value: duration.seconds, places: 2),
      Figure(name: "bare_read_and_hash_seconds", value: plain.seconds, places: 2), .ratio("verify_to_bare_ratio", duration.seconds / plain.seconds),
      Figure(name: "verify_seconds_for_a_million_events", value: duration.seconds / Double(max(1, events)) * 1_000_000, places: 2),
    ]
  }
}
