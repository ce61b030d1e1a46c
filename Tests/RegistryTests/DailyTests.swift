import Crypto
import Database
import Model
import Runtime
import Testing

@testable import Registry

/// Days, months and years end at midnight in Sofia, once each.
@Suite struct DailyTests {
  private func checkpoints(_ store: Store) throws -> [String] {
    try store.connection().all("SELECT value FROM event_field WHERE name = 'checkpoint' ORDER BY event") { $0.text(0) }
  }

  @Test func aDayIsClosedOnceAfterItsMidnightInSofia() async throws {
    let store = try Store(at: "2026-07-03T20:59:59Z")
    store.signingKey = try await Keys.make(in: store.folder).secret
    let registry = try await store.started()
    _ = try await registry.numbered(1, store)
    #expect(try await registry.closeDay()?.day.description == "2026-07-02")
    #expect(try await registry.closeDay() == nil)
    store.time.advance(by: .seconds(1))
    #expect(try await registry.closeDay() == DayClosing(day: try #require(CivilDate(iso8601: "2026-07-03")), closed: [], isSigned: true))
    #expect(try await registry.closeDay() == nil)
    let texts = try checkpoints(store)
    #expect(texts.count == 2)
    #expect(texts[0].contains("\nprevious: \(Digest.zero)\n"))
    #expect(texts[1].contains("\nprevious: \(SHA256.digest(texts[0]))\n"))
    #expect(Checkpoint.heads(of: texts[1])?.map(\.chain) == ["#robot", "ЗСПД"])
  }

  @Test func monthsAndYearsAreClosedAlsoAfterALongPause() async throws {
    let store = try Store(at: "2026-10-31T10:00:00Z")
    let registry = try await store.started()
    _ = try await registry.numbered(1, store)
    #expect(try await registry.closeDay()?.closed == [])
    // Half an hour into November in Sofia, still October in UTC.
    store.time.set(try #require(Timestamp(iso8601: "2026-10-31T22:30:00Z")))
    #expect(try await registry.closeDay()?.closed == ["ЗСПД 2026-10"])
    _ = try await registry.numbered(2, store)
    store.time.set(try #require(Timestamp(iso8601: "2027-02-01T00:00:00Z")))
    #expect(try await registry.closeDay()?.closed == ["ЗСПД 2026-11", "ЗСПД 2026-12", "ЗСПД 2026", "ЗСПД 2027-01"])
    let counters = try store.connection().all(
      "SELECT value FROM event_field JOIN event ON event.id = event WHERE kind = 'closing' AND name = 'counters' ORDER BY event.id"
    ) { $0.text(0) }
    let one = { (first: Int, last: Int) in
      #"[{"count":\#(last - first + 1),"first":\#(first),"last":\#(last),"unit":"1210150560306","year":2026}]"#
    }
    #expect(counters == [one(1, 1), one(2, 2), "[]", one(1, 2), "[]"])
  }

  @Test func nothingIsClosedOnAClockThatWentBackOrWithoutAReadableKey() async throws {
    let store = try Store(at: "2026-07-03T10:00:00Z")
    var registry = try await store.started()
    _ = try await registry.numbered(1, store)
    store.time.set(try #require(Timestamp(iso8601: "2026-07-03T09:00:00Z")))
    do {
      _ = try await registry.closeDay()
      Issue.record("closed on a wrong clock")
    } catch { #expect(error.code == "registry.clock-backwards") }
    store.time.set(try #require(Timestamp(iso8601: "2026-07-04T09:00:00Z")))
    try await registry.close()
    store.signingKey = store.folder + "/absent"
    registry = try await store.started()
    do {
      _ = try await registry.closeDay()
      Issue.record("signed without a key")
    } catch { #expect(error.code == "crypto.key-unreadable") }
    #expect(try store.connection().one("SELECT value FROM meta WHERE name = 'closed-day'") { $0.text(0) } == nil)
  }

  @Test func aRecoveredDatabaseGoesOnWithTheCheckpointsItHasForgotten() async throws {
    let store = try Store(at: "2026-07-03T10:00:00Z")
    store.signingKey = try await Keys.make(in: store.folder).secret
    var registry = try await store.started()
    _ = try await registry.numbered(1, store)
    try await registry.close()
    let copy = try store.copyDatabase()
    registry = try await store.started()
    store.time.advance(by: .seconds(86_400))
    _ = try await registry.closeDay()
    try await registry.close()
    try store.restoreDatabase(copy)
    registry = try store.open()
    _ = try await registry.recover(actor: "op", reason: "проба")
    #expect(try await registry.closeDay() == nil, "the day was closed in the forgotten time")
    store.time.advance(by: .seconds(86_400))
    _ = try await registry.closeDay()
    try await registry.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.verify().findings == [])
    #expect(try checkpoints(store).count == 2)
  }
}
