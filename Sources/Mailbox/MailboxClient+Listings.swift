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
  /// history. Each message once.
  ///
  /// A person who opens messages while we read moves rows up past a page boundary. That is noticed and the reading begins again, at most
  /// `attempts` times; what is still missed then is unopened or newly opened, and the next poll sees it.
  package func inboxTop(pageSize: Int = 100, attempts: Int = 3) async throws(OperatorError) -> [InboxRow] {
    try await walk(pageSize: pageSize, attempts: attempts, id: \.messageId) { offset, limit throws(OperatorError) in
      try await inbox(offset: offset, limit: limit)
    } isLast: { rows in
      !rows.contains { $0.dateReceived == nil }
    }
  }

  /// Everything sent at or after a moment, opened or not, to its end. Each message once.
  package func inboxSince(_ moment: Timestamp, pageSize: Int = 100, attempts: Int = 3) async throws(OperatorError) -> [InboxRow] {
    try await walk(pageSize: pageSize, attempts: attempts, id: \.messageId) { offset, limit throws(OperatorError) in
      try await inbox(from: moment, offset: offset, limit: limit)
    }
  }

  /// Everything sent from this mailbox at or after a moment. Each message once.
  package func outboxSince(_ moment: Timestamp, pageSize: Int = 100, attempts: Int = 3) async throws(OperatorError) -> [OutboxRow] {
    try await walk(pageSize: pageSize, attempts: attempts, id: \.messageId) { offset, limit throws(OperatorError) in
      try await outbox(from: moment, offset: offset, limit: limit)
    }
  }

  /// Messages sent from this mailbox with exactly this subject, newest first: the only way to find out what an uncertain sending did
  /// (contract section 7.4). More than one is a double.
  package func findInOutbox(subject: String, since: Timestamp, pageSize: Int = 100) async throws(OperatorError) -> [OutboxRow] {
    try await outboxSince(since, pageSize: pageSize).filter { $0.subject == subject }
  }

  /// Every message sent from this mailbox whose subject carries a sound mark of any robot.
  package func outboxMarks(since: Timestamp, pageSize: Int = 100) async throws(OperatorError) -> [MarkedRow] {
    try await outboxSince(since, pageSize: pageSize).compactMap { row in Mark.first(in: row.subject).map { MarkedRow(row: row, mark: $0) } }
  }

  // MARK: Paging

  private static func query(_ from: Timestamp?, _ to: Timestamp?, _ templateId: Int64?, _ offset: Int, _ limit: Int) -> String {
    Query([
      ("from", from?.ssevFilter), ("to", to?.ssevFilter), ("templateId", templateId.map(String.init)),
      ("offset", offset > 0 ? String(offset) : nil), ("limit", String(max(1, limit))),
    ]).text
  }

  /// Reads pages to the end. Every page but the first begins on the last row of the page before; when that row is not in it any more, rows
  /// have moved up between the two reads and some may have been skipped: then the walk begins again, keeping what it has.
  private func walk<Row: Sendable>(
    pageSize: Int, attempts: Int, id: (Row) -> Int64, read: (Int, Int) async throws(OperatorError) -> Page<Row>,
    isLast: ([Row]) -> Bool = { _ in false }
  ) async throws(OperatorError) -> [Row] {
    let limit = max(2, pageSize)
    var seen: [Int64: Int] = [:]
    var rows: [Row] = []
    var attempt = 1
    var offset = 0
    var anchor: Int64?
    while true {
      let page = try await read(offset, limit)
      let hasMoved = anchor.map { wanted in !page.rows.contains { id($0) == wanted } } ?? false
      for row in page.rows {
        if let index = seen[id(row)] {
          // The newest reading counts: it may have been opened meanwhile.
          rows[index] = row
        } else {
          seen[id(row)] = rows.count
          rows.append(row)
        }
      }
      if hasMoved, attempt < attempts {
        attempt += 1
        offset = 0
        anchor = nil
        continue
      }
      guard let last = page.rows.last, offset + page.rows.count < page.length, !isLast(page.rows) else { return rows }
      // A page of one row that is the anchor again would stand still.
      offset += max(1, page.rows.count - 1)
      anchor = id(last)
    }
  }
}
