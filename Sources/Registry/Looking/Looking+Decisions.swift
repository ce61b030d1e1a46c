import Database
package import Model

/// One message as it was decided: what a dry run over the archive needs of it, and no more.
package struct DecidedMessage: Sendable {
  /// Its row; pages go on behind it.
  package let id: Int64
  package let key: MessageKey
  package let receivedAt: Timestamp
  /// As stored; `submission` reads it.
  fileprivate let text: String
  package let before: Before

  /// What was decided then.
  package enum Before: Sendable, Equatable {
    case registered(journal: String, type: String, review: Bool)
    case notRegistered(reason: String, review: Bool)
  }

  /// What the rules were given. Takes time, so that it is asked for on many threads. `nil` when the text is none of ours.
  package var submission: Submission? { StoredSubmission.decode(text) }
}

/// Which decided messages.
package struct DecidedQuery: Sendable {
  /// The recipient identifier of one mailbox.
  package var recipient: String?
  /// Received at this moment or later, and before that one.
  package var since: Timestamp?
  package var until: Timestamp?

  package init(recipient: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil) {
    self.recipient = recipient
    self.since = since
    self.until = until
  }
}

extension Looking {
  private static let decidedTables = """
    FROM message JOIN mailbox ON mailbox.id = message.mailbox JOIN message_content ON message_content.message = message.id
    WHERE submission IS NOT NULL AND decision IS NOT NULL AND (?1 IS NULL OR recipient = ?1) AND date_sent >= ?2 AND date_sent < ?3
    """

  static func countDecided(_ connection: Connection, _ query: DecidedQuery) throws(DatabaseError) -> Int {
    Int(
      try connection.one("SELECT count(*) " + decidedTables, query.recipient, from(query), to(query)) { $0.integer(0) } ?? 0)
  }

  /// In the order of their rows, at most `limit` behind the row `after`. The decision is taken apart by SQLite: three words of it are wanted, and
  /// its explanation is most of it.
  static func decided(
    _ connection: Connection, _ environment: EnvironmentName, _ query: DecidedQuery, after: Int64, limit: Int
  ) throws(DatabaseError) -> [DecidedMessage] {
    try connection.all(
      """
      SELECT message.id, recipient, message_id, date_sent, submission, json_extract(decision, '$.outcome.register._0.journal'),
        json_extract(decision, '$.outcome.register._0.type'), json_extract(decision, '$.outcome.notRegistered.reason'),
        json_type(decision, '$.review')
      \(decidedTables) AND message.id > ?4 ORDER BY message.id LIMIT ?5
      """, query.recipient, from(query), to(query), after, limit
    ) { row in
      let review = !row.isNull(8) && row.text(8) != "null"
      return DecidedMessage(
        id: row.integer(0), key: MessageKey(environment: environment, recipient: row.text(1), messageId: row.integer(2)), receivedAt: row.moment(3),
        text: row.text(4),
        before: row.isNull(5)
          ? .notRegistered(reason: row.text(7), review: review)
          : .registered(journal: row.text(5), type: row.text(6), review: review))
    }
  }

  private static func from(_ query: DecidedQuery) -> Timestamp { query.since ?? Timestamp(microseconds: .min) }
  private static func to(_ query: DecidedQuery) -> Timestamp { query.until ?? Timestamp(microseconds: .max) }
}
