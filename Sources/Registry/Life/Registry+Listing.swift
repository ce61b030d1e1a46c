import Database
package import Model

extension Registry {
  /// Enters rows not known yet with their jobs and advances the watermark, in one transaction. Rows known already cost one look-up each, and a
  /// listing that brings nothing new writes nothing.
  package func recordListing(_ recipient: String, rows: [ListedRow]) throws(OperatorError) -> ListingResult {
    // A database that has forgotten what it opened would take its own openings for those of a person.
    if let blocked { throw blocked.operatorError }
    return try write(.listing) { transaction in
      guard let mailbox = try Looking.mailboxes(transaction.connection, recipient: recipient).first,
        let id = try transaction.one("SELECT id FROM mailbox WHERE recipient = ?", recipient, body: { $0.integer(0) })
      else { throw Registry.unknownMailbox(recipient) }
      var result = ListingResult(watermark: mailbox.watermark)
      for row in rows { try enter(row, mailbox: id, mailbox.declaration, &result, transaction) }
      if let newest = rows.map(\.dateSent).max(), newest > (mailbox.watermark ?? Timestamp(microseconds: .min)) {
        try transaction.run("UPDATE mailbox SET watermark = ? WHERE id = ?", newest, id)
        result.watermark = newest
      }
      return result
    }
  }

  private func enter(
    _ row: ListedRow, mailbox: Int64, _ declaration: MailboxDeclaration, _ result: inout ListingResult, _ transaction: borrowing Transaction
  ) throws {
    let known = try transaction.one(
      """
      SELECT id, state, reason, opening_at IS NOT NULL OR EXISTS (SELECT 1 FROM event WHERE event.message = message.id AND kind = 'released')
      FROM message WHERE mailbox = ? AND message_id = ?
      """, mailbox, row.messageId
    ) { (id: $0.integer(0), state: $0.text(1), reason: $0.text(2), isOurs: $0.flag(3)) }
    let first = Registry.firstState(
      declaration, isBefore: row.dateSent < declaration.serveFrom, isOpened: row.dateReceived != nil)
    if let known {
      result.known += 1
      let isUntouched = known.state == MessageState.listed.rawValue && !known.isOurs
      guard isUntouched || known.reason == HoldReason.shadowUnopened else { return }
      guard known.state != first.state.rawValue || known.reason != first.reason else { return }
      try change(known.id, to: first, row, mailbox: mailbox, transaction)
      if first.reason == HoldReason.openedByPerson { result.openedByPerson += 1 }
      return
    }
    let id = try transaction.insert(
      """
      INSERT INTO message (mailbox, message_id, state, reason, date_sent, date_received, subject, sender_name, template_id, rnu, seen_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, mailbox, row.messageId, first.state.rawValue, first.reason, row.dateSent, row.dateReceived, row.subject, row.senderName,
      row.templateId, row.rnu, now)
    result.new += 1
    switch first.state {
    case .beforeTakeOver: result.beforeTakeOver += 1
    case .waiting: if first.reason == HoldReason.openedByPerson { result.openedByPerson += 1 }
    default: try enqueue(.open, message: id, mailbox: mailbox, messageId: row.messageId, at: now, transaction)
    }
  }

  /// A message that nobody has begun to work on looks different in the newest listing: a person has opened it, or the mode has changed.
  private func change(
    _ id: Int64, to first: (state: MessageState, reason: String), _ row: ListedRow, mailbox: Int64, _ transaction: borrowing Transaction
  ) throws {
    try transaction.run(
      "UPDATE message SET state = ?, reason = ?, date_received = ? WHERE id = ?", first.state.rawValue, first.reason, row.dateReceived, id)
    if first.state == .listed {
      try enqueue(.open, message: id, mailbox: mailbox, messageId: row.messageId, at: now, transaction)
    } else {
      // Its token goes up, so a worker that holds the job can no longer open the message.
      try transaction.run(
        """
        UPDATE job SET state = 'discarded', token = token + 1, claimed_at = NULL, finished_at = ?, last_code = ?
        WHERE message = ? AND kind = 'open' AND state IN ('available', 'running', 'parked')
        """, now, first.reason, id)
      try transaction.run(
        """
        UPDATE attempt SET outcome = 'discarded', ended_at = ? WHERE outcome = 'running'
          AND job = (SELECT id FROM job WHERE message = ? AND kind = 'open' AND attachment = 0 AND reply = 0)
        """, now, id)
    }
  }

  /// Where a message begins (design.md 3: cut-over, opened by a person first, modes).
  static func firstState(_ mailbox: MailboxDeclaration, isBefore: Bool, isOpened: Bool) -> (state: MessageState, reason: String) {
    if isBefore { return (.beforeTakeOver, "") }
    if mailbox.mode == .shadow { return isOpened ? (.listed, "") : (.waiting, HoldReason.shadowUnopened) }
    if isOpened && mailbox.openedByPerson == .review { return (.waiting, HoldReason.openedByPerson) }
    return (.listed, "")
  }
}

/// Stable words for messages that wait or end without the rules having said so.
package enum HoldReason {
  /// Somebody opened it before the robot did.
  package static let openedByPerson = "opened-by-person"
  /// In shadow the robot reads only what a person has opened.
  package static let shadowUnopened = "shadow-unopened"
  /// It repeats an entry.
  package static let duplicate = "duplicate"
}
