/// All facts about one message: the only input of the rules.
package struct Submission: Sendable, Equatable, Codable {
  package var key: MessageKey
  /// ССЕВ `dateSent`: the legal moment of receipt (ЗЕУ чл. 32, ал. 1).
  package var receivedAt: Timestamp
  package var subject: String
  package var senderProfileId: Int64
  package var senderName: String
  /// The body and every attachment, nested ones after their parent; `path` as in `FactSource.document`.
  package var documents: [SubmissionDocument]
  /// Facts about the message as a whole, the best-evidenced value first when a name occurs more than once.
  package var facts: [Fact]
  /// Names of facts on which the evidence disagrees (submissions.md 9.1): unknown to every rule.
  package var disagreements: [String]

  package init(
    key: MessageKey, receivedAt: Timestamp, subject: String, senderProfileId: Int64, senderName: String, documents: [SubmissionDocument],
    facts: [Fact], disagreements: [String] = []
  ) {
    self.key = key
    self.receivedAt = receivedAt
    self.subject = subject
    self.senderProfileId = senderProfileId
    self.senderName = senderName
    self.documents = documents
    self.facts = facts
    self.disagreements = disagreements
  }
}

/// One document of a message with its reading, or with the reason why there is none.
package struct SubmissionDocument: Sendable, Equatable, Codable {
  package var path: String
  /// As the sender named it: for people and for rules, never a path.
  package var fileName: String
  package var size: Int64
  /// SHA-256 of the stored bytes, lower-case hex; `nil` when they never arrived.
  package var digest: String?
  package var reading: DocumentReading

  package init(path: String, fileName: String, size: Int64, digest: String?, reading: DocumentReading) {
    self.path = path
    self.fileName = fileName
    self.size = size
    self.digest = digest
    self.reading = reading
  }
}

extension Submission {
  /// The document that `title`, `text`, `form` and `kind` mean (design.md 6.3): an e-form, else a classic XML document, else a body of
  /// enough words, else the first readable file, else the body.
  package var mainDocument: SubmissionDocument? {
    documents.first { $0.reading.form == .eform }
      ?? documents.first { $0.reading.form == .classic }
      ?? documents.first { $0.path == "body" && $0.reading.hasWords(Submission.wordsOfALetter) && !isCoveringNote($0.reading) }
      ?? documents.first { $0.path != "body" && $0.reading.status != .unread && $0.reading.hasWords(1) }
      ?? documents.first { $0.path == "body" && $0.reading.hasWords(1) }
      ?? documents.first { $0.path != "body" }
  }

  /// A body shorter than this is a covering note, and the attachment is the document.
  package static let wordsOfALetter = 12

  /// With a titled letter beside it, also a somewhat longer one is: „Изпращам заявлението, за да не чакам на гише …“.
  package static let wordsOfACoveringNote = 45

  private func isCoveringNote(_ body: DocumentReading) -> Bool {
    guard !body.hasWords(Submission.wordsOfACoveringNote) else { return false }
    let words = body.wordCount
    return documents.contains { document in
      document.path != "body" && document.reading.status == .read && document.reading.form == .letter && document.reading.title != nil
        && document.reading.hasWords(2 * words)
    }
  }

  package func facts(named name: String) -> [Fact] { facts.filter { $0.name == name } }
}

extension DocumentReading {
  /// Words in the text, counted by white space.
  package var wordCount: Int { text?.split(whereSeparator: \.isWhitespace).count ?? 0 }

  /// Whether the text has at least so many words. Reads no further than it must.
  package func hasWords(_ count: Int) -> Bool {
    var words = 0
    var inWord = false
    for scalar in (text ?? "").unicodeScalars {
      // Asking Unicode about each letter costs more than all else here; between these two there is no white space.
      let value = scalar.value
      let isSpace = value < 0x80 ? (0x09...0x0D).contains(value) || value == 0x20 : !(0xA1..<0x1680).contains(value) && scalar.properties.isWhitespace
      if !isSpace, !inWord {
        words += 1
        if words >= count { return true }
      }
      inWord = !isSpace
    }
    return count <= 0
  }
}
