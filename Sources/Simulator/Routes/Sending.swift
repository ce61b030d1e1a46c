/// `POST /messages` (contract 7).
extension World {
  mutating func send(_ call: Call) throws(Failure) -> HTTPResponse {
    let acting = call.caller.acting
    // The policy reads the body once, into a buffer of Content-Length bytes.
    guard call.request.contentLength != nil, !(configuration.strictBodyReads && call.request.bodyReads > 1),
      let body = try? JSON.parse(call.request.body), body.members != nil
    else { throw .unhandled }
    let templateId = body.member("templateId")?.lenientInt ?? 0
    guard let template = templates.first(where: { $0.id == templateId }), template.maySend else { throw .forbidden }
    let type = call.request.header("Content-Type")?.lowercased() ?? ""
    guard type.split(separator: ";").first?.trimmed == "application/json" else { throw .other(unsupportedType()) }

    var order = try SendOrder(body)
    try validate(order, fits: order.bind(to: template))

    guard order.subject.utf16.count <= 255 else { throw .unhandled }
    for field in order.fields {
      guard case .files(let ids) = field.value else { continue }
      guard ids.allSatisfy({ blobs[$0]?.ownerId == acting.profileId }) else { throw .unhandled }
    }
    return .json(.int(try commit(order, template, call)))
  }

  private mutating func commit(_ order: SendOrder, _ template: Template, _ call: Call) throws(Failure) -> Int {
    let acting = call.caller.acting
    var seen: Set<Int> = []
    let recipients = order.recipientIds.filter { seen.insert($0).inserted }
    let delay = call.fault(.lateCommit).map { faults.delay(of: $0, horizon: configuration.horizon, &chance) } ?? 0
    let message = Message(
      id: takeMessageId(), sentAt: localNow.roundedToDateTime, senderId: acting.profileId, senderName: acting.name,
      senderLoginName: call.caller.profile.loginName, subject: order.subject,
      // Whatever the request says: a fresh one (contract 7.3).
      rnu: chance.uuid(), templateId: template.id, fields: order.fields, recipients: recipients.map { .init(profileId: $0) },
      forwardedId: nil, visibleFrom: now.advanced(bySeconds: delay))
    do { try insert(message) } catch { throw .unhandled }
    record(
      "sent",
      [
        "mailbox": .string(acting.identifier), "messageId": .int(message.id), "recipientProfileIds": .array(recipients.map { .int($0) }),
        "subject": .string(order.subject), "templateId": .int(template.id), "rnuSent": order.rnu, "fields": order.json,
        "visibleAfter": .number(String(delay)), "body": .string(String(decoding: call.request.body, as: UTF8.self)),
      ])
    return message.id
  }

  /// The validator's rules; all that fail are reported together.
  private func validate(_ order: SendOrder, fits: Bool) throws(Failure) {
    var errors: [(key: String, messages: [String])] = []
    if order.recipientIds.isEmpty {
      errors.append(("RecipientProfileIds", ["'Recipient Profile Ids' must not be empty."]))
    } else if !order.recipientIds.allSatisfy({ profiles[$0] != nil }) {
      errors.append(("RecipientProfileIds", ["Can not send to recipients"]))
    }
    if order.subject.allSatisfy(\.isWhitespace) { errors.append(("Subject", ["'Subject' must not be empty."])) }
    if !fits { errors.append(("", ["Invalid fields according to template"])) }
    guard errors.isEmpty else { throw .validation(errors) }
  }

  private mutating func unsupportedType() -> HTTPResponse {
    .problem(
      .members([
        "type": "https://tools.ietf.org/html/rfc7231#section-6.5.13", "title": "Unsupported Media Type", "status": 415,
        "traceId": .string("00-\(chance.hex(32))-\(chance.hex(16))-00"),
      ]), status: 415)
  }
}
