import HTTPTransport
import Mailbox
package import Model
package import Registry
package import Runtime

/// Makes the statement of a day: a full listing of each mailbox over it, repeated until two passes agree, against what the robot knows.
package struct StatementMaker: Sendable {
  package typealias Account =
    @Sendable (_ recipient: String, _ from: Timestamp, _ to: Timestamp, _ shown: [Int64]) async throws(OperatorError)
    -> MailboxAccount

  private let configuration: RobotConfiguration
  private let clients: [String: MailboxClient]
  private let account: Account
  private static let passes = 5

  init(configuration: RobotConfiguration, clients: [String: MailboxClient], account: @escaping Account) {
    self.configuration = configuration
    self.clients = clients
    self.account = account
  }

  /// For a command: with connections of its own.
  package init(configuration: RobotConfiguration, surroundings: Surroundings, account: @escaping Account) {
    let transport = HTTPTransport()
    let clients = configuration.mailboxes.map { ($0.recipient, configuration.client(of: $0, transport: transport, surroundings: surroundings)) }
    self.init(configuration: configuration, clients: Dictionary(uniqueKeysWithValues: clients), account: account)
  }

  /// Throws only what the account throws. A mailbox that cannot be listed says so in the statement.
  package func make(_ day: CivilDate, now: Timestamp) async throws(OperatorError) -> Statement {
    let (from, to) = (SofiaTime.midnight(of: day), SofiaTime.midnight(of: day.adding(days: 1)))
    var mailboxes: [Statement.Mailbox] = []
    for mailbox in configuration.mailboxes where mailbox.mode != .paused {
      let shown = await shown(mailbox, from: from, to: to)
      let ids = ((try? shown.get()) ?? []).sorted()
      mailboxes.append(.init(mailbox, shown: shown, try await account(mailbox.recipient, from, to, ids)))
    }
    return Statement(
      environment: configuration.environment.description, day: day.description, madeAt: now.iso8601, mailboxes: mailboxes)
  }

  private func shown(_ mailbox: MailboxSettings, from: Timestamp, to: Timestamp) async -> Result<Set<Int64>, OperatorError> {
    guard let client = clients[mailbox.recipient] else { return .success([]) }
    do throws(OperatorError) {
      var last: Set<Int64>?
      for _ in 0..<StatementMaker.passes {
        let rows = try await client.inboxBetween(from, to, pageSize: configuration.ssev.pageSize)
        let ids = Set(rows.filter { $0.dateSent >= from && $0.dateSent < to }.map(\.messageId))
        if ids == last { return .success(ids) }
        last = ids
      }
      throw OperatorError(
        "statement.listing-moved", "the listing of the mailbox kept changing", remedy: "none needed: it is tried again", disposition: .retry)
    } catch {
      return .failure(error)
    }
  }
}
