import Crypto
import Database
import FoundationEssentials
import Model
import Runtime
import Testing

@testable import Registry

/// Content that was erased is nowhere any more, the row and its chain are.
@Suite struct ErasureTests {
  /// Words that stand in the content of message 1 and nowhere else.
  private static let secrets = [
    "Грозданка Незабравима", "Молба на Грозданка", "grozdanka-molba.pdf", "СВЕДЕНИЯ ОТ ФАЙЛА", "тяло на писмото", "0441234567",
  ]

  private func request(_ id: Int64) -> RegistrationRequest {
    var request = RegistrationRequest.sample(
      duplicate: DuplicateCheck(digest: SHA256.digest("\(id)"), windowDays: 30), subject: id == 1 ? Self.secrets[1] : "Молба",
      attachments: [.init(fileName: id == 1 ? Self.secrets[2] : "друг.pdf", size: 3, digest: SHA256.digest("x"))])
    request.columns.senderName = id == 1 ? Self.secrets[0] : "Друг Подател"
    request.columns.rnu = id == 1 ? Self.secrets[5] : nil
    let name = request.columns.senderName
    request.reply = ReplyPlan(kind: .confirmation) { entry, mark in
      FrozenReply(
        recipientProfileIds: [55001], subject: "Потвърждение за получаване – вх. № \(entry.number) \(mark)", rnu: nil, templateId: 1,
        fields: ["body": .string("Уважаема \(name)")])
    }
    return request
  }

  /// One message to its end, with a body, a file and what was read of it. `shared` are bytes of a second file.
  private func settle(_ id: Int64, _ registry: Registry, _ store: Store, shared: String? = nil) async throws {
    try await registry.listed([store.row(id)])
    let open = try #require(try await registry.claim([.open], limit: 1).first)
    try await registry.recordOpenIntent(open)
    let files = [id == 1 ? Self.secrets[3] : "файл \(id)"] + [shared].compactMap { $0 }
    var record = OpenedRecord.sample(
      store, id,
      blobs: files.indices.map {
        OpenedBlob(blobId: id * 10 + Int64($0), fileName: id == 1 ? Self.secrets[2] : "друг.pdf", size: nil, digest: nil, isMalicious: nil)
      })
    record.senderName = id == 1 ? Self.secrets[0] : "Друг Подател"
    record.subject = id == 1 ? Self.secrets[1] : "Молба"
    record.body = try registry.archive.store(Array((id == 1 ? Self.secrets[4] : "тяло \(id)").utf8))
    try await registry.recordOpened(open, record)
    var digests: [Digest] = []
    for _ in files {
      let fetch = try #require(try await registry.claim([.fetch], limit: 1).first)
      let object = try registry.archive.store(Array(files[(fetch.attachment ?? 1) - 1].utf8))
      digests.append(object.digest)
      try await registry.recordFetched(fetch, object)
    }
    let read = try #require(try await registry.claim([.read], limit: 1).first)
    let readings = zip(digests, files).map { ($0, DocumentReading(readerVersion: 1, kind: .text, status: .read, text: $1)) }
    try await registry.recordReadings(read, readings, submission: .sample(read.message, store))
    try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
    _ = try await registry.registered(request(id))
    let confirm = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(confirm)
    try await registry.recordSent(confirm, ssevMessageId: 900 + id, evidence: .answered)
  }

  /// Which of the secrets stand anywhere below the store's folder.
  private func found(_ store: Store, in folder: String? = nil) throws -> Set<String> {
    let root = folder ?? store.folder
    var found: Set<String> = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
      guard let data = FileManager.default.contents(atPath: "\(root)/\(name)") else { continue }
      for secret in Self.secrets where data.firstRange(of: Data(secret.utf8)) != nil { found.insert(secret) }
    }
    return found
  }

  private func verified(_ store: Store, orphans: Int = 0) async throws -> [EntryView] {
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.verify().findings == [])
    let archive = try await snapshot.verifyArchive(surroundings: store.surroundings)
    #expect(archive.isSound && archive.orphans.count == orphans)
    let entries = try await snapshot.entries(EntryQuery())
    await snapshot.close()
    return entries.sorted { $0.entry.sequence < $1.entry.sequence }
  }

  @Test func whatWasErasedIsNowhereAndTheRowStays() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await settle(1, registry, store, shared: "общ файл")
    try await settle(2, registry, store, shared: "общ файл")
    #expect(try found(store) == Set(Self.secrets), "the test must be able to see them")
    let report = try await registry.erase(store.key(1), actor: "ivanova", reason: "преписка 12")
    #expect(report.isFinished && report.fields > 5)
    #expect(report.objects == 2, "body and file; the file that another message has too stays")
    let left = try found(store)
    #expect(left == [], "at once, while the robot runs")
    let again = try await registry.erase(store.key(1), actor: "ivanova", reason: "преписка 12")
    #expect(again == ErasureReport(fields: 0, objects: 0, isFinished: true))
    let record = try #require(try await registry.message(store.key(1)))
    #expect(record.erasedAt == store.time.now())
    #expect(record.attachments.map(\.reason) == ["erased", "erased"])
    #expect(record.submission == nil && record.decision == nil && record.body == nil)
    // Its confirmation in the outbox is still known to be ours.
    let mark = Mark(environment: store.environment, epoch: try await registry.epoch(), messageId: 1, reply: .confirmation)
    #expect(try await registry.reply(marked: mark)?.state == .sent)
    #expect(try await registry.numbered(3, store).sequence == 3)
    try await registry.close()
    #expect(try found(store) == [])
    let entries = try await verified(store)
    #expect(entries.map(\.entry.sequence) == [1, 2, 3])
    let row = try #require(entries.first).columns
    #expect(row["subject"] == "(заличено)" && row["senderName"] == "(заличено)" && row["rnu"] == "(заличено)")
    #expect(row["documentType"] == "zspd-6b" && row["number"] == "ЗСПД/Д-В/1/03.07.2026")
    #expect(row[EntryViews.changes]?.contains("Съдържанието е заличено") == true)
    #expect(entries[1].columns["senderName"] == "Друг Подател")
  }

  @Test func aMessageWhoseLifeGoesOnIsNotErased() async throws {
    let store = try Store()
    let registry = try await store.started()
    _ = try await registry.numbered(1, store)
    await #expect { try await registry.erase(store.key(1), actor: "op", reason: "x") } throws: {
      ($0 as? OperatorError)?.code == "registry.erase-under-way"
    }
    await #expect { try await registry.erase(store.key(9), actor: "op", reason: "x") } throws: {
      ($0 as? OperatorError)?.code == "registry.unknown-message"
    }
  }

  static let points = [DurableStep.erasing, .mirrorRewrite, .erased, .mirror].flatMap { step in
    [step.before, step.after].flatMap { point in (1...2).map { CrashTests.Case(point: point, passage: $0) } }
  }

  @Test(arguments: points) func anErasureThatDiesIsFinishedByTheNextStart(_ crash: CrashTests.Case) async throws {
    let store = try Store()
    let registry = try await store.started()
    try await settle(1, registry, store)
    try await settle(2, registry, store)
    try await registry.close()
    store.inject(FailOnce(crash.point, passage: crash.passage))
    var isDone = false
    for _ in 0..<4 where !isDone {
      do {
        let next = try store.open()
        _ = try await next.start()
        _ = try await next.erase(store.key(1), actor: "op", reason: "x")
        #expect(try found(store) == [])
        try await next.close()
        isDone = true
      } catch let error as OperatorError { #expect(error.code == "registry.fault-injected") }
    }
    #expect(isDone)
    #expect(try found(store) == [])
    #expect(try await verified(store).count == 2)
    let events = try store.connection().one("SELECT count(*) FROM event WHERE kind = 'erasure'") { $0.integer(0) }
    #expect(events == 1)
  }

  @Test func aDownloadUnderWayIsWaitedFor() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await settle(1, registry, store)
    try await registry.listed([store.row(2)])
    let open = try #require(try await registry.claim([.open], limit: 1).first)
    // The same body as that of message 1, on its way: the file that is to go is wanted again.
    let body = try registry.archive.store(Array(Self.secrets[4].utf8))
    #expect(try await registry.erase(store.key(1), actor: "op", reason: "x").isFinished == false)
    try await registry.recordOpenIntent(open)
    var record = OpenedRecord.sample(store, 2)
    record.body = body
    try await registry.recordOpened(open, record)
    _ = try await registry.claim([.read], limit: 1)
    #expect(registry.archive.contains(body.digest), "it belongs to message 2 now")
    #expect(try found(store) == [Self.secrets[4]])
    try await registry.close()
    _ = try await verified(store)
  }

  @Test func restoredAndRecoveredStoresForgetItToo() async throws {
    let store = try Store()
    var registry = try await store.started()
    try await settle(1, registry, store)
    try await settle(2, registry, store)
    let backup = store.folder + "/backup"
    _ = try Backup.make(store.configuration, to: backup, surroundings: store.surroundings)
    try await registry.close()
    let older = try store.copyDatabase()
    registry = try await store.started()
    _ = try await registry.erase(store.key(1), actor: "op", reason: "x")
    // The next backup into the same folder holds it no longer.
    #expect(try found(store, in: backup) == Set(Self.secrets))
    _ = try Backup.make(store.configuration, to: backup, surroundings: store.surroundings)
    #expect(try found(store, in: backup) == [])
    #expect(try await Backup.drill(backup, scratch: store.folder, store.configuration, surroundings: store.surroundings).isSound)
    try await registry.close()

    // An older copy of the database learns of the erasure from the mirror.
    try store.restoreDatabase(older)
    try FileManager.default.removeItem(atPath: older)
    registry = try store.open()
    _ = try await registry.start()
    _ = try await registry.recover(actor: "op", reason: "копие")
    #expect(try found(store) == [])
    try await registry.close()
    #expect(try await verified(store).map { $0.columns["senderName"] } == ["(заличено)", "Друг Подател"])

    // And a database that is lost comes back without it, its reply still known.
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.configuration.database + suffix) }
    registry = try store.open()
    _ = try await registry.start()
    _ = try await registry.recover(actor: "op", reason: "загубена база")
    try await registry.declareMailboxes([try store.mailbox()])
    #expect(try await registry.claim([.confirm], limit: 9) == [], "nothing is answered again")
    #expect(try await registry.message(store.key(1))?.erasedAt != nil)
    #expect(try await registry.numbered(3, store).sequence == 3)
    try await registry.close()
    #expect(try await verified(store, orphans: 2).count == 3, "what the mirror does not name of message 2")
    #expect(try found(store) == [])
  }

  @Test func aValueThatIsGoneWithoutAnErasureIsFound() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await settle(1, registry, store)
    try await registry.close()
    let connection = try store.connection()
    let (event, sequence) = try #require(
      try connection.one("SELECT id, sequence FROM event WHERE kind = 'register'") { ($0.integer(0), $0.integer(1)) })
    let fields = try EventStore.fields(of: event, chain: "ЗСПД", sequence: sequence, connection)
    let subject = try #require(fields.first { $0.name == "subject" })
    try connection.transaction { transaction in
      _ = try transaction.run(
        "UPDATE event_field SET value = NULL, salt = NULL, commitment = ? WHERE event = ? AND name = 'subject'", subject.commitment, event)
    }
    connection.close()
    #expect(try await RegistrySnapshot(store.configuration).verify().findings.map(\.code) == ["erased-unfounded"])
  }

  @Test func aDocumentWithoutContentIsNotHandedOnAgain() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await settle(1, registry, store)
    _ = try await registry.erase(store.key(1), actor: "op", reason: "x")
    let number = try #require(try await registry.message(store.key(1))?.entry?.number)
    await #expect {
      try await registry.amend(number: number, .rerouting(system: "X", type: nil, typeTitle: nil), actor: "op", reason: "x", handsOff: true)
    } throws: { ($0 as? OperatorError)?.code == "registry.content-erased" }
  }
}
