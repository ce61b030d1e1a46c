import Testing

@testable import Simulator

/// Sending and uploading (contract 6.3, 7).
struct SendingTests {
  private static let text = #""fields":{"179ea4dc-7879-43ad-8073-72b263915656":"Текст"}"#

  @Test(arguments: [
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":4711,\#(text)}"#, 403),
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":10001,\#(text)}"#, 403),
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":"1",\#(text)}"#, 200),
    (#"{"RECIPIENTPROFILEIDS":["7001"],"Subject":"x","TemplateID":1,"extra":{},\#(text)}"#, 200),
    (#"{"recipientProfileIds":null,"subject":"x","templateId":1,\#(text)}"#, 400),
    (#"{"recipientProfileIds":[],"subject":"x","templateId":1,\#(text)}"#, 400),
    (#"{"recipientProfileIds":[7001],"subject":null,"templateId":1,\#(text)}"#, 400),
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":1}"#, 400),
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":1,"fields":{}}"#, 200),
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":1,"fields":{"body":"x"}}"#, 400),
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":1,"fields":{"8d3747fe-dcee-4371-92f2-75549a3f804d":"x"}}"#, 400),
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":1,"fields":{"179ea4dc-7879-43ad-8073-72b263915656":7}}"#, 400),
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":1,"fields":{"179EA4DC-7879-43AD-8073-72B263915656":"2026-02-03"}}"#, 200),
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":1,"fields":{"e2135802-5e34-4c60-b36e-c86d910a571a":null}}"#, 200),
    (#"{"recipientProfileIds":[7001],"subject":"x","templateId":1,"fields":{"e2135802-5e34-4c60-b36e-c86d910a571a":["a"]}}"#, 400),
    (#"[1]"#, 405),
  ])
  func checksInTheirOrder(_ body: String, _ status: Int) throws {
    let world = try GoldenWorld()
    let response = try world.post(body)
    #expect(response.status == status)
    #expect(world.simulator.log("sent").count == (status == 200 ? 1 : 0))
  }

  @Test func allMistakesOfTheValidatorTogether() throws {
    let errors = try GoldenWorld().post(
      #"{"recipientProfileIds":[1],"subject":" ","templateId":1,"fields":{"179ea4dc-7879-43ad-8073-72b263915656":null}}"#
    ).json()["errors"]
    #expect(errors?.members?.map(\.name) == ["RecipientProfileIds", "Subject", ""])
  }

  @Test func subjectOf255Passes() throws {
    let world = try GoldenWorld()
    #expect(try world.reply(String(repeating: "Я", count: 255)).status == 200)
    #expect(try world.reply(String(repeating: "Я", count: 256)).status == 405)
    // Counted as SQL Server does, in UTF-16 units.
    #expect(try world.reply(String(repeating: "😀", count: 128)).status == 405)
    #expect(try world.outboxSubjects().count == 1)
  }

  @Test func otherContentTypeIs415() throws {
    let body = Array(#"{"recipientProfileIds":[7001],"subject":"x","templateId":1,\#(Self.text)}"#.utf8)
    let response = try GoldenWorld().request("POST", "/api/v1/messages", headers: ["Content-Type: text/plain"], body: body)
    #expect(response.status == 415)
  }

  @Test func onlyOwnBlobs() throws {
    let world = try GoldenWorld()
    let id = try #require(try world.upload(Array("x".utf8)).json()["blobId"]?.int)
    let body = #"{"recipientProfileIds":[7001],"subject":"x","templateId":1,"fields":{"\#(GoldenWorld.files)":[\#(id)]}}"#
    #expect(try world.post(body, as: GoldenWorld.mailbox2).status == 405)
    #expect(try world.post(body).status == 200)
    #expect(try world.post(body).status == 200, "any number of times")
  }

  @Test func recipientsCollapseAndAMailboxReceives() throws {
    let world = try GoldenWorld()
    let sent = try world.post(#"{"recipientProfileIds":[8102,8102,7002],"subject":"До втора","templateId":1,\#(Self.text)}"#)
    #expect(sent.text == "500200")
    #expect(try world.ids("/api/v1/messages/inbox?limit=5", as: GoldenWorld.mailbox2) == [500_200])
    let row = try world.get("/api/v1/messages/outbox?limit=1").json()["result"]?.array?.first
    #expect(row?["recipients"]?.string == "Дирекция Втора, Тест Тестов Пробев")
    #expect(try world.get("/api/v1/messages/500200/open", as: GoldenWorld.mailbox2).json()["sender"]?["profileId"]?.int == 8101)
  }

  @Test func theLogHoldsTheExactBody() throws {
    let world = try GoldenWorld()
    let body = #"{"recipientProfileIds":[7001],"subject":"Отговор","rnu":"мое","templateId":1,\#(Self.text)}"#
    _ = try world.post(body)
    let entry = try #require(world.simulator.log("sent").first)
    #expect(entry["body"]?.string == body)
    #expect(entry["subject"]?.string == "Отговор")
    #expect(entry["recipientProfileIds"] == .array([7001]))
    #expect(entry["rnuSent"]?.string == "мое")
    let rnu = try world.get("/api/v1/messages/outbox?limit=1").json()["result"]?.array?.first?["rnu"]?.string
    #expect(rnu != "мое" && rnu != nil)
  }

  @Test(arguments: [(false, 2, 200), (true, 2, 405), (true, 1, 200), (true, 0, 200)])
  func bodyInSeveralReadsFailsWhenStrict(_ strict: Bool, _ reads: Int, _ status: Int) throws {
    let world = try GoldenWorld { $0.strictBodyReads = strict }
    var request = HTTPRequest(
      method: "POST", target: "/api/v1/messages",
      headers: [("Dp-Miscinfo", GoldenWorld.mailbox1), ("Content-Type", "application/json")])
    request.body = Array(#"{"recipientProfileIds":[7001],"subject":"x","templateId":1,\#(Self.text)}"#.utf8)
    request.contentLength = request.body.count
    request.bodyReads = reads
    guard case .answer(let delivery) = world.simulator.simulation.handle(request, wait: { _ in true }) else {
      Issue.record("no answer")
      return
    }
    #expect(delivery.response.status == status)
  }

  @Test func theReaderCountsTheReadsOfABody() throws {
    let pieces = ["POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\n12", "3", "45GET /b HTTP/1.1\r\n\r\n"]
    var reader = RequestReader(transport: ScriptedTransport(pieces.map { Array($0.utf8) }))
    let first = try reader.next()
    #expect(first.bodyReads == 2 && first.body == Array("12345".utf8))
    #expect(try reader.next().target == "/b", "what follows belongs to the next request")
  }

  @Test func uploads() throws {
    let world = try GoldenWorld { $0.storageQuota = 2000 }
    #expect(try world.upload(Array("SSEV-SIMULATOR-MALICIOUS".utf8)).json()["malwareScanStatus"] == "IsMalicious")
    let kept = try world.upload([UInt8](repeating: 65, count: 900), name: #"C:\тайно\план.txt"#, type: "1").json()
    #expect(kept["name"]?.string == "план.txt")
    // The quota counts stored bytes plus this request, for temporary files as well.
    let refused = try world.upload([UInt8](repeating: 65, count: 1100), type: "temporary").json()
    #expect(refused["errorStatus"] == "InsufficientStorageSpace" && refused["blobId"] == .null && refused["name"] == "")
    #expect(try world.get("/api/v1/blobs").json()["length"]?.int == 1)
    let id = try #require(kept["blobId"]?.int)
    #expect(try world.request("DELETE", "/api/v1/blobs/\(id)").status == 200)
    #expect(try world.get("/api/v1/blobs/\(id)").status == 200, "the deletion did nothing")
    #expect(try world.request("DELETE", "/api/v1/blobs/1").status == 404)
  }

  /// Two applications on two ports, as in the real installation.
  @Test func blobApplicationOnItsOwnPort() throws {
    let world = try GoldenWorld { $0.blobPort = 0 }
    let blobPort = try #require(world.simulator.blobPort)
    #expect(blobPort != world.port && world.simulator.blobURL == "http://127.0.0.1:\(blobPort)")
    #expect(try world.upload(Array("x".utf8)).status == 404)
    let link = try world.links(of: 500_123)[0]
    #expect(try world.get(link, as: nil).status == 404)
    let request = Array("GET \(link) HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    #expect(try WireClient(port: blobPort).exchange(request).text == "test")
    #expect(try WireClient(port: blobPort).exchange(try Golden.request("inbox-page")).status == 404)
    #expect(try WireClient(port: blobPort).exchange(try Golden.request("upload-accepted")).status == 200)
  }

  @Test func uploadMistakes() throws {
    let world = try GoldenWorld()
    let wrong = try world.post("{}", to: "/api/v1/blobs")
    #expect(wrong.status == 400)
    #expect(try wrong.json() == "Expected a multipart request, but got application/json")
    #expect(
      try world.request("POST", "/api/v1/obo/blobs", headers: ["Content-Type: multipart/form-data; boundary=b"], body: []).text
        == "An exception was thrown.")
    let client = try WireClient(port: world.port)
    let head = "POST /api/v1/blobs HTTP/1.1\r\nHost: x\r\nDp-Miscinfo: \(GoldenWorld.mailbox1)\r\nContent-Length: 53477377\r\n\r\n"
    // The answer survives although much of the body is never taken.
    #expect(try client.exchange(Array(head.utf8) + [UInt8](repeating: 65, count: 200_000)).status == 413)
  }
}
