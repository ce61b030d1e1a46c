import Database
package import Model
import Runtime

/// A consistent look at a registry that never writes beside it, for the commands that only look. Works while the robot runs, while it does not,
/// and after a crash. Answers do not change between calls. Keep it short: while it lives, a running robot's log cannot be folded in.
package actor RegistrySnapshot {
  private let executor: ThreadExecutor
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  let configuration: RegistryConfiguration
  private var file: SnapshotFile?
  /// How much of the mirror there was before the database was looked at: nothing in it can be newer than the database.
  private let mirrorLength: Int64

  /// Errors: `registry.missing`, `registry.newer`, `registry.older`, `registry.other-environment`, `registry.not-ours`.
  package init(_ configuration: RegistryConfiguration) throws(OperatorError) {
    self.configuration = configuration
    do {
      mirrorLength = try Mirror(reading: configuration.mirror)?.size() ?? 0
      let file = try SnapshotFile(configuration.database)
      let version = try Schema.version(of: file.connection, environment: configuration.environment)
      guard version == Schema.newest else {
        throw OperatorError(
          "registry.older", "the database has schema \(version); this program reads schema \(Schema.newest)",
          remedy: "start the robot once: it brings the database up", context: [.init("database", configuration.database)],
          disposition: .misconfigured)
      }
      // A transaction that is never ended keeps the moment.
      try file.connection.execute("BEGIN; SELECT count(*) FROM meta")
      self.file = file
    } catch {
      throw Registry.operatorError(error)
    }
    executor = ThreadExecutor(name: "snapshot")
  }

  deinit { executor.stop() }

  /// Gives the database up. Nothing may be called afterwards.
  package func close() { file = nil }

  func look<Result>(_ body: (Connection) throws -> Result) throws(OperatorError) -> Result {
    guard let connection = file?.connection else {
      throw OperatorError("registry.closed", "the snapshot is closed", remedy: "report this: it is an error of the program")
    }
    do {
      return try body(connection)
    } catch {
      throw Registry.operatorError(error)
    }
  }

  private var environment: EnvironmentName { configuration.environment }

  // MARK: entries

  /// The newest first.
  package func entries(_ query: EntryQuery) throws(OperatorError) -> [EntryView] {
    try look { connection in
      try Looking.entries(connection, environment, query).map { EntryViews.view($0, try EntryViews.history(of: $0.id, connection)) }
    }
  }

  package func entry(number: String) throws(OperatorError) -> EntryView? {
    try look { connection in
      guard let entry = try Looking.entry(connection, environment, .number(number)) else { return nil }
      return EntryViews.view(entry, try EntryViews.history(of: entry.id, connection))
    }
  }

  /// All events of one entry, in the order they happened.
  package func history(number: String) throws(OperatorError) -> [EventRecord] {
    try look { connection in
      guard let entry = try Looking.entry(connection, environment, .number(number)) else { return [] }
      return try EntryViews.history(of: entry.id, connection)
    }
  }

  package func journals() throws(OperatorError) -> [JournalSummary] { try look { try Looking.journals($0) } }

  // MARK: messages and jobs

  package func message(_ key: MessageKey) throws(OperatorError) -> MessageRecord? { try look { try Looking.message($0, key) } }

  /// Messages in one of these states (empty: all), the oldest first.
  package func messages(states: Set<MessageState>, recipient: String?, limit: Int) throws(OperatorError) -> [MessageRecord] {
    try look { try Looking.messages($0, environment, states: states, recipient: recipient, limit: limit) }
  }

  package func countDecided(_ query: DecidedQuery) throws(OperatorError) -> Int { try look { try Looking.countDecided($0, query) } }

  /// Messages that were decided, in the order of their rows: at most `limit`, behind the row `after` (0 for the first).
  package func decided(_ query: DecidedQuery, after: Int64, limit: Int) throws(OperatorError) -> [DecidedMessage] {
    try look { try Looking.decided($0, environment, query, after: after, limit: limit) }
  }

  /// All events about one message, on every chain, in the order they happened.
  package func history(of key: MessageKey) throws(OperatorError) -> [EventRecord] {
    try look { connection in
      guard let row = try Looking.messageRow(connection, key) else { return [] }
      return try EntryViews.history(ofMessage: row.id, connection)
    }
  }

  package func replies(to key: MessageKey) throws(OperatorError) -> [PendingReply] {
    try look { connection in
      guard let row = try Looking.messageRow(connection, key) else { return [] }
      return try Looking.replies(connection, environment, .message(row.id))
    }
  }

  package func jobs(_ filter: JobFilter) throws(OperatorError) -> [JobRecord] {
    try look { try Looking.jobs($0, environment, filter) }
  }

  package func job(_ id: Int64) throws(OperatorError) -> JobRecord? { try look { try Looking.jobs($0, environment, id: id).first } }

  package func attempts(of id: Int64) throws(OperatorError) -> [AttemptRecord] { try look { try Looking.attempts($0, of: id) } }

  // MARK: the whole

  package func mailboxes() throws(OperatorError) -> [MailboxState] { try look { try Looking.mailboxes($0, recipient: nil) } }

  package func counts() throws(OperatorError) -> [MailboxCounts] { try look { try Looking.counts($0) } }

  /// The durable switch alone; what a running robot found about its mirror only that robot knows.
  package func numbering() throws(OperatorError) -> NumberingState {
    try look { connection in
      try Looking.numberingStop(connection).map { .stopped(actor: $0.actor, reason: $0.reason, since: $0.since) } ?? .on
    }
  }

  package func epochs() throws(OperatorError) -> [EpochRecord] { try look { try Looking.epochs($0) } }

  /// Writes `entries.csv` and `events.csv` into a folder that exists (design.md 7). The same database, period and event give the same bytes.
  package func export(_ request: ExportRequest) throws(OperatorError) -> ExportReport {
    try look { try JournalExport.run(request, environment, $0) }
  }

  /// Recomputes chains, counters and entries from the fields of the events, and compares the mirror. Findings are in the report; it throws only
  /// when it cannot read.
  package func verify() throws(OperatorError) -> VerifyReport {
    try look { connection in
      let mirror = try Mirror(reading: configuration.mirror)
      return try JournalVerify.run(connection, mirror: mirror.map { ($0, mirrorLength) })
    }
  }
}

package struct EntryQuery: Sendable, Equatable {
  package var journal: String?
  /// Registered at or after, and before.
  package var from: Timestamp?
  package var to: Timestamp?
  package var limit: Int

  package init(journal: String? = nil, from: Timestamp? = nil, to: Timestamp? = nil, limit: Int = 100) {
    self.journal = journal
    self.from = from
    self.to = to
    self.limit = limit
  }
}
