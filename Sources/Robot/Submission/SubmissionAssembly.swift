package import Model

/// The fields of a message and the readings of its documents to all facts about the message. Pure: the same input gives the same facts.
package enum SubmissionAssembly {
  /// `documents`: the body first (path `body`), then the attachments (`1`, `2` …) in the order of the message. Files inside them are put
  /// after their parent, as `2/1`.
  package static func assemble(_ envelope: MessageEnvelope, _ documents: [SubmissionDocument]) -> Submission {
    let documents = DetachedSignatures.pair(documents).flatMap(expand)
    var facts = messageFacts(envelope, documents)
    var disagreements: [String] = []
    let request = MainRequest(subject: envelope.subject, documents)
    addService(envelope, documents, request, to: &facts, &disagreements)
    addNumbers(envelope, documents, request, to: &facts, &disagreements)
    facts += request.formFacts
    facts += sets(envelope, documents)
    addVerdicts(envelope, to: &facts)
    disagreements += request.disagreements
    facts += disagreements.map { Fact("disagreement", .text($0), source: FactSource(document: "message", method: "comparison"), certainty: .found) }
    return Submission(
      key: envelope.key, receivedAt: envelope.receivedAt, subject: envelope.subject, senderProfileId: envelope.senderProfileId,
      senderName: envelope.senderName, documents: documents, facts: facts, disagreements: disagreements)
  }

  /// A document and, after it, those inside it; every fact says in which document it was found.
  private static func expand(_ document: SubmissionDocument) -> [SubmissionDocument] {
    var parent = document
    parent.reading.nested = []
    parent.reading.facts = parent.reading.facts.map { fact in
      var fact = fact
      fact.source.document = document.path
      return fact
    }
    let nested = document.reading.nested.enumerated().map { index, reading in
      SubmissionDocument(
        path: "\(document.path)/\(index + 1)", fileName: reading.name ?? inner(document) ?? "", size: 0, digest: nil, reading: reading)
    }
    return [parent] + nested.flatMap(expand)
  }

  /// A signed container does not say how the file in it is called.
  private static func inner(_ document: SubmissionDocument) -> String? {
    document.reading.kind == .cms ? SignedName.withoutEnding(document.fileName) : nil
  }

  private static let message = FactSource(document: "message", method: "field")

  private static func messageFacts(_ envelope: MessageEnvelope, _ documents: [SubmissionDocument]) -> [Fact] {
    let files = documents.filter { $0.path != "body" && !$0.path.contains("/") }
    var facts = [
      Fact("subject", .text(envelope.subject), source: message),
      Fact("received", .date(SofiaTime.date(of: envelope.receivedAt)), source: message),
      Fact("mailbox", .text(envelope.key.recipient), source: message),
      Fact("forwarded", .flag(envelope.isForwarded), source: message),
      Fact("mark", .flag(envelope.ownMark || Mark.first(in: envelope.subject) != nil), source: message),
      Fact("sender.profile", .number(envelope.senderProfileId), source: message),
      Fact("sender.name", .text(envelope.senderName), source: message),
      Fact("sender.kind", .text(envelope.senderKind), source: message),
      Fact("files.count", .number(Int64(files.count)), source: message),
      Fact("files.unread", .number(Int64(files.count { $0.reading.status == .unread })), source: message),
      Fact("files.malicious", .number(Int64(envelope.maliciousFiles)), source: message),
      Fact("files.missing", .number(Int64(envelope.missingFiles)), source: message),
    ]
    if let body = documents.first(where: { $0.path == "body" })?.reading.text { facts.append(Fact("body", .text(body), source: message)) }
    if let template = envelope.templateId { facts.append(Fact("template", .number(template), source: message)) }
    if let identifier = envelope.senderIdentifier { facts.append(Fact("sender.identifier", .text(identifier), source: message)) }
    facts += files.map { Fact("files.names", .text($0.fileName), source: message) }
    facts += documents.filter { $0.path.contains("/") && !$0.fileName.isEmpty }.map {
      Fact("files.names", .text($0.fileName), source: FactSource(document: $0.path, method: "file-name"))
    }
    return facts
  }

  /// The number of the service by the order of submissions.md 9.1: request, classic document, subject, file name. The first is the fact; two
  /// that differ make it unknown to every rule.
  private static func addService(
    _ envelope: MessageEnvelope, _ documents: [SubmissionDocument], _ request: MainRequest, to facts: inout [Fact],
    _ disagreements: inout [String]
  ) {
    var found = request.requests.compactMap { fact("service.number", in: $0) }.map { ("request", $0) }
    found += documents.filter { $0.reading.form == .classic }.compactMap { fact("service.number", in: $0) }.map { ("classic", $0) }
    if let match = request.subjectMatch {
      found.append(
        ("subject", Fact("service.number", .text(match.service), source: FactSource(document: "message", method: "subject"), certainty: .found)))
    }
    for (path, match) in request.fileNameMatches {
      found.append(
        ("file-name", Fact("service.number", .text(match.service), source: FactSource(document: path, method: "file-name"), certainty: .found)))
    }
    guard let best = found.first else { return }
    facts.append(best.1)
    facts.append(Fact("service.evidence", .text(best.0), source: best.1.source, certainty: best.1.certainty))
    let others = found.dropFirst().filter { number($0.1) != number(best.1) }
    facts += others.map(\.1)
    if !others.isEmpty { disagreements.append("service.number") }
    if !request.formFacts.contains(where: { $0.name == "service.name" }), let name = request.subjectMatch?.serviceName {
      facts.append(
        Fact("service.name", .text(name), source: FactSource(document: "message", method: "subject"), certainty: .found))
    }
  }

  /// `0739` and `739` are one service.
  private static func number(_ fact: Fact) -> String {
    let text = fact.value.display
    return Int64(text).map(String.init) ?? text
  }

  /// The РНУ of the service, as the documents, the subject or a file name give it; only without one the message's own.
  private static func addNumbers(
    _ envelope: MessageEnvelope, _ documents: [SubmissionDocument], _ request: MainRequest, to facts: inout [Fact],
    _ disagreements: inout [String]
  ) {
    var found = request.requests.compactMap { fact("rnu", in: $0) }
    if let rnu = request.subjectMatch?.rnu {
      found.append(Fact("rnu", .text(rnu), source: FactSource(document: "message", method: "subject"), certainty: .found))
    }
    for (path, match) in request.fileNameMatches {
      guard let rnu = match.rnu else { continue }
      found.append(Fact("rnu", .text(rnu), source: FactSource(document: path, method: "file-name"), certainty: .found))
    }
    guard let best = found.first else {
      if let rnu = envelope.rnu, !rnu.isEmpty { facts.append(Fact("rnu", .text(rnu), source: message)) }
      return
    }
    facts.append(best)
    let others = found.dropFirst().filter { $0.value.display.lowercased() != best.value.display.lowercased() }
    facts += others
    if !others.isEmpty { disagreements.append("rnu") }
  }

  private static func fact(_ name: String, in document: SubmissionDocument) -> Fact? { document.reading.facts.first { $0.name == name } }

  /// What may be said several times over: from every document, each value once.
  private static func sets(_ envelope: MessageEnvelope, _ documents: [SubmissionDocument]) -> [Fact] {
    var seen: Set<String> = []
    var result: [Fact] = []
    for fact in citedInSubject(envelope) + documents.flatMap(\.reading.facts) {
      guard let definition = FactCatalogue.definition(named: fact.name), definition.isSet || fact.name == "letter.reference",
        seen.insert(fact.name == "letter.reference" ? fact.name : "\(fact.name) \(fact.value.display)").inserted
      else { continue }
      result.append(fact)
    }
    return result
  }

  /// „Допълнение към вх. № …“: many write the number in the subject only.
  private static func citedInSubject(_ envelope: MessageEnvelope) -> [Fact] {
    CitedNumber.find(in: envelope.subject).filter { $0.label != .outgoing }.map {
      Fact("cited.number", .text($0.normal), source: FactSource(document: "message", method: "subject"), certainty: .found)
    }
  }

  /// What check digits say, on the day of receipt.
  private static func addVerdicts(_ envelope: MessageEnvelope, to facts: inout [Fact]) {
    let day = SofiaTime.date(of: envelope.receivedAt)
    if let applicant = facts.first(where: { $0.name == "applicant.identifier" }) {
      let validity = PersonalIdentifier.validity(of: applicant.value.display, on: day)
      facts.append(Fact("applicant.validity", .text(validity.rawValue), source: applicant.source, certainty: applicant.certainty))
    }
    let identifiers = Set(facts.filter { $0.name == "identifier" }.map(\.value.display))
    let valid = identifiers.count { [.valid, .ambiguous].contains(PersonalIdentifier.validity(of: $0, on: day)) }
    func count(_ verdict: IdentifierValidity) -> Int64 {
      Int64(identifiers.count { PersonalIdentifier.validity(of: $0, on: day) == verdict })
    }
    let checked = FactSource(document: "message", method: "check-digit")
    facts.append(Fact("identifiers.valid", .number(Int64(valid)), source: checked))
    facts.append(Fact("identifiers.invalid", .number(count(.invalid)), source: checked))
    facts.append(Fact("identifiers.ambiguous", .number(count(.ambiguous)), source: checked))
  }
}
