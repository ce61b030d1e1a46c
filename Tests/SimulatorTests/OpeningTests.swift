import Glibc
import Testing

@testable import Simulator

/// Opening, viewing and downloading (contract 5, 6.2).
struct OpeningTests {
  @Test func secondOpenChangesNothingButTheLinks() throws {
    let world = try GoldenWorld()
    let first = try world.get("/api/v1/messages/500123/open").json()
    world.simulator.advanceClock(seconds: 60)
    let second = try world.get("/api/v1/messages/500123/open").json()
    #expect(first["dateReceived"] == second["dateReceived"])
    func link(_ json: JSON) -> String? { json["fields"]?[GoldenWorld.files]?.array?.first?["downloadLink"]?.string }
    #expect(link(first) != link(second) && link(first) != nil)
    #expect(world.simulator.log("opened").map { $0["first"]?.bool } == [true, false])
  }

  @Test func poisonMessageStaysUnopened() throws {
    let world = try GoldenWorld()
    let poison = try world.simulator.addMessage(
      #"{"mailbox": "1210150561306", "sender": {"name": "Тест"}, "subject": "Отрова", "open": "fails"}"#)
    let odd = try world.simulator.addMessage(
      #"{"mailbox": "1210150561306", "sender": {"name": "Тест"}, "subject": "Чуждо поле", "fields": {"00000000-0000-0000-0000-000000000001": "x"}}"#
    )
    for id in [poison, odd] {
      for _ in 0..<3 { #expect(try world.get("/api/v1/messages/\(id)/open").status == 500) }
    }
    let rows = try world.get("/api/v1/messages/inbox?limit=2").json()["result"]?.array ?? []
    #expect(rows.allSatisfy { $0["dateReceived"]?.isNull == true })
    #expect(world.simulator.log("opened").isEmpty)
  }

  /// Two first opens at once: one wins, the other meets a 500 and succeeds when repeated.
  @Test func concurrentFirstOpens() throws {
    let world = try GoldenWorld { $0.timestampMilliseconds = 300 }
    let target = "GET /api/v1/messages/500123/open HTTP/1.1\r\nHost: x\r\nDp-Miscinfo: \(GoldenWorld.mailbox1)\r\n\r\n"
    let clients = [try WireClient(port: world.port), try WireClient(port: world.port)]
    for client in clients { try client.write(Array(target.utf8)) }
    let statuses = try clients.map { try $0.response().status }.sorted()
    #expect(statuses == [200, 500])
    #expect(world.simulator.log("opened").count == 1)
    #expect(try world.get("/api/v1/messages/500123/open").status == 200)
  }

  @Test func textThatLooksLikeADateComesBackReformatted() throws {
    let world = try GoldenWorld()
    func opened(_ text: String) throws -> String? {
      let id = try world.simulator.addMessage(
        #"{"mailbox": "1210150561306", "sender": {"name": "Тест"}, "subject": "Дата", "body": "\#(text)"}"#)
      return try world.get("/api/v1/messages/\(id)/open").json()["fields"]?[GoldenWorld.body]?.string
    }
    #expect(try opened("2026-02-03T10:00:00") == "02/03/2026 10:00:00")
    #expect(try opened("2026-02-03T10:00:00Z") == "02/03/2026 10:00:00")
    #expect(try opened("2026-02-03T10:00:00+00:30") == "02/03/2026 11:30:00")
    #expect(try opened("2026-02-03") == "2026-02-03")
    #expect(try opened("на 2026-02-03T10:00:00") == "на 2026-02-03T10:00:00")
  }

  @Test func forwardedWithFilesFailsAsTheContractExpects() throws {
    let draft =
      #"{"mailbox": "1210150561307", "messageId": 600002, "sender": {"name": "Препращач", "profileId": 7003}, "subject": "FW", "forwarded": "#
      + #"{"messageId": 600001, "subject": "Оригинал", "sender": {"name": "Автор"}, "attachments": [{"text": "a", "fileName": "a.txt"}]}}"#
    let target = "/api/v1/messages/600002/open-forwarded/600001"
    let usual = try GoldenWorld()
    try usual.simulator.addMessage(draft)
    #expect(try usual.get(target, as: GoldenWorld.mailbox2).status == 500)
    let repaired = try GoldenWorld { $0.forwardedFilesWork = true }
    try repaired.simulator.addMessage(draft)
    #expect(try repaired.get(target, as: GoldenWorld.mailbox2).json()["recipient"]?["name"]?.string == "Препращач")
  }

  @Test func openForwardedNeedsTheOuterMessage() throws {
    let world = try GoldenWorld()
    #expect(try world.get("/api/v1/messages/500123/open-forwarded/500110").status == 403)
    #expect(try world.get("/api/v1/messages/500130/open-forwarded/1", as: GoldenWorld.mailbox3).status == 500)
    #expect(try world.get("/api/v1/obo/messages/500123/open").status == 404, "there is no obo variant")
  }

  @Test func linksExpireByTheSimulatedClockAndOpenGivesFreshOnes() throws {
    let world = try GoldenWorld()
    let old = try world.links(of: 500_123)[0]
    #expect(try world.get(old, as: nil).text == "test")
    world.simulator.advanceClock(seconds: 3599)
    #expect(try world.get(old, as: nil).status == 200)
    world.simulator.advanceClock(seconds: 2)
    #expect(try world.get(old, as: nil).status == 400)
    let fresh = try world.links(of: 500_123)[0]
    #expect(try world.get(fresh, as: nil).status == 200)
    #expect(try world.get("/message?t=AAAA", as: nil).status == 400)
  }

  @Test(arguments: [
    ("Range: bytes=0-0", 206, "t"), ("Range: bytes=2-", 206, "st"), ("Range: bytes=-1", 206, "t"), ("Range: bytes=1-99", 206, "est"),
    ("Range: bytes=0-1,2-3", 200, "test"), ("Range: lines=1", 200, "test"), ("Range: bytes=1-2\r\nIf-Range: \"other\"", 200, "test"),
    ("If-None-Match: *", 304, ""), ("If-Match: \"other\"", 412, ""),
  ])
  func conditionalDownloads(_ header: String, _ status: Int, _ body: String) throws {
    let world = try GoldenWorld()
    let response = try world.request("GET", try world.links(of: 500_123)[0], as: nil, headers: [header])
    #expect(response.status == status)
    #expect(response.text == body)
  }

  @Test func resumedDownloadOfAFile() throws {
    let folder = try TemporaryFolder()
    let content = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try folder.write("a/big.bin", content)
    try folder.write(
      "a/message.json",
      #"{"mailbox": "1210150561306", "messageId": 42, "sender": {"name": "Тест"}, "attachments": [{"file": "big.bin"}]}"#)
    let world = try GoldenWorld()
    try world.simulator.loadMessages(folder: folder.path)
    let link = try world.links(of: 42)[0]
    let first = try world.request("GET", link, as: nil, headers: ["Range: bytes=0-399999"])
    let rest = try world.request("GET", link, as: nil, headers: ["Range: bytes=400000-"])
    #expect(first.body + rest.body == content)
    #expect(rest.header("Content-Range") == "bytes 400000-999999/1000000")
  }

  @Test func viewShowsWhetherTheRecipientHasOpened() throws {
    let world = try GoldenWorld()
    #expect(try world.reply("Отговор").text == "500200")
    func received() throws -> JSON? {
      try world.get("/api/v1/messages/500200/view").json()["recipients"]?.array?.first?["dateReceived"]
    }
    #expect(try received() == .null)
    try world.simulator.markOpened(500_200)
    #expect(try received() == "2026-02-03T14:30:00+02:00")
    #expect(try world.get("/api/v1/messages/1/view").status == 500)
  }
}
