import Crypto
import Database
package import Model

/// Where one message stands, for the account of its day.
package struct AccountedMessage: Sendable, Equatable {
  package var messageId: Int64
  package var dateSent: Timestamp
  package var state: MessageState
  /// Why it waits or is not registered; the code of a parked step for one that is under way.
  package var reason: String
  package var number: String?

  package init(messageId: Int64, dateSent: Timestamp, state: MessageState, reason: String, number: String?) {
    self.messageId = messageId
    self.dateSent = dateSent
    self.state = state
    self.reason = reason
    self.number = number
  }
}

extension Looking {
  private static let accountColumns = """
    SELECT message.message_id, date_sent, message.state,
      iif(reason <> '', reason, coalesce((SELECT last_code FROM job WHERE job.message = message.id AND job.state = 'parked' LIMIT 1), '')),
      (SELECT number FROM entry WHERE entry.message = message.id)
    FROM message JOIN mailbox ON mailbox.id = message.mailbox
    """

  /// Messages of a mailbox sent at or after, and before.
  static func accounted(
    _ connection: Connection, _ recipient: String, from: Timestamp, to: Timestamp
  ) throws(DatabaseError) -> [AccountedMessage] {
    try connection.all(
      accountColumns + " WHERE recipient = ? AND date_sent >= ? AND date_sent < ? ORDER BY message.message_id", recipient, from, to
    ) { account($0) }
  }

  /// Of these messages the ones that are known, whenever they were sent.
  static func accounted(_ connection: Connection, _ recipient: String, ids: [Int64]) throws(DatabaseError) -> [AccountedMessage] {
    var found: [AccountedMessage] = []
    for id in ids {
      if let message = try connection.one(accountColumns + " WHERE recipient = ? AND message.message_id = ?", recipient, id, body: { account($0) }) {
        found.append(message)
      }
    }
    return found
  }

  /// Messages sent earlier that have no end yet.
  static func unsettled(_ connection: Connection, _ recipient: String, before: Timestamp) throws(DatabaseError) -> [AccountedMessage] {
    try connection.all(
      accountColumns + """
         WHERE recipient = ? AND message.state IN ('listed', 'opened', 'read', 'decided', 'waiting') AND date_sent < ? ORDER BY message.message_id
        """, recipient, before
    ) { account($0) }
  }

  private static func account(_ row: borrowing Row) -> AccountedMessage {
    AccountedMessage(
      messageId: row.integer(0), dateSent: row.moment(1), state: MessageState(rawValue: row.text(2)) ?? .waiting, reason: row.text(3),
      number: row.optionalText(4))
  }
}

/// What both a running registry and a snapshot answer about a mailbox for its statement.
package struct MailboxAccount: Sendable {
  package var ofDay: [AccountedMessage]
  /// Shown by the mailbox for this day, kept under another day's time.
  package var elsewhere: [AccountedMessage]
  package var carried: [AccountedMessage]

  static func make(_ connection: Connection, _ recipient: String, from: Timestamp, to: Timestamp, shown: [Int64]) throws -> MailboxAccount {
    let ofDay = try Looking.accounted(connection, recipient, from: from, to: to)
    let known = Set(ofDay.map(\.messageId))
    return MailboxAccount(
      ofDay: ofDay, elsewhere: try Looking.accounted(connection, recipient, ids: shown.filter { !known.contains($0) }),
      carried: try Looking.unsettled(connection, recipient, before: from))
  }
}

extension Registry {
  package func account(_ recipient: String, from: Timestamp, to: Timestamp, shown: [Int64]) throws(OperatorError) -> MailboxAccount {
    try read { try MailboxAccount.make($0, recipient, from: from, to: to, shown: shown) }
  }

  /// The newest day whose statement is recorded.
  package func statementDay() throws(OperatorError) -> CivilDate? {
    try read { connection in
      try connection.one("SELECT value FROM meta WHERE name = 'statement-day'") { $0.text(0) }.flatMap { CivilDate(iso8601: $0) }
    }
  }

  /// Enters a statement as an event, with its signature when there is a key; gives that. Durable in the mirror when it returns.
  package func recordStatement(_ day: CivilDate, text: String) throws(OperatorError) -> [UInt8]? {
    let signature = try configuration.signingKey.map { (key) throws(OperatorError) in try Signature.sign(Array(text.utf8), privateKeyFile: key) }
    try write(.closing) { transaction in
      try append(
        EventDraft(
          .statement, chain: robotChain, at: now, actor: Registry.actor,
          fields: [
            EventField.day: day.description, EventField.statement: text, EventField.signature: signature.map { Hex.text(of: $0) },
          ]), transaction)
      try transaction.run(
        "INSERT INTO meta (name, value) VALUES ('statement-day', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1", day.description)
    }
    try flushMirror()
    return signature
  }
}

extension RegistrySnapshot {
  package func account(_ recipient: String, from: Timestamp, to: Timestamp, shown: [Int64]) throws(OperatorError) -> MailboxAccount {
    try look { try MailboxAccount.make($0, recipient, from: from, to: to, shown: shown) }
  }
}
