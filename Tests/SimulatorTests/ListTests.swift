import Testing

@testable import Simulator

/// Lists and their traps (contract 3.3, 4).
struct ListTests {
  @Test func openingMovesTheRowToTheTopOfTheOpenedBlock() throws {
    let world = try GoldenWorld()
    let inbox = "/api/v1/messages/inbox?limit=10"
    #expect(try world.ids(inbox) == [500_123, 500_122, 500_121, 500_120])
    _ = try world.get("/api/v1/messages/500123/open")
    #expect(try world.ids(inbox) == [500_122, 500_123, 500_121, 500_120])
  }

  /// Growing offsets while opening skip a row: the trap of contract 4.4.
  @Test func pagingWhileOpeningSkipsARow() throws {
    let world = try GoldenWorld()
    let first = try world.ids("/api/v1/messages/inbox?limit=1")
    _ = try world.get("/api/v1/messages/\(first[0])/open")
    let second = try world.ids("/api/v1/messages/inbox?offset=1&limit=1")
    #expect(first + second == [500_123, 500_123], "500122 was never seen")
  }

  @Test(arguments: ["offset=2&limit=0", "limit=-1"])
  func impossiblePagesAreServerErrors(_ query: String) throws {
    #expect(try GoldenWorld().get("/api/v1/messages/inbox?\(query)").status == 500)
  }

  @Test(arguments: ["offset=-3", "offset=", "templateId=1", "Limit=10", "FROM=2020-01-01"])
  func harmlessOddities(_ query: String) throws {
    #expect(try GoldenWorld().get("/api/v1/messages/inbox?\(query)").json()["length"]?.int == 4)
  }

  @Test(arguments: ["limit=ten", "offset=1.5", "templateId=x", "to=31.01.2026", "from=2026-02-30", "from=2026-02-03T10:00:00+02:00"])
  func unreadableParametersAre400(_ query: String) throws {
    // In the last one the plus is not encoded and arrives as a space.
    let response = try GoldenWorld().get("/api/v1/messages/inbox?\(query)")
    #expect(response.status == 400)
    #expect(try response.json()["errors"]?.members?.count == 1)
  }

  @Test func filterByTemplate() throws {
    let world = try GoldenWorld()
    #expect(try world.ids("/api/v1/messages/inbox?templateId=2", as: GoldenWorld.mailbox3) == [500_130])
  }

  @Test func lateRowAppearsWithItsOlderTime() throws {
    let world = try GoldenWorld()
    let id = try world.simulator.addMessage(
      #"{"mailbox": "1210150561306", "dateSent": "2026-02-03T14:00:00+02:00", "sender": {"name": "Тест"}, "subject": "Късно", "visibleAfter": 90}"#
    )
    #expect(try world.ids("/api/v1/messages/inbox?limit=10").contains(id) == false)
    #expect(try world.get("/api/v1/messages/\(id)/open").status == 500, "not committed: it does not exist")
    world.simulator.advanceClock(seconds: 91)
    #expect(try world.ids("/api/v1/messages/inbox?limit=10") == [500_123, id, 500_122, 500_121, 500_120])
  }

  @Test(arguments: [
    ("late-row", 0.0...600), ("late-row:seconds=5", 5...5), ("late-row:beyond", 600...1201), ("late-row:seconds=900", 600...600),
  ])
  func lateRowsStayBelowTheHorizonUnlessTold(_ fault: String, _ range: ClosedRange<Double>) throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults([fault])
    for _ in 0..<5 {
      let id = try world.simulator.addMessage(#"{"mailbox": "1210150561306", "sender": {"name": "Тест"}, "subject": "Късно"}"#)
      func visible() throws -> Bool { try world.ids("/api/v1/messages/inbox?limit=100").contains(id) }
      let start = world.simulator.now
      if range.lowerBound > 0 {
        world.simulator.advanceClock(seconds: range.lowerBound - 0.5)
        #expect(try !visible())
      }
      world.simulator.setClock(start.advanced(bySeconds: range.upperBound + 0.5))
      #expect(try visible())
    }
  }

  @Test func pageShifts() throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults(["page-new-message:count=1"])
    let first = try world.ids("/api/v1/messages/inbox?limit=2")
    let second = try world.ids("/api/v1/messages/inbox?offset=2&limit=2")
    #expect(first == [500_123, 500_122] && second.first == 500_122, "a row is seen twice")

    try world.simulator.setFaults(["page-open:count=1"])
    let before = try world.ids("/api/v1/messages/inbox?limit=2")
    let after = try world.ids("/api/v1/messages/inbox?offset=2&limit=10")
    #expect(Set(before + after).count == before.count + after.count - 1, "the opened row is seen twice, and one between is skipped")
    #expect(world.simulator.log("openedByPerson").count == 1)

    try world.simulator.setFaults(["duplicate-rows:count=1"])
    let one = try world.ids("/api/v1/messages/outbox?limit=1")
    #expect(one.isEmpty)
    let page = try world.ids("/api/v1/messages/inbox?limit=2")
    #expect(try world.ids("/api/v1/messages/inbox?offset=2&limit=2").first == page.last)
  }

  @Test func equalKeysMaySwap() throws {
    let world = try GoldenWorld()
    for _ in 0..<2 {
      try world.simulator.addMessage(
        #"{"mailbox": "1210150561307", "dateSent": "2026-02-03T10:00:00+02:00", "sender": {"name": "Тест"}, "subject": "Едно време"}"#)
    }
    let usual = try world.ids("/api/v1/messages/inbox?limit=2", as: GoldenWorld.mailbox2)
    try world.simulator.setFaults(["swap-ties"])
    #expect(try world.ids("/api/v1/messages/inbox?limit=2", as: GoldenWorld.mailbox2) == usual.reversed())
  }

  @Test func outboxIsNewestFirstAndHasNoIds() throws {
    let world = try GoldenWorld()
    for subject in ["първо", "второ"] {
      #expect(try world.reply(subject).status == 200)
      world.simulator.advanceClock(seconds: 1)
    }
    #expect(try world.outboxSubjects() == ["второ", "първо"])
    let row = try #require(try world.get("/api/v1/messages/outbox?limit=1").json()["result"]?.array?.first)
    #expect(row["recipients"]?.string == "Примерна Фирма ООД" && row["dateReceived"] == nil)
  }
}
