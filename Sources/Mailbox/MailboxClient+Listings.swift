package import Model

extension MailboxClient {
  /// One page of the inbox: unopened first, newest first; then opened ones by time of opening, newest first (contract section 4).
  /// - Parameters:
  ///   - from, to: bounds of `dateSent`, both inclusive.
  ///   - limit: at least 1; ССЕВ has no default and no maximum, so it is always sent.
  package func inbox(
    from: Timestamp? = nil, to: Timestamp? = nil, templateId: Int64? = nil, offset: Int = 0, limit: Int
  ) async throws(OperatorError) -> Page<InboxRow> {
    let page: WirePage<WireInboxRow> = try await get(
      "messages/inbox" + MailboxClient.query(from, to, templateId, offset, limit), caller.errors(.inbox))
    return Page(rows: page.rows.map(\.row), length: page.length)
  }

  /// One page of the outbox, newest first.
  package func outbox(
    from: Timestamp? = nil, to: Timestamp? = nil, templateId: Int64? = nil, offset: Int = 0, limit: Int
  ) async throws(OperatorError) -> Page<OutboxRow> {
    let page: WirePage<WireOutboxRow> = try await get(
      "messages/outbox" + MailboxClient.query(from, to, templateId, offset, limit), caller.errors(.outbox))
    return Page(rows: page.rows.map(\.row), length: page.length)
  }

  /// Everything unopened, and the first opened rows after it: pages from the top until one has no unopened row. Cost does not grow with
  /// history. Each message once, in no order that means anything.
  ///
  /// Rows that people's openings carry past a page boundary while we read are looked for again, but not for ever: what is still missed is
  /// unopened or newly opened, and the next poll sees it.
  package func inboxTop(pageSize: Int = 100) async throws(OperatorError) -> [InboxRow] {
    let errors = caller.errors(.inbox)
    var walk = ListingWalk<InboxRow>(pageSize: pageSize, isComplete: false) { $0.messageId }
    while let next = walk.next {
      let page = try await inbox(offset: next.offset, limit: next.limit)
      try walk.take(page, isLast: !page.rows.contains { $0.dateReceived == nil }, errors)
    }
    return walk.rows
  }

  /// Everything sent at or after a moment, opened or not, to its end. Each message once, in no order that means anything. Complete, or
  /// `mailbox.listing-moved`: a watermark may be moved past what it returns.
  package func inboxSince(_ moment: Timestamp, pageSize: Int = 500) async throws(OperatorError) -> [InboxRow] {
    let errors = caller.errors(.inbox)
    var walk = ListingWalk<InboxRow>(pageSize: pageSize) { $0.messageId }
    while let next = walk.next { try walk.take(try await inbox(from: moment, offset: next.offset, limit: next.limit), errors) }
    return walk.rows
  }

  /// Everything sent at or after one moment and up to another, opened or not. Complete, or `mailbox.listing-moved`.
  package func inboxBetween(_ from: Timestamp, _ to: Timestamp, pageSize: Int = 500) async throws(OperatorError) -> [InboxRow] {
    let errors = caller.errors(.inbox)
    var walk = ListingWalk<InboxRow>(pageSize: pageSize) { $0.messageId }
    while let next = walk.next { try walk.take(try await inbox(from: from, to: to, offset: next.offset, limit: next.limit), errors) }
    return walk.rows
  }

  /// Everything sent from this mailbox at or after a moment, newest first. Each message once; complete, or `mailbox.listing-moved`.
  package func outboxSince(_ moment: Timestamp, pageSize: Int = 500) async throws(OperatorError) -> [OutboxRow] {
    let errors = caller.errors(.outbox)
    var walk = ListingWalk<OutboxRow>(pageSize: pageSize) { $0.messageId }
    while let next = walk.next { try walk.take(try await outbox(from: moment, offset: next.offset, limit: next.limit), errors) }
    return walk.rows.sorted { ($0.dateSent, $0.messageId) > ($1.dateSent, $1.messageId) }
  }

  /// Messages sent from this mailbox with exactly this subject, newest first: the only way to find out what an uncertain sending did
  /// (contract section 7.4). More than one is a double.
  package func findInOutbox(subject: String, since: Timestamp, pageSize: Int = 500) async throws(OperatorError) -> [OutboxRow] {
    try await outboxSince(since, pageSize: pageSize).filter { $0.subject == subject }
  }

  /// Every message sent from this mailbox whose subject carries a sound mark of any robot.
  package func outboxMarks(since: Timestamp, pageSize: Int = 500) async throws(OperatorError) -> [MarkedRow] {
    try await outboxSince(since, pageSize: pageSize).compactMap { row in Mark.first(in: row.subject).map { MarkedRow(row: row, mark: $0) } }
  }

  // MARK: Paging

  private static func query(_ from: Timestamp?, _ to: Timestamp?, _ templateId: Int64?, _ offset: Int, _ limit: Int) -> String {
    Query([
      ("from", from?.ssevFilter), ("to", to?.ssevFilter), ("templateId", templateId.map(String.init)),
      ("offset", offset > 0 ? String(offset) : nil), ("limit", String(max(1, limit))),
    ]).text
  }
}
