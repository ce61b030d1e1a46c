import Testing

@testable import Simulator

/// Every fault switch shows on the wire what it promises.
struct FaultTests {
  private let inbox = "/api/v1/messages/inbox?limit=10"

  @Test(arguments: ["reset-before", "close-before", "reset-after", "cut-after", "down"])
  func connectionsThatEnd(_ fault: String) throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["\(fault):count=1"])
    #expect(throws: WireError.self) { _ = try world.get("/api/v1/messages/500123/open") }
    // Before or after the work is what tells them apart.
    #expect(world.simulator.log("opened").count == (fault.hasSuffix("after") ? 1 : 0))
    #expect(try world.get(inbox).status == 200, "one strike only")
    #expect(world.simulator.faultStrikes == [1])
  }

  @Test func nobodyListensForAWhile() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["down:count=1,seconds=0.3"])
    #expect(throws: WireError.self) { _ = try world.get(inbox) }
    #expect(throws: WireError.cannotConnect) { _ = try world.get(inbox) }
    let end = Instant.monotonic() + 10_000_000_000
    while (try? world.get(inbox).status) != 200, Instant.monotonic() < end {}
    #expect(try world.get(inbox).status == 200, "it comes back on the same port")
  }

  @Test func retryAfterAsADate() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["503:retry-date=90"])
    #expect(try world.get(inbox).header("Retry-After") == "Tue, 03 Feb 2026 12:31:30 GMT")
  }

  @Test func resetIsAResetAndCloseIsAClose() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["reset-before:route=inbox", "close-before:route=outbox"])
    #expect(throws: WireError.reset) { _ = try world.get(inbox) }
    #expect(throws: WireError.closed) { _ = try world.get("/api/v1/messages/outbox") }
  }

  @Test func stallsEndWhenTheyShould() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["stall:route=inbox,count=1,ms=40", "stall-before:route=outbox,count=1,ms=40"])
    let start = Instant.monotonic()
    #expect(try world.get(inbox).status == 200)
    #expect(try world.get("/api/v1/messages/outbox").status == 200)
    #expect(Instant.monotonic() - start >= 80_000_000)
  }

  @Test func stallForEver() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["stall:route=open"])
    let client = try WireClient(port: world.port)
    client.limit(seconds: 0, microseconds: 150_000)
    let target = "GET /api/v1/messages/500123/open HTTP/1.1\r\nDp-Miscinfo: \(GoldenWorld.mailbox1)\r\n\r\n"
    #expect(throws: WireError.timeout) { _ = try client.exchange(Array(target.utf8)) }
    #expect(world.simulator.log("opened").count == 1, "the work is done, the answer never comes")
    // The server still ends at once, although the client is connected.
    world.simulator.stop()
    #expect(throws: (any Error).self) { _ = try client.response() }
  }

  @Test func bodiesThatLie() throws {
    let world = try GoldenWorld()
    let link = try world.links(of: 500_123)[0]
    try world.simulator.setFaults(["cut-body:route=download,at=0.5,count=1"])
    let cut = try world.get(link, as: nil)
    #expect(!cut.isComplete && cut.text == "te" && cut.header("Content-Length") == "4")

    try world.simulator.setFaults(["corrupt-body:count=1"])
    let corrupt = try world.get(link, as: nil)
    #expect(corrupt.isComplete && corrupt.body.count == 4 && corrupt.text != "test")
    #expect(try world.get(link, as: nil).text == "test")

    try world.simulator.setFaults(["cut-body:route=inbox,count=1"])
    #expect(try !world.get(inbox).isComplete)

    try world.simulator.setFaults(["oversized:route=download,mb=3,count=1"])
    #expect(try world.get(link, as: nil).body.count == 4 + 3 * 1_048_576)

    try world.simulator.setFaults(["dribble:route=download,ms=1,count=1"])
    #expect(try world.get(link, as: nil).text == "test")
  }

  @Test(arguments: ["malformed-json", "truncated-json"])
  func jsonThatIsNone(_ fault: String) throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["\(fault):count=1"])
    let response = try world.get(inbox)
    #expect(response.status == 200 && response.isComplete)
    #expect(throws: JSONError.self) { _ = try response.json() }
    #expect(try world.get(inbox).json()["length"]?.int == 4)
  }

  @Test func wrongHashAndSize() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["wrong-hash:count=1", "wrong-size:count=1"])
    func file() throws -> JSON? {
      try world.get("/api/v1/messages/500123/open").json()["fields"]?[GoldenWorld.files]?.array?.first
    }
    let wrong = try #require(try file())
    let right = try #require(try file())
    #expect(wrong["hash"] != right["hash"] && wrong["hash"]?.string?.count == 64)
    #expect(wrong["size"] == 5 && right["size"] == 4)
    #expect(right["hash"]?.string == Digest.sha256(Array("test".utf8)))
  }

  @Test(arguments: [
    ("429:retry-after=2", 429, "html"), ("403", 403, ""), ("500:body=json", 500, "{"), ("502", 502, "html"), ("504", 504, "html"),
    ("401", 401, ""), ("405", 405, ""), ("503:body=none", 503, ""),
  ])
  func statuses(_ fault: String, _ status: Int, _ start: String) throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults([fault])
    let response = try world.get("/api/v1/messages/500123/open")
    #expect(response.status == status)
    #expect(response.text.contains(start) && response.body.isEmpty == start.isEmpty)
    #expect(response.header("Retry-After") == (status == 429 ? "2" : nil))
    #expect(response.header("Allow") == (status == 405 ? "GET" : nil))
    #expect(world.simulator.log("opened").isEmpty)
  }

  /// A 405 before or after the commit looks the same to the client.
  @Test(arguments: [("before", 0), ("after", 1)])
  func failedPost(_ when: String, _ committed: Int) throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["405:route=send,when=\(when),count=1"])
    let response = try world.reply("Отговор")
    #expect(response.status == 405 && response.header("Allow") == "GET" && response.body.isEmpty)
    #expect(try world.outboxSubjects().count == committed)
  }

  @Test func statusForAWhile() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["401:for=30"])
    #expect(try world.get(inbox).status == 401)
    world.simulator.advanceClock(seconds: 29)
    #expect(try world.get(inbox).status == 401)
    world.simulator.advanceClock(seconds: 2)
    #expect(try world.get(inbox).status == 200)
  }

  @Test(arguments: [("504", 504), ("405", 405), ("ok", 200), ("cut", nil), ("reset", nil)] as [(String, Int?)])
  func lateCommit(_ answer: String, _ status: Int?) throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["late-commit:answer=\(answer),seconds=120,count=1"])
    if let status {
      #expect(try world.reply("Отговор").status == status)
    } else {
      #expect(throws: WireError.self) { _ = try world.reply("Отговор") }
    }
    world.simulator.advanceClock(seconds: 119)
    #expect(try world.outboxSubjects().isEmpty)
    #expect(try world.get("/api/v1/messages/500200/view").status == 500)
    world.simulator.advanceClock(seconds: 2)
    #expect(try world.outboxSubjects() == ["Отговор"])
    #expect(try world.get("/api/v1/messages/500200/view").status == 200)
  }

  @Test func refusalsAreNotLate() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["late-commit:answer=504"])
    #expect(try world.reply(" ").status == 400)
  }

  @Test func lateCommitBeyondTheHorizon() throws {
    let world = try GoldenWorld { $0.horizon = 100 }
    try world.simulator.setFaults(["late-commit:seconds=50,beyond"])
    _ = try world.reply("Отговор")
    world.simulator.advanceClock(seconds: 149)
    #expect(try world.outboxSubjects().isEmpty)
    world.simulator.advanceClock(seconds: 2)
    #expect(try world.outboxSubjects().count == 1)
  }

  @Test func redirectAndDate() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["redirect:count=1,to=http://127.0.0.1:9/else", "wrong-date:by=7200"])
    let moved = try world.get(inbox)
    #expect(moved.status == 307 && moved.header("Location") == "http://127.0.0.1:9/else")
    let late = try world.get(inbox)
    #expect(late.header("Date") == "Tue, 03 Feb 2026 14:30:00 GMT")
    try world.simulator.setFaults([])
    #expect(try world.get(inbox).header("Date") == "Tue, 03 Feb 2026 12:30:00 GMT")
  }

  @Test func linksAndBlobs() throws {
    let world = try GoldenWorld()
    let link = try world.links(of: 500_123)[0]
    try world.simulator.setFaults(["link-expired:count=1", "blob-gone:skip=1,count=1"])
    #expect(try world.get(link, as: nil).status == 400)
    #expect(try world.get(link, as: nil).status == 404)
    #expect(try world.get(link, as: nil).status == 200)
  }

  @Test func limits() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["503:route=inbox+outbox,skip=1,count=2"])
    let statuses = try (0..<5).map { _ in try world.get(inbox).status }
    #expect(statuses == [200, 503, 503, 200, 200])
    #expect(try world.get("/api/v1/templates").status == 200)

    try world.simulator.setFaults(["503:mailbox=1210150561307"])
    #expect(try world.get(inbox).status == 200)
    #expect(try world.get(inbox, as: GoldenWorld.mailbox2).status == 503)
  }

  @Test func theSameSeedGivesTheSameRun() throws {
    func run(_ seed: UInt64) throws -> [Int] {
      let world = try GoldenWorld {
        $0.seed = seed
        $0.faults = [try Fault("503:rate=0.5")]
      }
      return try (0..<40).map { _ in try world.get(inbox).status }
    }
    let first = try run(7)
    #expect(try run(7) == first)
    #expect(try run(8) != first)
    #expect(first.contains(200) && first.contains(503))
  }

  @Test(arguments: [
    "nonsense", "200", "status", "503:count=0", "503:rate=2", "503:route=somewhere", "stall:ms=long", "503:colour=red",
    "late-commit:answer=maybe",
    "405:when=never", "503:body=xml", "stall:ms=nan", "cut-body:at=2", "wrong-date:by=1e300", "503:for=-1",
  ])
  func mistakesInASwitchAreNamed(_ text: String) {
    #expect { _ = try Fault(text) } throws: { "\($0)".hasPrefix("fault \"\(text)\"") }
  }
}
