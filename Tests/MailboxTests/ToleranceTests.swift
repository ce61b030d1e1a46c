import LoopbackServer
import Mailbox
import Model
import Runtime
import Testing

/// Answers other than the samples: numbers as strings, nulls, absent and unknown members, and answers that are wrong.
@Suite(.timeLimit(.minutes(8))) struct ToleranceTests {
  private func client(_ body: String, status: Int = 200, contentType: String = "application/json") throws -> (MailboxClient, LoopbackServer) {
    let server = try LoopbackServer { _ in [.answer(status, body, headers: ["Content-Type: \(contentType)"])] }
    return (makeClient(server), server)
  }

  @Test func rowWithStringsForNumbersAndNulls() async throws {
    let (client, server) = try client(
      """
      {"result":[{"messageId":"500123","dateSent":"2026-07-03T10:15:02Z","subject":null,"templateId":"1","future":{"a":[1,2]}}],"length":"1"}
      """)
    defer { server.stop() }
    let page = try await client.inbox(limit: 1)
    #expect(
      page.rows == [
        InboxRow(
          messageId: 500123, dateSent: at("2026-07-03T13:15:02+03:00"), dateReceived: nil, subject: "", senderProfileName: "",
          recipientLoginName: "", rnu: nil, templateId: 1)
      ])
  }

  @Test(arguments: [
    ("{\"result\":[{\"dateSent\":\"2026-07-03T10:15:02Z\"}],\"length\":1}", "messageId"),
    ("{\"result\":[{\"messageId\":1}],\"length\":1}", "dateSent"),
    ("{\"result\":[{\"messageId\":1,\"dateSent\":\"вчера\"}],\"length\":1}", "dateSent"),
    ("{\"result\":[{\"messageId\":1,\"dateSent\":\"2026-07-03T10:15:02Z\",\"dateReceived\":\"вчера\"}],\"length\":1}", "dateReceived"),
    ("{\"result\":[{\"messageId\":1,\"dateSent\":\"2026-07-03T10:15:02Z\",\"dateReceived\":5}],\"length\":1}", "dateReceived"),
    ("{\"result\":[]}", "length"), ("{\"length\":0}", "result"), ("{\"result\":null,\"length\":0}", "result"), ("[]", "json"), ("", "json"),
    ("{\"result\":[", "json"), ("<html></html>", "json"),
  ]) func listingsThatCannotBeTrusted(body: String, place: String) async throws {
    let (client, server) = try client(body)
    defer { server.stop() }
    let error = try await failure { try await client.inbox(limit: 1) }
    #expect(error.code == "mailbox.bad-response")
    #expect(error.context.contains(.init("at", place)))
  }

  @Test func openedMessageWithOddFields() async throws {
    let (client, server) = try client(
      """
      {"messageId":"7","dateSent":"2026-02-03T14:05:09.3370000","sender":{"profileId":"7001","name":null},"dateReceived":null,"recipientLogin":null,
      "subject":null,"templateId":4711,"fields":{"BBBBBBBB-0000-0000-0000-000000000000":"втори","aaaaaaaa-0000-0000-0000-000000000000":"първи",
      "cccccccc-0000-0000-0000-000000000000":true,"dddddddd-0000-0000-0000-000000000000":null,"eeeeeeee-0000-0000-0000-000000000000":[
      {"blobId":"9","fileName":null,"size":"12","hash":"ABC","hashAlgorithm":"Sha256","isMalicious":null,"downloadLink":null},
      {"blobId":10,"fileName":"a","size":null,"hash":"\(String(repeating: "AB", count: 32))","hashAlgorithm":"Md5","isMalicious":true,
      "downloadLink":"https://b/x","downloadLinkExpirationDate":"някога"},5]},"forwardedMessageId":"500110"}
      """)
    defer { server.stop() }
    let message = try await client.open(7)
    #expect(message.senderProfileId == 7001)
    #expect(message.dateSent == at("2026-02-03T12:05:09.337Z"))
    #expect(message.recipientLoginName == "")
    #expect(message.body == "първи\n\nвтори")
    #expect(message.forwardedMessageId == 500110)
    #expect(message.blobs.map(\.blobId) == [9, 10])
    #expect(message.blobs[0].size == 12)
    #expect(message.blobs.map(\.sha256) == [nil, nil])
    #expect(message.blobs[1].linkExpires == nil)
  }

  @Test func bodyOfBuiltInTemplates() throws {
    func message(_ template: Int64, _ fields: [String: JSONValue]) -> OpenedMessage {
      OpenedMessage(
        messageId: 1, dateSent: goldenNow, senderProfileId: 1, senderName: "", dateReceived: nil, recipientLoginName: "", subject: "", rnu: nil,
        templateId: template, fields: fields, forwardedMessageId: nil)
    }
    let extra = "00000000-0000-0000-0000-000000000000"
    #expect(message(1, [BuiltInTemplate.messageBody: "текст", extra: "друго"]).body == "текст")
    #expect(message(1, [extra: "друго"]).body == "друго")
    #expect(message(10001, ["d7f6dcc0-7dbd-4e8f-b600-8dbfb6a05a49": "фиш", extra: "друго"]).body == "фиш")
  }

  @Test func answerAboutAnotherMessageIsRefused() async throws {
    let golden = try Golden("open-plain")
    let client = makeClient(try golden.server())
    #expect(try await failure { try await client.open(500121) }.code == "mailbox.bad-response")
  }

  /// Only ССЕВ's own 404 says that there is no such profile; a 404 of the bus is a wrong address.
  @Test func profileBehindAWrongAddressIsNotMissing() async throws {
    let (html, first) = try client("<html>no</html>", status: 404, contentType: "text/html")
    let (empty, second) = try client("", status: 404, contentType: "text/plain")
    defer {
      first.stop()
      second.stop()
    }
    #expect(try await failure { try await html.profile(1) }.code == "mailbox.not-found")
    #expect(try await failure { try await empty.profile(1) }.code == "mailbox.not-found")
  }

  @Test func retryAfterOfABusIsBounded() async throws {
    let server = try LoopbackServer { _ in [.answer(429, headers: ["Retry-After: 999999999"])] }
    #expect(try await failure { try await makeClient(server).inbox(limit: 1) }.disposition == .retryAfter(.seconds(3600)))
    let eager = try LoopbackServer { _ in [.answer(503, headers: ["Retry-After: 0"])] }
    #expect(try await failure { try await makeClient(eager).inbox(limit: 1) }.disposition == .retryAfter(.seconds(1)))
    let silent = try LoopbackServer { _ in [.answer(429)] }
    #expect(try await failure { try await makeClient(silent).inbox(limit: 1) }.disposition == .retryAfter(.seconds(60)))
  }

  // MARK: Templates

  private func template(_ content: String, id: Int = 1) async throws -> TemplateDefinition {
    let (client, server) = try client("{\"templateId\":\(id),\"name\":\"x\",\"content\":[\(content)],\"responseTemplateId\":\"1\"}")
    defer { server.stop() }
    return try await client.template(Int64(id))
  }

  @Test func templateOneIsVerified() async throws {
    let body = BuiltInTemplate.messageBody
    let good = "{\"id\":\"\(body.uppercased())\",\"type\":\"textarea\",\"isRequired\":\"true\",\"discriminator\":\"TextAreaComponent\"}"
    let file = "{\"id\":\"f\",\"type\":\"file\",\"isRequired\":false,\"discriminator\":\"FileComponent\"}"
    #expect(try await template("\(good),\(file)").verifyReplyTemplate().isEmpty)
    #expect(try await template(file).verifyReplyTemplate() == [.missing(field: body)])
    #expect(try await template(good, id: 2).verifyReplyTemplate() == [.otherTemplate(2)])
    #expect(
      try await template(good.replacing("TextAreaComponent", with: "SelectComponent")).verifyReplyTemplate()
        == [.changed(field: body, kind: .select)])
    #expect(
      try await template("\(good),\(file.replacing("false", with: "true"))").verifyReplyTemplate() == [.required(field: "f")])
  }

  /// Markdown calls itself `textfield`: only the discriminator tells (contract section 8.2).
  @Test func kindsOfFields() async throws {
    let kinds = try await template(
      """
      {"id":"a","type":"textfield","discriminator":"MarkdownComponent"},{"id":"b","type":"textfield"},{"id":"c","type":"hidden"},
      {"id":"d","type":"datetime"},{"id":"e","type":"checkbox"},{"id":"f","type":"select"},{"id":"g","type":"quantum"},{"id":"h"}
      """
    ).fields.map(\.kind)
    #expect(kinds == [.markdown, .text, .hidden, .dateTime, .checkbox, .select, .unknown, .unknown])
  }

  // MARK: Downloads

  private func download(_ steps: [LoopbackServer.Step], size: Int64?, sha256: String? = nil) async throws -> (String?, CollectingSink) {
    let server = try LoopbackServer { _ in steps }
    let sink = CollectingSink()
    let blob = Blob(
      blobId: 1, fileName: "x", size: size, sha256: sha256, isMalicious: nil, downloadLink: server.base + "/message?t=SECRET", linkExpires: nil,
      documentRegistrationNumber: nil)
    do {
      try await makeClient(server).download(blob, into: sink)
      return (nil, sink)
    } catch {
      return (error.code, sink)
    }
  }

  @Test func sizesAreVerified() async throws {
    #expect(try await download([.answer(200, "test")], size: 4).0 == nil)
    #expect(try await download([.answer(200, "test")], size: 5).0 == "mailbox.size-mismatch")
    #expect(try await download([.answer(200, "test!")], size: 4).0 == "mailbox.size-mismatch")
    #expect(try await download([.answer(200, "")], size: 0).0 == nil)
    #expect(try await download([.answer(200, "test")], size: nil).0 == nil)
    #expect(try await download([.answer(200, "test")], size: 300 << 20).0 == "mailbox.too-large")
  }

  @Test func downloadThatMayHaveBeenCut() async throws {
    let unframed = LoopbackServer.Step.send(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ntest".utf8))
    #expect(try await download([unframed, .close], size: nil).0 == "mailbox.bad-response")
    #expect(try await download([unframed, .close], size: 4).0 == nil)
    #expect(try await download([unframed, .close], size: nil, sha256: String(repeating: "0", count: 64)).0 == nil)
    let cut = LoopbackServer.Step.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nte".utf8))
    #expect(try await download([cut, .close], size: 4).0 == "mailbox.unreachable")
  }

  @Test func redirectedDownloadIsNotFollowed() async throws {
    #expect(try await download([.answer(302, headers: ["Location: https://example.com/"])], size: 4).0 == "mailbox.redirected")
  }

  @Test(arguments: ["", "file:///etc/passwd", "http://example.com/x", "nonsense"]) func linksThatAreNotUsed(link: String) async throws {
    let server = try LoopbackServer { _ in [] }
    let blob = Blob(
      blobId: 1, fileName: "x", size: 4, sha256: nil, isMalicious: nil, downloadLink: link, linkExpires: nil, documentRegistrationNumber: nil)
    let error = try await failure { try await makeClient(server).download(blob, into: CollectingSink()) }
    #expect(error.code == (link.isEmpty ? "mailbox.link-expired" : "mailbox.bad-response"))
  }

  @Test func errorOfTheSinkComesBackUnchanged() async throws {
    struct FullDisk: ByteSink {
      func write(_ bytes: UnsafeRawBufferPointer) throws { throw OperatorError("registry.disk-full", "x", remedy: "y", disposition: .retry) }
    }
    let server = try LoopbackServer { _ in [.answer(200, "test")] }
    let blob = Blob(
      blobId: 1, fileName: "x", size: 4, sha256: nil, isMalicious: nil, downloadLink: server.base, linkExpires: nil,
      documentRegistrationNumber: nil)
    #expect(try await failure { try await makeClient(server).download(blob, into: FullDisk()) }.code == "registry.disk-full")
  }
}
