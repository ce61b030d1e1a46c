import Crypto
import Database
import FoundationEssentials
import Model
import Runtime
import Testing

@testable import Registry

/// Every case of database and mirror not agreeing, and the way back.
@Suite struct MirrorTests {
  private func mirrorBytes(_ store: Store) throws -> Data { try Data(contentsOf: URL(filePath: store.configuration.mirror)) }

  private func put(_ bytes: Data, _ store: Store) throws { try bytes.write(to: URL(filePath: store.configuration.mirror)) }

  private func copyDatabase(_ store: Store, to name: String) throws {
    try FileManager.default.copyItem(atPath: store.configuration.database, toPath: store.folder + "/" + name)
  }

  private func restoreDatabase(_ store: Store, from name: String) throws {
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.configuration.database + suffix) }
    try FileManager.default.copyItem(atPath: store.folder + "/" + name, toPath: store.configuration.database)
  }

  private func send(_ registry: Registry, _ ssevId: Int64) async throws {
    let job = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(job)
    try await registry.recordSent(job, ssevMessageId: ssevId, evidence: .answered)
  }

  @Test func nothingLeavesBeforeItsEventIsInTheMirror() async throws {
    let store = try Store()
    let registry = try await store.started()
    let entry = try await registry.numbered(1, store)
    let before = try mirrorBytes(store)
    #expect(!String(decoding: before, as: UTF8.self).contains(entry.number))
    let job = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(job)
    let after = String(decoding: try mirrorBytes(store), as: UTF8.self)
    #expect(after.contains(entry.number))
    #expect(after.contains(#""value":"reply-sending""#))
  }

  @Test func aMirrorThatIsBehindIsBroughtUp() async throws {
    let store = try Store()
    var registry = try await store.started()
    _ = try await registry.numbered(1, store)
    try await registry.mirrorFlush()
    let earlier = try mirrorBytes(store)
    _ = try await registry.numbered(2, store)
    try await registry.close()
    let whole = try mirrorBytes(store)
    try put(earlier, store)
    registry = try store.open()
    let report = try await registry.start()
    #expect(report.mirror == .equal)
    #expect(report.mirrored > 0)
    #expect(try mirrorBytes(store) == whole)
  }

  @Test func theKnownPartOfTheMirrorGrowsWhileTheRobotRuns() async throws {
    let store = try Store()
    let registry = try await store.started()
    func known() throws -> Int64 {
      let text = try store.connection().one("SELECT value FROM meta WHERE name = 'mirror'") { $0.text(0) } ?? ""
      return try #require(text.split(separator: " ").dropFirst().first.flatMap { Int64($0) })
    }
    let first = try known()
    for id in 1...40 { _ = try await registry.numbered(Int64(id), store) }
    let events = try #require(try store.connection().one("SELECT max(id) FROM event") { $0.integer(0) })
    let later = try known()
    #expect(later > first)
    #expect(events - later < 80)
  }

  @Test func aLostMirrorIsWrittenAnew() async throws {
    let store = try Store()
    var registry = try await store.started()
    _ = try await registry.numbered(1, store)
    try await registry.close()
    let whole = try mirrorBytes(store)
    try FileManager.default.removeItem(atPath: store.configuration.mirror)
    registry = try store.open()
    #expect(try await registry.start().mirror == .equal)
    #expect(try mirrorBytes(store) == whole)
  }

  @Test(arguments: [1, 40, 400]) func aTornLastLineIsMendedFromTheDatabase(missing: Int) async throws {
    let store = try Store()
    var registry = try await store.started()
    _ = try await registry.numbered(1, store)
    try await registry.close()
    let whole = try mirrorBytes(store)
    try put(whole.dropLast(missing), store)
    registry = try store.open()
    let report = try await registry.start()
    #expect(report.mirror == .equal)
    #expect(report.mirrored == 1)
    #expect(try mirrorBytes(store) == whole)
    try await registry.close()
    // Room that the file system reserved and never filled reads as zeros.
    try put(whole.dropLast(missing) + Data(repeating: 0, count: 100), store)
    registry = try store.open()
    #expect(try await registry.start().mirror == .equal)
    #expect(try mirrorBytes(store) == whole)
  }

  /// A power cut keeps any sectors of what was not synced: the file is as long as it was going to be, and zeros stand anywhere in it.
  @Test(arguments: [0..<1, 0..<700, 300..<301, 700..<1_400, 1_000..<2_000, 0..<2_500])
  func holesInTheLastAppendAreMendedFromTheDatabase(hole: Range<Int>) async throws {
    let store = try Store()
    var registry = try await store.started()
    _ = try await registry.numbered(1, store)
    let synced = try mirrorBytes(store).count
    for id in 2...4 { _ = try await registry.numbered(Int64(id), store) }
    try await registry.close()
    let whole = try mirrorBytes(store)
    var torn = whole
    for place in hole where synced + place < torn.count { torn[synced + place] = 0 }
    // The place that is known to be synced is before them.
    func forgetPlace() throws { try store.connection().execute("DELETE FROM meta WHERE name = 'mirror'") }
    try forgetPlace()
    try put(torn, store)
    registry = try store.open()
    #expect(try await registry.start().mirror == .equal)
    #expect(try mirrorBytes(store) == whole)
    try await registry.close()
    try forgetPlace()
    // A single byte that the database would not write there is no hole.
    torn[synced + 5] = torn[synced + 5] == 0x78 ? 0x79 : 0x78
    try put(torn, store)
    registry = try store.open()
    #expect(try await registry.start().mirror != .equal)
    #expect(try mirrorBytes(store) == torn)
  }

  @Test func aTornLineThatTheDatabaseDoesNotKnowStopsNumbering() async throws {
    let store = try Store()
    var registry = try await store.started()
    _ = try await registry.numbered(1, store)
    try await registry.close()
    try put(try mirrorBytes(store) + Data(#"{"chain":"ЗСПД","fields":[{"comm"#.utf8), store)
    registry = try store.open()
    #expect(try await registry.start().mirror != .equal)
    #expect(try await registry.claim(Set(JobKind.allCases), limit: 9).isEmpty)
  }

  @Test func aChangedMirrorIsCalledDiverged() async throws {
    let store = try Store()
    var registry = try await store.started()
    _ = try await registry.numbered(1, store)
    try await registry.close()
    // The same history but for one registration, from another random source: what a second robot would write.
    let other = try Store(seed: 2)
    let second = try await other.started()
    _ = try await second.numbered(1, other)
    try await second.close()
    try put(try mirrorBytes(other), store)
    registry = try store.open()
    guard case .diverged = try await registry.start().mirror else {
      Issue.record("two histories were taken for one")
      return
    }
    for recovering in [false, true] {
      do {
        if recovering {
          _ = try await registry.recover(actor: "op", reason: "проба")
        } else {
          try await registry.setNumbering(false, actor: "op", reason: "проба")
        }
        Issue.record("written although the histories differ")
      } catch {
        #expect(error.code == "registry.mirror-diverged")
      }
    }
  }

  @Test func anOlderDatabaseStopsUntilRecoveredAndNoNumberIsReissued() async throws {
    let store = try Store()
    var registry = try await store.started()
    let first = try await registry.numbered(1, store)
    try await send(registry, 901)
    try await registry.close()
    try copyDatabase(store, to: "older.sqlite")
    registry = try await store.started()
    let oldEpoch = try await registry.epoch()
    let check = DuplicateCheck(digest: SHA256.digest("same"), windowDays: 30)
    let second = try await registry.numbered(2, store, .sample(duplicate: check))
    try await send(registry, 902)
    let third = try await registry.numbered(3, store)
    let confirm = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(confirm)
    let frozen = try await registry.reply(for: confirm).frozen
    try await registry.close()
    try restoreDatabase(store, from: "older.sqlite")

    registry = try store.open()
    let report = try await registry.start()
    guard case .ahead = report.mirror else {
      Issue.record("the older database was not noticed: \(report)")
      return
    }
    #expect(try await registry.numbering() == .blocked(report.mirror))
    do {
      _ = try await registry.recordListing(Store.recipient, rows: [store.row(2, opened: true)])
      Issue.record("listed before recovery")
    } catch {
      #expect(error.code == "registry.mirror-ahead")
    }
    store.time.advance(by: .seconds(60))
    let recovery = try await registry.recover(actor: "op", reason: "възстановено копие")
    #expect(recovery.entries == 2)
    #expect(recovery.replies == 2)
    #expect(recovery.epoch.ordinal == oldEpoch.ordinal + 1)

    // What was answered stays answered, what was being sent is uncertain with the very words of before.
    #expect(try await registry.message(store.key(2))?.state == .settled)
    #expect(try await registry.message(store.key(2))?.entry == NumberedEntry(second, id: 2))
    let uncertain = try await registry.claim([.confirm], limit: 9)
    #expect(uncertain.map(\.message.messageId) == [3])
    let reply = try await registry.reply(for: try #require(uncertain.first))
    #expect(reply.state == .uncertain)
    #expect(reply.frozen == frozen)
    #expect(reply.entry?.number == third.number)
    // The opening was ours: a listing that shows the message as opened changes nothing.
    let listing = try await registry.recordListing(Store.recipient, rows: [store.row(2, opened: true), store.row(3, opened: true)])
    #expect(listing.openedByPerson == 0)
    #expect(listing.new == 0)
    // Numbers run on, and the duplicate key is known again.
    let fourth = try await registry.numbered(4, store)
    #expect([first, second, third, fourth].map(\.sequence) == [1, 2, 3, 4])
    try await registry.decided(5, store)
    #expect(try await registry.registered(.sample(duplicate: check)) == .duplicate(of: NumberedEntry(second, id: 2)))
    try await registry.close()

    registry = try store.open()
    #expect(try await registry.start().mirror == .equal)
    try await registry.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.verify().findings == [])
  }

  @Test func aLostDatabaseComesBackFromTheMirrorAlone() async throws {
    let store = try Store()
    var registry = try await store.started()
    let object = try registry.archive.store([9, 9, 9])
    let attachment = EntryColumns.Attachment(fileName: "молба.pdf", size: 3, digest: object.digest)
    let entry = try await registry.numbered(1, store, .sample(attachments: [attachment], handsOff: true))
    try await send(registry, 901)
    try await registry.setNumbering(false, actor: "op", reason: "проба")
    try await registry.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    let view = try await snapshot.entry(number: entry.number)
    await snapshot.close()
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.configuration.database + suffix) }
    registry = try store.open()
    guard case .ahead = try await registry.start().mirror else {
      Issue.record("an empty database went to work")
      return
    }
    let recovery = try await registry.recover(actor: "op", reason: "загубена база")
    #expect(recovery.epoch.ordinal == 2)
    guard case .stopped = try await registry.numbering() else {
      Issue.record("the switch was forgotten")
      return
    }
    let message = try #require(try await registry.message(store.key(1)))
    #expect(message.entry == entry)
    #expect(message.attachments.map(\.stored) == [object])
    try await registry.declareMailboxes([try store.mailbox()])
    #expect(try await registry.claim([.handoff], limit: 1).count == 1)
    try await registry.close()
    let after = try RegistrySnapshot(store.configuration)
    #expect(try await after.entry(number: entry.number) == view)
    #expect(try await after.verify().isSound)
  }

  @Test(arguments: [DurableStep.recover.before, DurableStep.recover.after, DurableStep.mirror.before, DurableStep.mirror.after])
  func aRecoveryThatDiesIsRepeated(at point: FaultPoint) async throws {
    let store = try Store()
    var registry = try await store.started()
    try await registry.close()
    try copyDatabase(store, to: "older.sqlite")
    registry = try await store.started()
    let entry = try await registry.numbered(1, store)
    try await registry.close()
    try restoreDatabase(store, from: "older.sqlite")
    store.inject(FailOnce(point))
    registry = try store.open()
    _ = try await registry.start()
    await #expect(throws: OperatorError.self) { try await registry.recover(actor: "op", reason: "проба") }
    try await registry.close()
    registry = try store.open()
    if try await registry.start().mirror != .equal { _ = try await registry.recover(actor: "op", reason: "проба") }
    #expect(try await registry.message(store.key(1))?.entry == entry)
    try await registry.declareMailboxes([try store.mailbox()])
    #expect(try await registry.numbered(2, store).sequence == 2)
    try await registry.close()
    #expect(try await RegistrySnapshot(store.configuration).verify().findings == [])
  }

  @Test func aMachineRolledBackWhileRunningGivesNoNumberTwice() async throws {
    let store = try Store()
    let registry = try await store.started()
    _ = try await registry.numbered(1, store)
    try await registry.mirrorFlush()
    try await registry.decided(2, store)
    let job = try #require(try await registry.claim([.register], limit: 1).first)
    // What the machine wrote after the snapshot it was rolled back to, on the other disk.
    try put(try mirrorBytes(store) + Data("{}\n".utf8), store)
    do {
      _ = try await registry.register(job, .sample())
      Issue.record("a number was given although the mirror knows more")
    } catch {
      #expect(error.code == "registry.mirror-changed")
      #expect(error.disposition == .restart)
    }
    #expect(try store.connection().one("SELECT count(*) FROM entry") { $0.integer(0) } == 1)
  }
}

extension NumberedEntry {
  /// The same entry as another database numbers its rows.
  init(_ entry: NumberedEntry, id: Int64) {
    self = entry
    self.id = id
  }
}
