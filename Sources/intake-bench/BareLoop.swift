/// The rows that one registration added and changed.
struct RegisteredRows {
  /// Rows to add, by table.
  fileprivate let added: [(table: String, rows: [BareDatabase.Row])]
  /// Rows to change: the statement and its values.
  fileprivate let changed: [(sql: String, values: BareDatabase.Row)]

  private static let changes = [
    (read: "SELECT state, reason, id FROM message WHERE id = ?1", write: "UPDATE message SET state = ?, reason = ? WHERE id = ?", of: Owner.message),
    (
      read: "SELECT state, finished_at, id FROM job WHERE id = ?1",
      write: "UPDATE job SET state = ?, claimed_at = NULL, finished_at = ? WHERE id = ?", of: Owner.job
    ),
    (
      read: "SELECT ended_at, outcome, job, token FROM attempt WHERE job = ?1",
      write: "UPDATE attempt SET ended_at = ?, outcome = ? WHERE job = ? AND token = ?", of: Owner.job
    ),
    (
      read: "SELECT sequence, head, last_at, name FROM chain WHERE ?1 IS NOT NULL",
      write: "UPDATE chain SET sequence = ?, head = ?, last_at = ? WHERE name = ?", of: Owner.job
    ),
    (
      read: "SELECT next, journal, unit, year FROM counter WHERE ?1 IS NOT NULL",
      write: "UPDATE counter SET next = ? WHERE journal = ? AND unit = ? AND year = ?", of: Owner.job
    ),
  ]

  private enum Owner { case message, job }

  /// What says that the job is done, as opposed to what the work has written.
  fileprivate static func isDone(_ sql: String) -> Bool { sql.hasPrefix("UPDATE job") || sql.hasPrefix("UPDATE attempt") }

  private static let additions = [
    ("entry", "SELECT * FROM entry WHERE message = ?1"),
    ("event", "SELECT * FROM event WHERE entry = (SELECT id FROM entry WHERE message = ?1)"),
    (
      "event_field",
      "SELECT event_field.* FROM event_field JOIN event ON event.id = event_field.event WHERE event.entry = (SELECT id FROM entry WHERE message = ?1)"
    ),
    ("duplicate", "SELECT duplicate.* FROM duplicate JOIN entry ON entry.id = duplicate.entry WHERE entry.message = ?1"),
    ("reply", "SELECT * FROM reply WHERE message = ?1"),
    ("job", "SELECT * FROM job WHERE message = ?1 AND kind IN ('confirm', 'handoff')"),
  ]

  init(of entry: Int64, job: Int64, in database: BareDatabase) throws {
    guard let message = try database.rows("SELECT message FROM entry WHERE id = ?", [.integer(entry)]).first?.first else {
      throw BenchError("entry \(entry) is not in the database")
    }
    added = try Self.additions.map { ($0.0, try database.rows($0.1, [message])) }
    changed = try Self.changes.flatMap { change in
      try database.rows(change.read, [change.of == .message ? message : .integer(job)]).map { (change.write, $0) }
    }
  }
}

/// Writes registrations as a plain loop would: one transaction each, prepared statements, nothing else.
struct BareLoop {
  private let database: BareDatabase

  /// `path` is a copy of the registry's database; its triggers are taken away, its indexes stay.
  init(_ path: String, from original: BareDatabase) throws {
    database = try BareDatabase(path)
    try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -8192")
    for trigger in try database.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
      if case .text(let name) = trigger[0] { try database.execute("DROP TRIGGER \(name)") }
    }
  }

  func write(_ rows: RegisteredRows) throws {
    try database.step("BEGIN IMMEDIATE")
    try add(rows)
    for (sql, values) in rows.changed { try database.step(sql, values) }
    try database.step("COMMIT")
  }

  /// As a plain queue does it: the claim, the work, and that it is done, each committed.
  func writeInThreeCommits(_ rows: RegisteredRows, job: Int64) throws {
    try database.step("BEGIN IMMEDIATE")
    try claim(job)
    try database.step("COMMIT")
    try database.step("BEGIN IMMEDIATE")
    try add(rows)
    for (sql, values) in rows.changed where !RegisteredRows.isDone(sql) { try database.step(sql, values) }
    try database.step("COMMIT")
    try database.step("BEGIN IMMEDIATE")
    for (sql, values) in rows.changed where RegisteredRows.isDone(sql) { try database.step(sql, values) }
    try database.step("COMMIT")
  }

  /// Many with one commit.
  func writeTogether(_ all: [(job: Int64, rows: RegisteredRows)]) throws {
    try database.step("BEGIN IMMEDIATE")
    for (job, rows) in all {
      try claim(job)
      try add(rows)
      for (sql, values) in rows.changed { try database.step(sql, values) }
    }
    try database.step("COMMIT")
  }

  private func claim(_ job: Int64) throws {
    try database.step("UPDATE job SET state = 'running', token = 1, attempt = 1, claimed_at = 1 WHERE id = ?", [.integer(job)])
    try database.step(
      "INSERT INTO attempt (job, token, number, started_at, outcome) VALUES (?, 1, 1, 1, 'running')", [.integer(job)])
  }

  private func add(_ rows: RegisteredRows) throws {
    for (table, rows) in rows.added {
      for row in rows {
        let places = Array(repeating: "?", count: row.count).joined(separator: ", ")
        try database.step("INSERT INTO \(table) VALUES (\(places))", row)
      }
    }
  }
}
