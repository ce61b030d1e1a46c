/// Adding messages in the format of `Samples/` (one `message.json` with its files beside it).
extension World {
  /// The login of whoever opens messages in the portal.
  static let personLogin = 41

  private static let known: Set<String> = [
    "mailbox", "messageId", "dateSent", "dateReceived", "sender", "subject", "rnu", "templateId", "body", "fields", "attachments",
    "forwarded",
    "open", "openedBy", "visibleAfter",
  ]

  /// Adds the message and, before it, the one it forwards. Files are looked for in `folder`. The number given to it.
  @discardableResult
  mutating func add(draft json: JSON, folder: String?) throws(SimulatorError) -> Int {
    let reader = MemberReader(json, known: Self.known)
    try reader.checkNames()
    let mailbox = try mailbox(try reader.required(try reader.string("mailbox"), "mailbox"))
    return try add(json, to: mailbox, folder: folder, original: false)
  }

  private mutating func add(_ json: JSON, to recipient: Profile, folder: String?, original: Bool) throws(SimulatorError) -> Int {
    let reader = MemberReader(json, known: Self.known)
    try reader.checkNames()
    let sender = try sender(json["sender"])
    var forwardedId: Int?
    if let inner = json["forwarded"], !inner.isNull {
      // The original was addressed to whoever forwards it now.
      forwardedId = try add(inner, to: sender, folder: folder, original: true)
    }
    let templateId = try reader.int("templateId") ?? (forwardedId == nil ? 1 : 2)
    let sentAt = SofiaTime(try reader.time("dateSent") ?? now).roundedToDateTime
    var opened = try reader.time("dateReceived").map { SofiaTime($0) }
    // An original must have been opened before it could be forwarded.
    if original && opened == nil { opened = sentAt }
    let openedBy = try reader.string("openedBy") ?? (original ? recipient.loginName : "Служител")
    let rnu = try reader.string("rnu") ?? chance.uuid()
    var delay = Double(try reader.int("visibleAfter") ?? 0)
    if !original, let fault = takeLateRow(recipient) { delay = faults.delay(of: fault, horizon: configuration.horizon, &chance) }
    let message = Message(
      id: try reader.int("messageId") ?? takeMessageId(), sentAt: sentAt, senderId: sender.profileId,
      senderName: json["sender"]?["name"]?.string ?? sender.name, senderLoginName: json["sender"]?["loginName"]?.string ?? sender.loginName,
      subject: try reader.string("subject") ?? "", rnu: rnu, templateId: templateId,
      fields: try fields(reader, json, template: templateId, owner: sender.profileId, folder: folder),
      recipients: [
        .init(
          profileId: recipient.profileId, receivedAt: opened, loginId: opened == nil ? 0 : original ? recipient.loginId : World.personLogin,
          loginName: opened == nil ? "" : openedBy)
      ],
      forwardedId: forwardedId, visibleFrom: now.advanced(bySeconds: delay),
      openFails: try reader.string("open") == "fails")
    try insert(message)
    record("added", ["mailbox": .string(recipient.identifier), "messageId": .int(message.id), "visibleAfter": .number(String(delay))])
    return message.id
  }

  private mutating func takeLateRow(_ recipient: Profile) -> Fault? {
    faults.take(at: now, &chance) { $0.kind == .lateRow && ($0.mailbox == nil || $0.mailbox == recipient.identifier) }.first
  }

  private mutating func sender(_ json: JSON?) throws(SimulatorError) -> Profile {
    guard let json, !json.isNull else { throw SimulatorError("\"sender\" is missing") }
    let reader = MemberReader(json, known: ["profileId", "name", "identifier", "kind", "loginName", "email", "phone"])
    do {
      try reader.checkNames()
      let name = try reader.required(try reader.string("name"), "name")
      let identifier = try reader.string("identifier") ?? ""
      if let id = try reader.int("profileId") {
        if let known = profiles[id] { return known }
      } else if !identifier.isEmpty, let known = profiles.values.first(where: { $0.identifier == identifier }) {
        return known
      }
      let kind = try reader.string("kind") ?? "person"
      guard let group = Profile.Kind(rawValue: kind) else {
        throw SimulatorError("kind \"\(kind)\": write person, company, institution or social")
      }
      var profile = Profile(
        profileId: try reader.int("profileId") ?? freeProfileId(), identifier: identifier, name: name, kind: group,
        loginName: try reader.string("loginName"))
      profile.email = try reader.string("email") ?? ""
      profile.phone = try reader.string("phone") ?? ""
      try add(profile)
      return profile
    } catch {
      throw SimulatorError("sender: \(error)")
    }
  }

  private mutating func fields(
    _ reader: MemberReader, _ json: JSON, template templateId: Int, owner: Int, folder: String?
  ) throws(SimulatorError) -> [(key: String, value: Message.Value)] {
    // A template nobody knows any more is a sample of its own: such a message cannot be opened (contract 5.1).
    let template = templates.first { $0.id == templateId }
    var fields: [(key: String, value: Message.Value)] = []
    if let given = json["fields"]?.members {
      for field in given {
        switch field.value {
        case .string(let text): fields.append((field.name.lowercased(), .text(text)))
        case .bool(let flag): fields.append((field.name.lowercased(), .flag(flag)))
        case .null: fields.append((field.name.lowercased(), .text("")))
        default: throw SimulatorError("field \(field.name): a string, true, false or null is expected; files go into \"attachments\"")
        }
      }
    } else if let key = template?.bodyKey {
      fields.append((key, .text(try reader.string("body") ?? "")))
    }
    var files: [Int] = []
    for (index, item) in (try reader.array("attachments") ?? []).enumerated() {
      do { files.append(try addBlob(item, owner: owner, folder: folder)) } catch {
        throw SimulatorError("attachment \(index + 1): \(error)")
      }
    }
    if let key = template?.filesKey {
      fields.append((key, .files(files)))
    } else if !files.isEmpty {
      throw SimulatorError("template \(templateId) has no field for files")
    }
    return fields
  }

  /// An attachment with a file beside the message, or with its content in place (`text`, `base64`).
  private mutating func addBlob(_ json: JSON, owner: Int, folder: String?) throws(SimulatorError) -> Int {
    let reader = MemberReader(
      json,
      known: ["file", "fileName", "isMalicious", "hash", "size", "documentRegistrationNumber", "missing", "signatures", "text", "base64"])
    try reader.checkNames()
    var content = Blob.Content.bytes([])
    var bytes: [UInt8] = []
    let missing = try reader.bool("missing") ?? false
    if let text = try reader.string("text") {
      bytes = Array(text.utf8)
      content = .bytes(bytes)
    } else if let text = try reader.string("base64") {
      guard let decoded = Digest.fromBase64(text) else { throw SimulatorError("\"base64\" is not base64") }
      bytes = decoded
      content = .bytes(bytes)
    } else if let file = try reader.string("file") {
      let path = file.hasPrefix("/") ? file : (folder ?? ".") + "/" + file
      if !missing {
        bytes = try Files.read(path)
        content = .file(path: path)
      }
    } else if !missing {
      throw SimulatorError("one of \"file\", \"text\", \"base64\" is needed")
    }
    let hash = Digest.sha256(bytes)
    var statedHash: String? = hash
    if let given = json["hash"] { statedHash = given.string }
    let file = try reader.string("file")?.split(separator: "/").last.map { String($0) }
    let blob = Blob(
      id: takeBlobId(), ownerId: owner, fileName: try reader.required(try reader.string("fileName") ?? file, "fileName"), content: content,
      length: bytes.count, statedSize: json["size"].map { $0.int } ?? bytes.count, statedHash: statedHash,
      isMalicious: try reader.bool("isMalicious"), registrationNumber: try reader.string("documentRegistrationNumber"),
      signatures: json["signatures"] ?? .array([]), isGone: missing, tag: Self.tag(of: bytes))
    blobs[blob.id] = blob
    return blob.id
  }

  static func tag(of bytes: [UInt8]) -> [UInt8] {
    let hex = Digest.sha256(bytes)
    return stride(from: 0, to: 16, by: 2).map { start in
      let from = hex.index(hex.startIndex, offsetBy: start)
      return UInt8(hex[from..<hex.index(from, offsetBy: 2)], radix: 16) ?? 0
    }
  }

  /// Reads every message below a folder, in path order; mailboxes get their credentials in the order of their identifiers.
  mutating func load(folder: String) throws(SimulatorError) -> [Int] {
    let paths = try Files.messages(below: folder)
    guard !paths.isEmpty else { throw SimulatorError("\(folder): no message.json below it") }
    var drafts: [(path: String, json: JSON)] = []
    for path in paths { drafts.append((path, try Files.json(path))) }
    for identifier in Set(drafts.compactMap { $0.json["mailbox"]?.string }).sorted() { _ = try mailbox(identifier) }
    // Numbers that are given are taken first, so that those assigned never collide with them.
    var ids: [Int] = []
    for draft in drafts.filter({ $0.json["messageId"] != nil }) + drafts.filter({ $0.json["messageId"] == nil }) {
      do {
        let folder = draft.path.dropLast("/message.json".count)
        ids.append(try add(draft: draft.json, folder: String(folder)))
      } catch {
        throw SimulatorError("\(draft.path): \(error)")
      }
    }
    return ids.sorted()
  }
}
