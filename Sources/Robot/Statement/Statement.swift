package import Model
import Registry

/// The closed account of one day (design.md 7): per mailbox, shown = registered + waiting + not to be registered.
package struct Statement: Codable, Sendable, Equatable {
  package var format = 1
  package var environment: String
  /// Europe/Sofia, as `2026-07-03`.
  package var day: String
  package var madeAt: String
  package var mailboxes: [Mailbox]

  package var isBalanced: Bool { mailboxes.allSatisfy { $0.unread == nil && $0.unknown.isEmpty && $0.vanished.isEmpty } }

  /// As `--json` prints it and the event keeps it.
  package func json() throws(OperatorError) -> JSONValue { try JSONText.value(self) }
  package struct Mailbox: Codable, Sendable, Equatable {
    package var recipient: String
    package var name: String
    /// How many messages the mailbox shows for the day.
    package var shown: Int
    package var registered: Int
    /// By reason; `under-way` is what the robot is still working on.
    package var waiting: [String: Int]
    package var notRegistered: [String: Int]
    /// Sent before the cut-over.
    package var beforeTakeOver: Int
    /// Decided in a shadow mailbox, where nothing is registered.
    package var shadowed: Int
    /// Those that wait, by number, of this day and of earlier ones.
    package var waitingMessages: [Waiting]
    /// Shown by the mailbox and unknown to the robot.
    package var unknown: [Int64]
    /// Known to the robot as of this day and not shown by the mailbox.
    package var vanished: [Int64]
    /// Code of why the mailbox could not be listed; then nothing can be said.
    package var unread: String?
  }

  package struct Waiting: Codable, Sendable, Equatable {
    package var message: Int64
    package var reason: String
    package var since: String
  }
}

extension Statement.Mailbox {
  /// - Parameter shown: numbers of the messages that the listing shows for the day, or why there is none.
  init(_ mailbox: MailboxSettings, shown: Result<Set<Int64>, OperatorError>, _ account: MailboxAccount) {
    let listed = (try? shown.get()) ?? []
    let messages = account.ofDay.filter { listed.contains($0.messageId) } + account.elsewhere
    func counted(_ state: Set<MessageState>) -> Int { messages.filter { state.contains($0.state) }.count }
    let waits = messages.filter(\.isWaiting)
    self.init(
      recipient: mailbox.recipient, name: mailbox.name, shown: listed.count, registered: counted([.registered, .settled]),
      waiting: Dictionary(waits.map { ($0.why, 1) }, uniquingKeysWith: +),
      notRegistered: Dictionary(messages.filter { $0.state == .notRegistered }.map { ($0.reason, 1) }, uniquingKeysWith: +),
      beforeTakeOver: counted([.beforeTakeOver]), shadowed: counted([.shadowed]),
      waitingMessages: (account.carried + waits).map { .init(message: $0.messageId, reason: $0.why, since: $0.dateSent.iso8601) },
      unknown: listed.subtracting(messages.map(\.messageId)).sorted(), vanished: [], unread: nil)
    switch shown {
    case .success: vanished = account.ofDay.map(\.messageId).filter { !listed.contains($0) }
    case .failure(let error): unread = error.code
    }
  }

  /// What the two sides of the account add up to.
  package var accounted: Int { registered + waiting.values.reduce(0, +) + notRegistered.values.reduce(0, +) + beforeTakeOver + shadowed }
}

extension AccountedMessage {
  fileprivate var isWaiting: Bool { [.listed, .opened, .read, .decided, .waiting].contains(state) }
  fileprivate var why: String { reason.isEmpty ? "under-way" : reason }
}
