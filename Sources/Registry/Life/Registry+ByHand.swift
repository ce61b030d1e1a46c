import Database
package import Model

/// What a person does with a message that the robot could not, or must not, register by itself.
extension Registry {
  /// Registers a message from what its listing tells, for one that can never be opened. The request names no reply: the listing does not know the
  /// sender's profile.
  /// Errors: `registry.unknown-message`, `registry.message-has-end`, and those of `register`.
  package func registerFromListing(_ key: MessageKey, _ request: RegistrationRequest) throws(OperatorError) -> NumberedEntry {
    try check(request)
    return try write(.register) { transaction in
      let row = try openEnded(key, transaction)
      try endJobs(of: row.id, transaction)
      try transaction.run(
        "UPDATE message SET state = 'decided', reason = '', sender_profile = coalesce(sender_profile, 0), decided_at = ? WHERE id = ?", now, row.id)
      let job = try transaction.one(
        """
        INSERT INTO job (kind, state, mailbox, message, message_id, created_at, run_at, claimed_at, token, attempt)
        VALUES ('register', 'running', ?1, ?2, ?3, ?4, ?4, ?4, 1, 1)
        ON CONFLICT (message, kind, attachment, reply) DO UPDATE
          SET state = 'running', claimed_at = ?4, finished_at = NULL, token = token + 1, attempt = 1
        RETURNING id, token
        """, row.mailbox, row.id, key.messageId, now
      ) { Job(id: $0.integer(0), kind: .register, token: $0.integer(1), message: key, attachment: nil, attempt: 1, createdAt: now) }
      guard let job else { throw Registry.unknownMessage(key) }
      try transaction.run(
        "INSERT INTO attempt (job, token, number, started_at, outcome) VALUES (?, ?, 1, ?, 'running')", job.id, job.token, now)
      guard case .registered(let entry) = try register(job, request, transaction) else { throw Registry.unexpectedState(job) }
      return entry
    }
  }

  /// The message has a number that a person gave elsewhere: it ends as not to be registered, reason `registered-by-hand`, and nothing is sent.
  /// Errors: `registry.unknown-message`, `registry.message-has-end`.
  package func recordRegisteredByHand(_ key: MessageKey, number: String, actor: String, reason: String) throws(OperatorError) {
    try write(.decision) { transaction in
      let row = try openEnded(key, transaction)
      try endJobs(of: row.id, transaction)
      try transaction.run("UPDATE message SET state = 'not-registered', reason = ? WHERE id = ?", HoldReason.byHand, row.id)
      try append(
        EventDraft(
          .registeredByHand, chain: robotChain, at: now, actor: actor, message: row.id,
          fields: [
            EventField.mailbox: key.recipient, EventField.messageId: String(key.messageId), EventField.handNumber: number,
            EventField.reason: reason,
          ]), transaction)
    }
  }

  /// A message that has neither a number nor another end.
  private func openEnded(_ key: MessageKey, _ transaction: borrowing Transaction) throws -> (id: Int64, mailbox: Int64) {
    guard let row = try Looking.messageRow(transaction.connection, key) else { throw Registry.unknownMessage(key) }
    let state = try transaction.one("SELECT state FROM message WHERE id = ?", row.id) { $0.text(0) } ?? ""
    guard ["listed", "opened", "read", "decided", "waiting"].contains(state) else {
      throw OperatorError(
        "registry.message-has-end", "the message is \(state) already", remedy: "none needed: `intake-robot explain` shows its end",
        context: [.init("message", key.description)])
    }
    return row
  }

  /// Whoever holds one of them learns that it is stale.
  private func endJobs(of message: Int64, _ transaction: borrowing Transaction) throws {
    try transaction.run(
      "UPDATE attempt SET outcome = 'discarded', ended_at = ? WHERE outcome = 'running' AND job IN (SELECT id FROM job WHERE message = ?)", now,
      message)
    try transaction.run(
      """
      UPDATE job SET state = 'discarded', claimed_at = NULL, finished_at = ?, token = token + 1, last_code = 'registry.by-hand'
      WHERE message = ? AND state IN ('available', 'running', 'parked')
      """, now, message)
  }

  // MARK: void

  /// Numbers that are known to have been given and cannot be proved to belong to a document: from the counter's next one up to `last` each becomes
  /// a void entry, so that the counter goes on behind them and the journal shows every number. Gives the numbers as printed.
  /// Errors: `registry.void-range`, `registry.clock-backwards`, those of `register` about journals and units.
  package func void(
    journal: JournalDefinition, unit: Unit, year: Int? = nil, through last: Int64, actor: String, reason: String
  ) throws(OperatorError) -> [String] {
    try check(journal, unit)
    return try write(.register) { transaction in
      try checkClock(transaction.connection)
      let counterUnit = journal.counter.perUnit ? unit.identifier : ""
      let counterYear = journal.counter.perYear ? year ?? SofiaTime.date(of: now).year : 0
      let next =
        try transaction.one("SELECT next FROM counter WHERE journal = ? AND unit = ? AND year = ?", journal.name, counterUnit, counterYear) {
          $0.integer(0)
        } ?? journal.counter.start
      guard last >= next, last - next < 10_000 else {
        throw OperatorError(
          "registry.void-range", "the counter's next number is \(next): voids go from there up to \(last)",
          remedy: "name the last number that is known to have been given, at most 10 000 further", context: [.init("journal", journal.name)])
      }
      var numbers: [String] = []
      for sequence in next...last {
        numbers.append(
          try void(sequence, of: journal, unit, counter: (counterUnit, counterYear), number: nil, actor: actor, reason: reason, transaction))
      }
      return numbers
    }
  }

  /// One void entry with its event. `number` when it is known how it was printed; otherwise its date is shown as `–`.
  func void(
    _ sequence: Int64, of journal: JournalDefinition, _ unit: Unit, counter: (unit: String, year: Int), number known: String?, actor: String,
    reason: String, _ transaction: borrowing Transaction
  ) throws -> String {
    try transaction.run(
      """
      INSERT INTO counter (journal, unit, year, next) VALUES (?1, ?2, ?3, ?4 + 1)
      ON CONFLICT (journal, unit, year) DO UPDATE SET next = ?4 + 1
      """, journal.name, counter.unit, counter.year, sequence)
    let number = known ?? journal.template.renderWithoutDate(sequence: sequence, unit: unit, year: counter.year)
    // One moment: the row and its event say the same.
    let moment = now
    let id = try transaction.insert(
      """
      INSERT INTO entry (journal, counter_unit, counter_year, sequence, number, registered_at, received_at, message, unit_identifier,
        unit_name, unit_index, unit_phone)
      VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?)
      """, journal.name, counter.unit, counter.year, sequence, number, moment, moment, unit.identifier, unit.name, unit.index, unit.phone)
    let entry = NumberedEntry(
      id: id, journal: journal.name, sequence: sequence, year: counter.year == 0 ? SofiaTime.date(of: moment).year : counter.year, unit: unit,
      number: number, registeredAt: moment, receivedAt: moment,
      message: MessageKey(environment: configuration.environment, recipient: "", messageId: 0))
    try append(
      EventDraft(
        .void, chain: journal.name, at: moment, actor: actor, entry: id,
        fields: [
          EventField.number: number, "index": EntryFields.index(journal.template, entry), "sequence": String(sequence), "year": String(entry.year),
          "registeredAt": moment.iso8601, EventField.receivedAt: moment.iso8601, "unit": unit.identifier, "unitName": unit.name,
          "unitIndex": unit.index, "unitPhone": unit.phone.isEmpty ? nil : unit.phone, "counterUnit": counter.unit.isEmpty ? nil : counter.unit,
          "counterYear": counter.year == 0 ? nil : String(counter.year), EventField.reason: reason,
        ]), transaction)
    return number
  }
}

extension HoldReason {
  /// A person gave it a number elsewhere.
  package static let byHand = "registered-by-hand"
}

extension NumberTemplate {
  /// As printed, with `–` where the date of registration would stand: it is not known.
  func renderWithoutDate(sequence: Int64, unit: Unit, year: Int) -> String {
    parts.map { part in
      switch part {
      case .literal(let text): text
      case .unitIndex: unit.index
      case .unitIdentifier: unit.identifier
      case .sequence(let width): String(repeating: "0", count: max(0, width - String(sequence).count)) + String(sequence)
      case .year: year == 0 ? "–" : String(year)
      case .date: year == 0 ? "–" : "–.\(year)"
      }
    }.joined()
  }
}
