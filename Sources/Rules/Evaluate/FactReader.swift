import Model

/// The values of a fact in one submission, and how far they can be trusted to be all.
struct FactState {
  struct Value {
    let value: FactValue
    /// `message`, `body`, `1`, … as in `FactSource.document`.
    let document: String
  }

  enum Certainty {
    /// What is not here is not so.
    case known
    /// There may be more: the text is unread, cut or bad.
    case incomplete
    case disputed
  }

  var values: [Value]
  var certainty: Certainty
}

/// Reads facts out of a submission, by name: fields of the message, the document in question, what the documents say.
struct FactReader {
  let submission: Submission
  /// Some document was not opened at all, so what documents say may be missing.
  private let hasUnopened: Bool

  init(_ submission: Submission) {
    self.submission = submission
    hasUnopened = submission.documents.contains(where: FactReader.isUnopened)
  }

  /// Unread, and of a kind that could have said something: an image holds no form data, and a scan without text was opened.
  private static func isUnopened(_ document: SubmissionDocument) -> Bool {
    guard document.reading.status == .unread else { return false }
    switch document.reading.kind {
    case .image, .empty: return false
    default: return document.reading.reason != "no-text"
    }
  }

  func state(of fact: Int, document: SubmissionDocument?) -> FactState {
    let definition = FactCatalogue.all[fact]
    if submission.disagreements.contains(definition.name) { return FactState(values: stored(definition), certainty: .disputed) }
    if definition.ofDocument { return documentState(definition.name, document) }
    return messageState(definition)
  }

  // MARK: The message

  private func stored(_ definition: FactCatalogue.Definition) -> [FactState.Value] {
    let all = submission.facts.lazy.filter { $0.name == definition.name }.map { FactState.Value(value: $0.value, document: $0.source.document) }
    return definition.isSet ? Array(all) : all.first.map { [$0] } ?? []
  }

  private func messageState(_ definition: FactCatalogue.Definition) -> FactState {
    func one(_ value: FactValue) -> FactState { FactState(values: [.init(value: value, document: "message")], certainty: .known) }
    switch definition.name {
    case "subject": return one(.text(submission.subject))
    case "received": return one(.date(SofiaTime.date(of: submission.receivedAt)))
    case "mailbox": return one(.text(submission.key.recipient))
    case "sender.profile": return one(.number(submission.senderProfileId))
    case "sender.name": return one(.text(submission.senderName))
    case "body":
      let body = submission.documents.first { $0.path == "body" }
      return FactState(
        values: body?.reading.text.map { [.init(value: .text($0), document: "body")] } ?? stored(definition),
        certainty: body?.reading.textIsTruncated == true ? .incomplete : .known)
    default: break
    }
    let values = stored(definition)
    if !values.isEmpty { return FactState(values: values, certainty: .known) }
    let files = submission.documents.filter { $0.path != "body" && !$0.path.contains("/") }
    switch definition.name {
    case "files.count": return one(.number(Int64(files.count)))
    case "files.unread": return one(.number(Int64(files.filter { $0.reading.status == .unread }.count)))
    case "files.missing": return one(.number(Int64(files.filter { $0.digest == nil }.count)))
    case "files.malicious": return one(.number(0))
    case "files.names":
      return FactState(values: files.map { .init(value: .text($0.fileName), document: $0.path) }, certainty: .known)
    case "forwarded", "mark": return one(.flag(false))
    case "rnu", "template", "sender.identifier", "sender.kind": return FactState(values: [], certainty: .known)
    default: return FactState(values: [], certainty: hasUnopened ? .incomplete : .known)
    }
  }

  // MARK: One document

  private func documentState(_ name: String, _ document: SubmissionDocument?) -> FactState {
    guard let document else { return FactState(values: [], certainty: .known) }
    let reading = document.reading
    let isWhole = reading.status == .read
    let isOpened = !FactReader.isUnopened(document)
    func values(_ value: FactValue?) -> [FactState.Value] { value.map { [.init(value: $0, document: document.path)] } ?? [] }
    switch name {
    case "text":
      let isSound = isWhole && !reading.textIsTruncated && (reading.textQuality == .good || reading.textQuality == .none)
      return FactState(values: values(reading.text.map { .text($0) }), certainty: isSound ? .known : .incomplete)
    case "title":
      let isStructured = reading.form == .eform || reading.form == .classic
      let isSound = isWhole && (isStructured || reading.textQuality == .good || reading.textQuality == .none)
      return FactState(values: values(reading.title.map { .text($0) }), certainty: isSound ? .known : .incomplete)
    case "form":
      guard isOpened || reading.form != .none else { return FactState(values: [], certainty: .incomplete) }
      return FactState(values: values(.text(reading.form.rawValue)), certainty: .known)
    case "kind":
      guard document.digest != nil || document.path == "body" || reading.kind != .unknown else {
        return FactState(values: [], certainty: .incomplete)
      }
      return FactState(values: values(.text(reading.kind.rawValue)), certainty: .known)
    default:
      let found = reading.facts.filter { $0.name == name }.prefix(1).map { FactState.Value(value: $0.value, document: document.path) }
      return FactState(values: Array(found), certainty: isOpened || !found.isEmpty ? .known : .incomplete)
    }
  }
}
