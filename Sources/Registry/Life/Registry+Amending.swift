import Crypto
import Database
package import Model

/// What a person makes of an entry. The entry itself is never changed: each is an event of its journal, and the number stays.
package enum Amendment: Sendable, Equatable, Codable {
  /// New text for columns, by the field names of `EntryViews.correctable`.
  case correction([String: String])
  case annulment
  /// To the competent unit or body (АПК чл. 31), named in full.
  case forwarding(to: String)
  /// The document belongs to another entry.
  case linking(to: String)
  /// Another target system or type of document (пренасочване): ends the review, and the document is handed on again.
  case rerouting(system: String?, type: String?, typeTitle: String?)

  var kind: EventKind {
    switch self {
    case .correction: .correction
    case .annulment: .annulment
    case .forwarding: .forwarding
    case .linking: .linking
    case .rerouting: .rerouting
    }
  }

  var fields: [String: String?] {
    switch self {
    case .correction(let columns): columns.mapValues { $0 }
    case .annulment: [:]
    case .forwarding(let unit): [EventField.forwardedTo: unit]
    case .linking(let number): ["relatedNumber": number]
    case .rerouting(let system, let type, let title): ["targetSystem": system, "documentType": type, "documentTypeTitle": title]
    }
  }
}

extension EventField {
  static let forwardedTo = "forwardedTo"
  /// A number that was given elsewhere, by a person.
  static let handNumber = "handNumber"
  static let handsOff = "handsOff"
}

extension Registry {
  /// Appends what a person decided about an entry, with who and why. `reply` (template Г) is worded inside the transaction and sent once for each
  /// message.
  /// Errors: `registry.unknown-number`, `registry.amendment`, `registry.already-annulled`, `registry.clock-backwards`, and those of `append`.
  @discardableResult
  package func amend(
    number: String, _ amendment: Amendment, actor: String, reason: String, reply: ReplyPlan? = nil, handsOff: Bool = false
  ) throws(OperatorError) -> NumberedEntry {
    try write(.amending) { transaction in
      try checkClock(transaction.connection)
      guard let entry = try Looking.entry(transaction.connection, configuration.environment, .number(number)) else {
        throw OperatorError(
          "registry.unknown-number", "no entry has this number", remedy: "`intake-robot journal list` shows the numbers",
          context: [.init("number", number)])
      }
      try check(amendment, of: entry, transaction.connection)
      let message = try Looking.messageRow(transaction.connection, entry.message)
      var fields = amendment.fields
      fields[EventField.number] = number
      fields[EventField.reason] = reason
      if message != nil {
        fields[EventField.mailbox] = entry.message.recipient
        fields[EventField.messageId] = String(entry.message.messageId)
      }
      switch amendment {
      case .rerouting:
        if handsOff, let message {
          try checkNotErased(message.id, number, transaction)
          fields[EventField.handsOff] = "yes"
          try handOnAgain(entry.message, message, transaction)
        }
      case .annulment: try forgetDuplicate(of: entry.id, transaction)
      case .forwarding:
        if let reply, let message { fields.merge(try enter(reply, about: entry, message, transaction)) { _, new in new } }
      case .correction, .linking: break
      }
      try append(
        EventDraft(amendment.kind, chain: entry.journal, at: now, actor: actor, entry: entry.id, message: message?.id, fields: fields), transaction)
      return entry
    }
  }

  /// There is nothing left to hand on.
  private func checkNotErased(_ message: Int64, _ number: String, _ transaction: borrowing Transaction) throws {
    let isErased = try transaction.one("SELECT erased_at IS NOT NULL FROM message WHERE id = ?", message) { $0.flag(0) } ?? false
    guard isErased else { return }
    throw OperatorError(
      "registry.content-erased", "the content of this document was erased: nothing can be handed on", remedy: "none: only the journal row is left",
      context: [.init("number", number)])
  }

  private func check(_ amendment: Amendment, of entry: NumberedEntry, _ connection: Connection) throws {
    func refuse(_ what: String, _ remedy: String) -> OperatorError {
      OperatorError("registry.amendment", what, remedy: remedy, context: [.init("number", entry.number)])
    }
    let isAnnulled =
      try connection.one("SELECT 1 FROM event WHERE entry = ? AND kind IN ('annulment', 'void') LIMIT 1", entry.id) { _ in true } ?? false
    guard !isAnnulled else {
      throw OperatorError(
        "registry.already-annulled", "the entry is annulled", remedy: "none: an annulled entry stays as it is",
        context: [.init("number", entry.number)])
    }
    switch amendment {
    case .correction(let columns):
      guard !columns.isEmpty, columns.keys.allSatisfy(EntryViews.correctable.contains) else {
        throw refuse("this column cannot be corrected", "one of: \(EntryViews.correctable.sorted().joined(separator: ", "))")
      }
    case .linking(let other):
      let isKnown = try connection.one("SELECT 1 FROM entry WHERE number = ?", other) { _ in true } ?? false
      guard isKnown, other != entry.number else { throw refuse("no other entry has the number to link to", "write it as `journal list` prints it") }
    case .forwarding(let unit): if unit.isEmpty { throw refuse("forwarded to nobody", "name the unit or body") }
    case .rerouting(nil, nil, nil): throw refuse("routed to nothing new", "name a system or a type of document")
    case .rerouting, .annulment: break
    }
  }

  /// The next copy of the document is one of its own, not the first copy's repetition.
  private func forgetDuplicate(of entry: Int64, _ transaction: borrowing Transaction) throws {
    let key = try transaction.one(
      """
      SELECT sender_profile, value FROM entry JOIN message ON message.id = entry.message JOIN event ON event.entry = entry.id AND kind = 'register'
        JOIN event_field ON event_field.event = event.id AND event_field.name = 'duplicateDigest'
      WHERE entry.id = ?
      """, entry
    ) { ($0.optionalInteger(0), $0.optionalText(1).flatMap { Digest(hex: $0) }) }
    guard case (let profile?, let digest?)? = key else { return }
    try transaction.run("DELETE FROM duplicate WHERE sender_profile = ? AND digest = ? AND entry = ?", profile, digest, entry)
  }

  /// The hand-off job of a message once more, also when it was done before.
  func handOnAgain(_ key: MessageKey, _ message: (id: Int64, mailbox: Int64), _ transaction: borrowing Transaction) throws {
    try transaction.run(
      """
      UPDATE job SET state = 'discarded', claimed_at = NULL, finished_at = ?, token = token + 1
      WHERE message = ? AND kind = 'handoff' AND state IN ('done', 'parked')
      """, now, message.id)
    try enqueue(.handoff, message: message.id, mailbox: message.mailbox, messageId: key.messageId, at: now, transaction)
    try transaction.run("UPDATE message SET state = 'registered' WHERE id = ? AND state = 'settled'", message.id)
  }

  private func enter(
    _ plan: ReplyPlan, about entry: NumberedEntry, _ message: (id: Int64, mailbox: Int64), _ transaction: borrowing Transaction
  ) throws -> [String: String?] {
    let isSaid = try transaction.one("SELECT 1 FROM reply WHERE message = ? AND kind = ?", message.id, plan.kind.rawValue) { _ in true } ?? false
    guard !isSaid else { return [:] }
    let held = HeldJob(
      job: Job(id: 0, kind: .confirm, token: 0, message: entry.message, attachment: nil, attempt: 0, createdAt: now), message: message.id,
      mailbox: message.mailbox, reply: 0)
    let made = try freeze(plan.kind, held) { plan.render(entry, $0) }
    try enter(made, held, entry: entry.id, transaction)
    try transaction.run("UPDATE message SET state = 'registered' WHERE id = ? AND state = 'settled'", message.id)
    return made.fields
  }

  /// An entry as it stands now, with the number of times it was routed anew; `nil` for a message without one.
  package func entryNow(of key: MessageKey) throws(OperatorError) -> (view: EntryView, reroutings: Int)? {
    try read { connection in
      guard let row = try Looking.messageRow(connection, key),
        let entry = try Looking.entry(connection, configuration.environment, .message(row.id))
      else { return nil }
      let history = try EntryViews.history(of: entry.id, connection)
      return (EntryViews.view(entry, history), history.filter { $0.kind == EventKind.rerouting.rawValue }.count)
    }
  }

  package func entry(number: String) throws(OperatorError) -> EntryView? {
    try read { connection in
      guard let entry = try Looking.entry(connection, configuration.environment, .number(number)) else { return nil }
      return EntryViews.view(entry, try EntryViews.history(of: entry.id, connection))
    }
  }
}
