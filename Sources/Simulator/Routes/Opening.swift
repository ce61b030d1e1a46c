/// Opening and viewing (contract 5).
extension World {
  /// What a first open still has to do after its time-stamp, outside the lock.
  struct Opening: Sendable {
    var messageId: Int
    var profileId: Int
  }

  /// First half of an open: authorize, load, parse. Nil when it was opened before: then `finishOpen` only answers.
  mutating func beginOpen(_ call: Call) throws(Failure) -> Opening? {
    let me = call.caller.profile
    guard let message = message(call.target.ids[0]) else { throw .unhandled }
    guard let mine = message.recipient(me.profileId) else { throw .forbidden }
    guard !message.openFails else { throw .unhandled }
    // Parsing comes before anything is recorded: what cannot be parsed stays unopened for ever.
    _ = try fields(message, me, call)
    guard mine.receivedAt == nil else { return nil }
    guard !mine.isOpening else { throw .unhandled }
    change(message.id) { message in
      for index in message.recipients.indices where message.recipients[index].profileId == me.profileId {
        message.recipients[index].isOpening = true
      }
    }
    return Opening(messageId: message.id, profileId: me.profileId)
  }

  /// Second half: record a first opening, and answer with fresh links.
  mutating func finishOpen(_ call: Call, _ opening: Opening?) throws(Failure) -> HTTPResponse {
    let me = call.caller.profile
    if let opening {
      markOpened(opening.messageId, by: me.profileId, loginId: me.loginId, loginName: me.loginName, at: localNow)
    }
    guard let message = message(call.target.ids[0]) else { throw .unhandled }
    record("opened", ["mailbox": .string(me.identifier), "messageId": .int(message.id), "first": .bool(opening != nil)])
    return .json(opened(message, by: me.profileId, fields: try fields(message, me, call), recipient: nil))
  }

  mutating func openForwarded(_ call: Call) throws(Failure) -> HTTPResponse {
    let me = call.caller.profile
    guard let outer = message(call.target.ids[0]), let inner = message(call.target.ids[1]) else { throw .unhandled }
    guard outer.recipient(me.profileId) != nil, outer.forwardedId == inner.id,
      templates.contains(where: { $0.id == inner.templateId && $0.maySend })
    else { throw .forbidden }
    guard let first = inner.recipients.first, first.receivedAt != nil, !inner.openFails else { throw .unhandled }
    guard inner.files.isEmpty || configuration.forwardedFilesWork else { throw .unhandled }
    return .json(opened(inner, by: first.profileId, fields: try fields(inner, me, call), recipient: profiles[first.profileId]))
  }

  mutating func view(_ call: Call) throws(Failure) -> HTTPResponse {
    let me = call.caller.profile
    guard let message = message(call.target.ids[0]) else { throw .unhandled }
    guard message.senderId == me.profileId else { throw .forbidden }
    let recipients = message.recipients.map { recipient in
      JSON.members([
        "profileId": .int(recipient.profileId), "name": .text(profiles[recipient.profileId]?.name),
        "dateReceived": time(recipient.receivedAt),
      ])
    }
    return .json(
      .members([
        "messageId": .int(message.id), "dateSent": time(message.sentAt), "recipients": .array(recipients),
        "subject": .string(message.subject),
        "rnu": .string(message.rnu), "templateId": .int(message.templateId), "fields": try fields(message, me, call),
        "forwardedMessageId": .int(message.forwardedId),
      ]))
  }

  private func opened(_ message: Message, by profileId: Int, fields: JSON, recipient: Profile?) -> JSON {
    let mine = message.recipient(profileId)
    var members: [JSON.Member] = [
      .init("messageId", .int(message.id)), .init("dateSent", time(message.sentAt)),
      .init("sender", .members(["profileId": .int(message.senderId), "name": .string(message.senderName)])),
    ]
    if let recipient {
      members.append(.init("recipient", .members(["profileId": .int(recipient.profileId), "name": .string(recipient.name)])))
    }
    members += [
      .init("dateReceived", time(mine?.receivedAt)),
      .init("recipientLogin", .members(["loginId": .int(mine?.loginId), "name": .text(mine?.loginName)])),
      .init("subject", .string(message.subject)), .init("rnu", .string(message.rnu)), .init("templateId", .int(message.templateId)),
      .init("fields", fields),
      // Documented as always null inside a forwarded message.
      .init("forwardedMessageId", recipient == nil ? .int(message.forwardedId) : .null),
    ]
    return .object(members)
  }

  /// The values by the types of the *current* template; a key the template does not have fails (contract 5.1, 5.2).
  private mutating func fields(_ message: Message, _ me: Profile, _ call: Call) throws(Failure) -> JSON {
    guard let template = templates.first(where: { $0.id == message.templateId }) else { throw .unhandled }
    var members: [JSON.Member] = []
    for field in message.fields {
      guard let component = template.component(field.key) else { throw .unhandled }
      switch (component.type, field.value) {
      case ("file", .files(let ids)):
        var items: [JSON] = []
        for id in ids {
          guard let blob = blobs[id] else { throw .unhandled }
          items.append(blobObject(blob, path: "message", call))
        }
        members.append(.init(field.key, .array(items)))
      case ("checkbox", .flag(let flag)): members.append(.init(field.key, .bool(flag)))
      case ("checkbox", .text("")): members.append(.init(field.key, false))
      case ("checkbox", _), ("file", _), (_, .files), (_, .flag): throw .unhandled
      case (_, .text(let text)): members.append(.init(field.key, .string(ISODate.reformatted(text))))
      }
    }
    return .object(members)
  }
}

/// What the JSON reader of ССЕВ does to texts that look like a date-time (contract 5.2, 7.2).
enum ISODate {
  /// True for a full ISO date-time, `2026-02-03T10:00:00` and longer; a bare date is not one.
  static func looksLikeOne(_ text: String) -> Bool {
    text.utf8.count >= 19 && text.utf8.dropFirst(10).first == UInt8(ascii: "T") && CivilTime.parse(text) != nil
  }

  /// The text, or `MM/dd/yyyy HH:mm:ss` when the whole of it is an ISO date-time.
  static func reformatted(_ text: String) -> String {
    guard looksLikeOne(text), let parsed = CivilTime.parse(text) else { return text }
    // An offset other than Z turns the value into local time; Z stays as it is.
    guard let offset = parsed.offset, offset != 0 else { return CivilTime(wall: parsed.wall).invariant }
    let local = SofiaTime(Instant(ticks: parsed.wall - Int64(offset) * 60 * Instant.perSecond))
    return CivilTime(wall: local.wall).invariant
  }
}
