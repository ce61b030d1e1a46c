import Database
package import Model

extension Looking {
  private static let jobColumns = """
    SELECT job.id, kind, job.state, recipient, job.message_id, attachment, attempt, snoozes, created_at, run_at, last_code, last_text
    FROM job JOIN mailbox ON mailbox.id = job.mailbox
    """

  static func jobs(
    _ connection: Connection, _ environment: EnvironmentName, _ filter: JobFilter
  ) throws(DatabaseError) -> [JobRecord] {
    let states = filter.states.isEmpty ? Set(JobState.allCases) : filter.states
    let kinds = filter.kinds.isEmpty ? Set(JobKind.allCases) : filter.kinds
    return try connection.all(
      jobColumns + """
         WHERE job.state IN (\(states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))
          AND kind IN (\(kinds.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))
          AND (?1 IS NULL OR recipient = ?1) ORDER BY job.id LIMIT ?2
        """, filter.recipient, filter.limit
    ) { job($0, environment) }
  }

  static func jobs(_ connection: Connection, _ environment: EnvironmentName, id: Int64) throws(DatabaseError) -> [JobRecord] {
    try connection.all(jobColumns + " WHERE job.id = ?", id) { job($0, environment) }
  }

  private static func job(_ row: borrowing Row, _ environment: EnvironmentName) -> JobRecord {
    JobRecord(
      id: row.integer(0), kind: JobKind(rawValue: row.text(1)) ?? .open, state: JobState(rawValue: row.text(2)) ?? .parked,
      message: MessageKey(environment: environment, recipient: row.text(3), messageId: row.integer(4)),
      attachment: row.integer(5) == 0 ? nil : Int(row.integer(5)), attempt: Int(row.integer(6)), snoozes: Int(row.integer(7)),
      createdAt: row.moment(8), runAt: row.moment(9), lastCode: row.text(10), lastText: row.text(11))
  }

  static func attempts(_ connection: Connection, of id: Int64) throws(DatabaseError) -> [AttemptRecord] {
    try connection.all(
      "SELECT number, started_at, ended_at, outcome, code, text FROM attempt WHERE job = ? ORDER BY token", id
    ) { row in
      AttemptRecord(
        number: Int(row.integer(0)), startedAt: row.moment(1), endedAt: row.optionalMoment(2), outcome: row.text(3), code: row.text(4),
        text: row.text(5))
    }
  }

  /// Reads an index entry per message: for people, not for every message.
  static func counts(_ connection: Connection) throws(DatabaseError) -> [MailboxCounts] {
    let mailboxes = try connection.all("SELECT id, recipient FROM mailbox ORDER BY recipient") { ($0.integer(0), $0.text(1)) }
    var counts: [MailboxCounts] = []
    for (id, recipient) in mailboxes {
      let states = try connection.all("SELECT state, count(*) FROM message WHERE mailbox = ? GROUP BY state", id) {
        (MessageState(rawValue: $0.text(0)) ?? .waiting, Int($0.integer(1)))
      }
      let waiting = try connection.all(
        "SELECT reason, count(*) FROM message WHERE mailbox = ? AND state = 'waiting' GROUP BY reason", id
      ) { ($0.text(0), Int($0.integer(1))) }
      let parked = try connection.one("SELECT count(*) FROM job WHERE mailbox = ? AND state = 'parked'", id) { Int($0.integer(0)) }
      counts.append(
        MailboxCounts(
          recipient: recipient, byState: Dictionary(states, uniquingKeysWith: +), waiting: Dictionary(waiting, uniquingKeysWith: +),
          parkedJobs: parked ?? 0))
    }
    return counts
  }
}

/// Where the messages of one mailbox are.
package struct MailboxCounts: Sendable, Equatable {
  package var recipient: String
  package var byState: [MessageState: Int]
  /// Of those waiting, by reason.
  package var waiting: [String: Int]
  package var parkedJobs: Int
}

extension Registry {
  package func message(_ key: MessageKey) throws(OperatorError) -> MessageRecord? { try read { try Looking.message($0, key) } }

  package func counts() throws(OperatorError) -> [MailboxCounts] { try read { try Looking.counts($0) } }
}
