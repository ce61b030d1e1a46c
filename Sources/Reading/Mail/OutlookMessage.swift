import Model

/// A message saved from Outlook (`.msg`, `[MS-OXMSG]`): subject, sender, body and attachments are properties, each in a stream of its own.
struct OutlookMessage {
  private let file: CompoundFile
  private let properties: [String: CompoundFile.Entry]
  private let storages: [CompoundFile.Entry]

  private static let maximumDepth = 3

  static func read(_ bytes: [UInt8], _ context: ReadingContext) -> DocumentReading {
    guard let file = CompoundFile(bytes) else { return .unread(.msg, "damaged") }
    let message = OutlookMessage(file, file.children())
    let body = message.body()
    return MailReader.mail(
      .msg, text: body.text, subject: message.text("0037"), from: message.from, date: message.date, parts: message.parts(depth: 0), notes: body.notes,
      isCertain: body.isCertain, context)
  }

  private init(_ file: CompoundFile, _ entries: [CompoundFile.Entry]) {
    self.file = file
    let streams = entries.filter { !$0.isStorage && $0.name.hasPrefix("__substg1.0_") }
    properties = Dictionary(streams.map { ($0.name.dropFirst(12).uppercased(), $0) }, uniquingKeysWith: { first, _ in first })
    storages = entries.filter(\.isStorage)
  }

  /// A property in either of the two kinds of string.
  private func text(_ tag: String) -> String? { decoded(tag)?.text }

  private func decoded(_ tag: String) -> DecodedText? {
    if let wide = properties[tag + "001F"] {
      let bytes = file.stream(wide)
      let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
      return DecodedText(text: String(decoding: units.prefix { $0 != 0 }, as: UTF16.self), notes: [], isCertain: true)
    }
    guard let narrow = properties[tag + "001E"] else { return nil }
    return Charset.decode(file.stream(narrow).filter { $0 != 0 }, named: nil)
  }

  private func body() -> DecodedText {
    if let body = decoded("1000"), !body.text.allSatisfy(\.isWhitespace) { return body }
    if let html = properties["10130102"].map(file.stream) {
      let decoded = Charset.decode(html, named: HTMLText.declaredEncoding(html))
      return DecodedText(text: HTMLText.strip(decoded.text), notes: decoded.notes, isCertain: decoded.isCertain)
    }
    if let html = text("1013") { return DecodedText(text: HTMLText.strip(html), notes: [], isCertain: true) }
    let isRich = properties["10090102"] != nil
    return DecodedText(text: "", notes: isRich ? ["mail-rich-text-only"] : [], isCertain: true)
  }

  private var from: String? {
    let address = text("5D01") ?? text("0C1F")
    let name = text("0C1A") ?? text("0042")
    guard let name, !name.isEmpty else { return address }
    return address.map { $0.contains("@") ? "\(name) <\($0)>" : name } ?? name
  }

  /// As the transport's header has it; Outlook keeps one for mails that arrived.
  private var date: String? { text("007D").flatMap { MailHeader.parse(Array($0.utf8)[...]).header.text("date") } }

  private func parts(depth: Int) -> [Part] {
    storages.filter { $0.name.hasPrefix("__attach_version1.0_") }.compactMap { storage in
      let entries = file.children(of: storage)
      let attachment = OutlookMessage(file, entries)
      let name = attachment.text("3707") ?? attachment.text("3704") ?? attachment.text("3001")
      if let data = attachment.properties["37010102"] { return Part(name: name, bytes: file.stream(data)) }
      guard let inner = entries.first(where: { $0.isStorage && $0.name.uppercased().hasPrefix("__SUBSTG1.0_3701000D") }), depth < Self.maximumDepth
      else { return nil }
      let message = OutlookMessage(file, file.children(of: inner))
      // A message inside has no bytes of its own in this format: it goes on as the mail that it is.
      return Part(name: name ?? message.text("0037").map { "\($0).eml" }, bytes: message.asMail(depth: depth + 1), notes: ["mail-rewritten"])
    }
  }

  private func asMail(depth: Int) -> [UInt8] {
    func header(_ name: String, _ value: String?) -> String {
      "\(name): \((value ?? "").split(whereSeparator: \.isNewline).joined(separator: " "))\r\n"
    }
    let boundary = "=_intake-part-\(depth)"
    var mail = Array(
      (header("From", from) + header("Subject", text("0037")) + header("Date", date ?? "unknown") + "MIME-Version: 1.0\r\n"
        + "Content-Type: multipart/mixed; boundary=\"\(boundary)\"\r\n\r\n--\(boundary)\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + body().text
        + "\r\n").utf8)
    for part in parts(depth: depth) {
      let name = (part.name ?? "").filter { $0 != "\"" && $0 != "\\" }
      mail += Array(
        "--\(boundary)\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"\(name)\"\r\n\r\n".utf8)
      mail += part.bytes + Array("\r\n".utf8)
    }
    return mail + Array("--\(boundary)--\r\n".utf8)
  }
}
