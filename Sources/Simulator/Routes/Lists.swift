/// Inbox and outbox (contract 4, 5.6).
extension World {
  mutating func inbox(_ call: Call) throws(Failure) -> HTTPResponse {
    let me = call.caller.acting
    let filter = try listFilter(call.request)
    let page = try Page(call.request)
    var keys = inbox(of: me.profileId).compactMap { message -> InboxKey? in
      guard filter.accepts(message), let mine = message.recipient(me.profileId) else { return nil }
      return InboxKey(opened: mine.receivedAt?.wall ?? .max, sent: message.sentAt.wall, id: message.id)
    }
    let tiesTurned = call.has(.swapTies)
    keys.sort { $0.isBefore($1, tiesTurned: tiesTurned) }
    return try list(keys, page, call) { key in
      guard let message = messages[key.id], let mine = message.recipient(me.profileId) else { return .null }
      return .members([
        "messageId": .int(message.id), "dateSent": time(message.sentAt), "dateReceived": time(mine.receivedAt),
        "subject": .string(message.subject), "senderProfileName": .string(message.senderName),
        "senderLoginName": .string(message.senderLoginName), "recipientProfileName": .string(me.name),
        "recipientLoginName": .string(mine.loginName), "url": .string("\(configuration.portalURL)/Messages/Open/\(message.id)"),
        "rnu": .string(message.rnu), "templateId": .int(message.templateId),
      ])
    }
  }

  mutating func outbox(_ call: Call) throws(Failure) -> HTTPResponse {
    let me = call.caller.acting
    let filter = try listFilter(call.request)
    let page = try Page(call.request)
    let rows = outbox(of: me.profileId).filter { filter.accepts($0) }.sorted { ($0.sentAt, $0.id) > ($1.sentAt, $1.id) }
    return try list(rows, page, call) { message in
      .members([
        "messageId": .int(message.id), "dateSent": time(message.sentAt), "subject": .string(message.subject),
        "senderProfileName": .string(message.senderName), "senderLoginName": .string(message.senderLoginName),
        "recipients": .string(message.recipients.compactMap { profiles[$0.profileId]?.name }.joined(separator: ", ")),
        "url": .string("\(configuration.portalURL)/Messages/View/\(message.id)"), "rnu": .string(message.rnu),
        "templateId": .int(message.templateId),
      ])
    }
  }

  private func list<Row>(_ rows: [Row], _ page: Page, _ call: Call, _ json: (Row) -> JSON) throws(Failure) -> HTTPResponse {
    var cut = try page.cut(rows)
    if call.has(.duplicateRows), page.offset > 0, page.offset <= rows.count { cut.rows.insert(rows[page.offset - 1], at: 0) }
    return .json(.members(["result": .array(cut.rows.map(json)), "length": .int(cut.length)]))
  }

  private func listFilter(_ request: HTTPRequest) throws(Failure) -> ListFilter {
    var filter = ListFilter()
    if let text = request.query("from"), !text.isEmpty {
      guard let from = Instant(text) else { throw .invalid("from", "The value '\(text)' is not valid.") }
      filter.from = SofiaTime(from)
    }
    if let text = request.query("to"), !text.isEmpty {
      guard let to = Instant(text) else { throw .invalid("to", "The value '\(text)' is not valid.") }
      filter.to = SofiaTime(to)
    }
    filter.templateId = try Page.int(request, "templateId")
    return filter
  }
}

/// What the inbox is ordered by: unopened first, newest first; then by opening, newest first (contract 4, point 2).
private struct InboxKey {
  /// The greatest number while unopened.
  var opened: Int64
  var sent: Int64
  var id: Int

  func isBefore(_ other: InboxKey, tiesTurned: Bool) -> Bool {
    if opened != other.opened { return opened > other.opened }
    if sent != other.sent { return sent > other.sent }
    // Equal keys have no order of their own.
    return tiesTurned ? id > other.id : id < other.id
  }
}

/// `from` and `to` are inclusive and compared with the stored local time (contract 4, point 1).
private struct ListFilter {
  var from: SofiaTime?
  var to: SofiaTime?
  var templateId: Int?

  func accepts(_ message: Message) -> Bool {
    if let from, message.sentAt < from { return false }
    if let to, message.sentAt > to { return false }
    if let templateId, message.templateId != templateId { return false }
    return true
  }
}

/// `offset` and `limit` with their oddities (contract 3.3).
struct Page {
  var offset: Int
  var limit: Int?

  init(_ request: HTTPRequest) throws(Failure) {
    offset = max(0, try Self.int(request, "offset") ?? 0)
    limit = try Self.int(request, "limit")
  }

  static func int(_ request: HTTPRequest, _ name: String) throws(Failure) -> Int? {
    guard let text = request.query(name), !text.isEmpty else { return nil }
    guard let value = Int32(text.trimmed) else { throw .invalid(name, "The value '\(text)' is not valid.") }
    return Int(value)
  }

  /// With a limit `length` is the number of all matching rows; without one it is the rows returned plus the offset.
  func cut<Row>(_ rows: [Row]) throws(Failure) -> (rows: [Row], length: Int) {
    guard let limit else {
      let rest = Array(rows.dropFirst(offset))
      return (rest, rest.count + offset)
    }
    guard limit > 0 || (limit == 0 && offset == 0) else { throw .unhandled }
    return (Array(rows.dropFirst(offset).prefix(limit)), rows.count)
  }
}
