import Model

/// Reads back what `recordReadings` stored of a submission. An archive of a hundred thousand messages is decided again in seconds only if a message
/// is read in tens of microseconds, where a general decoder takes hundreds. It knows the text of this program alone: anything else, an older
/// version's for one, makes `nil`, and the general decoder is asked.
enum StoredSubmission {
  static func read(_ text: String) -> Submission? {
    var reader = StoredJSON(text)
    guard let submission = try? reader.submission(), reader.isAtEnd else { return nil }
    return submission
  }

  /// As written by any version that this one understands; `nil` when it is no submission.
  static func decode(_ text: String) -> Submission? { read(text) ?? JSONText.decode(Submission.self, from: text) }
}

extension StoredJSON {
  mutating func submission() throws(Surprise) -> Submission {
    var key: MessageKey?
    var receivedAt: Timestamp?
    var subject: String?
    var senderProfileId: Int64?
    var senderName: String?
    var documents: [SubmissionDocument]?
    var facts: [Fact]?
    var disagreements: [String]?
    try object { (json, name) throws(Surprise) in
      switch name {
      case "key": key = try json.messageKey()
      case "receivedAt": receivedAt = Timestamp(iso8601: try json.string())
      case "subject": subject = try json.string()
      case "senderProfileId": senderProfileId = try json.integer()
      case "senderName": senderName = try json.string()
      case "documents": documents = try json.array { (json) throws(Surprise) in try json.document() }
      case "facts": facts = try json.array { (json) throws(Surprise) in try json.fact() }
      case "disagreements": disagreements = try json.array { (json) throws(Surprise) in try json.string() }
      default: throw Surprise()
      }
    }
    return Submission(
      key: try given(key), receivedAt: try given(receivedAt), subject: try given(subject), senderProfileId: try given(senderProfileId),
      senderName: try given(senderName), documents: try given(documents), facts: try given(facts), disagreements: try given(disagreements))
  }

  private mutating func messageKey() throws(Surprise) -> MessageKey {
    var environment: EnvironmentName?
    var recipient: String?
    var messageId: Int64?
    try object { (json, name) throws(Surprise) in
      switch name {
      case "environment": environment = EnvironmentName(try json.string())
      case "recipient": recipient = try json.string()
      case "messageId": messageId = try json.integer()
      default: throw Surprise()
      }
    }
    return MessageKey(environment: try given(environment), recipient: try given(recipient), messageId: try given(messageId))
  }

  private mutating func document() throws(Surprise) -> SubmissionDocument {
    var path: String?
    var fileName: String?
    var size: Int64?
    var digest: String?
    var reading: DocumentReading?
    try object { (json, name) throws(Surprise) in
      switch name {
      case "path": path = try json.string()
      case "fileName": fileName = try json.string()
      case "size": size = try json.integer()
      case "digest": digest = try json.string()
      case "reading": reading = try json.reading()
      default: throw Surprise()
      }
    }
    return SubmissionDocument(
      path: try given(path), fileName: try given(fileName), size: try given(size), digest: digest, reading: try given(reading))
  }

  private mutating func reading() throws(Surprise) -> DocumentReading {
    var version: Int?
    var kind: DocumentKind?
    var status: ReadingStatus?
    var reason: String?
    var form: DocumentForm?
    var isTruncated: Bool?
    var quality: TextQuality?
    var reading = DocumentReading(kind: .unknown, status: .unread)
    var facts: [Fact]?
    var nested: [DocumentReading]?
    var notes: [String]?
    try object { (json, name) throws(Surprise) in
      switch name {
      case "readerVersion": version = Int(try json.integer())
      case "kind": kind = DocumentKind(rawValue: try json.string())
      case "name": reading.name = try json.string()
      case "status": status = ReadingStatus(rawValue: try json.string())
      case "reason": reason = try json.string()
      case "form": form = DocumentForm(rawValue: try json.string())
      case "title": reading.title = try json.string()
      case "text": reading.text = try json.string()
      case "textIsTruncated": isTruncated = try json.flag()
      case "textQuality": quality = TextQuality(rawValue: try json.string())
      case "facts": facts = try json.array { (json) throws(Surprise) in try json.fact() }
      case "nested": nested = try json.array { (json) throws(Surprise) in try json.reading() }
      case "notes": notes = try json.array { (json) throws(Surprise) in try json.string() }
      default: throw Surprise()
      }
    }
    reading.readerVersion = try given(version)
    reading.kind = try given(kind)
    reading.status = try given(status)
    reading.reason = try given(reason)
    reading.form = try given(form)
    reading.textIsTruncated = try given(isTruncated)
    reading.textQuality = try given(quality)
    reading.facts = try given(facts)
    reading.nested = try given(nested)
    reading.notes = try given(notes)
    return reading
  }

  private mutating func fact() throws(Surprise) -> Fact {
    var name: String?
    var value: FactValue?
    var source: FactSource?
    var certainty: Certainty?
    try object { (json, key) throws(Surprise) in
      switch key {
      case "name": name = try json.string()
      case "value": value = try json.factValue()
      case "source": source = try json.factSource()
      case "certainty": certainty = Certainty(rawValue: try json.string())
      default: throw Surprise()
      }
    }
    return Fact(try given(name), try given(value), source: try given(source), certainty: try given(certainty))
  }

  /// `{"text":{"_0":"…"}}`.
  private mutating func factValue() throws(Surprise) -> FactValue {
    var value: FactValue?
    try object { (json, kind) throws(Surprise) in
      try json.object { (json, name) throws(Surprise) in
        guard name == "_0", value == nil else { throw Surprise() }
        switch kind {
        case "text": value = .text(try json.string())
        case "number": value = .number(try json.integer())
        case "flag": value = .flag(try json.flag())
        case "date": value = CivilDate(iso8601: try json.string()).map { .date($0) }
        default: throw Surprise()
        }
      }
    }
    return try given(value)
  }

  private mutating func factSource() throws(Surprise) -> FactSource {
    var document: String?
    var method: String?
    var place: String?
    try object { (json, name) throws(Surprise) in
      switch name {
      case "document": document = try json.string()
      case "method": method = try json.string()
      case "place": place = try json.string()
      default: throw Surprise()
      }
    }
    return FactSource(document: try given(document), method: try given(method), place: try given(place))
  }

  private func given<Value>(_ value: Value?) throws(Surprise) -> Value {
    guard let value else { throw Surprise() }
    return value
  }
}
