import Model
import Registry
import Runtime

/// The queue's whole registration, claim → number → chain → entry → next jobs → done, one by one and as a backlog is worked off (fifty claimed and
/// registered together), each beside a bare SQLite loop that writes the same rows: three commits a message (claim, work, done), and one commit for
/// fifty. Rounds take turns; the figure is the median of five.
struct QueueBench {
  let count: Int
  let folder: String

  private static let rounds = 5
  private static let group = 50

  func run() async throws -> [Figure] {
    let share = max(Self.group, count / (2 * Self.rounds) / Self.group * Self.group)
    let rig = RegistrationBench(count: 2 * share * Self.rounds + 1, folder: folder)
    let (registry, database) = try await rig.open()
    let looking = try BareDatabase(database)
    guard let first = try await registry.claim([.register], limit: 1).first else { throw BenchError("no message is ready to be registered") }
    _ = try await registry.register(first, try rig.request(for: first))
    let copy = "\(folder)/bare.db"
    try looking.step("VACUUM INTO ?", [.text(copy)])
    let bare = try BareLoop(copy, from: looking)
    var rates: [[Double]] = [[], [], [], []]
    let clock = ContinuousClock()
    for _ in 0..<Self.rounds {
      for (kind, size) in [(0, 1), (2, Self.group)] {
        var real = Duration.zero
        var plain = Duration.zero
        for _ in 0..<(share / size) {
          let start = clock.now
          let jobs = try await registry.claim([.register], limit: size)
          let results = try await registry.register(try jobs.map { ($0, try rig.request(for: $0)) })
          real += start.duration(to: clock.now)
          guard jobs.count == size else { throw BenchError("the backlog ended too early") }
          let rows = try zip(jobs, results).map { job, result in
            guard case .registered(let entry) = try result.get() else { throw BenchError("message \(job.message) got no number") }
            return (job: job.id, rows: try RegisteredRows(of: entry.id, job: job.id, in: looking))
          }
          let again = clock.now
          if size == 1 { for row in rows { try bare.writeInThreeCommits(row.rows, job: row.job) } } else { try bare.writeTogether(rows) }
          plain += again.duration(to: clock.now)
        }
        rates[kind].append(Double(share) / real.seconds)
        rates[kind + 1].append(Double(share) / plain.seconds)
      }
    }
    try await registry.close()
    let medians = rates.map { $0.sorted()[$0.count / 2] }
    let names = ["queue_one_by_one", "bare_sqlite_three_commits", "queue_backlog", "bare_sqlite_batch_of_50"]
    return zip(names, medians).map { Figure(name: "\($0)_per_second", value: $1, places: 1) } + [
      .ratio("queue_to_three_commits_ratio", medians[0] / medians[1]), .ratio("queue_backlog_to_batch_ratio", medians[2] / medians[3]),
    ]
  }
}
