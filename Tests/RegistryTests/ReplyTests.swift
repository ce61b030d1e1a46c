import Model
import Runtime
import Testing

@testable import Registry

@Suite struct ReplyTests {
  private let error = OperatorError("mailbox.cut", "the answer was cut", remedy: "none needed", disposition: .retry)

  @Test func uncertaintyIsCountedAndEndsByLookingOrSendingAgain() async throws {
    let store = try Store()
    let registry = try await store.started()
    _ = try await registry.numbered(1, store)
    var job = try #require(try await registry.claim([.confirm], limit: 1).first)
    let worded = try await registry.reply(for: job)
    try await registry.recordSending(job)
    try await registry.recordUncertain(job, error, lookAt: store.time.now() + .seconds(60))
    #expect(try await registry.claim([.confirm], limit: 1).isEmpty)
    for lookup in 1...2 {
      store.time.advance(by: .seconds(60))
      job = try #require(try await registry.claim([.confirm], limit: 1).first)
      #expect(job.attempt == 1)
      try await registry.recordNotFound(job, next: store.time.now() + .seconds(60))
      #expect(try await registry.reply(marked: worded.mark)?.lookups == lookup)
    }
    store.time.advance(by: .seconds(60))
    job = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(job)
    let again = try await registry.reply(for: job)
    #expect(again.resends == 1)
    #expect(again.lookups == 0)
    #expect(again.frozen == worded.frozen)
    #expect(try await registry.repliesInLastHour(senderProfileId: 55001) == 1)
    // Refused this time; the first time is as uncertain as before.
    #expect(try await registry.recordNotSent(job, error) != .parked)
    #expect(try await registry.reply(marked: worded.mark)?.state == .uncertain)
    store.time.advance(by: .seconds(120))
    job = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSent(job, ssevMessageId: 77, evidence: .found)
    #expect(try await registry.reply(marked: worded.mark)?.ssevMessageId == 77)
    store.time.advance(by: .seconds(3601))
    #expect(try await registry.repliesInLastHour(senderProfileId: 55001) == 0)
  }

  @Test func aRefusedReplyIsSentLaterInTheSameWords() async throws {
    let store = try Store()
    let registry = try await store.started()
    _ = try await registry.numbered(1, store)
    let job = try #require(try await registry.claim([.confirm], limit: 1).first)
    let worded = try await registry.reply(for: job)
    try await registry.recordSending(job)
    _ = try await registry.recordNotSent(job, error)
    let after = try #require(try await registry.reply(marked: worded.mark, of: Store.recipient))
    #expect(after.state == .intended)
    #expect(after.frozen == worded.frozen)
    #expect(try await registry.reply(marked: worded.mark, of: "1210150561400") == nil)
  }

  @Test func whatWasBeingSentInACrashIsUncertainFromTheNewStartOn() async throws {
    let store = try Store()
    var registry = try await store.started()
    _ = try await registry.numbered(1, store)
    let job = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(job)
    try await registry.close()
    store.time.advance(by: .seconds(500))
    registry = try store.open()
    let report = try await registry.start()
    #expect(report.rescuedJobs == 1)
    #expect(report.uncertainReplies == 1)
    let rescued = try #require(try await registry.claim([.confirm], limit: 1).first)
    let reply = try await registry.reply(for: rescued)
    #expect(reply.state == .uncertain)
    #expect(reply.uncertainSince == store.time.now())
  }

  @Test func aMessageWithoutANumberCanBeAnswered() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1)])
    try await registry.opened(1, store)
    try await registry.read(1, store)
    let job = try #require(try await registry.claim([.decide], limit: 1).first)
    let decision = Decision(
      outcome: .notRegistered(reason: "празно"), explanation: Explanation(ruleset: "АСП", version: "1", digest: ""))
    try await registry.recordDecision(
      job, decision,
      replyWithoutNumber: UnnumberedReplyPlan(kind: .notConfirmed) { mark in
        FrozenReply(recipientProfileIds: [55001], subject: "Получаването не се потвърждава \(mark)", rnu: nil, templateId: 1, fields: [:])
      })
    let message = try #require(try await registry.message(store.key(1)))
    #expect(message.state == .notRegistered)
    #expect(message.reason == "празно")
    #expect(message.decision == decision)
    let confirm = try #require(try await registry.claim([.confirm], limit: 1).first)
    #expect(try await registry.reply(for: confirm).entry == nil)
    try await registry.recordSending(confirm)
    try await registry.recordSent(confirm, ssevMessageId: 5, evidence: .answered)
    try await registry.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.history(of: store.key(1)).map(\.kind) == ["opening", "not-registered", "reply-sending", "reply-sent"])
  }
}
