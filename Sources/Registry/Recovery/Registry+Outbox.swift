import Database
package import Model

/// A reply of a robot as an outbox shows it.
package struct OutboxReply: Sendable, Equatable {
  /// The mailbox that sent it.
  package var recipient: String
  package var mark: Mark
  package var subject: String
  /// The number that the subject tells; `nil` where it did not fit.
  package var number: String?
  /// Its own number in ССЕВ.
  package var ssevMessageId: Int64
  package var sentAt: Timestamp

  package init(recipient: String, mark: Mark, subject: String, number: String?, ssevMessageId: Int64, sentAt: Timestamp) {
    self.recipient = recipient
    self.mark = mark
    self.subject = subject
    self.number = number
    self.ssevMessageId = ssevMessageId
    self.sentAt = sentAt
  }
}

package struct OutboxRecoveryReport: Sendable, Equatable {
  /// Replies that the database did not know, and those it knew as not sent.
  package var replies = 0
  /// Entries made for numbers that were given and cannot be proved to belong to a document, as printed.
  package var void: [String] = []
  /// Numbers that no counter of the rules could have printed: nothing can give them again.
  package var foreign: [String] = []
  /// Messages whose sender was told another number than the journal has: a person must write to them.
  package var contradictions: [String] = []
  package var epoch: Epoch?
}

extension Registry {
  /// Takes over from the outboxes what neither database nor mirror knows any more: every reply that this environment's robots have sent. A message
  /// that was answered is never answered or numbered again (it ends as `recovered-from-outbox`); every number up to the greatest that was told
  /// becomes a void entry, so that no counter gives it again; a new epoch begins, behind all that were met. One transaction; repeating it changes
  /// nothing but the epoch. Numbers that were given and never told to anybody cannot be known: `void` enters them.
  /// Errors: those of `append`, `registry.clock-backwards`.
  package func recover(
    from outbox: [OutboxReply], journals: [JournalDefinition], units: [Unit], actor: String, reason: String
  ) throws(OperatorError) -> OutboxRecoveryReport {
    if let blocked { throw blocked.operatorError }
    let previous = currentEpoch
    do {
      let report = try write(.recover) { transaction in
        try checkClock(transaction.connection)
        var report = OutboxRecoveryReport()
        for reply in outbox { try accept(reply, actor: actor, reason: reason, &report, transaction) }
        try voidNumbers(of: outbox, journals, units, actor: actor, reason: reason, &report, transaction)
        let newest = outbox.map(\.mark.epoch.ordinal).max() ?? 0
        report.epoch = try beginEpoch(actor: actor, reason: reason, behind: newest, transaction)
        return report
      }
      try flushMirror()
      return report
    } catch {
      currentEpoch = previous
      throw error
    }
  }

  // MARK: replies

  /// How far a reply with this mark has come, by the database's own record or because a recovery has taken it over (`sent`, also where the message
  /// has another reply of its own); `nil` for one that is nobody's.
  package func state(ofMarked mark: Mark, from recipient: String) throws(OperatorError) -> ReplyState? {
    try read { try state(ofMarked: mark, from: recipient, $0) }
  }

  private func state(ofMarked mark: Mark, from recipient: String, _ connection: Connection) throws -> ReplyState? {
    let own = try connection.one("SELECT state FROM reply WHERE mark = ?", mark.description) { ReplyState(rawValue: $0.text(0)) } ?? nil
    let key = MessageKey(environment: configuration.environment, recipient: recipient, messageId: mark.messageId)
    guard own == nil || own == .intended, let message = try Looking.messageRow(connection, key) else { return own }
    let isAccepted = try connection.one(
      """
      SELECT 1 FROM event CROSS JOIN event_field ON event_field.event = event.id AND event_field.name = ? AND event_field.value = ?
      WHERE event.message = ? AND event.kind = ?
      """, EventField.replyMark, mark.description, message.id, EventKind.outboxAccepted.rawValue
    ) { _ in true }
    return isAccepted == nil ? own : .sent
  }

  private func accept(
    _ reply: OutboxReply, actor: String, reason: String, _ report: inout OutboxRecoveryReport, _ transaction: borrowing Transaction
  ) throws {
    if try state(ofMarked: reply.mark, from: reply.recipient, transaction.connection) == .sent { return }
    var recovery = Recovery(environment: configuration.environment, archive: archive, now: now, uptime: uptime)
    let message = try recovery.message(
      MessageKey(environment: configuration.environment, recipient: reply.recipient, messageId: reply.mark.messageId), receivedAt: nil,
      registry: self, transaction)
    let number = try transaction.one("SELECT number FROM entry WHERE message = ?", message.id) { $0.text(0) }
    if reply.mark.reply == .confirmation, let number, let told = reply.number, told != number {
      report.contradictions.append("\(message.key): \(told), \(number)")
    }
    let draft = EventDraft(
      .outboxAccepted, chain: robotChain, at: now, actor: actor, message: message.id,
      fields: [
        EventField.mailbox: reply.recipient, EventField.messageId: String(reply.mark.messageId), EventField.replyKind: reply.mark.reply.rawValue,
        EventField.replyMark: reply.mark.description, EventField.replyMessageId: String(reply.ssevMessageId),
        EventField.handNumber: reply.number, "sentAt": reply.sentAt.iso8601, EventField.reason: reason,
      ])
    try append(draft, transaction)
    try recovery.applyOutboxReply(reply, message, transaction)
    report.replies += 1
  }

  // MARK: numbers

  private struct Counter: Hashable {
    let journal: Int
    let unit: Int
    let year: Int
  }

  private func voidNumbers(
    of outbox: [OutboxReply], _ journals: [JournalDefinition], _ units: [Unit], actor: String, reason: String,
    _ report: inout OutboxRecoveryReport, _ transaction: borrowing Transaction
  ) throws {
    var told: [Counter: [Int64: (number: String, message: MessageKey)]] = [:]
    for reply in outbox {
      guard let number = reply.number else { continue }
      let isKnown = try transaction.one("SELECT 1 FROM entry WHERE number = ?", number) { _ in true } ?? false
      guard !isKnown else { continue }
      guard let (counter, sequence) = Registry.counter(of: number, from: reply.recipient, journals, units) else {
        if !report.foreign.contains(number) { report.foreign.append(number) }
        continue
      }
      let key = MessageKey(environment: configuration.environment, recipient: reply.recipient, messageId: reply.mark.messageId)
      told[counter, default: [:]][sequence] = (number, key)
    }
    for (counter, numbers) in told.sorted(by: { ($0.key.journal, $0.key.unit, $0.key.year) < ($1.key.journal, $1.key.unit, $1.key.year) }) {
      guard let last = numbers.keys.max() else { continue }
      let (journal, unit) = (journals[counter.journal], units[counter.unit])
      let place = (unit: journal.counter.perUnit ? unit.identifier : "", year: journal.counter.perYear ? counter.year : 0)
      let next =
        try transaction.one("SELECT next FROM counter WHERE journal = ? AND unit = ? AND year = ?", journal.name, place.unit, place.year) {
          $0.integer(0)
        } ?? journal.counter.start
      guard next <= last else { continue }
      for sequence in next...last {
        let known = numbers[sequence]
        let why =
          known.map { "Номерът е съобщен с отговор на съобщение \($0.message); записът е загубен." } ?? "Номерът не е намерен в изходящата кутия."
        report.void.append(
          try void(
            sequence, of: journal, unit, counter: place, number: known?.number, actor: actor, reason: reason.isEmpty ? why : "\(why) \(reason)",
            transaction))
      }
    }
  }

  /// Which counter printed a number: most often one of the mailbox's own unit.
  private static func counter(
    of number: String, from recipient: String, _ journals: [JournalDefinition], _ units: [Unit]
  ) -> (Counter, sequence: Int64)? {
    let own = units.indices.filter { units[$0].identifier == recipient }
    for unit in own + units.indices.filter({ units[$0].identifier != recipient }) {
      for (journal, definition) in journals.enumerated() where definition.numbering == .byRobot {
        guard let printed = definition.template.read(number, unit: units[unit]) else { continue }
        return (Counter(journal: journal, unit: unit, year: printed.year ?? 0), printed.sequence)
      }
    }
    return nil
  }
}

extension HoldReason {
  /// It was answered by a database that is lost; only the reply in the outbox is left.
  package static let recoveredFromOutbox = "recovered-from-outbox"
}

extension Recovery {
  /// A message whose reply an outbox has shown: answered, whatever else is known of it. With an entry it keeps its state.
  func applyOutboxReply(_ reply: OutboxReply, _ message: MessageRow, _ transaction: borrowing Transaction) throws {
    let hasEntry = try transaction.one("SELECT 1 FROM entry WHERE message = ?", message.id) { _ in true } ?? false
    if hasEntry {
      try finishJobs(of: message.id, [.confirm], transaction)
    } else {
      try finishJobs(of: message.id, JobKind.allCases, transaction)
      try transaction.run(
        "UPDATE message SET state = 'not-registered', reason = ? WHERE id = ?", HoldReason.recoveredFromOutbox, message.id)
    }
    try transaction.run(
      """
      INSERT INTO reply (message, kind, mark, subject, frozen, sender_profile, state, created_at, sent_at, ssev_id)
      SELECT ?1, ?2, ?3, ?4, ?5, coalesce(sender_profile, 0), 'sent', ?6, ?6, ?7 FROM message WHERE id = ?1
      ON CONFLICT (message, kind) DO UPDATE SET state = 'sent', sent_at = ?6, ssev_id = ?7
      """, message.id, reply.mark.reply.rawValue, reply.mark.description, reply.subject,
      try Recovery.wordlessReply(subject: reply.subject), reply.sentAt, reply.ssevMessageId)
  }

  /// The same from the mirror's line about it.
  func applyOutboxReply(_ event: Event, at: Timestamp, _ message: MessageRow, _ transaction: borrowing Transaction) throws {
    guard let text = event[EventField.replyMark], let mark = Mark.first(in: text) else { return }
    let reply = OutboxReply(
      recipient: message.key.recipient, mark: mark, subject: text, number: event[EventField.handNumber],
      ssevMessageId: event[EventField.replyMessageId].flatMap { Int64($0) } ?? 0,
      sentAt: event["sentAt"].flatMap { Timestamp(iso8601: $0) } ?? at)
    try applyOutboxReply(reply, message, transaction)
  }
}
