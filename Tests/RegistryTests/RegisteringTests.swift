import Crypto
import Database
import Model
import Runtime
import Testing

@testable import Registry

@Suite struct RegisteringTests {
  @Test func aMessageGoesFromListingToASentReply() async throws {
    let store = try Store()
    let registry = try await store.started()
    let entry = try await registry.numbered(700_101, store)
    #expect(entry.number == "ЗСПД/Д-В/1/03.07.2026")
    let confirm = try #require(try await registry.claim([.confirm], limit: 5).first)
    let reply = try await registry.reply(for: confirm)
    #expect(reply.state == .intended)
    #expect(reply.frozen.subject.contains(reply.mark.description))
    #expect(reply.entry == entry)
    try await registry.recordSending(confirm)
    try await registry.recordSent(confirm, ssevMessageId: 900_001, evidence: .answered)
    let message = try #require(try await registry.message(store.key(700_101)))
    #expect(message.state == .settled)
    #expect(message.entry == entry)
    #expect(try await registry.jobs(JobFilter()).isEmpty)
    #expect(try await registry.nextRunAt(Set(JobKind.allCases)) == nil)
  }

  @Test func registeringAgainGivesTheEntryThereIs() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.decided(1, store)
    let job = try #require(try await registry.claim([.register], limit: 1).first)
    let first = try await registry.register(job, .sample())
    let again = try await registry.register(job, .sample(unit: .kardzhali))
    #expect(first == again)
    #expect(try store.connection().one("SELECT count(*) FROM entry") { $0.integer(0) } == 1)
  }

  // MARK: counters

  @Test func countersRunOnWithoutGapsPerUnitAndYear() async throws {
    let store = try Store(at: "2026-12-31T21:50:00Z")
    let registry = try await store.started()
    var numbers: [String] = []
    for index in 0..<6 {
      // 21:50, 21:53 … 22:05 UTC: the year turns at 22:00 UTC, midnight in Sofia.
      let unit: Unit = index % 2 == 0 ? .varna : .kardzhali
      numbers.append(try await registry.numbered(Int64(index + 1), store, .sample(unit: unit)).number)
      store.time.advance(by: .seconds(180))
    }
    #expect(
      numbers == [
        "ЗСПД/Д-В/1/31.12.2026", "ЗСПД/Д-К/1/31.12.2026", "ЗСПД/Д-В/2/31.12.2026", "ЗСПД/Д-К/2/31.12.2026", "ЗСПД/Д-В/1/01.01.2027",
        "ЗСПД/Д-К/1/01.01.2027",
      ])
  }

  @Test func receivedInTheOldYearIsNumberedInTheNew() async throws {
    let store = try Store(at: "2026-12-31T22:00:30Z")
    let registry = try await store.started()
    let entry = try await registry.numbered(1, store)
    #expect(SofiaTime.date(of: entry.receivedAt).year == 2026)
    #expect(entry.year == 2027)
    #expect(entry.number == "ЗСПД/Д-В/1/01.01.2027")
  }

  @Test(arguments: [
    // Last second before midnight in Sofia and midnight: winter, summer, and the days on which the clocks change.
    ("2026-01-15T21:59:59Z", "15.01.2026"), ("2026-01-15T22:00:00Z", "16.01.2026"), ("2026-07-15T20:59:59Z", "15.07.2026"),
    ("2026-07-15T21:00:00Z", "16.07.2026"), ("2026-03-28T22:00:00Z", "29.03.2026"), ("2026-03-29T21:00:00Z", "30.03.2026"),
    ("2026-10-24T21:00:00Z", "25.10.2026"), ("2026-10-25T21:59:59Z", "25.10.2026"), ("2026-10-25T22:00:00Z", "26.10.2026"),
  ])
  func theDateInANumberIsThatOfSofia(moment: String, date: String) async throws {
    let store = try Store(at: moment)
    let registry = try await store.started()
    try await registry.declareMailboxes([try store.mailbox(from: "2025-01-01T00:00:00Z")])
    #expect(try await registry.numbered(1, store).number == "ЗСПД/Д-В/1/\(date)")
  }

  @Test func aCounterForAllUnitsAndYearsIsOne() async throws {
    let store = try Store(at: "2026-12-31T21:59:00Z")
    let registry = try await store.started()
    let journal = JournalDefinition.sample("Писма", perUnit: false, perYear: false, template: "{seq:000}")
    var numbers: [String] = []
    for (index, unit) in [Unit.varna, .kardzhali, .varna].enumerated() {
      numbers.append(try await registry.numbered(Int64(index + 1), store, .sample(journal, unit: unit)).number)
      store.time.advance(by: .seconds(120))
    }
    #expect(numbers == ["001", "002", "003"])
  }

  @Test func twoCountersCannotPrintTheSameNumber() async throws {
    let store = try Store()
    let registry = try await store.started()
    let template = "{unit.index}-{seq}"
    _ = try await registry.numbered(1, store, .sample(.sample("Едно", template: template)))
    try await registry.decided(2, store)
    let job = try #require(try await registry.claim([.register], limit: 1).first)
    await #expect(throws: OperatorError.self) { try await registry.register(job, .sample(.sample("Две", template: template))) }
    do {
      _ = try await registry.register(job, .sample(.sample("Две", template: template)))
    } catch {
      #expect(error.code == "registry.number-exists")
    }
    // Nothing of the attempt stayed: the counter of the second journal was never touched.
    #expect(try store.connection().one("SELECT count(*) FROM counter") { $0.integer(0) } == 1)
  }

  // MARK: refusals

  @Test(arguments: [
    "registry.unit-index-unknown", "registry.target-numbers-not-available", "registry.clock-backwards", "registry.numbering-stopped",
    "registry.journal-name", "registry.reply-without-mark",
  ])
  func refuses(code: String) async throws {
    let store = try Store()
    let registry = try await store.started()
    _ = try await registry.numbered(1, store)
    try await registry.decided(2, store)
    let job = try #require(try await registry.claim([.register], limit: 1).first)
    var request = RegistrationRequest.sample()
    switch code {
    case "registry.unit-index-unknown": request = .sample(unit: Unit(identifier: "1306", name: "ДСП", index: "Д-?1306"))
    case "registry.target-numbers-not-available": request = .sample(.sample(numbering: .byTarget))
    case "registry.clock-backwards": store.time.set(store.time.now() - .seconds(3))
    case "registry.numbering-stopped": try await registry.setNumbering(false, actor: "operator", reason: "проба")
    case "registry.journal-name": request = .sample(.sample("#robot"))
    default:
      request.reply = ReplyPlan(kind: .confirmation) { _, _ in
        FrozenReply(recipientProfileIds: [1], subject: "без знак", rnu: nil, templateId: 1, fields: [:])
      }
    }
    do {
      let result = try await registry.register(job, request)
      Issue.record("registered: \(result)")
    } catch {
      #expect(error.code == code)
    }
    let connection = try store.connection()
    #expect(try connection.one("SELECT count(*) FROM entry") { $0.integer(0) } == 1)
    #expect(try connection.one("SELECT next FROM counter") { $0.integer(0) } == 2)
    #expect(try await registry.message(store.key(2))?.state == .decided)
  }

  // MARK: duplicates

  @Test func theSameDocumentFromTheSameSenderIsToldItsNumber() async throws {
    let store = try Store()
    let registry = try await store.started()
    let check = DuplicateCheck(digest: SHA256.digest("same"), windowDays: 30)
    let first = try await registry.numbered(1, store, .sample(duplicate: check))
    store.time.advance(by: .seconds(86_400))
    try await registry.decided(2, store)
    #expect(try await registry.registered(.sample(duplicate: check)) == .duplicate(of: first))
    let message = try #require(try await registry.message(store.key(2)))
    #expect(message.state == .notRegistered)
    #expect(message.reason == HoldReason.duplicate)
    #expect(message.duplicateOf == first)
    let replies = try await registry.claim([.confirm], limit: 5)
    var kinds: [ReplyKind] = []
    for job in replies { kinds.append(try await registry.reply(for: job).kind) }
    #expect(Set(kinds) == [.confirmation, .duplicate])
    // Another sender, and the same one after the window, get numbers of their own.
    try await registry.decided(3, store, profile: 66)
    #expect(try await registry.registered(.sample(duplicate: check)) != .duplicate(of: first))
    store.time.advance(by: .seconds(31 * 86_400))
    try await registry.decided(4, store)
    guard case .registered(let late) = try await registry.registered(.sample(duplicate: check)) else {
      Issue.record("the window has no end")
      return
    }
    #expect(late.sequence == 3)
  }

  @Test func manyCopiesAtOnceGetOneNumber() async throws {
    let store = try Store()
    let registry = try await store.started()
    let check = DuplicateCheck(digest: SHA256.digest("same"), windowDays: 30)
    for id in 1...12 { try await registry.decided(Int64(id), store) }
    let jobs = try await registry.claim([.register], limit: 12)
    let results = try await withThrowingTaskGroup(of: RegistrationResult.self) { group in
      for job in jobs { group.addTask { try await registry.register(job, .sample(duplicate: check, orderWait: .zero)) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let registered = results.filter { if case .registered = $0 { true } else { false } }
    #expect(registered.count == 1)
    #expect(results.count == 12)
    #expect(try store.connection().one("SELECT count(*), max(next) FROM entry, counter") { [$0.integer(0), $0.integer(1)] } == [1, 2])
  }

  // MARK: order

  @Test func aSendersMessagesAreNumberedInTheirOrder() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1), store.row(2)])
    try await registry.opened(1, store)
    try await registry.opened(2, store)
    let reads = try await registry.claim([.read], limit: 2)
    let second = try #require(reads.first { $0.message.messageId == 2 })
    let first = try #require(reads.first { $0.message.messageId == 1 })
    try await registry.recordReadings(second, [], submission: .sample(second.message, store))
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    #expect(try await registry.registered() == .waitsForEarlier(messageId: 1))
    #expect(try await registry.claim([.register], limit: 1).isEmpty)
    try await registry.recordReadings(first, [], submission: .sample(first.message, store))
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    guard case .registered(let one) = try await registry.registered() else {
      Issue.record("message 1 waits for nothing")
      return
    }
    #expect(one.message.messageId == 1)
    store.time.advance(by: .seconds(31))
    guard case .registered(let two) = try await registry.registered() else {
      Issue.record("message 2 still waits")
      return
    }
    #expect([one.sequence, two.sequence] == [1, 2])
  }

  @Test func aMessageThatWaitsTooLongIsPassedAndThatIsRecorded() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1), store.row(2)])
    try await registry.opened(1, store)
    try await registry.opened(2, store)
    let second = try #require(try await registry.claim([.read], limit: 2).first { $0.message.messageId == 2 })
    try await registry.recordReadings(second, [], submission: .sample(second.message, store))
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    #expect(try await registry.registered() == .waitsForEarlier(messageId: 1))
    store.time.advance(by: .seconds(601))
    guard case .registered(let entry) = try await registry.registered() else {
      Issue.record("still waits after T")
      return
    }
    let passed = try store.connection().one("SELECT value FROM event_field WHERE name = 'passedMessageId'") { $0.text(0) }
    #expect(passed == "1")
    #expect(entry.message.messageId == 2)
  }

  @Test func theOpeningIsTheOneThatTheMailboxTells() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1)])
    let open = try #require(try await registry.claim([.open], limit: 1).first)
    try await registry.recordOpenIntent(open)
    var record = OpenedRecord.sample(store, 1)
    let opening = store.time.now() - .seconds(7)
    record.dateReceived = opening
    try await registry.recordOpened(open, record)
    try await registry.read(1, store)
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    _ = try await registry.registered()
    try await registry.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.entries(EntryQuery()).first?.columns["openedAt"] == opening.iso8601)
  }
}
