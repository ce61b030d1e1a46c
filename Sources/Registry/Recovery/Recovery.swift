import Crypto
import Database
import Model

/// Rebuilds from the events of the mirror what a database has forgotten. Everything that may have left the machine is in them: numbers, and
/// replies, which therefore come back as uncertain.
struct Recovery {
  let environment: EnvironmentName
  let archive: Archive
  let now: Timestamp
  /// Of the machine, in microseconds.
  let uptime: Int64
  private(set) var events = 0
  private(set) var entries = 0
  private(set) var messages = 0
  private(set) var replies = 0
  /// Messages touched, to be settled at the end.
  private var touched: Set<Int64> = []

  init(environment: EnvironmentName, archive: Archive, now: Timestamp, uptime: Int64) {
    self.environment = environment
    self.archive = archive
    self.now = now
    self.uptime = uptime
  }

  /// Goes by an event that the database has; takes over one that it lacks.
  mutating func take(_ event: Event, registry: isolated Registry, _ transaction: borrowing Transaction) throws {
    let known = try transaction.one("SELECT hash FROM event WHERE chain = ? AND sequence = ?", event.chain, event.sequence) { $0.digest(0) }
    if let known {
      guard known == event.hash else { throw MirrorState.diverged(chain: event.chain, sequence: event.sequence).operatorError }
      return
    }
    guard let at = event[EventField.at].flatMap({ Timestamp(iso8601: $0) }) else { throw damaged(event) }
    if event.kind == EventKind.open.rawValue, event[EventField.environment] != environment.description {
      throw OperatorError(
        "registry.mirror-other-environment", "the mirror belongs to another environment",
        remedy: "check `mirror` in robot.conf", context: [.init("chain", event.chain)], disposition: .misconfigured)
    }
    let head = try EventStore.head(of: event.chain, transaction.connection)
    guard event.sequence == (head?.sequence ?? 0) + 1, event.previous == head?.hash ?? .zero else {
      throw MirrorState.diverged(chain: event.chain, sequence: event.sequence).operatorError
    }
    let message = try message(of: event, registry: registry, transaction)
    let entry = try apply(event, at: at, message, registry: registry, transaction)
    try EventStore.insert(event, kind: event.kind, at: at, entry: entry, message: message?.id, transaction)
    events += 1
  }

  private func damaged(_ event: Event) -> OperatorError {
    OperatorError(
      "registry.mirror-damaged", "an event of the mirror lacks what `recover` needs",
      remedy: "restore a newer backup of the database, or the mirror from its own backup",
      context: [.init("chain", event.chain), .init("sequence", String(event.sequence))])
  }

  // MARK: what the kinds mean

  /// Gives the entry that the event is about.
  private mutating func apply(
    _ event: Event, at: Timestamp, _ message: MessageRow?, registry: isolated Registry, _ transaction: borrowing Transaction
  ) throws -> Int64? {
    let entry = try event[EventField.number].flatMap { number in
      try transaction.one("SELECT id FROM entry WHERE number = ?", number) { $0.integer(0) }
    }
    guard let kind = EventKind(rawValue: event.kind) else { return entry }
    switch kind {
    case .epoch where event.chain == robotChain:
      guard let epoch = event[EventField.epoch].flatMap(Epoch.init) else { throw damaged(event) }
      try Registry.enter(
        epoch, at: at, actor: event[EventField.actor] ?? "", reason: event[EventField.reason] ?? "", transaction)
    case .void where message == nil: return try enterVoid(event, at: at, transaction)
    case .statement:
      try transaction.run(
        "INSERT INTO meta (name, value) VALUES ('statement-day', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1", event[EventField.day] ?? "")
    case .checkpoint:
      try transaction.run(
        "INSERT INTO meta (name, value) VALUES ('closed-day', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1", event[EventField.day] ?? "")
    case .pause, .resume, .numberingStopped, .numberingStarted: try applySwitch(kind, event, at: at, transaction)
    default:
      if let message { return try apply(kind, event, at: at, message, entry: entry, registry: registry, transaction) }
    }
    return entry
  }

  private mutating func apply(
    _ kind: EventKind, _ event: Event, at: Timestamp, _ message: MessageRow, entry: Int64?, registry: isolated Registry,
    _ transaction: borrowing Transaction
  ) throws -> Int64? {
    touched.insert(message.id)
    switch kind {
    case .opening:
      try transaction.run("UPDATE message SET opening_at = coalesce(opening_at, ?) WHERE id = ?", at, message.id)
    case .released:
      try transaction.run("UPDATE message SET state = 'listed', reason = '' WHERE id = ? AND state = 'waiting'", message.id)
    case .register:
      // Fetching goes on: an attachment may still be on its way.
      try finishJobs(of: message.id, JobKind.allCases.filter { $0 != .fetch }, transaction)
      let entry = try enterEntry(event, at: at, message, transaction)
      try enterReply(event, at: at, message, entry: entry, registry: registry, transaction)
      return entry
    case .duplicate, .notRegistered:
      try finishJobs(of: message.id, JobKind.allCases, transaction)
      try transaction.run(
        "UPDATE message SET state = 'not-registered', reason = ?, duplicate_of = ? WHERE id = ?",
        event[EventField.reason] ?? event.kind, kind == .duplicate ? entry : nil, message.id)
      try enterReply(event, at: at, message, entry: entry, registry: registry, transaction)
    case .replySending, .replyUncertain, .replySent: try applyReply(kind, event, at: at, message, transaction)
    case .registeredByHand:
      try finishJobs(of: message.id, JobKind.allCases, transaction)
      try transaction.run("UPDATE message SET state = 'not-registered', reason = ? WHERE id = ?", HoldReason.byHand, message.id)
    case .forwarding: try enterReply(event, at: at, message, entry: entry, registry: registry, transaction)
    case .rerouting:
      if event[EventField.handsOff] == "yes" { try registry.handOnAgain(message.key, (message.id, message.mailbox), transaction) }
    case .annulment: try transaction.run("DELETE FROM duplicate WHERE entry = ?", entry)
    case .handedOff: try finishJobs(of: message.id, [.handoff], transaction)
    case .erasure:
      var erasure = Erasure(now: at)
      try erasure.erase(message: message.id, transaction)
    case .outboxAccepted: try applyOutboxReply(event, at: at, message, transaction)
    case .jobDiscarded: try applyDiscard(event, message, transaction)
    default: break
    }
    return entry
  }

  private func applySwitch(_ kind: EventKind, _ event: Event, at: Timestamp, _ transaction: borrowing Transaction) throws {
    let pause = MailboxState.Pause(actor: event[EventField.actor] ?? "", reason: event[EventField.reason] ?? "", since: at)
    switch kind {
    case .pause, .resume:
      try transaction.run(
        "UPDATE mailbox SET pause = ? WHERE recipient = ?", kind == .pause ? try JSONText.encode(pause) : nil,
        event[EventField.mailbox] ?? "")
    case .numberingStopped:
      try transaction.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('numbering-stopped', ?)", try JSONText.encode(pause))
    default: try transaction.run("DELETE FROM meta WHERE name = 'numbering-stopped'")
    }
  }

  // MARK: messages

  struct MessageRow {
    var id: Int64
    var mailbox: Int64
    var key: MessageKey
  }

  /// The row of the message that an event is about, made if there is none: with its `open` job, which later events may find done.
  private mutating func message(
    of event: Event, registry: isolated Registry, _ transaction: borrowing Transaction
  ) throws -> MessageRow? {
    guard let recipient = event[EventField.mailbox], let messageId = event[EventField.messageId].flatMap({ Int64($0) }) else { return nil }
    let key = MessageKey(environment: environment, recipient: recipient, messageId: messageId)
    return try message(
      key, receivedAt: event[EventField.receivedAt].flatMap { Timestamp(iso8601: $0) }, subject: event["subject"], senderName: event["senderName"],
      rnu: event["rnu"], registry: registry, transaction)
  }

  /// The row of a message, made if there is none.
  mutating func message(
    _ key: MessageKey, receivedAt: Timestamp?, subject: String? = nil, senderName: String? = nil, rnu: String? = nil, registry: isolated Registry,
    _ transaction: borrowing Transaction
  ) throws -> MessageRow {
    if let row = try Looking.messageRow(transaction.connection, key) { return MessageRow(id: row.id, mailbox: row.mailbox, key: key) }
    let receivedAt = receivedAt ?? now
    // Paused and without a name until the configuration declares it.
    try transaction.run(
      """
      INSERT INTO mailbox (recipient, name, serve_from, mode, opened_by_person) VALUES (?, '', ?, 'paused', 'review')
      ON CONFLICT (recipient) DO NOTHING
      """, key.recipient, receivedAt)
    guard let mailbox = try transaction.one("SELECT id FROM mailbox WHERE recipient = ?", key.recipient, body: { $0.integer(0) }) else {
      throw Registry.unknownMailbox(key.recipient)
    }
    let id = try transaction.insert(
      """
      INSERT INTO message (mailbox, message_id, state, date_sent, subject, sender_name, rnu, seen_at)
      VALUES (?, ?, 'listed', ?, ?, ?, ?, ?)
      """, mailbox, key.messageId, receivedAt, subject ?? "", senderName ?? "", rnu, now)
    try registry.enqueue(.open, message: id, mailbox: mailbox, messageId: key.messageId, at: now, transaction)
    messages += 1
    return MessageRow(id: id, mailbox: mailbox, key: key)
  }

  /// What an older database still has to do for a message was done in the time that it has forgotten.
  func finishJobs(of message: Int64, _ kinds: [JobKind], _ transaction: borrowing Transaction) throws {
    for kind in kinds {
      try transaction.run(
        """
        UPDATE job SET state = 'done', claimed_at = NULL, finished_at = ?, token = token + 1, last_code = 'registry.recovered'
        WHERE message = ? AND kind = ? AND state IN ('available', 'running', 'parked')
        """, now, message, kind.rawValue)
    }
  }

  /// A message is settled when nothing is left to do for it.
  func finish(_ transaction: borrowing Transaction) throws {
    for message in touched {
      try transaction.run(
        """
        UPDATE message SET state = 'settled' WHERE id = ?1 AND state = 'registered'
          AND NOT EXISTS (SELECT 1 FROM job WHERE message = ?1 AND state IN ('available', 'running', 'parked'))
        """, message)
    }
  }

  mutating func countEntry() { entries += 1 }
  mutating func countReply() { replies += 1 }
}
