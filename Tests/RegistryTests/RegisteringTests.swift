import Crypto
import Model
@testable import Registry
import Runtime
import Testing

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
}
