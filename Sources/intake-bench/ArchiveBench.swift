import FoundationEssentials
import Glibc
import Spawn

/// The dry run over an archive: `intake-robot test-rules --archive` over as many stored messages as asked for. A robot first takes all samples in; its
/// messages with their stored facts and decisions are then copied under new numbers until there are enough.
struct ArchiveBench {
  let count: Int
  let samples: String
  let rules: String
  /// Where database and `robot.conf` go.
  let folder: String

  func run() async throws -> [Figure] {
    if access(folder, F_OK) != 0 { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    let rig = Rig(folder: folder, messages: samples, rules: rules)
    _ = try await rig.run()
    try multiply(rig.database)
    let result = try await Spawner(name: "robot").run(
      Command(
        "\(try Rig.programFolder())/intake-robot", ["test-rules", "--archive", "--config", "\(folder)/robot.conf", "--json"],
        maximumErrorOutput: 1 << 20, limits: ResourceLimits(core: nil)))
    let report = try? JSONDecoder().decode(Report.self, from: Data(result.output))
    guard let report, report.decided >= count else {
      throw BenchError("test-rules ended with \(result.status): \(String(decoding: result.errorOutput.suffix(1_000), as: UTF8.self))")
    }
    return [
      .count("archive_messages", report.decided), .count("archive_changed", report.changed),
      .perSecond("archive", report.decided, in: result.duration),
      Figure(name: "archive_seconds", value: result.duration.seconds, places: 2), .mebibytes("archive_peak", bytes: result.peakMemory),
    ]
  }

  private struct Report: Decodable {
    let decided: Int
    let changed: Int
  }

  private func multiply(_ path: String) throws {
    let database = try BareDatabase(path)
    try database.execute("PRAGMA synchronous = OFF; BEGIN")
    let decided = "FROM message_content WHERE submission IS NOT NULL AND decision IS NOT NULL"
    guard case .integer(let first) = try database.rows("SELECT count(*) \(decided)")[0][0], first > 0,
      case .integer(let last) = try database.rows("SELECT max(id) FROM message")[0][0]
    else { throw BenchError("the samples became no decided message") }
    let others = try database.rows("SELECT name FROM pragma_table_info('message') WHERE name NOT IN ('id', 'message_id')").map { row in
      if case .text(let name) = row[0] { name } else { "" }
    }.joined(separator: ", ")
    var stored = Int(first)
    var copy: Int64 = 1
    while stored < count {
      let shift = copy * last
      let these = "message IN (SELECT message \(decided) AND message <= \(last) ORDER BY message LIMIT \(count - stored))"
      try database.execute(
        """
        INSERT INTO message (id, message_id, \(others)) SELECT id + \(shift), message_id + \(copy * 10_000_000), \(others) FROM message
          WHERE id IN (SELECT message FROM message_content WHERE \(these));
        INSERT INTO message_content (message, envelope, submission, decision)
          SELECT message + \(shift), envelope, json_set(submission, '$.key.messageId', json_extract(submission, '$.key.messageId') + \(copy * 10_000_000)),
            decision FROM message_content WHERE \(these);
        """)
      stored += min(Int(first), count - stored)
      copy += 1
    }
    try database.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
  }
}
