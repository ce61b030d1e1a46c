package import Model
import Runtime

/// A consistent look at a registry that never writes beside it, for the commands that only look. Works while the robot runs and while it
/// does not. Answers do not change between calls.
package actor RegistrySnapshot {
  private let executor = ThreadExecutor(name: "snapshot")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Errors: `registry.missing`, `registry.newer`, `registry.older`, `registry.other-environment`, `registry.not-ours`.
  package init(_ configuration: RegistryConfiguration) throws(OperatorError) { throw OperatorError("x", "", remedy: "") }

  package func close() {}

  /// The newest first.
  package func entries(_ query: EntryQuery) throws(OperatorError) -> [EntryView] { [] }
  package func entry(number: String) throws(OperatorError) -> EntryView? { nil }
  /// All events of one entry, in the order they happened.
  package func history(number: String) throws(OperatorError) -> [EventRecord] { [] }
  package func message(_ key: MessageKey) throws(OperatorError) -> MessageRecord? { nil }
  /// Messages in one of these states (empty: all), the oldest first.
  package func messages(states: Set<MessageState>, recipient: String?, limit: Int) throws(OperatorError) -> [MessageRecord] { [] }
  package func replies(to key: MessageKey) throws(OperatorError) -> [PendingReply] { [] }
  package func jobs(_ filter: JobFilter) throws(OperatorError) -> [JobRecord] { [] }
  package func job(_ id: Int64) throws(OperatorError) -> JobRecord? { nil }
  package func attempts(of id: Int64) throws(OperatorError) -> [AttemptRecord] { [] }
  package func mailboxes() throws(OperatorError) -> [MailboxState] { [] }
  package func counts() throws(OperatorError) -> [MailboxCounts] { [] }
  package func journals() throws(OperatorError) -> [JournalSummary] { [] }
  package func numbering() throws(OperatorError) -> NumberingState { .on }
  package func epochs() throws(OperatorError) -> [EpochRecord] { [] }

  /// Writes `entries.csv` and `events.csv` into a folder that exists (design.md 7). The same database, period and event give the same bytes.
  package func export(_ request: ExportRequest) throws(OperatorError) -> ExportReport { throw OperatorError("x", "", remedy: "") }

  /// Recomputes chains, counters and entries from the fields of the events. Findings are in the report; it throws only when it cannot read.
  package func verify() throws(OperatorError) -> VerifyReport { throw OperatorError("x", "", remedy: "") }
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

/// An entry as it stands now: what was registered, and what later events made of it. Keys of `columns` are the field names of domain.md 4.
package struct EntryView: Sendable, Equatable {
  package var entry: NumberedEntry
  package var columns: [String: String]
  /// `регистриран`, `за преглед`, `препратен`, `анулиран`.
  package var status: String
}

package struct EventRecord: Sendable, Equatable {
  package var chain: String
  package var sequence: Int64
  package var kind: String
  package var at: Timestamp
  package var actor: String
  /// A masked or erased field has no value.
  package var fields: [String: String?]
  /// Lower-case hex.
  package var hash: String
}

package struct JournalSummary: Sendable, Equatable {
  package var journal: String
  package var entries: Int
  package var events: Int64
  package var lastNumber: String?
  package var lastRegisteredAt: Timestamp?
  /// Hash of the newest event, lower-case hex.
  package var head: String
}

package struct EpochRecord: Sendable, Equatable {
  package var epoch: Epoch
  package var openedAt: Timestamp
  package var reason: String
}

package enum ExportProfile: String, Sendable, CaseIterable {
  /// Everything, salts included.
  case service = "служебен"
  /// Personal data masked; chain and commitments still verify.
  case audit = "одит"
}

package struct ExportRequest: Sendable, Equatable {
  /// `nil` for all.
  package var journal: String?
  package var from: Timestamp?
  package var to: Timestamp?
  package var profile: ExportProfile
  package var folder: String

  package init(journal: String? = nil, from: Timestamp? = nil, to: Timestamp? = nil, profile: ExportProfile, folder: String) {
    self.journal = journal
    self.from = from
    self.to = to
    self.profile = profile
    self.folder = folder
  }
}

package struct ExportReport: Sendable, Equatable {
  package var entriesFile: String
  package var eventsFile: String
  package var entries: Int
  package var events: Int
  /// Per journal the newest event included.
  package var upTo: [String: Int64]
}

package struct VerifyReport: Sendable, Equatable {
  package var chains: Int
  package var events: Int
  package var entries: Int
  package var findings: [VerifyFinding]

  package var isSound: Bool { findings.isEmpty }
}

package struct VerifyFinding: Sendable, Equatable {
  /// Stable: `chain-broken`, `hash-wrong`, `commitment-wrong`, `gap`, `entry-differs`, `counter-wrong`, `entry-without-event`, ….
  package var code: String
  package var journal: String
  /// Sequence of the event, or of the number; 0 when it is about the whole journal.
  package var sequence: Int64
  package var text: String
}
