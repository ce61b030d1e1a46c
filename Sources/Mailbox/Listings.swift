package import Model

/// A page of a listing.
package struct Page<Row: Sendable>: Sendable {
  package let rows: [Row]
  /// All matching rows when the page was asked for with a limit (contract section 3.3).
  package let length: Int

  package init(rows: [Row], length: Int) {
    self.rows = rows
    self.length = length
  }
}

/// A message as the inbox lists it. There is no sender profile id here: only `open` tells it.
package struct InboxRow: Sendable, Equatable, Codable {
  package let messageId: Int64
  package let dateSent: Timestamp
  /// When somebody opened it for this profile: this robot, another program, a person; `nil` while unopened.
  package let dateReceived: Timestamp?
  package let subject: String
  package let senderProfileName: String
  /// Who opened it; empty while unopened.
  package let recipientLoginName: String
  package let rnu: String?
  package let templateId: Int64?

  package init(
    messageId: Int64, dateSent: Timestamp, dateReceived: Timestamp?, subject: String, senderProfileName: String, recipientLoginName: String,
    rnu: String?, templateId: Int64?
  ) {
    self.messageId = messageId
    self.dateSent = dateSent
    self.dateReceived = dateReceived
    self.subject = subject
    self.senderProfileName = senderProfileName
    self.recipientLoginName = recipientLoginName
    self.rnu = rnu
    self.templateId = templateId
  }
}

/// A message as the outbox lists it: names of recipients only, and no time of opening.
package struct OutboxRow: Sendable, Equatable, Codable {
  package let messageId: Int64
  package let dateSent: Timestamp
  package let subject: String
  /// Names joined with `, `.
  package let recipients: String
  package let rnu: String?
  package let templateId: Int64?

  package init(messageId: Int64, dateSent: Timestamp, subject: String, recipients: String, rnu: String?, templateId: Int64?) {
    self.messageId = messageId
    self.dateSent = dateSent
    self.subject = subject
    self.recipients = recipients
    self.rnu = rnu
    self.templateId = templateId
  }
}

/// A row of the outbox whose subject carries a sound mark, of this robot or of another.
package struct MarkedRow: Sendable, Equatable {
  package let row: OutboxRow
  package let mark: Mark
}

// MARK: Wire

struct WirePage<Row: Decodable & Sendable>: Decodable {
  let rows: [Row]
  let length: Int

  init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    guard let rows = try object.object("result", as: [Row].self) else { throw WireMistake(["result"]) }
    self.rows = rows
    length = Int(clamping: try object.integer("length"))
  }
}

struct WireInboxRow: Decodable, Sendable {
  let row: InboxRow

  init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    row = InboxRow(
      messageId: try object.integer("messageId"), dateSent: try object.moment("dateSent"),
      dateReceived: try object.optionalMoment("dateReceived"), subject: object.text("subject"),
      senderProfileName: object.text("senderProfileName"), recipientLoginName: object.text("recipientLoginName"),
      rnu: object.optionalText("rnu"), templateId: object.optionalInteger("templateId"))
  }
}

struct WireOutboxRow: Decodable, Sendable {
  let row: OutboxRow

  init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    row = OutboxRow(
      messageId: try object.integer("messageId"), dateSent: try object.moment("dateSent"), subject: object.text("subject"),
      recipients: object.text("recipients"), rnu: object.optionalText("rnu"), templateId: object.optionalInteger("templateId"))
  }
}
