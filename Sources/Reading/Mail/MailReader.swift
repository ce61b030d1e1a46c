import Model

/// A mail that somebody attached (`.eml`, `.mht`): its text, and what is attached to it as files inside. Our own reader, because nothing that
/// Debian has keeps a file name in each of the ways that programs write Cyrillic ones, and every part's bytes must go through the one budget.
struct MailReader {
  /// `multipart` inside `multipart`.
  private static let maximumDepth = 20
  private static let maximumParts = 2_000

  private var texts: [String] = []
  private var parts: [Part] = []
  private var notes: [String] = []
  private var isCertain = true
  private var seen = 0

  static func read(_ bytes: [UInt8], _ context: ReadingContext) -> DocumentReading {
    var reader = MailReader()
    let (header, body) = MailHeader.parse(bytes[...])
    reader.entity(header, body, depth: 0)
    return mail(
      .mail, text: reader.texts.joined(separator: "\n"), subject: header.text("subject"), from: header.text("from"), date: header.text("date"),
      parts: reader.parts, notes: reader.notes, isCertain: reader.isCertain, context)
  }

  /// What mails of both formats become.
  static func mail(
    _ kind: DocumentKind, text: String, subject: String?, from: String?, date: String?, parts: [Part], notes: [String], isCertain: Bool,
    _ context: ReadingContext
  ) -> DocumentReading {
    var reading = DocumentReading.letter(kind, text, notes: notes, isCertain: isCertain)
    if reading.status == .unread { reading = DocumentReading(kind: kind, status: .read, form: .letter, text: "", notes: notes) }
    let cleaned = subject.map { String(TextLayer.clean($0)[...].trimmingSpaces()).prefix(utf8Bytes: 1000) }
    if reading.title == nil, let cleaned, !cleaned.isEmpty { reading.title = cleaned }
    var facts = FactCollector(method: "mail")
    facts.add("mail.subject", subject, at: "Subject")
    facts.add("mail.from", from, at: "From")
    facts.add("mail.date", date, at: "Date")
    reading.facts = facts.facts + reading.facts
    context.attach(parts, to: &reading)
    return reading
  }

  private mutating func entity(_ header: MailHeader, _ body: ArraySlice<UInt8>, depth: Int) {
    seen += 1
    guard depth <= Self.maximumDepth, seen <= Self.maximumParts else {
      if !notes.contains("mail-too-many-parts") { notes.append("mail-too-many-parts") }
      return
    }
    let type = header.token("content-type") ?? "text/plain"
    if type.hasPrefix("multipart/"), let boundary = header.parameter("boundary", of: "content-type"), !boundary.isEmpty {
      let inner = Self.split(body, boundary: boundary).map { MailHeader.parse($0) }
      if type == "multipart/alternative" {
        alternatives(inner, depth)
      } else {
        for part in inner { entity(part.header, part.body, depth: depth + 1) }
      }
      return
    }
    let name = header.parameter("filename", of: "content-disposition") ?? header.parameter("name", of: "content-type")
    let isAttachment = header.token("content-disposition") == "attachment" || (name != nil && type != "text/plain" && type != "text/html")
    let bytes = TransferEncoding.decode(body, header.token("content-transfer-encoding"))
    if !isAttachment, type == "text/plain" || type == "text/html" {
      text(bytes, isHTML: type == "text/html", charset: header.parameter("charset", of: "content-type"))
    } else if type == "message/delivery-status" || type == "text/rfc822-headers" || type == "message/disposition-notification" {
      text(bytes, isHTML: false, charset: nil)
    } else if !bytes.isEmpty {
      let subject = type == "message/rfc822" ? MailHeader.parse(bytes[...]).header.text("subject").map { "\($0).eml" } : nil
      parts.append(Part(name: name ?? subject, bytes: bytes))
    }
  }

  /// The same in several forms: the plain one where it says something; pictures and files beside the text stay.
  private mutating func alternatives(_ inner: [(header: MailHeader, body: ArraySlice<UInt8>)], _ depth: Int) {
    let before = (texts, notes, isCertain)
    var chosen: (texts: [String], notes: [String], isCertain: Bool)?
    for part in inner {
      (texts, notes, isCertain) = before
      entity(part.header, part.body, depth: depth + 1)
      let hasText = texts.dropFirst(before.0.count).contains { !$0.allSatisfy(\.isWhitespace) }
      if hasText, chosen == nil { chosen = (texts, notes, isCertain) }
    }
    (texts, notes, isCertain) = chosen ?? before
  }

  private mutating func text(_ bytes: [UInt8], isHTML: Bool, charset: String?) {
    let decoded = Charset.decode(bytes, named: charset ?? (isHTML ? HTMLText.declaredEncoding(bytes) : nil))
    texts.append(isHTML ? HTMLText.strip(decoded.text) : decoded.text)
    notes += decoded.notes.filter { !notes.contains($0) }
    isCertain = isCertain && decoded.isCertain
  }

  /// The pieces between the boundary's lines. A missing end is where the body ends.
  static func split(_ body: ArraySlice<UInt8>, boundary: String) -> [ArraySlice<UInt8>] {
    let mark = Array("--\(boundary)".utf8)
    var pieces: [ArraySlice<UInt8>] = []
    var start: Int?
    var line = body.startIndex
    while line < body.endIndex, pieces.count < maximumParts {
      let end = body[line...].firstIndex(of: 0x0A).map { $0 + 1 } ?? body.endIndex
      if body[line..<end].starts(with: mark) {
        let rest = body[line..<end].dropFirst(mark.count)
        let isEnd = rest.starts(with: [0x2D, 0x2D])
        // A longer boundary may begin like this one.
        if isEnd || rest.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }) {
          if let start { pieces.append(trimmed(body[start..<line])) }
          start = end
          if isEnd { return pieces }
        }
      }
      line = end
    }
    if let start, start < body.endIndex { pieces.append(body[start...]) }
    return pieces
  }

  /// The line end before a boundary belongs to it.
  private static func trimmed(_ piece: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var piece = piece
    if piece.last == 0x0A { piece.removeLast() }
    if piece.last == 0x0D { piece.removeLast() }
    return piece
  }
}
