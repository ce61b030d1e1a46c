import HTTPTransport
import Mailbox
import Model
import Registry
import Rules
import Runtime

/// `recover --outbox`: what is left of a lost database in the outboxes of its mailboxes.
struct OutboxRecovery: Sendable {
  let registry: Registry
  let configuration: RobotConfiguration
  let rulesets: RulesetShelf
  let surroundings: Surroundings

  /// Reads every outbox from the take-over on, whole, before anything is changed: a mailbox that cannot be read fails the whole.
  func run(actor: String, reason: String) async throws(OperatorError) -> String {
    var found: [OutboxReply] = []
    let transport = HTTPTransport()
    for mailbox in configuration.mailboxes {
      let client = configuration.client(of: mailbox, transport: transport, surroundings: surroundings)
      let since = mailbox.serveFrom - configuration.replies.outboxMargin
      for row in try await client.outboxMarks(since: since, pageSize: configuration.ssev.pageSize) {
        let (subject, mark) = (row.row.subject, row.mark)
        guard mark.environment == configuration.environment, ReplySubject.isOfRobot(subject, mark: mark) else { continue }
        found.append(
          OutboxReply(
            recipient: mailbox.recipient, mark: mark, subject: subject, number: ReplySubject.number(in: subject, mark: mark),
            ssevMessageId: row.row.messageId, sentAt: row.row.dateSent))
      }
    }
    // The oldest first, as they were sent.
    found.sort { ($0.sentAt, $0.ssevMessageId) < ($1.sentAt, $1.ssevMessageId) }
    let journals = Dictionary(rulesets.rulesets.flatMap(\.journals).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let units = rulesets.rulesets.reduce(into: [String: Unit]()) { $0.merge($1.units) { $1 } }
    let report = try await registry.recover(
      from: found, journals: journals.values.sorted { $0.name < $1.name }, units: units.values.sorted { $0.identifier < $1.identifier }, actor: actor,
      reason: reason)
    let again = try await goOn(actor: actor, reason: reason)
    return sentence(report, found: found.count, again: again)
  }

  /// What the finding of a stranger's reply had stopped goes on.
  private func goOn(actor: String, reason: String) async throws(OperatorError) -> Int {
    if case .stopped(RobotVersion.actor, OutboxWatch.stopReason, _) = try await registry.numbering() {
      try await registry.setNumbering(true, actor: actor, reason: reason)
    }
    let code = OperatorError.foreignRobot("").code
    let parked = try await registry.jobs(JobFilter(states: [.parked], limit: 100_000)).filter { $0.lastCode == code }
    for job in parked { try await registry.retry(job.id, actor: actor, reason: reason) }
    return parked.count
  }

  private func sentence(_ report: OutboxRecoveryReport, found: Int, again: Int) -> String {
    var text = "\(found) replies in the outboxes, \(report.replies) taken over; \(report.void.count) void entries"
    if let first = report.void.first, let last = report.void.last { text += " (\(first) … \(last))" }
    if again > 0 { text += "; \(again) parked jobs go on" }
    if let epoch = report.epoch { text += "; epoch \(epoch)" }
    if !report.foreign.isEmpty { text += "; numbers of no journal of these rules: \(report.foreign.joined(separator: ", "))" }
    if !report.contradictions.isEmpty {
      text += "; the sender was told one number and the journal has another, write to them: \(report.contradictions.joined(separator: "; "))"
    }
    return text
  }
}
