import Crypto
import Database
import Model

/// Questions to the database that the registry asks inside its transactions and the commands ask of a snapshot.
enum Looking {
  static func mailboxes(_ connection: Connection, recipient: String?) throws(DatabaseError) -> [MailboxState] {
    let columns = "SELECT recipient, name, serve_from, mode, opened_by_person, watermark, pause FROM mailbox"
    if let recipient { return try connection.all(columns + " WHERE recipient = ?", recipient) { mailbox($0) } }
    return try connection.all(columns + " ORDER BY recipient") { mailbox($0) }
  }

  private static func mailbox(_ row: borrowing Row) -> MailboxState {
    MailboxState(
      declaration: MailboxDeclaration(
        recipient: row.text(0), name: row.text(1), serveFrom: row.moment(2), mode: MailboxMode(rawValue: row.text(3)) ?? .paused,
        openedByPerson: OpenedByPersonPolicy(rawValue: row.text(4)) ?? .review),
      watermark: row.optionalMoment(5), pause: row.optionalText(6).flatMap { JSONText.decode(MailboxState.Pause.self, from: $0) })
  }

  static func numberingStop(_ connection: Connection) throws(DatabaseError) -> MailboxState.Pause? {
    try connection.one("SELECT value FROM meta WHERE name = 'numbering-stopped'") { $0.text(0) }
      .flatMap { JSONText.decode(MailboxState.Pause.self, from: $0) }
  }

  // MARK: messages

  static func messageRow(_ connection: Connection, _ key: MessageKey) throws(DatabaseError) -> (id: Int64, mailbox: Int64)? {
    try connection.one(
      "SELECT message.id, mailbox.id FROM mailbox JOIN message ON message.mailbox = mailbox.id WHERE recipient = ? AND message_id = ?",
      key.recipient, key.messageId
    ) { ($0.integer(0), $0.integer(1)) }
  }

  static func message(_ connection: Connection, _ key: MessageKey) throws(DatabaseError) -> MessageRecord? {
    guard let row = try messageRow(connection, key) else { return nil }
    return try message(connection, key.environment, id: row.id)
  }

  static func message(_ connection: Connection, _ environment: EnvironmentName, id: Int64) throws(DatabaseError) -> MessageRecord? {
    let found = try connection.one(
      """
      SELECT recipient, message_id, state, reason, date_sent, date_received, subject, sender_name, template_id, rnu, seen_at, opening_at,
        opened_at, sender_profile, body, object.size, envelope, submission, decision, decided_at, duplicate_of, erased_at
      FROM message JOIN mailbox ON mailbox.id = message.mailbox LEFT JOIN object ON object.digest = message.body
        LEFT JOIN message_content ON message_content.message = message.id
      WHERE message.id = ?
      """, id
    ) { row in
      var record = MessageRecord(
        key: MessageKey(environment: environment, recipient: row.text(0), messageId: row.integer(1)),
        state: MessageState(rawValue: row.text(2)) ?? .waiting, reason: row.text(3),
        listed: ListedRow(
          messageId: row.integer(1), dateSent: row.moment(4), dateReceived: row.optionalMoment(5), subject: row.text(6),
          senderName: row.text(7), templateId: row.optionalInteger(8), rnu: row.optionalText(9)),
        seenAt: row.moment(10), openingAt: row.optionalMoment(11), openedAt: row.optionalMoment(12),
        senderProfileId: row.optionalInteger(13), envelope: row.optionalText(16),
        body: row.optionalDigest(14).map { StoredObject(digest: $0, size: row.integer(15)) }, attachments: [],
        submission: row.optionalText(17).flatMap(StoredSubmission.decode),
        decision: row.optionalText(18).flatMap { JSONText.decode(Decision.self, from: $0) }, decidedAt: row.optionalMoment(19), entry: nil,
        duplicateOf: nil)
      record.erasedAt = row.optionalMoment(21)
      return (record, row.optionalInteger(20))
    }
    guard case (var record, let duplicateOf)? = found else { return nil }
    record.attachments = try attachments(connection, of: id)
    record.entry = try entry(connection, environment, .message(id))
    if let duplicateOf { record.duplicateOf = try entry(connection, environment, .id(duplicateOf)) }
    return record
  }

  static func messages(
    _ connection: Connection, _ environment: EnvironmentName, states: Set<MessageState>, recipient: String?, limit: Int
  ) throws(DatabaseError) -> [MessageRecord] {
    let wanted = states.isEmpty ? "" : " AND state IN (\(states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))"
    let ids = try connection.all(
      """
      SELECT message.id FROM message JOIN mailbox ON mailbox.id = message.mailbox
      WHERE (?1 IS NULL OR recipient = ?1)\(wanted) ORDER BY date_sent, message_id LIMIT ?2
      """, recipient, limit
    ) { $0.integer(0) }
    var records: [MessageRecord] = []
    for id in ids {
      if let record = try message(connection, environment, id: id) { records.append(record) }
    }
    return records
  }

  static func attachments(_ connection: Connection, of message: Int64) throws(DatabaseError) -> [AttachmentRecord] {
    try connection.all(
      """
      SELECT ordinal, blob_id, file_name, stated_size, stated_digest, is_malicious, registration_number, state, reason, attachment.digest,
        object.size
      FROM attachment LEFT JOIN object ON object.digest = attachment.digest WHERE message = ? ORDER BY ordinal
      """, message
    ) { row in
      AttachmentRecord(
        ordinal: Int(row.integer(0)),
        blob: OpenedBlob(
          blobId: row.integer(1), fileName: row.text(2), size: row.optionalInteger(3), digest: row.optionalDigest(4),
          isMalicious: row.isNull(5) ? nil : row.flag(5), documentRegistrationNumber: row.optionalText(6)),
        state: AttachmentState(rawValue: row.text(7)) ?? .expected, reason: row.text(8),
        stored: row.optionalDigest(9).map { StoredObject(digest: $0, size: row.integer(10)) })
    }
  }

  /// Digests of the files that events of an entry have named already.
  static func toldDigests(of entry: Int64, _ connection: Connection) throws(DatabaseError) -> Set<String> {
    let values = try connection.all(
      """
      SELECT event_field.name, value FROM event CROSS JOIN event_field ON event_field.event = event.id
      WHERE event.entry = ? AND event_field.name IN ('attachments', 'sha256') AND value IS NOT NULL
      """, entry
    ) { ($0.text(0), $0.text(1)) }
    var digests: Set<String> = []
    for (name, value) in values {
      if name == "sha256" {
        digests.insert(value)
      } else {
        digests.formUnion((JSONText.decode([EntryFields.AttachmentText].self, from: value) ?? []).compactMap(\.sha256))
      }
    }
    return digests
  }

  // MARK: entries

  enum EntrySelector {
    case id(Int64), message(Int64), number(String)
  }

  static let entryColumns = """
    SELECT entry.id, journal, sequence, number, registered_at, received_at, unit_identifier, unit_name, unit_index, unit_phone, recipient,
      message_id
    FROM entry LEFT JOIN message ON message.id = entry.message LEFT JOIN mailbox ON mailbox.id = message.mailbox
    """

  static func entry(
    _ connection: Connection, _ environment: EnvironmentName, _ selector: EntrySelector
  ) throws(DatabaseError) -> NumberedEntry? {
    switch selector {
    case .id(let id): try connection.one(entryColumns + " WHERE entry.id = ?", id) { entry($0, environment) }
    case .message(let id): try connection.one(entryColumns + " WHERE entry.message = ?", id) { entry($0, environment) }
    case .number(let number): try connection.one(entryColumns + " WHERE entry.number = ?", number) { entry($0, environment) }
    }
  }

  /// The newest first.
  static func entries(
    _ connection: Connection, _ environment: EnvironmentName, _ query: EntryQuery
  ) throws(DatabaseError) -> [NumberedEntry] {
    let from = query.from ?? Timestamp(microseconds: .min)
    let to = query.to ?? Timestamp(microseconds: .max)
    let period = " registered_at >= ? AND registered_at < ? ORDER BY registered_at DESC, entry.id DESC LIMIT ?"
    if let journal = query.journal {
      return try connection.all(entryColumns + " WHERE journal = ? AND" + period, journal, from, to, query.limit) { entry($0, environment) }
    }
    return try connection.all(entryColumns + " WHERE" + period, from, to, query.limit) { entry($0, environment) }
  }

  static func entry(_ row: borrowing Row, _ environment: EnvironmentName) -> NumberedEntry {
    NumberedEntry(
      id: row.integer(0), journal: row.text(1), sequence: row.integer(2), year: SofiaTime.date(of: row.moment(4)).year,
      unit: Unit(identifier: row.text(6), name: row.text(7), index: row.text(8), phone: row.text(9)), number: row.text(3),
      registeredAt: row.moment(4), receivedAt: row.moment(5),
      message: MessageKey(environment: environment, recipient: row.text(10), messageId: row.integer(11)))
  }

  // MARK: replies

  enum ReplySelector {
    case id(Int64), mark(Mark), message(Int64)
  }

  static func replies(
    _ connection: Connection, _ environment: EnvironmentName, _ selector: ReplySelector
  ) throws(DatabaseError) -> [PendingReply] {
    let columns = """
      SELECT reply.id, recipient, message_id, reply.kind, mark, reply.state, frozen, reply.entry, reply.created_at, sending_at,
        uncertain_since, lookups, looked_up_at, resends, ssev_id, uncertain_uptime, looked_up_uptime
      FROM reply JOIN message ON message.id = reply.message JOIN mailbox ON mailbox.id = message.mailbox
      """
    let found =
      switch selector {
      case .id(let id): try connection.all(columns + " WHERE reply.id = ?", id) { reply($0, environment) }
      case .mark(let mark): try connection.all(columns + " WHERE reply.mark = ?", mark.description) { reply($0, environment) }
      case .message(let id):
        try connection.all(columns + " WHERE reply.message = ? ORDER BY reply.id", id) { reply($0, environment) }
      }
    var replies: [PendingReply] = []
    for case (var reply, let entryID)? in found {
      if let entryID { reply.entry = try entry(connection, environment, .id(entryID)) }
      replies.append(reply)
    }
    return replies
  }

  private static func reply(_ row: borrowing Row, _ environment: EnvironmentName) -> (PendingReply, entry: Int64?)? {
    guard let mark = Mark.first(in: row.text(4)), let kind = ReplyKind(rawValue: row.text(3)),
      let state = ReplyState(rawValue: row.text(5)), let frozen = JSONText.decode(FrozenReply.self, from: row.text(6))
    else { return nil }
    let reply = PendingReply(
      id: row.integer(0), message: MessageKey(environment: environment, recipient: row.text(1), messageId: row.integer(2)), kind: kind,
      mark: mark, state: state, frozen: frozen, entry: nil, createdAt: row.moment(8), sendingAt: row.optionalMoment(9),
      uncertainSince: row.optionalMoment(10), uncertainUptime: row.optionalInteger(15).map { .microseconds($0) }, lookups: Int(row.integer(11)),
      lookedUpAt: row.optionalMoment(12), lookedUpUptime: row.optionalInteger(16).map { .microseconds($0) },
      resends: Int(row.integer(13)), ssevMessageId: row.optionalInteger(14))
    return (reply, row.optionalInteger(7))
  }
}
