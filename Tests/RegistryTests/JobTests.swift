import Crypto
import Database
import Model
import Runtime
import Testing

@testable import Registry

@Suite struct JobTests {
  private func failure(_ disposition: OperatorError.Disposition) -> OperatorError {
    OperatorError("mailbox.unreachable", "no answer", remedy: "none needed", disposition: disposition)
  }

  @Test func failuresBackOffWithJitterAndEndParked() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1)])
    var delays: [Duration] = []
    for attempt in 1...20 {
      let job = try #require(try await registry.claim([.open], limit: 1).first)
      #expect(job.attempt == attempt)
      let start = store.time.now()
      switch try await registry.fail(job, failure(.retry)) {
      case .retry(let moment):
        delays.append(moment - start)
        #expect(try await registry.claim([.open], limit: 1).isEmpty)
        #expect(try await registry.nextRunAt([.open]) == moment)
        store.time.advance(by: moment - start)
      case .parked: #expect(attempt == 20)
      }
    }
    #expect(delays.count == 19)
    for (index, delay) in delays.enumerated() {
      let plain = RetryPolicy().delay(after: index + 1)
      #expect(delay >= plain * 0.8 && delay <= plain * 1.2)
    }
    #expect(Set(delays.suffix(9)).count > 1)
    let parked = try #require(try await registry.jobs(JobFilter(states: [.parked])).first)
    #expect(parked.lastCode == "mailbox.unreachable")
    #expect(try await registry.attempts(of: parked.id).map(\.outcome) == Array(repeating: "failed", count: 19) + ["parked"])
    #expect(try await registry.counts().first?.parkedJobs == 1)

    try await registry.retry(parked.id, actor: "op", reason: "мрежата работи")
    let job = try #require(try await registry.claim([.open], limit: 1).first)
    #expect(job.attempt == 1)
    await #expect(throws: OperatorError.self) { try await registry.discard(job.id, actor: "op", reason: "проба") }
  }

  @Test func dispositionsDecideWhatBecomesOfAJob() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1), store.row(2), store.row(3)])
    let jobs = try await registry.claim([.open], limit: 3)
    let now = store.time.now()
    #expect(try await registry.fail(jobs[0], failure(.park)) == .parked)
    #expect(try await registry.fail(jobs[1], failure(.retryAfter(.seconds(90)))) == .retry(at: now + .seconds(90)))
    #expect(try await registry.fail(jobs[2], failure(.snooze(.seconds(30)))) == .retry(at: now + .seconds(30)))
    let records = try await registry.jobs(JobFilter())
    #expect(records.map(\.state) == [.parked, .available, .available])
    #expect(records.map(\.attempt) == [1, 1, 0])
    #expect(records.map(\.snoozes) == [0, 0, 1])
  }

  @Test func anOldClaimCanFinishNothing() async throws {
    let store = try Store()
    var registry = try await store.started()
    try await registry.listed([store.row(1)])
    let old = try #require(try await registry.claim([.open], limit: 1).first)
    try await registry.close()
    registry = try store.open()
    #expect(try await registry.start().rescuedJobs == 1)
    let new = try #require(try await registry.claim([.open], limit: 1).first)
    #expect(new.id == old.id)
    #expect(new.attempt == 1)
    for finish in 0..<4 {
      do {
        switch finish {
        case 0: try await registry.complete(old)
        case 1: try await registry.snooze(old, until: store.time.now(), reason: "x")
        case 2: try await registry.fail(old, failure(.retry))
        default: try await registry.recordOpenIntent(old)
        }
        Issue.record("a stale claim was honoured")
      } catch {
        #expect(error.code == "registry.stale-job")
      }
    }
    try await registry.recordOpenIntent(new)
  }

  @Test func mailboxesTakeTurns() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.declareMailboxes([try store.mailbox("1210150561400"), try store.mailbox("1210150561501")])
    try await registry.listed((1...30).map { store.row($0) })
    try await registry.listed([store.row(101), store.row(102)], "1210150561400")
    try await registry.listed([store.row(201)], "1210150561501")
    let claimed = try await registry.claim([.open], limit: 6).map(\.message.messageId)
    #expect(claimed == [1, 101, 201, 2, 102, 3])
    var next: [Int64] = []
    for _ in 0..<2 { next += try await registry.claim([.open], limit: 1).map(\.message.messageId) }
    #expect(next == [4, 5])
  }

  @Test func aPausedMailboxAndStoppedNumberingAreLeftAlone() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.decided(1, store)
    try await registry.listed([store.row(2)])
    try await registry.setPaused(Store.recipient, true, actor: "op", reason: "проба")
    #expect(try await registry.claim(Set(JobKind.allCases), limit: 9).isEmpty)
    #expect(try await registry.nextRunAt(Set(JobKind.allCases)) == nil)
    #expect(try await registry.mailbox(Store.recipient)?.pause?.actor == "op")
    try await registry.setPaused(Store.recipient, false, actor: "op", reason: "проба")
    try await registry.setNumbering(false, actor: "op", reason: "проба")
    #expect(try await registry.claim(Set(JobKind.allCases), limit: 9).map(\.kind) == [.open])
    try await registry.setNumbering(true, actor: "op", reason: "проба")
    #expect(try await registry.claim(Set(JobKind.allCases), limit: 9).map(\.kind) == [.register])
    let kinds = try store.connection().all("SELECT kind FROM event WHERE chain = '#robot' ORDER BY sequence") { $0.text(0) }
    #expect(kinds == ["open", "epoch", "opening", "pause", "resume", "numbering-stopped", "numbering-started"])
  }

  // MARK: where messages begin

  @Test func aMessageOpenedByAPersonWaitsUntilReleased() async throws {
    let store = try Store()
    let registry = try await store.started()
    let result = try await registry.recordListing(Store.recipient, rows: [store.row(1, opened: true), store.row(2)])
    #expect(result.openedByPerson == 1)
    #expect(try await registry.message(store.key(1))?.reason == HoldReason.openedByPerson)
    // Opened by a person after it was listed, before the robot came to it: the robot keeps its hands off, also when it has claimed the job.
    let job = try #require(try await registry.claim([.open], limit: 1).first)
    #expect(job.message.messageId == 2)
    #expect(try await registry.recordListing(Store.recipient, rows: [store.row(2, opened: true)]).openedByPerson == 1)
    do {
      try await registry.recordOpenIntent(job)
      Issue.record("opened what a person has opened")
    } catch {
      #expect(error.code == "registry.stale-job")
    }
    // What somebody has let go stays let go, though every later listing still shows it as opened by a person.
    try await registry.release(store.key(2), actor: "op", reason: "да се регистрира")
    #expect(try await registry.recordListing(Store.recipient, rows: [store.row(2, opened: true)]).openedByPerson == 0)
    #expect(try await registry.claim([.open], limit: 1).first?.message.messageId == 2)
    try await registry.release(store.key(1), actor: "op", reason: "да се регистрира")
    try await registry.opened(1, store)
    // Once the robot has opened it, a listing that shows it as opened means the robot itself.
    #expect(try await registry.recordListing(Store.recipient, rows: [store.row(1, opened: true)]).openedByPerson == 0)
    #expect(try await registry.message(store.key(1))?.state == .opened)
  }

  @Test func aMessageHeldAfterReadingIsReadAnewWhenReleased() async throws {
    let store = try Store()
    let registry = try await store.started()
    let blob = OpenedBlob(blobId: 1, fileName: "а.pdf", size: 3, digest: nil, isMalicious: nil)
    try await registry.listed([store.row(1)])
    try await registry.opened(1, store, blobs: [blob])
    let object = try registry.archive.store([1, 2, 3])
    try await registry.recordFetched(try #require(try await registry.claim([.fetch], limit: 1).first), object)
    try await registry.read(1, store)
    let decide = try #require(try await registry.claim([.decide], limit: 1).first)
    try await registry.recordHeld(decide, state: .waiting, reason: "same-rnu")
    #expect(try await registry.claim(Set(JobKind.allCases), limit: 9).isEmpty)
    try await registry.release(store.key(1), actor: "op", reason: "да се регистрира")
    try await registry.opened(1, store, blobs: [blob])
    // The file is there already: nothing to fetch, nothing to wait for.
    #expect(try await registry.claim([.fetch], limit: 1).isEmpty)
    try await registry.read(1, store)
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    guard case .registered(let entry) = try await registry.registered() else {
      Issue.record("not registered")
      return
    }
    #expect(entry.sequence == 1)
    #expect(try await registry.message(store.key(1))?.attachments.map(\.stored) == [object])
  }

  @Test func inShadowOnlyWhatAPersonOpenedIsReadAndNothingIsNumbered() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.declareMailboxes([try store.mailbox(mode: .shadow)])
    _ = try await registry.recordListing(Store.recipient, rows: [store.row(1)])
    #expect(try await registry.claim(Set(JobKind.allCases), limit: 9).isEmpty)
    _ = try await registry.recordListing(Store.recipient, rows: [store.row(1, opened: true)])
    try await registry.opened(1, store)
    try await registry.read(1, store)
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    #expect(try await registry.message(store.key(1))?.state == .shadowed)
    #expect(try await registry.claim(Set(JobKind.allCases), limit: 9).isEmpty)
  }

  // MARK: attachments

  @Test func readingWaitsForAttachmentsAndNotForEver() async throws {
    let store = try Store()
    let registry = try await store.started()
    let blobs = (1...2).map { OpenedBlob(blobId: $0, fileName: "файл \($0).pdf", size: nil, digest: nil, isMalicious: nil) }
    try await registry.listed([store.row(1)])
    try await registry.opened(1, store, blobs: blobs)
    let fetches = try await registry.claim([.fetch], limit: 9)
    #expect(fetches.map(\.attachment) == [1, 2])
    #expect(try await registry.claim([.read], limit: 1).isEmpty)
    let object = try registry.archive.store([1, 2, 3])
    try await registry.recordFetched(fetches[0], object)
    #expect(try await registry.claim([.read], limit: 1).isEmpty)
    _ = try await registry.fail(fetches[1], failure(.retryAfter(.seconds(7200))))
    store.time.advance(by: .seconds(3601))
    try await registry.read(1, store)
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    let told = EntryColumns.Attachment(fileName: "файл 1.pdf", size: 3, digest: object.digest)
    let open = EntryColumns.Attachment(fileName: "файл 2.pdf", size: nil, digest: nil)
    guard case .registered(let entry) = try await registry.registered(.sample(attachments: [told, open])) else {
      Issue.record("not registered")
      return
    }
    store.time.advance(by: .seconds(7200))
    let late = try #require(try await registry.claim([.fetch], limit: 1).first)
    let lateObject = try registry.archive.store([4, 5])
    try await registry.recordFetched(late, lateObject)
    let attachments = try #require(try await registry.message(store.key(1))?.attachments)
    #expect(attachments.map(\.stored) == [object, lateObject])
    try await registry.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    let history = try await snapshot.history(number: entry.number)
    #expect(history.map(\.kind) == ["register", "late-attachment"])
    let view = try #require(try await snapshot.entry(number: entry.number))
    #expect(view.columns["attachments"]?.contains(lateObject.digest.hex) == true)
    #expect(view.columns["attachmentCount"] == "2")
  }

  @Test func whatNeverComesIsNotWaitedFor() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed([store.row(1)])
    try await registry.opened(1, store, blobs: [OpenedBlob(blobId: 1, fileName: "а", size: nil, digest: nil, isMalicious: nil)])
    let fetch = try #require(try await registry.claim([.fetch], limit: 1).first)
    try await registry.recordNotFetched(fetch, reason: "gone")
    try await registry.read(1, store)
    #expect(try await registry.message(store.key(1))?.attachments.map(\.reason) == ["gone"])
  }
}
