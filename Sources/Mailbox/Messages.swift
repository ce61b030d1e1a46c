package import Model

/// A received message with its content (contract section 5.1).
package struct OpenedMessage: Sendable, Equatable {
  package let messageId: Int64
  package let dateSent: Timestamp
  /// Where a reply goes.
  package let senderProfileId: Int64
  package let senderName: String
  package let dateReceived: Timestamp?
  package let recipientLoginName: String
  package let subject: String
  package let rnu: String?
  package let templateId: Int64?
  /// By GUID of the template's field, lower-case. File fields hold download links: not for the log and not for storage.
  package let fields: [String: JSONValue]
  /// The content sits in that older message: `openForwarded`.
  package let forwardedMessageId: Int64?

  /// All files, in key order of their fields, then in the order of the array.
  package var blobs: [Blob] {
    fields.sorted { $0.key < $1.key }.flatMap { field in (field.value.array ?? []).compactMap(Blob.init) }
  }

  /// The text of the message: the body field of a built-in template, otherwise every text field in key order, joined by an empty line.
  package var body: String {
    if let templateId, let known = BuiltInTemplate.bodyFields[templateId], let text = fields[known]?.string { return text }
    return fields.sorted { $0.key < $1.key }.compactMap { $0.value.string }.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  package init(
    messageId: Int64, dateSent: Timestamp, senderProfileId: Int64, senderName: String, dateReceived: Timestamp?, recipientLoginName: String,
    subject: String, rnu: String?, templateId: Int64?, fields: [String: JSONValue], forwardedMessageId: Int64?
  ) {
    self.messageId = messageId
    self.dateSent = dateSent
    self.senderProfileId = senderProfileId
    self.senderName = senderName
    self.dateReceived = dateReceived
    self.recipientLoginName = recipientLoginName
    self.subject = subject
    self.rnu = rnu
    self.templateId = templateId
    self.fields = fields
    self.forwardedMessageId = forwardedMessageId
  }
}

/// A message of the own profile, as `view` shows it (contract section 5.5): the only way to see what was really sent, and who has opened it.
package struct SentMessage: Sendable, Equatable {
  package let messageId: Int64
  package let dateSent: Timestamp
  package let subject: String
  package let recipients: [Recipient]
  package let rnu: String?
  package let templateId: Int64?
  package let fields: [String: JSONValue]

  package struct Recipient: Sendable, Equatable {
    package let profileId: Int64
    package let name: String
    /// `nil` until the recipient has opened it.
    package let dateReceived: Timestamp?

    package init(profileId: Int64, name: String, dateReceived: Timestamp?) {
      self.profileId = profileId
      self.name = name
      self.dateReceived = dateReceived
    }
  }

  package init(
    messageId: Int64, dateSent: Timestamp, subject: String, recipients: [Recipient], rnu: String?, templateId: Int64?,
    fields: [String: JSONValue]
  ) {
    self.messageId = messageId
    self.dateSent = dateSent
    self.subject = subject
    self.recipients = recipients
    self.rnu = rnu
    self.templateId = templateId
    self.fields = fields
  }
}

/// Who a profile id is. Whether `identifier` is an ЕГН, ЛНЧ or ЕИК is not said (contract section 8.4).
package struct Profile: Sendable, Equatable {
  package let profileId: Int64
  package let identifier: String
  package let name: String
  package let email: String?
  package let phone: String?

  package init(profileId: Int64, identifier: String, name: String, email: String?, phone: String?) {
    self.profileId = profileId
    self.identifier = identifier
    self.name = name
    self.email = email
    self.phone = phone
  }
}

// MARK: Wire

extension OpenedMessage: Decodable {
  package init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    guard let sender = try object.object("sender", as: WireParty.self) else { throw WireMistake(["sender"]) }
    self.init(
      messageId: try object.integer("messageId"), dateSent: try object.moment("dateSent"), senderProfileId: sender.profileId,
      senderName: sender.name, dateReceived: try object.optionalMoment("dateReceived"),
      recipientLoginName: try object.object("recipientLogin", as: WireLogin.self)?.name ?? "", subject: object.text("subject"),
      rnu: object.optionalText("rnu"), templateId: object.optionalInteger("templateId"),
      fields: try object.object("fields", as: WireFields.self)?.values ?? [:],
      forwardedMessageId: object.optionalInteger("forwardedMessageId"))
  }
}

extension SentMessage: Decodable {
  package init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    self.init(
      messageId: try object.integer("messageId"), dateSent: try object.moment("dateSent"), subject: object.text("subject"),
      recipients: try object.array("recipients", of: WireRecipient.self).map(\.recipient), rnu: object.optionalText("rnu"),
      templateId: object.optionalInteger("templateId"), fields: try object.object("fields", as: WireFields.self)?.values ?? [:])
  }
}

extension Profile: Decodable {
  package init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    self.init(
      profileId: try object.integer("profileId"), identifier: object.text("identifier"), name: object.text("name"),
      email: object.optionalText("email"), phone: object.optionalText("phone"))
  }
}

private struct WireParty: Decodable {
  let profileId: Int64
  let name: String

  init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    profileId = try object.integer("profileId")
    name = object.text("name")
  }
}

private struct WireLogin: Decodable {
  let name: String

  init(from decoder: any Decoder) throws { name = try WireObject(decoder).text("name") }
}

private struct WireRecipient: Decodable {
  let recipient: SentMessage.Recipient

  init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    recipient = SentMessage.Recipient(
      profileId: try object.integer("profileId"), name: object.text("name"), dateReceived: try object.optionalMoment("dateReceived"))
  }
}

/// Values by GUID, keys made lower-case so that they compare.
private struct WireFields: Decodable {
  let values: [String: JSONValue]

  init(from decoder: any Decoder) throws {
    let raw = try decoder.singleValueContainer().decode([String: JSONValue].self)
    values = Dictionary(raw.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
