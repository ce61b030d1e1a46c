import Mailbox
import Model
import Registry
import Runtime

/// Compares the robot's own marks in each mailbox's outbox with the database: at start before anything is numbered, and again before sending.
///
/// A mark of a reply that the database does not know, or never sent, means that another database has been at work: a
/// restored backup, a clone, a second robot. Then nothing is sent from that mailbox, and numbering stops until a person says `recover --outbox`.
actor OutboxWatch {
  private enum Finding: Sendable {
    case clean(at: Duration)
    case alien
  }

  private let configuration: RobotConfiguration
  private let registry: Registry
  private let clients: [String: MailboxClient]
  private let surroundings: Surroundings
  private var findings: [String: Finding] = [:]

  /// A check before sending may be this old.
  private static let freshness: Duration = .seconds(60)

  /// Why numbering was stopped by `check`.
  static let stopReason = "outbox-unknown-mark"

  init(configuration: RobotConfiguration, registry: Registry, clients: [String: MailboxClient], surroundings: Surroundings) {
    self.configuration = configuration
    self.registry = registry
    self.clients = clients
    self.surroundings = surroundings
  }

  /// Whether the outbox was found in order since the start. Checks it now when it has not been.
  func allowsNumbering(_ recipient: String) async throws(OperatorError) -> Bool {
    if findings[recipient] == nil { try await check(recipient) }
    guard case .clean = findings[recipient] else { return false }
    return true
  }

  /// Lets a reply out when the outbox was in order within the last minute. Throws `robot.outbox-unknown-mark` (a person must look) when it
  /// holds a stranger's confirmation, and `robot.outbox-unread` (tried again) when it could not be read since the start.
  func checkMaySend(_ recipient: String) async throws(OperatorError) {
    if case .clean(let moment) = findings[recipient], surroundings.time.elapsed() - moment < OutboxWatch.freshness { return }
    try await check(recipient)
    switch findings[recipient] {
    case .clean: return
    case .alien: throw OperatorError.foreignRobot(recipient)
    case nil:
      throw OperatorError(
        "robot.outbox-unread", "the outbox of this mailbox could not be read since the start, so nothing is sent from it",
        remedy: "none needed: tried again; if it stays, `intake-robot check` says why", context: [.init("mailbox", recipient)], disposition: .retry,
        budget: .patience)
    }
  }

  /// After a recovery: every outbox is looked at anew.
  func forget() { findings = [:] }

  /// Walks the outbox from the newest row back to the newest reply known as sent, and a margin beyond it. Throws only what the registry
  /// throws; an outbox that cannot be read leaves things as they were.
  func check(_ recipient: String) async throws(OperatorError) {
    guard let client = clients[recipient], let mailbox = configuration.mailboxes.first(where: { $0.recipient == recipient }) else { return }
    do {
      if let stranger = try await stranger(client, recipient, from: mailbox.serveFrom - configuration.replies.outboxMargin) {
        report(stranger, recipient)
        findings[recipient] = .alien
        if case .on = try await registry.numbering() {
          try await registry.setNumbering(false, actor: RobotVersion.actor, reason: OutboxWatch.stopReason)
        }
      } else {
        findings[recipient] = .clean(at: surroundings.time.elapsed())
      }
    } catch  where error.code.hasPrefix("mailbox.") {
      surroundings.log.warning("outbox.unreadable", ["mailbox": .mailbox(recipient), "code": .code(error.code)])
    }
  }

  private func stranger(_ client: MailboxClient, _ recipient: String, from: Timestamp) async throws(OperatorError) -> (messageId: Int64, mark: Mark)?
  {
    let limit = configuration.ssev.pageSize
    var offset = 0
    var newestKnown: Timestamp?
    while true {
      let page = try await client.outbox(from: from, offset: offset, limit: limit)
      for row in page.rows {
        if let newestKnown, row.dateSent < newestKnown - configuration.replies.outboxMargin { return nil }
        guard let mark = Mark.first(in: row.subject), mark.environment == configuration.environment,
          ReplySubject.isOfRobot(row.subject, mark: mark)
        else { continue }
        // Its epoch is part of the mark.
        guard let state = try await registry.state(ofMarked: mark, from: recipient), state != .intended else { return (row.messageId, mark) }
        if state == .sent { newestKnown = max(newestKnown ?? row.dateSent, row.dateSent) }
      }
      offset += page.rows.count
      if page.rows.isEmpty || offset >= page.length { return nil }
    }
  }

  private func report(_ stranger: (messageId: Int64, mark: Mark), _ recipient: String) {
    surroundings.log.error(
      "outbox.unknown-mark",
      [
        "mailbox": .mailbox(recipient), "sent": .number(stranger.messageId), "answers": .number(stranger.mark.messageId),
        "code": .code("robot.outbox-unknown-mark"),
      ])
  }
}

extension OperatorError {
  static func foreignRobot(_ recipient: String) -> OperatorError {
    OperatorError(
      "robot.outbox-unknown-mark", "the outbox of this mailbox holds a confirmation that this database never sent; nothing more is sent from it",
      remedy: "make sure that no second robot serves the mailbox; then `intake-robot recover --outbox`, which takes over what was sent",
      context: [.init("mailbox", recipient)], disposition: .park)
  }
}
