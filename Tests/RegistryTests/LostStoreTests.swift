import FoundationEssentials
import Model
import Runtime
import Testing

@testable import Registry

/// The case in which nothing is left: database and mirror both lost. (Older database, older or lost mirror, a machine rolled back while running:
/// `MirrorTests`; two robots: `OpeningTests` and the service's own tests.)
@Suite struct LostStoreTests {
  /// What the outbox of the mailbox shows of the replies that were sent.
  private func outbox(_ registry: Registry, _ store: Store, _ ids: [Int64]) async throws -> [OutboxReply] {
    var found: [OutboxReply] = []
    for id in ids {
      let (epoch, record) = (try await registry.epoch(), try #require(try await registry.message(store.key(id))))
      let mark = Mark(environment: store.environment, epoch: epoch, messageId: id, reply: .confirmation)
      let number = try #require(record.entry?.number)
      found.append(
        OutboxReply(
          recipient: Store.recipient, mark: mark, subject: "Потвърждение за получаване – вх. № \(number) \(mark)", number: number,
          ssevMessageId: 900 + id, sentAt: store.time.now()))
    }
    return found
  }

  @Test func whatTheOutboxTellsIsTakenOver() async throws {
    let store = try Store()
    var registry = try await store.started()
    for id in 1...5 { _ = try await registry.numbered(Int64(id), store) }
    // The second was never told to anybody.
    let sent = try await outbox(registry, store, [1, 3, 4])
    try await registry.close()
    for path in [store.configuration.database, store.configuration.mirror] { try FileManager.default.removeItem(atPath: path) }

    registry = try await store.started()
    let stray = OutboxReply(
      recipient: Store.recipient, mark: Mark(environment: store.environment, epoch: sent[0].mark.epoch, messageId: 77, reply: .confirmation),
      subject: "", number: "СТАР-1", ssevMessageId: 990, sentAt: store.time.now())
    let found = sent + [stray]
    func recover(_ registry: Registry) async throws -> OutboxRecoveryReport {
      try await registry.recover(
        from: found, journals: [.sample()], units: [Unit(identifier: "9", name: "Друго", index: "Х"), .varna], actor: "op", reason: "загуба")
    }
    let report = try await recover(registry)
    #expect(report.replies == 4)
    #expect(report.void.count == 4, "1 to 4: the fifth was told to nobody, so it is not known")
    #expect(report.void[0] == sent[0].number && report.void[2] == sent[1].number && report.void[1].contains("–"))
    #expect(report.foreign == ["СТАР-1"] && report.contradictions == [])
    #expect(report.epoch?.ordinal == 2)
    let again = try await recover(registry)
    #expect(again.replies == 0 && again.void == [])

    // The mailbox shows all, opened: what was answered is known to be, the others wait for a person.
    try await registry.listed((1...5).map { store.row($0, opened: true) } + [store.row(6)])
    let reasons = try await ([1, 2, 3, 4, 5] as [Int64]).asyncMap { try await registry.message(store.key($0))?.reason }
    #expect(
      reasons == [
        HoldReason.recoveredFromOutbox, HoldReason.openedByPerson, HoldReason.recoveredFromOutbox, HoldReason.recoveredFromOutbox,
        HoldReason.openedByPerson,
      ])
    #expect(try await registry.reply(marked: sent[1].mark)?.state == .sent)
    try await registry.opened(6, store)
    try await registry.read(6, store)
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    guard case .registered(let entry) = try await registry.registered() else { throw CancellationError() }
    #expect(entry.sequence == 5)
    #expect(try await registry.claim([.confirm], limit: 9).map(\.message.messageId) == [6])
    try await registry.close()
    #expect(try await RegistrySnapshot(store.configuration).verify().findings == [])

    // And once more lost, with the mirror left: the same comes back.
    try FileManager.default.removeItem(atPath: store.configuration.database)
    registry = try store.open()
    _ = try await registry.start()
    _ = try await registry.recover(actor: "op", reason: "още веднъж")
    #expect(try await registry.message(store.key(3))?.reason == HoldReason.recoveredFromOutbox)
    #expect(try await registry.reply(marked: sent[1].mark)?.state == .sent)
    try await registry.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.verify().findings == [])
    #expect(try await snapshot.entries(EntryQuery()).map(\.status).sorted() == ["анулиран", "анулиран", "анулиран", "анулиран", "регистриран"])
  }

  /// The machine was rolled back together with its mirror: the same message got another number than its sender was told.
  @Test func aContradictionIsNamedAndNobodyIsAnsweredTwice() async throws {
    let store = try Store()
    let registry = try await store.started()
    let entry = try await registry.numbered(1, store)
    let mark = Mark(environment: store.environment, epoch: try await registry.epoch(), messageId: 1, reply: .confirmation)
    let told = OutboxReply(
      recipient: Store.recipient, mark: mark, subject: "Потвърждение за получаване – вх. № \(entry.number.replacing("/1/", with: "/2/")) \(mark)",
      number: entry.number.replacing("/1/", with: "/2/"), ssevMessageId: 901, sentAt: store.time.now())
    let report = try await registry.recover(from: [told], journals: [.sample()], units: [.varna], actor: "op", reason: "")
    #expect(report.contradictions == ["\(store.key(1)): \(told.number ?? ""), \(entry.number)"])
    #expect(report.void == [told.number ?? ""], "the number that was told is nobody else's")
    #expect(try await registry.claim([.confirm], limit: 9).isEmpty, "answered once is answered")
    #expect(try await registry.message(store.key(1))?.entry?.number == entry.number)
    try await registry.close()
    #expect(try await RegistrySnapshot(store.configuration).verify().findings == [])
  }

  /// The message has a reply of its own by now, and the outbox one of a database that is lost: that one counts, and is taken over once.
  @Test func aReplyOfALostDatabaseStandsForOurOwn() async throws {
    let store = try Store()
    let registry = try await store.started()
    let entry = try await registry.numbered(1, store)
    let mark = Mark(environment: store.environment, epoch: Epoch(ordinal: 7, random: 1), messageId: 1, reply: .confirmation)
    let told = OutboxReply(
      recipient: Store.recipient, mark: mark, subject: "Потвърждение за получаване – вх. № \(entry.number) \(mark)", number: entry.number,
      ssevMessageId: 901, sentAt: store.time.now())
    #expect(try await registry.state(ofMarked: mark, from: Store.recipient) == nil)
    let report = try await registry.recover(from: [told], journals: [.sample()], units: [.varna], actor: "op", reason: "")
    #expect(report.replies == 1 && report.void == [] && report.contradictions == [])
    #expect(report.epoch?.ordinal == 8)
    #expect(try await registry.state(ofMarked: mark, from: Store.recipient) == .sent)
    #expect(try await registry.claim([.confirm], limit: 9).isEmpty)
    let again = try await registry.recover(from: [told], journals: [.sample()], units: [.varna], actor: "op", reason: "")
    #expect(again.replies == 0)
    try await registry.close()
    #expect(try await RegistrySnapshot(store.configuration).verify().findings == [])
  }

  @Test func whenBothAreLostNoNumberIsReissuedAndNobodyAnsweredTwice() async throws {
    let store = try Store()
    var registry = try await store.started()
    for id in 1...3 { _ = try await registry.numbered(Int64(id), store) }
    try await registry.close()
    for path in [store.configuration.database, store.configuration.mirror] { try FileManager.default.removeItem(atPath: path) }

    registry = try await store.started()
    // What the mailbox shows now: the three were opened, a fourth was not.
    try await registry.listed((1...3).map { store.row($0, opened: true) } + [store.row(4)])
    for id in 1...3 as ClosedRange<Int64> {
      #expect(try await registry.message(store.key(id))?.reason == HoldReason.openedByPerson, "nothing is registered or answered by itself")
    }
    // The outbox tells the last number; a person enters it, and what was answered.
    _ = try await registry.void(journal: .sample(), unit: .varna, through: 3, actor: "op", reason: "загуба на базата")
    for id in 1...3 as ClosedRange<Int64> {
      try await registry.recordRegisteredByHand(store.key(id), number: "ЗСПД/Д-В/\(id)/03.07.2026", actor: "op", reason: "по изходящата кутия")
    }
    try await registry.opened(4, store)
    try await registry.read(4, store)
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    guard case .registered(let entry) = try await registry.registered() else { throw CancellationError() }
    #expect(entry.sequence == 4)
    #expect(try await registry.claim([.confirm], limit: 9).map(\.message.messageId) == [4], "one reply, to the one that had none")
    try await registry.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.verify().findings == [])
    #expect(try await snapshot.entries(EntryQuery()).map(\.status).sorted() == ["анулиран", "анулиран", "анулиран", "регистриран"])
  }
}

extension [Int64] {
  fileprivate func asyncMap<Result>(_ body: (Int64) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}
