import Crypto
import Database
import Model
import Runtime
import Testing

@testable import Registry

/// What persons make of entries: events, never changes; and what they do about messages that the robot could not register.
@Suite struct AmendingTests {
  private func code(_ body: () async throws -> Void) async -> String {
    do {
      try await body()
      return "none"
    } catch { return (error as? OperatorError)?.code ?? "\(error)" }
  }

  private func view(_ store: Store, _ number: String) async throws -> EntryView {
    let snapshot = try RegistrySnapshot(store.configuration)
    let view = try #require(try await snapshot.entry(number: number))
    #expect(try await snapshot.verify().findings == [])
    await snapshot.close()
    return view
  }

  @Test func eachAmendmentIsAnEventThatTheEntryShows() async throws {
    let store = try Store()
    let registry = try await store.started()
    let first = try await registry.numbered(1, store).number
    let second = try await registry.numbered(2, store).number
    try await registry.amend(number: first, .correction(["subject": "Молба за справка"]), actor: "ivanova", reason: "грешка")
    try await registry.amend(number: first, .linking(to: second), actor: "ivanova", reason: "допълнение")
    try await registry.amend(number: first, .rerouting(system: "документооборот", type: nil, typeTitle: nil), actor: "ivanova", reason: "прегледано")
    var shown = try await view(store, first)
    #expect(shown.columns["subject"] == "Молба за справка")
    #expect(shown.columns["relatedNumber"] == second)
    #expect(shown.columns["targetSystem"] == "документооборот")
    #expect(shown.status == "регистриран")
    #expect(shown.columns[EntryViews.changes]?.contains("от ivanova: грешка") == true)
    try await registry.amend(number: first, .forwarding(to: "ДСП – Добрич"), actor: "ivanova", reason: "адрес")
    #expect(try await view(store, first).status == "препратен")
    try await registry.amend(number: first, .annulment, actor: "ivanova", reason: "грешен адресат")
    shown = try await view(store, first)
    #expect(shown.status == "анулиран" && shown.entry.number == first)
    let snapshot = try RegistrySnapshot(store.configuration)
    let history = try await snapshot.history(number: first)
    #expect(history.map(\.kind) == ["register", "correction", "linking", "re-routing", "forwarding", "annulment"])
    #expect(history.dropFirst().allSatisfy { $0.actor == "ivanova" && ($0.fields["reason"] ?? nil)?.isEmpty == false })
    // Numbers go on as if nothing had happened.
    #expect(try await registry.numbered(3, store).sequence == 3)
  }

  @Test func whatMakesNoSenseIsRefused() async throws {
    let store = try Store()
    let registry = try await store.started()
    let number = try await registry.numbered(1, store).number
    func amend(_ amendment: Amendment, _ of: String? = nil) async -> String {
      await code { try await registry.amend(number: of ?? number, amendment, actor: "op", reason: "проба") }
    }
    #expect(await amend(.annulment, "няма") == "registry.unknown-number")
    for column in ["number", "sequence", "registeredAt", "receivedAt", "messageId", "actor", "reason"] {
      #expect(await amend(.correction([column: "x"])) == "registry.amendment")
    }
    #expect(await amend(.correction([:])) == "registry.amendment")
    #expect(await amend(.linking(to: number)) == "registry.amendment")
    #expect(await amend(.linking(to: "няма")) == "registry.amendment")
    #expect(await amend(.forwarding(to: "")) == "registry.amendment")
    #expect(await amend(.rerouting(system: nil, type: nil, typeTitle: nil)) == "registry.amendment")
    #expect(await amend(.annulment) == "none")
    #expect(await amend(.annulment) == "registry.already-annulled")
    #expect(await amend(.correction(["subject": "x"])) == "registry.already-annulled")
  }

  @Test func aRepetitionOfAnAnnulledDocumentIsADocumentOfItsOwn() async throws {
    let store = try Store()
    let registry = try await store.started()
    let request = RegistrationRequest.sample(duplicate: DuplicateCheck(digest: SHA256.digest("x"), windowDays: 30))
    let number = try await registry.numbered(1, store, request).number
    try await registry.amend(number: number, .annulment, actor: "op", reason: "проба")
    #expect(try await registry.numbered(2, store, request).sequence == 2)
    try await registry.decided(3, store)
    guard case .duplicate(let of) = try await registry.registered(request) else { throw CancellationError() }
    #expect(of.sequence == 2)
  }

  @Test func routingAnewHandsOnAgainAndOnlyOnce() async throws {
    let store = try Store()
    let registry = try await store.started()
    let number = try await registry.numbered(1, store, .sample(handsOff: true)).number
    try await registry.recordHandedOff(try #require(try await registry.claim([.handoff], limit: 1).first), system: "ИИС", reference: "1")
    let reroute = Amendment.rerouting(system: "друга", type: nil, typeTitle: nil)
    try await registry.amend(number: number, reroute, actor: "op", reason: "проба", handsOff: true)
    let again = try #require(try await registry.claim([.handoff], limit: 1).first)
    #expect(try await registry.entryNow(of: store.key(1))?.reroutings == 1)
    try await registry.recordHandedOff(again, system: "друга", reference: "2")
    #expect(try await registry.claim([.handoff], limit: 1).isEmpty)
  }

  // MARK: messages

  @Test func aMessageThatCannotBeOpenedIsRegisteredFromItsListing() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1), store.row(2)])
    let open = try #require(try await registry.claim([.open], limit: 1).first)
    try await registry.recordOpenIntent(open)
    try await registry.recordHeld(open, state: .waiting, reason: "open-failed")
    var request = RegistrationRequest.sample()
    request.reply = nil
    let entry = try await registry.registerFromListing(store.key(1), request)
    #expect(entry.sequence == 1 && entry.message.messageId == 1)
    #expect(try await registry.message(store.key(1))?.state == .settled)
    #expect(await code { _ = try await registry.registerFromListing(store.key(1), request) } == "registry.message-has-end")
    // A worker that holds the next one's job loses it.
    let held = try #require(try await registry.claim([.open], limit: 1).first)
    #expect(try await registry.registerFromListing(store.key(2), request).sequence == 2)
    #expect(await code { try await registry.recordOpenIntent(held) } == "registry.stale-job")
    #expect(try await registry.jobs(JobFilter()).isEmpty)
    _ = try await view(store, entry.number)
  }

  @Test func aMessageRegisteredByHandEndsWithThatNumber() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1, opened: true)])
    #expect(try await registry.message(store.key(1))?.reason == HoldReason.openedByPerson)
    try await registry.recordRegisteredByHand(store.key(1), number: "94-00-12", actor: "ivanova", reason: "на гише")
    let message = try #require(try await registry.message(store.key(1)))
    #expect(message.state == .notRegistered && message.reason == HoldReason.byHand)
    _ = try await registry.recordListing(Store.recipient, rows: [store.row(1, opened: true)])
    #expect(try await registry.message(store.key(1))?.state == .notRegistered)
    #expect(await code { try await registry.release(store.key(1), actor: "op", reason: "x") } == "registry.message-not-waiting")
    let snapshot = try RegistrySnapshot(store.configuration)
    let event = try #require(try await snapshot.history(of: store.key(1)).last)
    #expect(event.kind == "registered-by-hand" && event.fields["handNumber"] == "94-00-12" && event.actor == "ivanova")
  }

  // MARK: void

  @Test func voidEntriesFillWhatIsKnownToHaveBeenGiven() async throws {
    let store = try Store()
    let registry = try await store.started()
    _ = try await registry.numbered(1, store)
    let numbers = try await registry.void(journal: .sample(), unit: .varna, through: 4, actor: "op", reason: "загуба")
    #expect(numbers == ["ЗСПД/Д-В/2/–.2026", "ЗСПД/Д-В/3/–.2026", "ЗСПД/Д-В/4/–.2026"])
    #expect(try await registry.numbered(2, store).sequence == 5)
    let shown = try await view(store, "ЗСПД/Д-В/3/–.2026")
    #expect(shown.status == "анулиран" && shown.entry.isVoid)
    #expect(
      await code { _ = try await registry.void(journal: .sample(), unit: .varna, through: 5, actor: "op", reason: "x") } == "registry.void-range")
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.entries(EntryQuery()).map(\.entry.sequence).sorted() == [1, 2, 3, 4, 5])
  }

  /// Everything that this file can do, done in the time that a restored copy has forgotten.
  @Test func aRestoredCopyTakesEverythingOverFromTheMirror() async throws {
    let store = try Store()
    var registry = try await store.started()
    let first = try await registry.numbered(1, store, .sample(duplicate: DuplicateCheck(digest: SHA256.digest("x"), windowDays: 30))).number
    let second = try await registry.numbered(2, store).number
    try await registry.close()
    let copy = try store.copyDatabase()
    registry = try await store.started()
    try await registry.amend(number: first, .correction(["subject": "Друго"]), actor: "op", reason: "а")
    try await registry.amend(number: first, .annulment, actor: "op", reason: "б")
    let plan = ReplyPlan(kind: .forwarded) { entry, mark in
      FrozenReply(recipientProfileIds: [55001], subject: "Препратен \(entry.number) \(mark)", rnu: nil, templateId: 1, fields: [:])
    }
    try await registry.amend(number: second, .forwarding(to: "ДСП"), actor: "op", reason: "в", reply: plan)
    try await registry.listed([store.row(3, opened: true), store.row(4)])
    try await registry.recordRegisteredByHand(store.key(3), number: "1", actor: "op", reason: "г")
    _ = try await registry.void(journal: .sample(), unit: .varna, through: 4, actor: "op", reason: "д")
    var request = RegistrationRequest.sample()
    request.reply = nil
    _ = try await registry.registerFromListing(store.key(4), request)
    try await registry.close()
    let before = try await RegistrySnapshot(store.configuration).entries(EntryQuery()).map { [$0.entry.number, $0.status] }
    try store.restoreDatabase(copy)
    registry = try store.open()
    _ = try await registry.recover(actor: "op", reason: "проба")
    try await registry.declareMailboxes([try store.mailbox()])
    #expect(try await registry.message(store.key(3))?.reason == HoldReason.byHand)
    #expect(try await registry.message(store.key(4))?.state == .settled)
    #expect(try await registry.numbered(5, store).sequence == 6)
    try await registry.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.verify().findings == [])
    #expect(Set(try await snapshot.entries(EntryQuery()).map { [$0.entry.number, $0.status] }).isSuperset(of: before))
    let told = try #require(try await snapshot.replies(to: store.key(2)).first { $0.kind == .forwarded })
    #expect(told.state == .uncertain, "it may have been sent in the forgotten time")
  }
}
