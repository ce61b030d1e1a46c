import Crypto
import Database
import Model
import Runtime
import Testing

@testable import Registry

/// What the queue promises beyond the order of jobs: claims that end, budgets by kind of error, one commit for many.
@Suite struct QueueTests {
  private func outage() -> OperatorError {
    OperatorError("mailbox.gateway", "no answer", remedy: "none needed", disposition: .retry, budget: .patience)
  }

  /// Every row of the database, but for the attempts' own book-keeping of the mirror.
  private func content(_ store: Store) throws -> [String] {
    let connection = try store.connection()
    let tables = try connection.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") { $0.text(0) }
    return try tables.flatMap { table in
      let columns = try connection.all("SELECT name FROM pragma_table_info('\(table)')") { "quote(\($0.text(0)))" }
      return try connection.all("SELECT \(columns.joined(separator: " || '|' || ")) FROM \(table)") { "\(table)|\($0.text(0))" }.sorted()
    }
  }

  /// Every way to finish a claim.
  private func finishes(_ job: Job, _ store: Store, _ object: StoredObject) -> [(name: String, call: @Sendable (isolated Registry) throws -> Void)] {
    let error = OperatorError("mailbox.gateway", "x", remedy: "x", disposition: .retry)
    let now = store.time.now()
    let opened = OpenedRecord.sample(store, 1)
    let submission = Submission.sample(job.message, store)
    return [
      ("complete", { try $0.complete(job) }), ("snooze", { try $0.snooze(job, until: now, reason: "x") }),
      ("fail", { try $0.fail(job, error) }), ("renew", { try $0.renew(job) }),
      ("fail and park", { try $0.fail(job, OperatorError("x", "x", remedy: "x")) }),
      ("recordOpenIntent", { try $0.recordOpenIntent(job) }), ("recordOpened", { try $0.recordOpened(job, opened) }),
      ("recordFetched", { try $0.recordFetched(job, object) }), ("recordNotFetched", { try $0.recordNotFetched(job, reason: "gone") }),
      ("recordReadings", { try $0.recordReadings(job, [], submission: submission) }), ("recordDecision", { try $0.recordDecision(job, .sample) }),
      ("recordHeld", { try $0.recordHeld(job, state: .waiting, reason: "x") }), ("register", { _ = try $0.register(job, .sample()) }),
      ("recordSending", { try $0.recordSending(job) }), ("recordSent", { try $0.recordSent(job, ssevMessageId: 1, evidence: .answered) }),
      ("recordUncertain", { try $0.recordUncertain(job, error, lookAt: now) }), ("recordNotFound", { try $0.recordNotFound(job, next: now) }),
      ("recordNotSent", { try $0.recordNotSent(job, error) }), ("recordHandedOff", { try $0.recordHandedOff(job, system: "ИИС", reference: "1") }),
    ]
  }

  @Test func aLateFinishOfARescuedJobChangesNothing() async throws {
    let store = try Store()
    var registry = try await store.started()
    try await registry.listed([store.row(1)])
    let old = try #require(try await registry.claim([.open], limit: 1).first)
    let object = try registry.archive.store([1, 2, 3])
    try await registry.close()
    registry = try store.open()
    #expect(try await registry.start().rescuedJobs == 1)
    // Once before anybody else has the job, and once after.
    for _ in 0..<2 {
      let before = try content(store)
      for (name, call) in finishes(old, store, object) {
        do {
          try await registry.perform(call)
          Issue.record("\(name) of a stale claim was honoured")
        } catch let error as OperatorError {
          #expect(error.code == "registry.stale-job", "\(name)")
        }
        #expect(try content(store) == before, "\(name) changed something")
      }
      let batch = try await registry.register([(old, .sample())])
      #expect(throws: OperatorError.self) { try batch.first?.get() }
      #expect(try content(store) == before)
      _ = try await registry.claim([.open], limit: 1)
    }
  }

  @Test func aHungClaimEndsAndItsReplyBecomesUncertain() async throws {
    let store = try Store()
    let registry = try await store.started()
    _ = try await registry.numbered(1, store)
    let hung = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(hung)
    store.time.advance(by: store.configuration.lease - .seconds(1))
    #expect(try await registry.claim([.confirm], limit: 1).isEmpty)
    // A sign of life is a lease of its own.
    try await registry.renew(hung)
    store.time.advance(by: store.configuration.lease - .seconds(1))
    #expect(try await registry.claim([.confirm], limit: 1).isEmpty)
    store.time.advance(by: .seconds(2))
    #expect(try await registry.claim([.confirm], limit: 1).isEmpty)
    let record = try #require(try await registry.jobs(JobFilter(kinds: [.confirm])).first)
    #expect(record.state == .available && record.lastCode == "registry.lease-expired" && record.attempt == 1)
    store.time.advance(by: .seconds(60))
    let next = try #require(try await registry.claim([.confirm], limit: 1).first)
    #expect(next.attempt == 2 && next.token == hung.token + 2)
    #expect(try await registry.reply(for: next).state == .uncertain)
    do {
      try await registry.recordSent(hung, ssevMessageId: 1, evidence: .answered)
      Issue.record("a claim that was taken back finished")
    } catch {
      #expect(error.code == "registry.stale-job")
    }
    #expect(try await registry.attempts(of: next.id).map(\.outcome) == ["rescued", "running"])
    try await registry.recordSent(next, ssevMessageId: 1, evidence: .found)
  }

  /// A step that hangs each time is the message's own fault.
  @Test func aJobThatAlwaysHangsIsParked() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1)])
    for _ in 0..<20 {
      _ = try #require(try await registry.claim([.open], limit: 1).first)
      store.time.advance(by: store.configuration.lease)
      #expect(try await registry.claim([.open], limit: 1).isEmpty)
      store.time.advance(by: .seconds(3600))
    }
    let record = try #require(try await registry.jobs(JobFilter()).first)
    #expect(record.state == .parked && record.lastCode == "registry.lease-expired")
    #expect(try await registry.attempts(of: record.id).count == 20)
  }

  @Test func anOutageUsesUpPatienceAndNoAttempts() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1)])
    let own = OperatorError("mailbox.bad-response", "x", remedy: "x", disposition: .retry)
    var job = try #require(try await registry.claim([.open], limit: 1).first)
    guard case .retry(let first) = try await registry.fail(job, own) else { return }
    store.time.advance(by: first - store.time.now())
    var delays: [Duration] = []
    let start = store.time.now()
    // Two days without ССЕВ: far more failures than attempts.
    while store.time.now() < start + .seconds(2 * 86_400) {
      job = try #require(try await registry.claim([.open], limit: 1).first)
      #expect(job.attempt == 2)
      guard case .retry(let moment) = try await registry.fail(job, outage()) else {
        Issue.record("parked by an outage of \((store.time.now() - start).components.seconds) s")
        return
      }
      delays.append(moment - store.time.now())
      store.time.advance(by: moment - store.time.now())
    }
    #expect(delays.count > 60)
    #expect(delays.prefix(4).map { $0.components.seconds / 8 } == [1, 2, 5, 10] || delays[3] > delays[0] * 4)
    #expect(delays.allSatisfy { $0 <= RetryPolicy().longest * 1.2 })
    // What the message itself does still counts from where it stood.
    job = try #require(try await registry.claim([.open], limit: 1).first)
    guard case .retry(let again) = try await registry.fail(job, own) else { return }
    #expect(try await registry.jobs(JobFilter()).first?.attempt == 2)
    // A second outage has all its patience, and then it is a person's turn.
    store.time.advance(by: again - store.time.now())
    let second = store.time.now()
    while true {
      job = try #require(try await registry.claim([.open], limit: 1).first)
      guard case .retry(let moment) = try await registry.fail(job, outage()) else { break }
      store.time.advance(by: moment - store.time.now())
    }
    let lasted = store.time.now() - second
    #expect(lasted >= RetryPolicy().patience && lasted < RetryPolicy().patience + .seconds(3600))
    let parked = try #require(try await registry.jobs(JobFilter(states: [.parked])).first)
    #expect(parked.lastCode == "mailbox.gateway")
    // Nothing of its history is lost, and a person can begin anew.
    #expect(try await registry.attempts(of: parked.id).count > 300)
    try await registry.retry(parked.id, actor: "op", reason: "ССЕВ е отново там")
    job = try #require(try await registry.claim([.open], limit: 1).first)
    #expect(job.attempt == 1)
    guard case .retry = try await registry.fail(job, outage()) else {
      Issue.record("parked at once after a person's retry")
      return
    }
  }

  // MARK: group commit

  @Test func manyRegistrationsShareACommitAndOneThatFailsIsUndoneAlone() async throws {
    let store = try Store()
    let registry = try await store.started()
    for id in 1...5 { try await registry.decided(Int64(id), store, profile: Int64(id)) }
    let jobs = try await registry.claim([.register], limit: 5)
    var requests = jobs.map { _ in RegistrationRequest.sample() }
    // Prints the number of the first again: found only after counter and number were taken.
    requests[2] = .sample(.sample("Друг", template: "ЗСПД/{unit.index}/{seq}/{date:dd.MM.yyyy}"))
    // Can be seen without looking into the database.
    requests[3] = .sample(.sample(numbering: .byTarget))
    let commits = CommitCount()
    store.inject(commits)
    try await registry.close()
    let second = try store.open()
    _ = try await second.start()
    let claimed = try await second.claim([.register], limit: 5)
    let before = commits.count
    let results = try await second.register(zip(claimed, requests).map { ($0, $1) })
    #expect(commits.count == before + 1)
    let words = results.map { result in
      switch result {
      case .success(.registered(let entry)): "№ \(entry.sequence)"
      case .success: "?"
      case .failure(let error): error.code
      }
    }
    #expect(words == ["№ 1", "№ 2", "registry.number-exists", "registry.target-numbers-not-available", "№ 3"])
    // Nothing of the failed ones is left: no counter, no chain of the other journal, no reply, no job.
    let counters = try store.connection().all("SELECT journal, next FROM counter") { "\($0.text(0)) \($0.integer(1))" }
    #expect(counters == ["ЗСПД 4"])
    #expect(try store.connection().one("SELECT count(*) FROM reply") { $0.integer(0) } == 3)
    try await second.close()
    #expect(try await RegistrySnapshot(store.configuration).verify().findings == [])
  }

  @Test func aGroupThatCannotBeCommittedNeverHappened() async throws {
    let store = try Store()
    store.inject(FailOnce(DurableStep.register.before))
    var registry = try await store.started()
    for id in 1...3 { try await registry.decided(Int64(id), store, profile: Int64(id)) }
    let jobs = try await registry.claim([.register], limit: 3)
    do {
      _ = try await registry.register(jobs.map { ($0, .sample()) })
      Issue.record("the commit must fail")
    } catch {
      #expect(error.disposition == .restart)
    }
    try? await registry.close()
    store.inject(NoFaults())
    registry = try await store.started()
    #expect(try store.connection().one("SELECT count(*) FROM entry") { $0.integer(0) } == 0)
    let again = try await registry.claim([.register], limit: 3)
    let numbers = try await registry.register(again.map { ($0, .sample()) }).map { try $0.get() }
    #expect(numbers.count == 3)
  }
}

extension Registry {
  /// Runs one call on the registry's thread.
  fileprivate func perform(_ call: @Sendable (isolated Registry) throws -> Void) throws { try call(self) }
}

/// Counts commits of registrations.
private final class CommitCount: FaultInjector {
  private let seen = RunningCount()

  var count: Int { seen.value }

  func reach(_ point: FaultPoint) { if point == DurableStep.register.after { seen.add() } }
}
