import Database
import Model
import Runtime
import Testing

@testable import Registry

/// The process dies (here: a throw, after which the registry refuses everything) on either side of every durable step. Whatever a new process then
/// finds, carrying on leads to the same end as if nothing had happened.
@Suite struct CrashTests {
  /// Where the message is when a step can be the last one.
  struct Case: Sendable, CustomTestStringConvertible {
    var point: FaultPoint
    var passage: Int
    var testDescription: String { "\(point.name) \(passage)" }
  }

  static let cases = DurableStep.all.flatMap { step in
    [step.before, step.after].flatMap { point in (1...3).map { Case(point: point, passage: $0) } }
  }

  @Test(arguments: cases) func carryingOnAfterACrashLeadsToTheSameEnd(_ crash: Case) async throws {
    let store = try Store(seed: 7)
    store.inject(FailOnce(crash.point, passage: crash.passage))
    var sent: [String: Int] = [:]
    var deaths = 0
    // A process that dies is followed by another, until one has nothing left to do.
    while true {
      do {
        let registry = try store.open()
        try await life(of: registry, store, &sent)
        try await registry.close()
        break
      } catch let error as OperatorError {
        deaths += 1
        #expect(error.code == "registry.fault-injected")
        try #require(deaths < 3)
      }
    }
    let snapshot = try RegistrySnapshot(store.configuration)
    let entries = try await snapshot.entries(EntryQuery())
    #expect(entries.map(\.entry.sequence).sorted() == [1, 2])
    #expect(Set(entries.map(\.entry.message.messageId)) == [11, 12])
    #expect(try await snapshot.verify().findings == [])
    #expect(try await snapshot.jobs(JobFilter()) == [])
    for id in [11, 12] as [Int64] {
      #expect(try await snapshot.message(store.key(id))?.state == .settled)
      #expect(try await snapshot.replies(to: store.key(id)).map(\.state) == [.sent])
    }
    // Sent at most once for certain: what a crash made uncertain was looked up.
    #expect(sent.count == 2)
    #expect(sent.values.allSatisfy { $0 == 1 })
  }

  /// One process: everything the robot does for two messages, one with an attachment.
  private func life(of registry: Registry, _ store: Store, _ sent: inout [String: Int]) async throws {
    let report = try await registry.start()
    #expect(report.mirror == .equal)
    try await registry.declareMailboxes([try store.mailbox()])
    try await registry.setPaused(Store.recipient, true, actor: "op", reason: "проба")
    try await registry.setPaused(Store.recipient, false, actor: "op", reason: "проба")
    _ = try await registry.recordListing(Store.recipient, rows: [store.row(11), store.row(12)])
    _ = try await registry.closeDay()
    while let job = try await registry.claim(Set(JobKind.allCases), limit: 1).first {
      try await work(job, registry, store, &sent)
      store.time.advance(by: .seconds(1))
    }
  }

  private func work(_ job: Job, _ registry: Registry, _ store: Store, _ sent: inout [String: Int]) async throws {
    switch job.kind {
    case .open:
      try await registry.recordOpenIntent(job)
      let blob = OpenedBlob(blobId: 5, fileName: "молба.pdf", size: 3, digest: nil, isMalicious: nil)
      try await registry.recordOpened(job, .sample(store, job.message.messageId, profile: job.message.messageId, blobs: [blob]))
    case .fetch: try await registry.recordFetched(job, try registry.archive.store([1, 2, 3]))
    case .read: try await registry.recordReadings(job, [], submission: .sample(job.message, store))
    case .decide: try await registry.recordDecision(job, .sample)
    case .register: _ = try await registry.register(job, .sample(handsOff: true))
    case .handoff: try await registry.recordHandedOff(job, system: "ИИС", reference: "1")
    case .confirm:
      let reply = try await registry.reply(for: job)
      if reply.state == .uncertain, sent[reply.frozen.subject] != nil {
        try await registry.recordSent(job, ssevMessageId: 9, evidence: .found)
      } else {
        try await registry.recordSending(job)
        // The call itself: from here on the sender may have it.
        sent[reply.frozen.subject, default: 0] += 1
        try await registry.recordSent(job, ssevMessageId: 9, evidence: .answered)
      }
    }
  }

  @Test func afterAFailedCommitTheRegistryRefusesEverything() async throws {
    let store = try Store()
    store.inject(FailOnce(DurableStep.listing.before))
    let registry = try await store.started()
    for _ in 0..<2 {
      do {
        _ = try await registry.recordListing(Store.recipient, rows: [store.row(1)])
        Issue.record("the second call must fail like the first")
      } catch {
        #expect(error.disposition == .restart)
      }
    }
    #expect(try store.connection().one("SELECT count(*) FROM message") { $0.integer(0) } == 0)
  }
}
