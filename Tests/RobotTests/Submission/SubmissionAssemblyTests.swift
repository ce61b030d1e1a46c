import Model
import Testing

@testable import Robot

struct SubmissionAssemblyTests {
  static let rnu = "1f0e9a52-6c1d-4b57-9a70-0d6a4f3f7c11"
  static let other = "22222222-6c1d-4b57-9a70-0d6a4f3f7c11"

  private func envelope(_ subject: String, rnu: String? = "9a1c2f0e-77aa-4c0f-8f53-2f6c1b0f9d20") throws -> MessageEnvelope {
    MessageEnvelope(
      key: MessageKey(environment: try #require(EnvironmentName("test")), recipient: "1210150561306", messageId: 700_101),
      receivedAt: try #require(Timestamp(iso8601: "2026-06-30T23:30:00Z")), subject: subject, rnu: rnu, templateId: 1,
      senderProfileId: 55_001, senderName: "Тест Тестов Пробев", senderIdentifier: "0012317774", senderKind: "person", maliciousFiles: 1,
      missingFiles: 2)
  }

  private func text(_ name: String, _ value: String) -> Fact {
    Fact(name, .text(value), source: FactSource(document: "", method: "info.xml"))
  }

  private func eform(_ path: String, number: String?, rnu: String?, fileName: String = "a.pdf", more: [Fact] = []) -> SubmissionDocument {
    let facts = [number.map { text("service.number", $0) }, number.map { _ in text("service.evidence", "request") }, rnu.map { text("rnu", $0) }]
    return SubmissionDocument(
      path: path, fileName: fileName, size: 1, digest: "00",
      reading: DocumentReading(kind: .pdf, status: .read, form: .eform, facts: facts.compactMap { $0 } + more))
  }

  private func file(_ path: String, _ name: String, _ reading: DocumentReading = DocumentReading(kind: .image, status: .unread, reason: "no-text"))
    -> SubmissionDocument
  { SubmissionDocument(path: path, fileName: name, size: 1, digest: "00", reading: reading) }

  private func values(_ submission: Submission, _ name: String) -> [String] { submission.facts(named: name).map(\.value.display) }

  @Test func everythingAgrees() throws {
    let submission = SubmissionAssembly.assemble(
      try envelope("\(Self.rnu)-2753-Отпускане на еднократна помощ - при осиновяване"),
      [file("body", ""), eform("1", number: "2753", rnu: Self.rnu, fileName: "2753-\(Self.rnu)-ZVLN.pdf")])
    #expect(values(submission, "service.number") == ["2753"])
    #expect(values(submission, "service.evidence") == ["request"])
    #expect(values(submission, "service.name") == ["Отпускане на еднократна помощ - при осиновяване"])
    #expect(values(submission, "rnu") == [Self.rnu])
    #expect(submission.disagreements.isEmpty)
    #expect(submission.facts(named: "service.number").first?.source.document == "1")
  }

  @Test func numberCitedInTheSubject() throws {
    let letter = file("body", "", DocumentReading(kind: .text, status: .read, facts: [text("cited.number", "ЗСП/Д-В/41/02.07.2026")]))
    let submission = SubmissionAssembly.assemble(
      try envelope("Допълнение към вх. № ЗД/Д-А-118/13.07.2026 г., Ваш ЗСП/Д-В/41/02.07.2026, наш изх. № 5/2026"), [letter])
    #expect(values(submission, "cited.number") == ["ЗД/Д-А-118/13.07.2026", "ЗСП/Д-В/41/02.07.2026"])
    #expect(values(try SubmissionAssembly.assemble(envelope("\(Self.rnu)-2753-Помощ"), []), "cited.number") == [])
  }

  /// Each of the first four kinds of evidence alone, and each pair that differs.
  @Test func evidenceInOrder() throws {
    let classic = file(
      "2", "b.xml",
      DocumentReading(kind: .xml, status: .read, form: .classic, facts: [text("service.number", "20"), text("service.evidence", "classic")]))
    let request = eform("1", number: "10", rnu: nil)
    let named = file("3", "40-\(Self.rnu)-ZVLN.pdf")
    let subject = "\(Self.rnu)-30-Услуга"
    func result(_ subject: String, _ documents: [SubmissionDocument]) throws -> (number: String?, evidence: String?, disagrees: Bool) {
      let submission = SubmissionAssembly.assemble(try envelope(subject), documents)
      return (
        values(submission, "service.number").first, values(submission, "service.evidence").first, submission.disagreements.contains("service.number")
      )
    }
    #expect(try result("Молба", [request]) == ("10", "request", false))
    #expect(try result("Молба", [classic]) == ("20", "classic", false))
    #expect(try result(subject, []) == ("30", "subject", false))
    #expect(try result("Молба", [named]) == ("40", "file-name", false))
    #expect(try result("Молба", [classic, request]) == ("10", "request", true))
    #expect(try result(subject, [request]) == ("10", "request", true))
    #expect(try result("Молба", [request, named]) == ("10", "request", true))
    #expect(try result(subject, [classic]) == ("20", "classic", true))
    #expect(try result("Молба", [classic, named]) == ("20", "classic", true))
    #expect(try result(subject, [named]) == ("30", "subject", true))
    #expect(try result("\(Self.rnu)-0010-Услуга", [request]) == ("10", "request", false))
  }

  @Test func anEarlierApplicationIsAnAppendix() throws {
    let earlier = eform("1", number: "739", rnu: Self.other, fileName: "739-\(Self.other)-ZVLN.pdf", more: [text("applicant.name", "Друг")])
    let main = eform("2", number: "2753", rnu: Self.rnu, fileName: "2753-\(Self.rnu)-ZVLN.pdf", more: [text("applicant.name", "Проба")])
    let submission = SubmissionAssembly.assemble(try envelope("\(Self.rnu)-2753-Име"), [earlier, main])
    #expect(values(submission, "service.number") == ["2753"])
    #expect(values(submission, "applicant.name") == ["Проба"])
    #expect(submission.disagreements.isEmpty)
    // Without the subject nobody can say which of the two is meant.
    let unclear = SubmissionAssembly.assemble(try envelope("Заявление"), [earlier, main])
    #expect(unclear.disagreements == ["service.number", "rnu"])
  }

  @Test func numberOfTheMessageOnlyWithoutAnother() throws {
    #expect(values(SubmissionAssembly.assemble(try envelope("Молба"), []), "rnu") == ["9a1c2f0e-77aa-4c0f-8f53-2f6c1b0f9d20"])
    #expect(values(SubmissionAssembly.assemble(try envelope("Молба", rnu: nil), []), "rnu") == [])
    #expect(values(SubmissionAssembly.assemble(try envelope("\(Self.rnu)-5-Име"), []), "rnu") == [Self.rnu])
  }

  @Test func applicantSenderAndAuthorStayApart() throws {
    let form = eform(
      "1", number: "5", rnu: Self.rnu,
      more: [
        text("applicant.name", "Пробна ООД"), text("applicant.identifier", "999990004"), text("applicant.kind", "company"),
        text("author.name", "Проба Пробева"), text("author.identifier", "0001010003"),
      ])
    let submission = SubmissionAssembly.assemble(try envelope("Х"), [form])
    #expect(values(submission, "applicant.identifier") == ["999990004"])
    #expect(values(submission, "applicant.validity") == ["invalid"])
    #expect(values(submission, "author.identifier") == ["0001010003"])
    #expect(values(submission, "sender.identifier") == ["0012317774"])
    #expect(values(submission, "sender.kind") == ["person"])
  }

  @Test func countsDatesAndNestedFiles() throws {
    let inner = DocumentReading(kind: .text, status: .read, form: .letter, text: "Жалба", facts: [text("identifier", "0001010003")])
    let outer = DocumentReading(
      kind: .xml, status: .read, form: .structured, facts: [text("root", "Пакет"), text("identifier", "0001010004")], nested: [inner])
    let body = DocumentReading(kind: .text, status: .read, form: .letter, text: "Здравейте", facts: [text("identifier", "0001010003")])
    let submission = SubmissionAssembly.assemble(try envelope("Молба"), [file("body", "", body), file("1", "а.jpg"), file("2", "б.xml", outer)])
    #expect(submission.documents.map(\.path) == ["body", "1", "2", "2/1"])
    #expect(submission.documents.allSatisfy { document in document.reading.facts.allSatisfy { $0.source.document == document.path } })
    #expect(values(submission, "files.count") == ["2"])
    #expect(values(submission, "files.unread") == ["1"])
    #expect(values(submission, "files.malicious") == ["1"])
    #expect(values(submission, "files.missing") == ["2"])
    #expect(values(submission, "files.names") == ["а.jpg", "б.xml"])
    #expect(values(submission, "identifier") == ["0001010003", "0001010004"])
    #expect(values(submission, "identifiers.valid") == ["1"])
    #expect(values(submission, "body") == ["Здравейте"])
    // 23:30 UTC is the next day in Sofia.
    #expect(values(submission, "received") == ["2026-07-01"])
    #expect(values(submission, "mark") == ["не"])
    #expect(submission.facts.allSatisfy { FactCatalogue.definition(named: $0.name)?.ofDocument == false })
  }

  /// A file inside another is called as its container says, or, where a signed container says nothing, after the container.
  @Test func filesInsideHaveNames() throws {
    let letter = DocumentReading(kind: .docx, status: .read, text: "Молба")
    var named = letter
    named.name = "Заявление.docx"
    let signed = file("1", "Молба.docx.P7M", DocumentReading(kind: .cms, status: .read, nested: [letter]))
    let zip = file("2", "архив.zip", DocumentReading(kind: .zip, status: .read, nested: [named, letter]))
    let twice = file(
      "3", "а.pdf.p7m.p7s", DocumentReading(kind: .cms, status: .read, nested: [DocumentReading(kind: .cms, status: .read, nested: [letter])]))
    let submission = SubmissionAssembly.assemble(try envelope("Молба"), [signed, zip, twice])
    #expect(submission.documents.map(\.path) == ["1", "1/1", "2", "2/1", "2/2", "3", "3/1", "3/1/1"])
    #expect(
      submission.documents.map(\.fileName) == [
        "Молба.docx.P7M", "Молба.docx", "архив.zip", "Заявление.docx", "", "а.pdf.p7m.p7s", "а.pdf.p7m", "а.pdf",
      ])
    #expect(
      values(submission, "files.names") == [
        "Молба.docx.P7M", "архив.zip", "а.pdf.p7m.p7s", "Молба.docx", "Заявление.docx", "а.pdf.p7m", "а.pdf",
      ])
    #expect(values(submission, "files.count") == ["3"])
  }

  @Test func marksAreSeenBehindAnything() throws {
    let mark = Mark(environment: try #require(EnvironmentName("test")), epoch: Epoch(ordinal: 1, random: 5), messageId: 3, reply: .confirmation)
    #expect(values(SubmissionAssembly.assemble(try envelope("RE: Вх. № 5 \(mark) и още"), []), "mark") == ["да"])
  }

  @Test func subjectsCiteNumbers() throws {
    let submission = SubmissionAssembly.assemble(try envelope("Допълнение към вх. № ЗСП/Д-В/41 / 02.07.2026 г."), [])
    #expect(values(submission, "cited.number") == ["ЗСП/Д-В/41/02.07.2026"])
    #expect(values(SubmissionAssembly.assemble(try envelope("\(Self.rnu)-2753-Помощ"), []), "cited.number").isEmpty)
  }

  @Test func threeFilesAreOneApplication() throws {
    let json = eform("2", number: "unified", rnu: "BGES9d5798b", more: [text("unit.name", "ДСП")])
    let xml = eform("3", number: "unified", rnu: "BGES9d5798b", more: [text("unit.identifier", "1210150561306")])
    let submission = SubmissionAssembly.assemble(try envelope("BGES9d5798b-unified-Унифициран процес"), [file("1", "a.pdf"), json, xml])
    #expect(values(submission, "service.number") == ["unified"])
    #expect(values(submission, "unit.identifier") == ["1210150561306"])
    #expect(submission.disagreements.isEmpty)
  }
}

struct NamePatternsTests {
  let rnu = "1f0e9a52-6c1d-4b57-9a70-0d6a4f3f7c11"

  @Test func subjects() {
    func find(_ subject: String, _ known: [String] = []) -> NamePatterns.Match? { NamePatterns.subject(subject, known: known) }
    #expect(find("\(rnu)-2753-Помощ - за дете") == .init(rnu: rnu, service: "2753", serviceName: "Помощ - за дете"))
    #expect(
      find("BGES9d5798b-739-Отпускане на месечни помощи…") == .init(rnu: "BGES9d5798b", service: "739", serviceName: "Отпускане на месечни помощи…"))
    #expect(find("739-Отпускане на помощи-\(rnu)") == .init(rnu: rnu, service: "739", serviceName: "Отпускане на помощи"))
    #expect(find("НЕЩО-unified-Процес", ["НЕЩО"]) == .init(rnu: "НЕЩО", service: "unified", serviceName: "Процес"))
    for subject in ["RE: \(rnu)-2753-Помощ", "Молба-декларация", "2026-07-03 молба", "", "\(rnu)", "\(rnu)-Помощ", "739-жалба", "ЗСПД-5-2026"] {
      #expect(find(subject) == nil, "\(subject)")
    }
  }

  @Test func fileNames() {
    #expect(NamePatterns.fileName("2753-\(rnu)-ZVLN.pdf") == .init(rnu: rnu, service: "2753", serviceName: nil))
    #expect(NamePatterns.fileName("739-BGES9d5798b-ZVLN_CODE.pdf") == .init(rnu: "BGES9d5798b", service: "739", serviceName: nil))
    #expect(NamePatterns.fileName("2928_Zayavlenie_za_pomosht.pdf") == .init(rnu: nil, service: "2928", serviceName: nil))
    for name in ["2026-07-03.pdf", "12-снимка.jpg", "Заявление.pdf", "", "1234567-\(rnu)-ZVLN.pdf"] {
      #expect(NamePatterns.fileName(name) == nil, "\(name)")
    }
  }
}
