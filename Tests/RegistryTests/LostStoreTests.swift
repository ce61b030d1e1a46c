import FoundationEssentials
import Model
import Runtime
import Testing

@testable import Registry

/// The case in which nothing is left: database and mirror both lost. (Older database, older or lost mirror, a machine rolled back while running:
/// `MirrorTests`; two robots: `OpeningTests` and the service's own tests.)
@Suite struct LostStoreTests {
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
