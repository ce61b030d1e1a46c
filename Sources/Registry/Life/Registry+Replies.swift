import Database
package import Model
import Runtime

/// A reply worded inside a transaction, before it has a row.
struct WordedReply {
  var kind: ReplyKind
  var mark: Mark
  var frozen: FrozenReply
  /// Its JSON, the same in the database and in the event.
  var text: String

  /// What the event that creates it says about it: all that `recover` needs.
  var fields: [String: String?] {
    [EventField.reply: text, EventField.replyMark: mark.description, EventField.replyKind: kind.rawValue]
  }
}

extension Registry {
  /// Words a reply and checks that its subject carries the mark.
  func freeze(_ kind: ReplyKind, _ held: HeldJob, _ render: (Mark) -> FrozenReply) throws -> WordedReply {
    let mark = Mark(
      environment: configuration.environment, epoch: try epoch(), messageId: held.job.message.messageId, reply: kind)
    let frozen = render(mark)
    guard Mark.first(in: frozen.subject) == mark else {
      throw OperatorError(
        "registry.reply-without-mark", "the subject of a reply does not carry its mark", remedy: "report this: it is an error of the program",
        context: [.init("message", held.job.message.description)])
    }
    return WordedReply(kind: kind, mark: mark, frozen: frozen, text: try JSONText.encode(frozen))
  }

  func enter(_ reply: WordedReply, _ held: HeldJob, entry: Int64?, _ transaction: borrowing Transaction) throws {
    let id = try transaction.insert(
      """
      INSERT INTO reply (message, entry, kind, mark, subject, frozen, sender_profile, state, created_at)
      SELECT ?1, ?2, ?3, ?4, ?5, ?6, coalesce(sender_profile, 0), 'intended', ?7 FROM message WHERE id = ?1
      """, held.message, entry, reply.kind.rawValue, reply.mark.description, reply.frozen.subject, reply.text, now)
    try enqueue(.confirm, after: held, reply: id, at: now, transaction)
  }

  /// The reply that a `confirm` job is about.
  package func reply(for job: Job) throws(OperatorError) -> PendingReply {
    try read { connection in
      let id = try connection.one("SELECT reply FROM job WHERE id = ? AND token = ? AND state = 'running'", job.id, job.token) { $0.integer(0) }
      guard let id, let reply = try Looking.replies(connection, configuration.environment, .id(id)).first else {
        throw Registry.unexpectedState(job)
      }
      return reply
    }
  }

  /// Before the call that sends. Everything committed so far is in the mirror when it returns: nothing may leave the machine otherwise.
  package func recordSending(_ job: Job) throws(OperatorError) {
    try write(.sending) { transaction in
      let held = try hold(job, transaction)
      let changed = try transaction.run(
        """
        UPDATE reply SET resends = resends + (state = 'uncertain'), state = 'sending', sending_at = ?, uncertain_since = NULL,
          uncertain_uptime = NULL, lookups = 0, looked_up_at = NULL, looked_up_uptime = NULL
        WHERE id = ? AND state IN ('intended', 'uncertain')
        """, now, held.reply)
      guard changed == 1 else { throw Registry.unexpectedState(job) }
      try appendReplyEvent(.replySending, held, [:], transaction)
    }
    try flushMirror()
  }

  package func recordSent(_ job: Job, ssevMessageId: Int64, evidence: SentEvidence) throws(OperatorError) {
    try write(.sent) { transaction in
      let held = try hold(job, transaction)
      let changed = try transaction.run(
        "UPDATE reply SET state = 'sent', sent_at = ?, ssev_id = ? WHERE id = ? AND state <> 'sent'", now, ssevMessageId, held.reply)
      guard changed == 1 else { throw Registry.unexpectedState(job) }
      try appendReplyEvent(
        .replySent, held, [EventField.replyMessageId: String(ssevMessageId), "evidence": evidence.rawValue], transaction)
      try finish(held, transaction)
    }
  }

  /// The call may have been processed: the job comes back at `lookAt` to look in the outbox.
  package func recordUncertain(_ job: Job, _ error: OperatorError, lookAt: Timestamp) throws(OperatorError) {
    try write(.sent) { transaction in
      let held = try hold(job, transaction)
      let changed = try makeUncertain(held.reply, transaction)
      guard changed == 1 else { throw Registry.unexpectedState(job) }
      try appendReplyEvent(.replyUncertain, held, ["code": error.code], transaction)
      try snooze(held, until: lookAt, code: error.code, transaction)
    }
  }

  /// Of a reply that is being sent: from now on nobody knows.
  func makeUncertain(_ reply: Int64, _ transaction: borrowing Transaction) throws -> Int {
    try transaction.run(
      """
      UPDATE reply SET state = 'uncertain', uncertain_since = ?, uncertain_uptime = ?, lookups = 0, looked_up_at = NULL, looked_up_uptime = NULL
      WHERE id = ? AND state = 'sending'
      """, now, uptime, reply)
  }

  /// Of the machine, in microseconds.
  var uptime: Int64 { surroundings.time.uptime().microseconds }

  /// The outbox was searched in vain; the job comes back at `next`.
  package func recordNotFound(_ job: Job, next: Timestamp) throws(OperatorError) {
    try write(.sent) { transaction in
      let held = try hold(job, transaction)
      try transaction.run(
        "UPDATE reply SET lookups = lookups + 1, looked_up_at = ?, looked_up_uptime = ? WHERE id = ? AND state = 'uncertain'", now, uptime,
        held.reply)
      try snooze(held, until: next, code: "reply.not-found", transaction)
    }
  }

  /// Definitely not sent: the job fails by the error's disposition, and the reply is worded and not sent, as before.
  @discardableResult
  package func recordNotSent(_ job: Job, _ error: OperatorError) throws(OperatorError) -> FailureResult {
    try write(.sent) { transaction in
      let held = try hold(job, transaction)
      // Sent once before with an unknown outcome, it stays uncertain: this refusal says nothing about the first time.
      let changed = try transaction.run(
        """
        UPDATE reply SET state = iif(resends > 0, 'uncertain', 'intended'), uncertain_since = iif(resends > 0, ?1, NULL),
          uncertain_uptime = iif(resends > 0, ?3, NULL)
        WHERE id = ?2 AND state = 'sending'
        """, now, held.reply, uptime)
      if changed == 1 { try appendReplyEvent(.replyNotSent, held, ["code": error.code], transaction) }
      return try fail(held, error, transaction)
    }
  }

  private func appendReplyEvent(
    _ kind: EventKind, _ held: HeldJob, _ fields: [String: String], _ transaction: borrowing Transaction
  ) throws {
    let about = try transaction.one(
      """
      SELECT reply.mark, reply.kind, entry.id, entry.journal, entry.number
      FROM reply LEFT JOIN entry ON entry.id = reply.entry WHERE reply.id = ?
      """, held.reply
    ) { (mark: $0.text(0), kind: $0.text(1), entry: $0.optionalInteger(2), journal: $0.optionalText(3), number: $0.optionalText(4)) }
    guard let about else { throw Registry.unexpectedState(held.job) }
    var all: [String: String?] = [
      EventField.mailbox: held.job.message.recipient, EventField.messageId: String(held.job.message.messageId),
      EventField.number: about.number, EventField.replyMark: about.mark, EventField.replyKind: about.kind,
    ]
    all.merge(fields) { _, new in new }
    try append(
      EventDraft(
        kind, chain: about.journal ?? robotChain, at: now, actor: Registry.actor, entry: about.entry, message: held.message, fields: all),
      transaction)
  }

  /// Replies sent, being sent or uncertain to this sender that were begun within the last hour: K of design.md 3 bounds it.
  package func repliesInLastHour(senderProfileId: Int64) throws(OperatorError) -> Int {
    try read { connection in
      let count = try connection.one(
        "SELECT count(*) FROM reply WHERE sender_profile = ? AND sending_at > ?", senderProfileId, now - .seconds(3600)
      ) { $0.integer(0) }
      return Int(count ?? 0)
    }
  }

  /// The reply of this mailbox whose subject carries this mark, for reconciling its outbox.
  package func reply(marked mark: Mark, of recipient: String? = nil) throws(OperatorError) -> PendingReply? {
    try read { try Looking.replies($0, configuration.environment, .mark(mark)).first { recipient == nil || $0.message.recipient == recipient } }
  }

  /// The hand-off is done; `reference` is the target's own id or path.
  package func recordHandedOff(_ job: Job, system: String, reference: String) throws(OperatorError) {
    try write(.handedOff) { transaction in
      let held = try hold(job, transaction)
      guard let entry = try Looking.entry(transaction.connection, configuration.environment, .message(held.message)) else {
        throw Registry.unexpectedState(job)
      }
      try append(
        EventDraft(
          .handedOff, chain: entry.journal, at: now, actor: Registry.actor, entry: entry.id, message: held.message,
          fields: [
            EventField.number: entry.number, EventField.mailbox: job.message.recipient,
            EventField.messageId: String(job.message.messageId), "targetSystem": system, "reference": reference,
          ]), transaction)
      try finish(held, transaction)
    }
  }
}
