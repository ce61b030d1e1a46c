import FoundationEssentials

/// Every identifier, name, subject, file name and body of `Samples/`: what must not be found anywhere outside database and archive.
struct PersonalData: Sendable {
  /// ЕГН, ЛНЧ and ЕИК of senders and of people named inside the documents.
  var identifiers: Set<String> = []
  /// Names of people, whole.
  var names: Set<String> = []
  /// Words of those names.
  var nameWords: Set<String> = []
  /// Subjects, file names, first lines of bodies.
  var texts: Set<String> = []

  /// Shorter words are as common as their letters.
  private static let shortestWord = 5
  private static let shortestText = 10

  /// Reads every sample: the messages, the texts beside them, and the data inside e-form PDFs (with `pdfinfo`, as the reader itself does).
  static func inSamples(_ samples: String = Installation.samples, scratch: String) async throws -> PersonalData {
    var data = PersonalData()
    for file in Files.tree(samples) {
      let path = "\(samples)/\(file)"
      if file.hasSuffix("/message.json") {
        data.add(message: try JSONDecoder().decode(Message.self, from: Data(try Files.read(path))))
      } else if file.hasSuffix(".pdf") {
        let shown = try await run("/usr/bin/pdfinfo", ["-custom", "-enc", "UTF-8", path], in: scratch)
        let text = try await run("/usr/bin/pdftotext", ["-q", path, "-"], in: scratch)
        data.add(document: shown.output + "\n" + text.output)
      } else if file.hasSuffix(".xml") || file.hasSuffix(".txt") {
        data.add(document: try Files.text(path))
      }
    }
    // The robot's own mailboxes are no secret: their digits stand in the log.
    data.identifiers.subtract(data.mailboxes)
    return data
  }

  private var mailboxes: Set<String> = []

  private struct Message: Decodable {
    struct Sender: Decodable {
      let name: String?
      let identifier: String?
      let kind: String?
    }
    struct Attachment: Decodable { let fileName: String? }
    /// `forwarded` is a message inside a message.
    final class Inner: Decodable {
      let message: Message

      init(from decoder: any Decoder) throws { message = try Message(from: decoder) }
    }

    let mailbox: String?
    let sender: Sender?
    let subject: String?
    let body: String?
    let attachments: [Attachment]?
    let forwarded: Inner?
  }

  private mutating func add(message: Message) {
    if let mailbox = message.mailbox { mailboxes.insert(mailbox) }
    if let identifier = message.sender?.identifier, !identifier.isEmpty { identifiers.insert(identifier) }
    if let name = message.sender?.name, message.sender?.kind == "person" { add(name: name) }
    add(text: message.subject)
    for attachment in message.attachments ?? [] { add(text: attachment.fileName) }
    for line in (message.body ?? "").split(separator: "\n") { add(text: String(line.prefix(60))) }
    add(document: message.body ?? "")
    if let inner = message.forwarded { add(message: inner.message) }
  }

  private mutating func add(text: String?) {
    // One word (a subject „Допълнение“) says nothing of anybody, and is also the code of a document type.
    guard let text, PlainText.of(text).count >= PersonalData.shortestText, PlainText.of(text).contains(UInt8(ascii: " ")) else { return }
    texts.insert(text)
  }

  private mutating func add(name: String) {
    names.insert(name)
    for word in name.split(whereSeparator: { !$0.isLetter }) where word.count >= PersonalData.shortestWord { nameWords.insert(String(word)) }
  }

  /// Ten digits with the check digit of an ЕГН, and three Bulgarian names in a row, wherever they stand in a document.
  private mutating func add(document: String) {
    for match in document.matches(of: /[0-9]{10}/) where isPersonalNumber(String(match.0)) && !isInsideDigits(match.range, of: document) {
      identifiers.insert(String(match.0))
    }
    for match in document.matches(of: /[А-Я][а-я]+ [А-Я][а-я]+(?:ов|ев|ин|ски|ова|ева|ина|ска) [А-Я][а-я]+(?:ов|ев|ин|ски|ова|ева|ина|ска)\b/) {
      add(name: String(match.0))
    }
  }

  private func isInsideDigits(_ range: Range<String.Index>, of text: String) -> Bool {
    (range.lowerBound > text.startIndex && text[text.index(before: range.lowerBound)].isWholeNumber)
      || (range.upperBound < text.endIndex && text[range.upperBound].isWholeNumber)
  }

  private func isPersonalNumber(_ text: String) -> Bool {
    let digits = text.compactMap(\.wholeNumberValue)
    let weights = [2, 4, 8, 5, 10, 9, 7, 3, 6]
    return digits.count == 10 && zip(digits, weights).map(*).reduce(0, +) % 11 % 10 == digits[9]
  }
}
