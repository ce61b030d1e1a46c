import Mailbox
import Model
import Registry
import Runtime

/// Reads what a mailbox shows into the registry (design.md 3 "listed", contract section 4).
struct Poller: Sendable {
  let desk: Desk

  /// One poll: the unopened block from the top, and everything since the watermark less the overlap, all of it before anything is opened;
  /// recorded in one transaction. Its cost does not grow with history, except for the first poll of a mailbox, which reads the list once to
  /// its end so that everything before the cut-over is accounted for.
  func poll(_ mailbox: MailboxSettings) async throws(OperatorError) -> ListingResult {
    guard let client = desk.clients[mailbox.recipient] else { return ListingResult() }
    let size = desk.configuration.ssev.pageSize
    let watermark = try await desk.registry.mailbox(mailbox.recipient)?.watermark
    var rows = try await client.inboxTop(pageSize: size)
    let start = watermark.map { $0 - desk.configuration.limits.overlap } ?? Timestamp(seconds: 0)
    rows += try await client.inboxSince(start, pageSize: size)
    noteClock(await client.serverClock)
    return try await desk.registry.recordListing(mailbox.recipient, rows: Poller.merge(rows))
  }

  /// Each message once. Of two readings of one message the earlier counts where it was still unopened: between the two reads a person may
  /// have opened it, and it was ours to take.
  static func merge(_ rows: [InboxRow]) -> [ListedRow] {
    var byId: [Int64: InboxRow] = [:]
    for row in rows {
      if let known = byId[row.messageId], known.dateReceived == nil || row.dateReceived != nil { continue }
      byId[row.messageId] = row
    }
    return byId.values.sorted { $0.messageId < $1.messageId }.map(ListedRow.init)
  }

  private func noteClock(_ clock: ServerClock?) {
    guard let clock else { return }
    let refusal = ClockGuard(bound: desk.configuration.limits.clockBound).refusal(server: clock.server, local: clock.local)
    guard desk.clock.note(refusal) else { return }
    if let refusal {
      desk.surroundings.log.error(
        "clock.off", ["code": .code(refusal.code), "server": .moment(clock.server), "local": .moment(clock.local)])
    } else {
      desk.surroundings.log.info("clock.right", ["server": .moment(clock.server), "local": .moment(clock.local)])
    }
  }
}

extension ListedRow {
  init(_ row: InboxRow) {
    self.init(
      messageId: row.messageId, dateSent: row.dateSent, dateReceived: row.dateReceived, subject: row.subject, senderName: row.senderProfileName,
      templateId: row.templateId, rnu: row.rnu)
  }
}
