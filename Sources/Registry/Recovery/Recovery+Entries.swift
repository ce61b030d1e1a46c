import Crypto
import Database
import Model

extension Recovery {
  /// The entry of a `register` event, with its counter, its duplicate key and the jobs that follow.
  mutating func enterEntry(
    _ event: Event, at: Timestamp, _ message: MessageRow, _ transaction: borrowing Transaction
  ) throws -> Int64 {
    guard let number = event[EventField.number], let sequence = event["sequence"].flatMap({ Int64($0) }),
      let receivedAt = event[EventField.receivedAt].flatMap({ Timestamp(iso8601: $0) })
    else {
      throw OperatorError(
        "registry.mirror-damaged", "a registration of the mirror lacks its number or its time",
        remedy: "restore a newer backup of the database", context: [.init("chain", event.chain), .init("sequence", String(event.sequence))])
    }
    let counterUnit = event["counterUnit"] ?? ""
    let counterYear = event["counterYear"].flatMap { Int64($0) } ?? 0
    let profile = event[EventField.senderProfileId].flatMap { Int64($0) }
    try transaction.run(
      """
      INSERT INTO counter (journal, unit, year, next) VALUES (?1, ?2, ?3, ?4 + 1)
      ON CONFLICT (journal, unit, year) DO UPDATE SET next = ?4 + 1 WHERE next <= ?4
      """, event.chain, counterUnit, counterYear, sequence)
    let id = try transaction.insert(
      """
      INSERT INTO entry (journal, counter_unit, counter_year, sequence, number, registered_at, received_at, message, unit_identifier,
        unit_name, unit_index, unit_phone)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, event.chain, counterUnit, counterYear, sequence, number, at, receivedAt, message.id, event["unit"] ?? "",
      event["unitName"] ?? "", event["unitIndex"] ?? "", event["unitPhone"] ?? "")
    countEntry()
    try transaction.run(
      """
      UPDATE message SET state = 'registered', reason = '', sender_profile = coalesce(sender_profile, ?1),
        opening_at = coalesce(opening_at, ?2), opened_at = iif(coalesce(sender_profile, ?1) IS NULL, NULL, coalesce(opened_at, ?2)),
        subject = iif(subject = '', ?3, subject), sender_name = iif(sender_name = '', ?4, sender_name)
      WHERE id = ?5
      """, profile, event["openedAt"].flatMap { Timestamp(iso8601: $0) } ?? at, event["subject"] ?? "", event["senderName"] ?? "",
      message.id)
    if let profile, let digest = event["duplicateDigest"].flatMap({ Digest(hex: $0) }) {
      try transaction.run(
        """
        INSERT INTO duplicate (sender_profile, digest, entry, received_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (sender_profile, digest) DO UPDATE SET entry = ?3, received_at = ?4
        """, profile, digest, id, receivedAt)
    }
    try enterAttachments(event, message, transaction)
    return id
  }

  mutating func enterVoid(_ event: Event, at: Timestamp, _ transaction: borrowing Transaction) throws -> Int64 {
    let sequence = event["sequence"].flatMap { Int64($0) } ?? 0
    let (counterUnit, counterYear) = (event["counterUnit"] ?? "", event["counterYear"].flatMap { Int64($0) } ?? 0)
    try transaction.run(
      """
      INSERT INTO counter (journal, unit, year, next) VALUES (?1, ?2, ?3, ?4 + 1)
      ON CONFLICT (journal, unit, year) DO UPDATE SET next = ?4 + 1 WHERE next <= ?4
      """, event.chain, counterUnit, counterYear, sequence)
    countEntry()
    return try transaction.insert(
      """
      INSERT INTO entry (journal, counter_unit, counter_year, sequence, number, registered_at, received_at, message, unit_identifier,
        unit_name, unit_index, unit_phone)
      VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?)
      """, event.chain, counterUnit, counterYear, sequence, event[EventField.number] ?? "", at,
      event[EventField.receivedAt].flatMap { Timestamp(iso8601: $0) } ?? at, event["unit"] ?? "", event["unitName"] ?? "",
      event["unitIndex"] ?? "", event["unitPhone"] ?? "")
  }

  /// The files of an entry: found in the archive by their digests, else missing.
  private func enterAttachments(_ event: Event, _ message: MessageRow, _ transaction: borrowing Transaction) throws {
    let isKnown = try transaction.one("SELECT 1 FROM attachment WHERE message = ? LIMIT 1", message.id) { _ in true } ?? false
    guard !isKnown, let text = event["attachments"] else { return }
    for (index, file) in (JSONText.decode([EntryFields.AttachmentText].self, from: text) ?? []).enumerated() {
      let digest = file.sha256.flatMap { Digest(hex: $0) }
      let isStored = digest.map(archive.contains) ?? false
      if let digest, isStored {
        try transaction.run(
          "INSERT INTO object (digest, size, stored_at) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING", digest, file.size ?? 0, now)
      }
      try transaction.run(
        """
        INSERT INTO attachment (message, ordinal, blob_id, file_name, stated_size, state, reason, digest) VALUES (?, ?, 0, ?, ?, ?, ?, ?)
        """, message.id, index + 1, file.name, file.size, isStored ? "stored" : "missing", isStored ? "" : "recovered-without-file",
        isStored ? digest : nil)
    }
  }

  // MARK: replies

  /// The reply that an event has worded, uncertain until a later event or the outbox tells; and the jobs that follow an entry.
  mutating func enterReply(
    _ event: Event, at: Timestamp, _ message: MessageRow, entry: Int64?, registry: isolated Registry, _ transaction: borrowing Transaction
  ) throws {
    if let kind = event[EventField.replyKind], let mark = event[EventField.replyMark],
      case let text = try event[EventField.reply] ?? Recovery.wordlessReply(subject: mark), let frozen = JSONText.decode(FrozenReply.self, from: text)
    {
      let id = try transaction.insert(
        """
        INSERT INTO reply (message, entry, kind, mark, subject, frozen, sender_profile, state, created_at, uncertain_since, uncertain_uptime)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, coalesce(sender_profile, 0), 'uncertain', ?7, ?8, ?9 FROM message WHERE id = ?1
        """, message.id, entry, kind, mark, frozen.subject, text, at, now, uptime)
      try registry.enqueue(
        .confirm, message: message.id, mailbox: message.mailbox, messageId: message.key.messageId, reply: id, at: now, transaction)
      countReply()
    }
    if event["handsOff"] == "yes" {
      try registry.enqueue(
        .handoff, message: message.id, mailbox: message.mailbox, messageId: message.key.messageId, at: now, transaction)
    }
  }

  /// In the place of a reply whose words are gone, erased or lost with a database: it was sent or given up before that, and only its mark is needed.
  static func wordlessReply(subject: String) throws -> String {
    try JSONText.encode(FrozenReply(recipientProfileIds: [], subject: subject, rnu: nil, templateId: 0, fields: [:]))
  }

  /// A step that a person gave up stays given up, and a reply with it. Jobs have other numbers in another database: the kind tells which.
  func applyDiscard(_ event: Event, _ message: MessageRow, _ transaction: borrowing Transaction) throws {
    guard let kind = event["jobKind"].flatMap(JobKind.init) else { return }
    try finishJobs(of: message.id, [kind], transaction)
    guard kind == .confirm else { return }
    try transaction.run("UPDATE reply SET state = 'abandoned' WHERE message = ? AND state <> 'sent'", message.id)
  }

  func applyReply(
    _ kind: EventKind, _ event: Event, at: Timestamp, _ message: MessageRow, _ transaction: borrowing Transaction
  ) throws {
    let reply = event[EventField.replyKind] ?? ""
    guard kind == .replySent else {
      try transaction.run(
        """
        UPDATE reply SET state = 'uncertain', uncertain_since = ?, uncertain_uptime = ?, sending_at = coalesce(sending_at, ?)
        WHERE message = ? AND kind = ? AND state <> 'sent'
        """, now, uptime, at, message.id, reply)
      return
    }
    try transaction.run(
      "UPDATE reply SET state = 'sent', sent_at = ?, ssev_id = ? WHERE message = ? AND kind = ?", at,
      event[EventField.replyMessageId].flatMap { Int64($0) }, message.id, reply)
    try finishJobs(of: message.id, [.confirm], transaction)
  }
}
