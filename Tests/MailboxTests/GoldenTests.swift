import HTTPTransport
import LoopbackServer
import Mailbox
import Model
import Testing

/// Golden bytes in both directions: what the client sends is the request of the file, and the answer of the file is read to these values.
@Suite(.timeLimit(.minutes(8))) struct GoldenTests {
  private func exchange<Value>(
    _ name: String, oid: String = "2.16.100.1.1.999.1", clientId: String = "intake.robot.test",
    location: SourceLocation = #_sourceLocation, _ call: (MailboxClient) async throws(OperatorError) -> Value
  ) async throws -> Value {
    let golden = try Golden(name)
    let server = try golden.server()
    let result: Result<Value, OperatorError>
    do { result = .success(try await call(makeClient(server, oid: oid, clientId: clientId))) } catch { result = .failure(error) }
    try golden.check(server.requests.first, location: location)
    return try result.get()
  }

  // MARK: Listings

  @Test func inboxPage() async throws {
    let page = try await exchange("inbox-page") { client throws(OperatorError) in try await client.inbox(limit: 3) }
    #expect(page.length == 4)
    #expect(page.rows.map(\.messageId) == [500123, 500122, 500121])
    #expect(
      page.rows[0]
        == InboxRow(
          messageId: 500123, dateSent: at("2026-02-03T14:05:09.337+02:00"), dateReceived: nil, subject: "Заявление за помощ",
          senderProfileName: "Примерна Фирма ООД", recipientLoginName: "", rnu: "3f0c6a0e-5b1d-4f6e-9a51-0c2d3e4f5a6b", templateId: 1))
    #expect(page.rows[1].dateSent == at("2026-02-03T08:15:02Z"))
    #expect(page.rows[2].dateReceived == at("2026-02-03T08:00:00.123456+02:00"))
    #expect(page.rows[2].recipientLoginName == "Служител Пробен")
  }

  @Test func inboxAsTheOfficialDocumentShowsIt() async throws {
    let documented = try await exchange("inbox-as-documented") { client throws(OperatorError) in try await client.inbox(limit: 3) }
    let real = try await exchange("inbox-page") { client throws(OperatorError) in try await client.inbox(limit: 3) }
    #expect(documented.rows == real.rows)
  }

  @Test(arguments: ["inbox-second-page", "inbox-chunked-answer"]) func inboxSecondPage(name: String) async throws {
    let page = try await exchange(name) { client throws(OperatorError) in try await client.inbox(offset: 3, limit: 3) }
    #expect(page.length == 4)
    #expect(page.rows.map(\.messageId) == [500120])
    // The first pass of the repeated hour shows as the second (contract section 3.2).
    #expect(page.rows[0].dateSent == at("2025-10-26T01:30:00Z"))
  }

  @Test func inboxOfAnotherMailboxIsEmpty() async throws {
    let page = try await exchange("inbox-empty", oid: "2.16.100.1.1.999.2", clientId: "intake-2.robot.test") {
      client throws(OperatorError) in try await client.inbox(limit: 50)
    }
    #expect(page.rows.isEmpty)
    #expect(page.length == 0)
  }

  @Test func inboxAfterOpening() async throws {
    let page = try await exchange("inbox-after-open") { client throws(OperatorError) in try await client.inbox(limit: 10) }
    #expect(page.rows.map { $0.dateReceived == nil } == [true, false, false, false])
  }

  @Test func outboxPage() async throws {
    let page = try await exchange("outbox-page") { client throws(OperatorError) in
      try await client.outbox(from: at("2026-02-03T13:30:00+02:00"), templateId: 1, limit: 50)
    }
    #expect(page.length == 1)
    #expect(
      page.rows == [
        OutboxRow(
          messageId: 500200, dateSent: goldenNow, subject: "RE: Заявление за помощ [вх. № 94-00-123/03.02.2026]",
          recipients: "Примерна Фирма ООД", rnu: "5e1d0c9b-8a7f-4e6d-9c5b-4a3f2e1d0c9b", templateId: 1)
      ])
  }

  // MARK: Messages

  @Test func openWithFiles() async throws {
    let message = try await exchange("open-files") { client throws(OperatorError) in try await client.open(500123) }
    #expect(message.messageId == 500123)
    #expect(message.senderProfileId == 7001)
    #expect(message.senderName == "Примерна Фирма ООД")
    #expect(message.dateReceived == goldenNow)
    #expect(message.recipientLoginName == "Дирекция Пример")
    #expect(message.body == "Моля вижте приложението.")
    #expect(message.forwardedMessageId == nil)
    #expect(message.blobs.map(\.blobId) == [90017, 90018])
    #expect(
      message.blobs[0]
        == Blob(
          blobId: 90017, fileName: "zayavlenie.xml", size: 4, sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
          isMalicious: false, downloadLink: "https://edelivery-blobs.egov.bg/message?t=AbC_-9QxT1",
          linkExpires: at("2026-02-03T15:30:00+02:00"), documentRegistrationNumber: nil))
    #expect(message.blobs[1].fileName == "снимка на молба.pdf")
    #expect(message.blobs[1].isMalicious == nil)
  }

  @Test func openWithoutFiles() async throws {
    let message = try await exchange("open-plain") { client throws(OperatorError) in try await client.open(500122) }
    #expect(message.body == "Моля за помощ.\r\nБлагодаря.")
    #expect(message.blobs.isEmpty)
  }

  @Test func openWithSignaturesAndMalware() async throws {
    let message = try await exchange("open-signatures", oid: "2.16.100.1.1.999.3", clientId: "intake-3.robot.test") {
      client throws(OperatorError) in try await client.open(500131)
    }
    #expect(message.body == "")
    #expect(message.blobs.map(\.isMalicious) == [false, true])
  }

  @Test func openAgainShowsWhoOpenedItFirst() async throws {
    let message = try await exchange("open-again") { client throws(OperatorError) in try await client.open(500121) }
    #expect(message.recipientLoginName == "Служител Пробен")
    #expect(message.dateReceived == at("2026-02-03T08:00:00.1234567+02:00"))
  }

  @Test func forwardedMessageInBothParts() async throws {
    let outer = try await exchange("open-forward-outer", oid: "2.16.100.1.1.999.3", clientId: "intake-3.robot.test") {
      client throws(OperatorError) in try await client.open(500130)
    }
    #expect(outer.templateId == BuiltInTemplate.forward)
    #expect(outer.forwardedMessageId == 500110)
    #expect(outer.body == "Препращам по компетентност.")
    let inner = try await exchange("open-forwarded", oid: "2.16.100.1.1.999.3", clientId: "intake-3.robot.test") {
      client throws(OperatorError) in try await client.openForwarded(500130, forwarded: 500110)
    }
    #expect(inner.senderProfileId == 7002)
    #expect(inner.body == "Моля за съдействие.")
  }

  @Test func viewOfAnUnopenedAndAnOpenedReply() async throws {
    let unopened = try await exchange("view") { client throws(OperatorError) in try await client.view(500200) }
    #expect(unopened.recipients == [.init(profileId: 7001, name: "Примерна Фирма ООД", dateReceived: nil)])
    #expect(unopened.subject == "RE: Заявление за помощ [вх. № 94-00-123/03.02.2026]")
    #expect(unopened.fields[BuiltInTemplate.messageBody]?.string == "Вашето заявление е регистрирано.")
    let opened = try await exchange("view-opened") { client throws(OperatorError) in try await client.view(500200) }
    #expect(opened.recipients.first?.dateReceived == at("2026-02-03T14:40:00+02:00"))
  }

  // MARK: Sending

  private func send(_ name: String, _ message: OutgoingMessage) async throws -> String {
    let golden = try Golden(name)
    let server = try golden.server()
    let outcome = await makeClient(server).send(message)
    try golden.check(server.requests.first)
    #expect(server.requests.count == 1)
    return outcome.word
  }

  private func outgoing(
    subject: String = "Отговор", to: Int64 = 7001, body: JSONValue = "Текст", blobs: [Int64]? = nil
  ) -> OutgoingMessage {
    var fields = [BuiltInTemplate.messageBody: body]
    if let blobs { fields[BuiltInTemplate.messageFiles] = .array(blobs.map { .integer($0) }) }
    return OutgoingMessage(recipientProfileIds: [to], subject: subject, rnu: nil, templateId: 1, fields: fields)
  }

  @Test func sendingSucceeds() async throws {
    let message = OutgoingMessage(
      recipientProfileIds: [7001], subject: "RE: Заявление за помощ [вх. № 94-00-123/03.02.2026]",
      rnu: "3f0c6a0e-5b1d-4f6e-9a51-0c2d3e4f5a6b", templateId: 1,
      fields: [BuiltInTemplate.messageBody: "Вашето заявление е регистрирано.", BuiltInTemplate.messageFiles: [90021]])
    #expect(try await send("send", message) == "sent 500200")
  }

  @Test func sendingIsRefused() async throws {
    #expect(try await send("send-recipients-400", outgoing(to: 999)) == "not-sent mailbox.rejected")
    #expect(try await send("send-fields-400", outgoing(body: .null)) == "not-sent mailbox.rejected")
  }

  @Test func failureInsideIsUncertain() async throws {
    #expect(try await send("send-unknown-blob-405", outgoing(blobs: [123_456_789])) == "uncertain mailbox.failed-inside")
  }

  /// What ССЕВ is known to choke on does not leave the machine.
  @Test func whatSsevWouldChokeOnIsNotSent() async throws {
    for (name, message, code) in [
      ("send-empty-subject-400", outgoing(subject: "  "), "not-sent mailbox.subject-length"),
      ("send-iso-date-400", outgoing(body: "2026-02-03T10:00:00"), "not-sent mailbox.text-like-date"),
      ("send-long-subject-405", outgoing(subject: String(repeating: "я", count: 256)), "not-sent mailbox.subject-length"),
    ] {
      let server = try Golden(name).server()
      #expect(await makeClient(server).send(message).word == code)
      #expect(server.connections == 0)
    }
  }

  // MARK: The rest

  @Test func profiles() async throws {
    let profile = try await exchange("profile") { client throws(OperatorError) in try await client.profile(7001) }
    #expect(
      profile
        == Profile(profileId: 7001, identifier: "000123456", name: "Примерна Фирма ООД", email: "firma@example.test", phone: "0888000000"))
    let bare = try await exchange("profile-no-address") { client throws(OperatorError) in try await client.profile(7002) }
    #expect(bare?.identifier == "0001010003")
    let none = try await exchange("profile-404") { client throws(OperatorError) in try await client.profile(1) }
    #expect(none == nil)
  }

  @Test func templatesAndTargetGroups() async throws {
    let template = try await exchange("template-1") { client throws(OperatorError) in try await client.template(1) }
    #expect(template.fields.map(\.id) == [BuiltInTemplate.messageBody, BuiltInTemplate.messageFiles])
    #expect(template.fields.map(\.kind) == [.text, .file])
    #expect(template.fields.map(\.isRequired) == [true, false])
    #expect(template.fields[1].maximumFiles == 10)
    #expect(template.fields[1].maximumMegabytes == 50)
    #expect(template.verifyReplyTemplate().isEmpty)
    let templates = try await exchange("templates") { client throws(OperatorError) in try await client.templates() }
    #expect(templates.map(\.templateId) == [1, 2, 10001])
    #expect(templates.map(\.responseTemplateId) == [nil, 1, nil])
    let groups = try await exchange("target-groups") { client throws(OperatorError) in try await client.targetGroups() }
    #expect(groups.map(\.targetGroupId) == [1, 2, 3, 4])
    #expect(groups.map(\.canSelectRecipients) == [true, true, true, true])
  }

  @Test(arguments: [
    ("upload-accepted", "accepted 90021"), ("upload-accepted-as-documented", "accepted 90021"), ("upload-not-scanned", "accepted 90021"),
    ("upload-malicious", "refused malicious"), ("upload-quota", "refused quota"),
  ]) func uploads(name: String, word: String) async throws {
    let golden = try Golden(name)
    let server = try golden.server()
    let outcome = try await makeClient(server).upload(fileName: "otgovor.txt", content: Array("test".utf8))
    switch outcome {
    case .accepted(let blob):
      #expect(word == "accepted \(blob.blobId)")
      #expect(blob.sha256 == "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    case .refused(let why):
      #expect(word == "refused \(why)")
    }
    try golden.check(server.requests.first)
    // The body is the golden one but for its boundary.
    let sent = try #require(server.requests.first)
    let wanted = try #require(golden.request)
    let boundary = try #require(sent["Content-Type"]?.split(separator: "boundary=").last)
    #expect(sent.text.replacing(boundary, with: "----intake7d1b0c") == wanted.text)
  }

  @Test func uploadUnderACyrillicName() async throws {
    let server = try Golden("upload-cyrillic-name").server()
    _ = try await makeClient(server).upload(fileName: "отговор.txt", content: Array("test".utf8))
    let sent = try #require(server.requests.first)
    #expect(sent.text.contains("filename*=UTF-8''%D0%BE%D1%82%D0%B3%D0%BE%D0%B2%D0%BE%D1%80.txt\r\n"))
  }

  // MARK: Downloads

  private func download(
    _ name: String, link: String = "/message?t=AbC_-9QxT1", size: Int64?
  ) async throws -> (Golden, CollectingSink, LoopbackServer, OperatorError?) {
    let golden = try Golden(name)
    let server = try golden.server()
    let sink = CollectingSink()
    let blob = Blob(
      blobId: 90017, fileName: "x", size: size, sha256: nil, isMalicious: nil, downloadLink: server.base + link, linkExpires: nil,
      documentRegistrationNumber: nil)
    do {
      try await makeClient(server).download(blob, into: sink)
      return (golden, sink, server, nil)
    } catch {
      return (golden, sink, server, error)
    }
  }

  @Test func downloads() async throws {
    let (golden, sink, server, error) = try await download("download", size: 4)
    #expect(error == nil)
    #expect(sink.bytes == Array("test".utf8))
    let sent = try #require(server.requests.first)
    #expect(sent.target == golden.request?.target)
    // The link itself is the permission: who we are is nobody's business there.
    #expect(sent["Dp-Miscinfo"] == nil)
    #expect(sent["Authorization"] == nil)
    let (_, cyrillic, _, none) = try await download("download-cyrillic-name", link: "/message?t=AbC_-9QxT2", size: 15)
    #expect(none == nil)
    #expect(cyrillic.bytes == Array("%PDF-1.4 sample".utf8))
  }

  @Test(arguments: [
    ("download-expired-400", "mailbox.link-expired"), ("download-gone-404", "mailbox.link-expired"),
    ("download-no-token-400", "mailbox.link-expired"), ("gateway-429", "mailbox.rate-limited"), ("gateway-503", "mailbox.gateway"),
    ("upload-chunked-500", "mailbox.not-found-or-broken"), ("download-range-206", "mailbox.unexpected-status"),
  ]) func refusedDownloads(name: String, code: String) async throws {
    let (_, sink, _, error) = try await download(name, size: 4)
    #expect(error?.code == code)
    if name != "download-range-206" { #expect(sink.bytes.isEmpty) }
  }

  // MARK: Refusals of any call

  @Test(arguments: [
    ("unauthorized-401", "mailbox.unauthorized", OperatorError.Disposition.retry), ("open-foreign-403", "mailbox.forbidden", .park),
    ("open-not-integer-404", "mailbox.not-found", .retry), ("open-unknown-500", "mailbox.not-found-or-broken", .retry),
    ("inbox-bad-date", "mailbox.rejected", .park), ("unknown-version-400", "mailbox.rejected", .park),
    ("gateway-429", "mailbox.rate-limited", .retryAfter(.seconds(2))), ("gateway-503", "mailbox.gateway", .retryAfter(.seconds(30))),
    ("send-chunked-405", "mailbox.failed-inside", .retry), ("template-unknown-403", "mailbox.forbidden", .park),
  ]) func refusals(name: String, code: String, disposition: OperatorError.Disposition) async throws {
    let server = try Golden(name).server()
    let error = try await failure { try await makeClient(server).inbox(limit: 50) }
    #expect(error.code == code)
    #expect(error.disposition == disposition)
    #expect(error.context.contains(.init("mailbox", "1210150561306")))
  }

  @Test(arguments: [
    ("open-foreign-403", 500123 as Int64, "mailbox.forbidden"), ("open-unknown-500", 999_999, "mailbox.not-found-or-broken"),
  ]) func messagesThatCannotBeOpened(name: String, id: Int64, code: String) async throws {
    let foreign = name == "open-foreign-403"
    let error = try await failure {
      try await exchange(
        name, oid: foreign ? "2.16.100.1.1.999.2" : "2.16.100.1.1.999.1", clientId: foreign ? "intake-2.robot.test" : "intake.robot.test"
      ) { client throws(OperatorError) in try await client.open(id) }
    }
    #expect(error.code == code)
    #expect(error.context.contains(.init("message", String(id))))
  }
}
