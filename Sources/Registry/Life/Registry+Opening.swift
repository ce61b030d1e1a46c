package import Crypto
import Database
package import Model

extension Registry {
  /// Before the call that opens: durable in database and mirror when it returns, so that a restored copy knows that the robot, and not a
  /// person, opened the message. Repeating it changes nothing.
  package func recordOpenIntent(_ job: Job) throws(OperatorError) {
    try write(.openIntent) { transaction in
      let held = try hold(job, transaction)
      let dateSent = try transaction.one(
        "UPDATE message SET opening_at = ? WHERE id = ? AND opening_at IS NULL RETURNING date_sent", now, held.message
      ) { $0.moment(0) }
      guard let dateSent else { return }
      try append(
        EventDraft(
          .opening, chain: robotChain, at: now, actor: Registry.actor, message: held.message,
          fields: [
            EventField.mailbox: job.message.recipient, EventField.messageId: String(job.message.messageId),
            EventField.receivedAt: dateSent.iso8601,
          ]), transaction)
    }
    try flushMirror()
  }

  /// Who acts when no person does.
  static let actor = "intake-robot"

  /// After it: the answer, a `fetch` job per blob, and a `read` job that is due once all are there or the attachment wait is over.
  package func recordOpened(_ job: Job, _ record: OpenedRecord) throws(OperatorError) {
    try write(.opened) { transaction in
      let held = try hold(job, transaction)
      if let body = record.body { try enter(body, transaction) }
      let changed = try transaction.run(
        """
        UPDATE message SET state = 'opened', reason = '', opened_at = ?1, opening_at = coalesce(opening_at, ?1), sender_profile = ?2,
          sender_name = ?3, subject = ?4, rnu = ?5, template_id = coalesce(?6, template_id), date_sent = ?7, date_received = coalesce(?8, date_received),
          body = ?9
        WHERE id = ?10 AND state = 'listed'
        """, now, record.senderProfileId, record.senderName, record.subject, record.rnu, record.templateId, record.dateSent,
        record.dateReceived, record.body?.digest, held.message)
      guard changed == 1 else { throw Registry.unexpectedState(job) }
      try transaction.run(
        "INSERT INTO message_content (message, envelope) VALUES (?1, ?2) ON CONFLICT (message) DO UPDATE SET envelope = ?2", held.message,
        record.envelope)
      for (index, blob) in record.blobs.enumerated() {
        try transaction.run(
          """
          INSERT INTO attachment (message, ordinal, blob_id, file_name, stated_size, stated_digest, is_malicious, registration_number, state)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'expected') ON CONFLICT (message, ordinal) DO NOTHING
          """, held.message, index + 1, blob.blobId, blob.fileName, blob.size, blob.digest, blob.isMalicious,
          blob.documentRegistrationNumber)
        try enqueue(.fetch, after: held, attachment: index + 1, at: now, transaction)
      }
      try enqueue(.read, after: held, at: record.blobs.isEmpty ? now : now + configuration.attachmentWait, transaction)
      try finish(held, transaction)
      try readSooner(held, transaction)
    }
  }

  /// The attachment is in the archive. After registration it becomes an event `late-attachment`.
  package func recordFetched(_ job: Job, _ object: StoredObject) throws(OperatorError) {
    try write(.fetched) { transaction in
      let held = try hold(job, transaction)
      try enter(object, transaction)
      try transaction.run(
        "UPDATE attachment SET state = 'stored', reason = '', digest = ? WHERE message = ? AND ordinal = ?", object.digest, held.message,
        job.attachment ?? 0)
      try appendLateAttachments(held, transaction)
      try finish(held, transaction)
      try readSooner(held, transaction)
    }
  }

  /// The attachment will never come: `reason` is a stable word (`gone`, `too-large`, …).
  package func recordNotFetched(_ job: Job, reason: String) throws(OperatorError) {
    try write(.fetched) { transaction in
      let held = try hold(job, transaction)
      try transaction.run(
        "UPDATE attachment SET state = 'missing', reason = ? WHERE message = ? AND ordinal = ? AND state = 'expected'", reason, held.message,
        job.attachment ?? 0)
      try finish(held, transaction)
      try readSooner(held, transaction)
    }
  }

  /// Nothing left to wait for: reading is due now.
  private func readSooner(_ held: HeldJob, _ transaction: borrowing Transaction) throws {
    try transaction.run(
      """
      UPDATE job SET run_at = ?1 WHERE message = ?2 AND kind = 'read' AND state = 'available' AND run_at > ?1
        AND NOT EXISTS (SELECT 1 FROM attachment WHERE message = ?2 AND state = 'expected')
      """, now, held.message)
  }

  private func enter(_ object: StoredObject, _ transaction: borrowing Transaction) throws {
    try transaction.run(
      "INSERT INTO object (digest, size, stored_at) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING", object.digest, object.size, now)
  }

  /// Events for the attachments of a registered message that its `register` event could not name, once each.
  func appendLateAttachments(_ held: HeldJob, _ transaction: borrowing Transaction) throws {
    let entry = try transaction.one("SELECT id, journal, number FROM entry WHERE message = ?", held.message) {
      (id: $0.integer(0), journal: $0.text(1), number: $0.text(2))
    }
    guard let entry else { return }
    let attachments = try Looking.attachments(transaction.connection, of: held.message)
    guard attachments.contains(where: { $0.stored != nil }) else { return }
    let told = try Looking.toldDigests(of: entry.id, transaction.connection)
    for attachment in attachments {
      guard let stored = attachment.stored, !told.contains(stored.digest.hex) else { continue }
      try append(
        EventDraft(
          .lateAttachment, chain: entry.journal, at: now, actor: Registry.actor, entry: entry.id, message: held.message,
          fields: [
            EventField.number: entry.number, EventField.mailbox: held.job.message.recipient,
            EventField.messageId: String(held.job.message.messageId), "ordinal": String(attachment.ordinal),
            "fileName": attachment.blob.fileName, "sha256": stored.digest.hex, "size": String(stored.size),
          ]), transaction)
    }
  }

  static func unexpectedState(_ job: Job) -> OperatorError {
    OperatorError(
      "registry.unexpected-state", "the message is not where this job expects it", remedy: "report this: it is an error of the program",
      context: [.init("job", String(job.id)), .init("kind", job.kind.rawValue), .init("message", job.message.description)])
  }

  // MARK: reading and deciding

  /// Of the same bytes by the same version of the reader, if there is one.
  package func reading(of digest: Digest, readerVersion: Int) throws(OperatorError) -> DocumentReading? {
    try read { connection in
      try connection.one("SELECT reading FROM reading WHERE digest = ? AND reader_version = ?", digest, readerVersion) { $0.text(0) }
        .flatMap { JSONText.decode(DocumentReading.self, from: $0) }
    }
  }

  /// Keeps readings by digest for `reading(of:readerVersion:)` (body and attachments alike) and the facts for the rules, and goes on to
  /// `decide`.
  package func recordReadings(
    _ job: Job, _ readings: [(digest: Digest, reading: DocumentReading)], submission: Submission
  ) throws(OperatorError) {
    try write(.readings) { transaction in
      let held = try hold(job, transaction)
      for (digest, reading) in readings {
        try transaction.run(
          "INSERT INTO reading (digest, reader_version, reading) VALUES (?, ?, ?) ON CONFLICT (digest, reader_version) DO NOTHING", digest,
          reading.readerVersion, try JSONText.encode(reading))
      }
      try transaction.run("UPDATE message_content SET submission = ? WHERE message = ?", try JSONText.encode(submission), held.message)
      guard try transaction.run("UPDATE message SET state = 'read' WHERE id = ? AND state = 'opened'", held.message) == 1 else {
        throw Registry.unexpectedState(job)
      }
      try enqueue(.decide, after: held, at: now, transaction)
      try finish(held, transaction)
    }
  }

  /// Goes on to `register`, or ends the message as not registered, with the reply given for that case. In a mailbox of mode `shadow` the
  /// message ends as `shadowed`.
  package func recordDecision(
    _ job: Job, _ decision: Decision, replyWithoutNumber: UnnumberedReplyPlan? = nil
  ) throws(OperatorError) {
    try write(.decision) { transaction in
      let held = try hold(job, transaction)
      try transaction.run("UPDATE message_content SET decision = ? WHERE message = ?", try JSONText.encode(decision), held.message)
      try transaction.run("UPDATE message SET decided_at = ? WHERE id = ?", now, held.message)
      let mode = try transaction.one("SELECT mode FROM mailbox WHERE id = ?", held.mailbox) { $0.text(0) }
      if mode == MailboxMode.shadow.rawValue {
        try end(held, as: .shadowed, reason: "", transaction)
      } else if case .notRegistered(let reason) = decision.outcome {
        try endUnnumbered(held, reason: reason, reply: replyWithoutNumber, transaction)
      } else {
        try end(held, as: .decided, reason: "", transaction)
        try enqueue(.register, after: held, at: now, transaction)
      }
      try finish(held, transaction)
    }
  }

  /// Stops or ends a message without a decision of the rules. Finishes the job. `reason` is a stable word.
  package func recordHeld(_ job: Job, state: HeldState, reason: String) throws(OperatorError) {
    try write(.decision) { transaction in
      let held = try hold(job, transaction)
      switch state {
      case .waiting: try end(held, as: .waiting, reason: reason, transaction)
      case .notRegistered: try endUnnumbered(held, reason: reason, reply: nil, transaction)
      }
      try finish(held, transaction)
    }
  }

  /// A person lets a waiting message go on as if it had just been listed.
  /// Errors: `registry.unknown-message`, `registry.message-not-waiting`.
  package func release(_ key: MessageKey, actor: String, reason: String) throws(OperatorError) {
    try write(.decision) { transaction in
      guard let row = try Looking.messageRow(transaction.connection, key) else { throw Registry.unknownMessage(key) }
      let changed = try transaction.run("UPDATE message SET state = 'listed', reason = '' WHERE id = ? AND state = 'waiting'", row.id)
      guard changed == 1 else {
        throw OperatorError(
          "registry.message-not-waiting", "the message is not waiting", remedy: "none needed: `intake-robot explain` shows where it is",
          context: [.init("message", key.description)])
      }
      // It is opened, read and decided anew: steps that an earlier life of it has done begin again; files that are stored stay.
      try transaction.run(
        """
        UPDATE job SET state = 'discarded', finished_at = ?, claimed_at = NULL, token = token + 1
        WHERE message = ? AND kind IN ('open', 'read', 'decide', 'register')
        """, now, row.id)
      try enqueue(.open, message: row.id, mailbox: row.mailbox, messageId: key.messageId, at: now, transaction)
      try append(
        EventDraft(
          .released, chain: robotChain, at: now, actor: actor, message: row.id,
          fields: [
            EventField.mailbox: key.recipient, EventField.messageId: String(key.messageId), EventField.reason: reason,
          ]), transaction)
    }
  }

  static func unknownMessage(_ key: MessageKey) -> OperatorError {
    OperatorError(
      "registry.unknown-message", "no such message in the database", remedy: "check mailbox and message id",
      context: [.init("message", key.description)])
  }

  private func end(_ held: HeldJob, as state: MessageState, reason: String, _ transaction: borrowing Transaction) throws {
    try transaction.run("UPDATE message SET state = ?, reason = ? WHERE id = ?", state.rawValue, reason, held.message)
  }

  private func endUnnumbered(
    _ held: HeldJob, reason: String, reply: UnnumberedReplyPlan?, _ transaction: borrowing Transaction
  ) throws {
    try end(held, as: .notRegistered, reason: reason, transaction)
    var fields: [String: String?] = [
      EventField.mailbox: held.job.message.recipient, EventField.messageId: String(held.job.message.messageId),
      EventField.reason: reason,
    ]
    if let reply {
      let made = try freeze(reply.kind, held) { reply.render($0) }
      try enter(made, held, entry: nil, transaction)
      fields.merge(made.fields) { _, new in new }
    }
    try append(
      EventDraft(.notRegistered, chain: robotChain, at: now, actor: Registry.actor, message: held.message, fields: fields), transaction)
  }
}

/// `waiting` or `not-registered`, for `recordHeld`.
package enum HeldState: Sendable, Equatable {
  case waiting, notRegistered
}
