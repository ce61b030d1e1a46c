import Crypto
import Database
package import Model

extension Registry {
  /// THE transaction: duplicate check, order check, number, entry, event, frozen reply and the jobs that follow, all or nothing. No I/O
  /// and no rules inside. Called again for a message that has its entry, it gives that entry.
  /// Errors: `registry.numbering-stopped`, `registry.clock-backwards`, `registry.unit-index-unknown`,
  /// `registry.target-numbers-not-available`, `registry.journal-name`, `registry.number-exists`, `registry.reply-without-mark`,
  /// `registry.stale-job`, and before `recover` `registry.mirror-ahead` or `registry.mirror-diverged`.
  package func register(_ job: Job, _ request: RegistrationRequest) throws(OperatorError) -> RegistrationResult {
    try check(request)
    return try write(.register) { transaction in try register(job, request, transaction) }
  }

  /// Several at once with one commit: what a backlog is worked off with. Each stands for itself: one that fails is undone alone and leaves no
  /// number behind. Throws only what ends the use of the database; then none of them happened.
  package func register(
    _ batch: [(job: Job, request: RegistrationRequest)]
  ) throws(OperatorError) -> [Result<RegistrationResult, OperatorError>] {
    // Most often all of them can be: then nothing need be kept for undoing one alone, which is what costs.
    if let all = try registerAll(batch) { return all }
    return try write(.register) { transaction in
      try batch.map { item in
        do {
          try check(item.request)
          return .success(try transaction.savepoint { try register(item.job, item.request, transaction) })
        } catch {
          let error = Registry.operatorError(error)
          if error.disposition == .restart { throw error }
          return .failure(error)
        }
      }
    }
  }

  /// All in one transaction, or none: `nil` when one cannot be registered.
  private func registerAll(
    _ batch: [(job: Job, request: RegistrationRequest)]
  ) throws(OperatorError) -> [Result<RegistrationResult, OperatorError>]? {
    var failure: OperatorError?
    do throws(OperatorError) {
      return try write(.register) { transaction in
        try batch.map { item in
          do {
            try check(item.request)
            return .success(try register(item.job, item.request, transaction))
          } catch {
            failure = Registry.operatorError(error)
            throw error
          }
        }
      }
    } catch {
      // What ends the use of the database, or came from the commit, is no message's fault.
      guard let failure, failure.disposition != .restart else { throw error }
      return nil
    }
  }

  func register(
    _ job: Job, _ request: RegistrationRequest, _ transaction: borrowing Transaction
  ) throws -> RegistrationResult {
    if let row = try Looking.messageRow(transaction.connection, job.message),
      let entry = try Looking.entry(transaction.connection, configuration.environment, .message(row.id))
    {
      return .registered(entry)
    }
    let held = try hold(job, transaction)
    guard let message = try ReadyMessage(held, transaction.connection) else { throw Registry.unexpectedState(job) }
    let profile = message.senderProfileId
    try checkMayNumber(transaction.connection)
    if let duplicate = request.duplicate,
      let original = try original(of: duplicate, profile: profile, sentAt: message.dateSent, transaction.connection)
    {
      try endAsDuplicate(held, of: original, request, transaction)
      try wakeLater(held, profile: profile, transaction)
      return .duplicate(of: original)
    }
    let earlier = try earlierMessage(held, profile: profile, transaction.connection)
    if let earlier, earlier.isReady || now < message.decidedAt + request.orderWait {
      // Registering the earlier one wakes this one; the look-around is for one that gets parked or ends otherwise.
      let next = earlier.isReady ? now + .seconds(2) : min(message.decidedAt + request.orderWait, now + .seconds(2))
      try snooze(held, until: next, code: Registry.waitsForEarlier, transaction)
      return .waitsForEarlier(messageId: earlier.messageId)
    }
    let entry = try number(held, message, request, passed: earlier?.messageId, transaction)
    try finish(held, transaction)
    try wakeLater(held, profile: profile, transaction)
    return .registered(entry)
  }

  /// What can be said without looking into the database.
  func check(_ request: RegistrationRequest) throws(OperatorError) {
    try check(request.journal, request.unit)
  }

  func check(_ definition: JournalDefinition, _ unit: Unit) throws(OperatorError) {
    let journal: [OperatorError.Field] = [.init("journal", definition.name)]
    guard definition.numbering == .byRobot else {
      throw OperatorError(
        "registry.target-numbers-not-available", "the journal takes its numbers from the target system, which this version cannot ask",
        remedy: "declare `numbers by robot`, or route these documents to a journal that does", context: journal)
    }
    guard !definition.name.isEmpty, definition.name != robotChain else {
      throw OperatorError(
        "registry.journal-name", "a journal cannot be named so", remedy: "rename the journal in the ruleset", context: journal,
        disposition: .misconfigured)
    }
    guard !unit.hasFictitiousIndex else {
      throw OperatorError(
        "registry.unit-index-unknown", "the unit's index `\(unit.index)` is fictitious: nothing may be numbered with it",
        remedy: "set the unit's real index in units.csv, then `intake-robot jobs retry`",
        context: journal + [.init("unit", unit.identifier)])
    }
  }

  private func checkMayNumber(_ connection: Connection) throws {
    if let stop = try Looking.numberingStop(connection) {
      throw OperatorError(
        "registry.numbering-stopped", "numbering was stopped by \(stop.actor) at \(stop.since.iso8601)",
        remedy: "`intake-robot numbering start` when it may go on", disposition: .snooze(.seconds(60)))
    }
    try checkClock(connection)
  }

  /// Numbers and closed periods carry a date: nothing of the kind is written while the clock shows a time before the last event.
  func checkClock(_ connection: Connection) throws {
    if let last = try EventStore.lastTime(connection), now < last {
      throw OperatorError(
        "registry.clock-backwards", "the clock shows \(now.iso8601), before the last event at \(last.iso8601)",
        remedy: "set the machine's clock right (timedatectl); numbering goes on by itself once it has passed that moment",
        disposition: .snooze(.seconds(30)))
    }
  }

  // MARK: duplicates and order

  private func original(
    of check: DuplicateCheck, profile: Int64, sentAt: Timestamp, _ connection: Connection
  ) throws -> NumberedEntry? {
    let known = try connection.one(
      "SELECT entry, received_at FROM duplicate WHERE sender_profile = ? AND digest = ?", profile, check.digest
    ) { (entry: $0.integer(0), receivedAt: $0.moment(1)) }
    guard let known else { return nil }
    let apart = abs((sentAt - known.receivedAt).microseconds)
    guard apart <= Int64(check.windowDays) * 86_400 * 1_000_000 else { return nil }
    return try Looking.entry(connection, configuration.environment, .id(known.entry))
  }

  private func endAsDuplicate(
    _ held: HeldJob, of original: NumberedEntry, _ request: RegistrationRequest, _ transaction: borrowing Transaction
  ) throws {
    try transaction.run(
      "UPDATE message SET state = 'not-registered', reason = ?, duplicate_of = ? WHERE id = ?", HoldReason.duplicate, original.id,
      held.message)
    var fields: [String: String?] = [
      EventField.number: original.number, EventField.mailbox: held.job.message.recipient,
      EventField.messageId: String(held.job.message.messageId), EventField.reason: HoldReason.duplicate,
    ]
    if let plan = request.duplicateReply {
      let made = try freeze(plan.kind, held) { plan.render(original, $0) }
      try enter(made, held, entry: original.id, transaction)
      fields.merge(made.fields) { _, new in new }
    }
    try append(
      EventDraft(
        .duplicate, chain: original.journal, at: now, actor: request.actor, entry: original.id, message: held.message, fields: fields),
      transaction)
    try finish(held, transaction)
  }

  /// The first message of the same sender to the same mailbox that was sent before this one and is still on its way. One whose job is parked
  /// is not waited for. It is ready when nothing but its turn keeps it from being registered: then it goes first however long it takes.
  private func earlierMessage(
    _ held: HeldJob, profile: Int64, _ connection: Connection
  ) throws -> (messageId: Int64, isReady: Bool)? {
    try connection.one(
      """
      SELECT message.message_id, job.kind = 'register' AND job.last_code IN ('', ?4)
      FROM message JOIN job ON job.message = message.id AND job.kind IN ('read', 'decide', 'register') AND job.state IN ('available', 'running')
      WHERE message.mailbox = ?1 AND sender_profile = ?2 AND message.message_id < ?3 AND message.state IN ('opened', 'read', 'decided')
      ORDER BY message.message_id LIMIT 1
      """, held.mailbox, profile, held.job.message.messageId, Registry.waitsForEarlier
    ) { ($0.integer(0), $0.flag(1)) }
  }

  /// Messages of the same sender that waited for this one are due now.
  private func wakeLater(_ held: HeldJob, profile: Int64, _ transaction: borrowing Transaction) throws {
    try transaction.run(
      """
      UPDATE job SET run_at = ?1 WHERE kind = 'register' AND state = 'available' AND last_code = ?2 AND mailbox = ?3 AND message IN
        (SELECT id FROM message WHERE mailbox = ?3 AND sender_profile = ?4 AND state = 'decided')
      """, now, Registry.waitsForEarlier, held.mailbox, profile)
  }

  private static let waitsForEarlier = "registry.waits-for-earlier"

  // MARK: the number

  private func number(
    _ held: HeldJob, _ message: ReadyMessage, _ request: RegistrationRequest, passed: Int64?, _ transaction: borrowing Transaction
  ) throws -> NumberedEntry {
    let journal = request.journal
    let moment = now
    let year = SofiaTime.date(of: moment).year
    let counterUnit = journal.counter.perUnit ? request.unit.identifier : ""
    let counterYear = journal.counter.perYear ? year : 0
    let sequence = try transaction.one(
      """
      INSERT INTO counter (journal, unit, year, next) VALUES (?1, ?2, ?3, ?4 + 1)
      ON CONFLICT (journal, unit, year) DO UPDATE SET next = next + 1 RETURNING next - 1
      """, journal.name, counterUnit, counterYear, journal.counter.start
    ) { $0.integer(0) }
    guard let sequence else { throw Registry.unexpectedState(held.job) }
    let number = journal.template.render(sequence: sequence, unit: request.unit, registeredAt: moment)
    guard try transaction.connection.one("SELECT 1 FROM entry WHERE number = ?", number, body: { _ in true }) == nil else {
      throw OperatorError(
        "registry.number-exists", "the number \(number) was given out before, by another counter",
        remedy: "change the number template so that two counters cannot print the same number", context: [.init("journal", journal.name)])
    }
    let id = try transaction.insert(
      """
      INSERT INTO entry (journal, counter_unit, counter_year, sequence, number, registered_at, received_at, message, unit_identifier,
        unit_name, unit_index, unit_phone)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, journal.name, counterUnit, counterYear, sequence, number, moment, message.dateSent, held.message,
      request.unit.identifier, request.unit.name, request.unit.index, request.unit.phone)
    let entry = NumberedEntry(
      id: id, journal: journal.name, sequence: sequence, year: year, unit: request.unit, number: number, registeredAt: moment,
      receivedAt: message.dateSent, message: held.job.message)
    try complete(entry, held, message, request, counter: (counterUnit, counterYear), passed: passed, transaction)
    return entry
  }

  /// What belongs to an entry: its event, its reply, its jobs.
  private func complete(
    _ entry: NumberedEntry, _ held: HeldJob, _ message: ReadyMessage, _ request: RegistrationRequest, counter: (unit: String, year: Int),
    passed: Int64?, _ transaction: borrowing Transaction
  ) throws {
    var fields = try EntryFields.make(entry, message, request, counter: counter, passed: passed)
    fields["mailboxName"] = try transaction.one("SELECT name FROM mailbox WHERE id = ?", held.mailbox) { $0.text(0) }
    fields[EventField.epoch] = try epoch().description
    if let plan = request.reply {
      let made = try freeze(plan.kind, held) { plan.render(entry, $0) }
      try enter(made, held, entry: entry.id, transaction)
      fields.merge(made.fields) { _, new in new }
    }
    try transaction.run("UPDATE message SET state = 'registered', reason = '' WHERE id = ?", held.message)
    if let duplicate = request.duplicate {
      try transaction.run(
        """
        INSERT INTO duplicate (sender_profile, digest, entry, received_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (sender_profile, digest) DO UPDATE SET entry = ?3, received_at = ?4
        """, message.senderProfileId, duplicate.digest, entry.id, entry.receivedAt)
    }
    try append(
      EventDraft(
        .register, chain: entry.journal, at: entry.registeredAt, actor: request.actor, entry: entry.id, message: held.message, fields: fields),
      transaction)
    try appendLateAttachments(held, transaction)
    if request.handsOff { try enqueue(.handoff, after: held, at: now, transaction) }
  }
}

/// What the registration transaction reads of a message: a row, and none of the texts that may be long.
struct ReadyMessage {
  var senderProfileId: Int64
  var dateSent: Timestamp
  /// ССЕВ's own time of the opening (domain.md 3), the robot's where ССЕВ gave none.
  var openedAt: Timestamp?
  var decidedAt: Timestamp

  /// `nil` unless the message is decided.
  init?(_ held: HeldJob, _ connection: Connection) throws(DatabaseError) {
    let row = try connection.one(
      "SELECT sender_profile, date_sent, coalesce(date_received, opened_at), decided_at FROM message WHERE id = ? AND state = 'decided'", held.message
    ) { ($0.optionalInteger(0), $0.moment(1), $0.optionalMoment(2), $0.optionalMoment(3)) }
    guard case (let profile?, let dateSent, let openedAt, let decidedAt?)? = row else { return nil }
    (senderProfileId, self.dateSent, self.openedAt, self.decidedAt) = (profile, dateSent, openedAt, decidedAt)
  }
}
