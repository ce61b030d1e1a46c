import Database
import FoundationEssentials
import Model
import Runtime
import Testing

@testable import Registry

@Suite struct OpeningTests {
  private func code(_ body: () throws -> Registry) -> String {
    do {
      _ = try body()
      return "opened"
    } catch {
      return (error as? OperatorError)?.code ?? "\(error)"
    }
  }

  @Test func aSecondRobotIsToldWhoHoldsTheDatabase() async throws {
    let store = try Store()
    let registry = try await store.started()
    do {
      _ = try store.open()
      Issue.record("two robots on one database")
    } catch let error as OperatorError {
      #expect(error.code == "registry.locked")
      #expect(error.summary.contains("pid \(ProcessInfo.processInfo.processIdentifier) on "))
      #expect(error.summary.contains("2026-07-03T07:15:02"))
    }
    try await registry.close()
    #expect(code { try store.open() } == "opened")
  }

  @Test func aNewerSchemaIsRefused() async throws {
    let store = try Store()
    try await store.started().close()
    try store.connection().execute("PRAGMA user_version = \(Schema.newest + 1)")
    #expect(code { try store.open() } == "registry.newer")
    #expect(throws: OperatorError.self) { try RegistrySnapshot(store.configuration) }
  }

  @Test func aMigrationKeepsACopyAndIsAllOrNothing() async throws {
    let store = try Store()
    let registry = try await store.started()
    let entry = try await registry.numbered(1, store)
    try await registry.close()
    let connection = try store.connection()
    let steps = Schema.migrations
    #expect(throws: DatabaseError.self) {
      try Schema.migrate(connection, environment: store.environment, by: steps + ["CREATE TABLE more (x INTEGER) STRICT; CREATE TABLE more (x)"])
    }
    let version = "PRAGMA user_version"
    #expect(try connection.one(version) { $0.integer(0) } == Schema.newest)
    #expect(try connection.one("SELECT count(*) FROM sqlite_schema WHERE name = 'more'") { $0.integer(0) } == 0)
    try Schema.migrate(connection, environment: store.environment, by: steps + ["CREATE TABLE more (x INTEGER) STRICT"])
    #expect(try connection.one(version) { $0.integer(0) } == Schema.newest + 1)
    connection.close()
    let backup = try Connection(path: "\(store.configuration.database).schema-\(Schema.newest).backup", mode: .immutable)
    #expect(try backup.one(version) { $0.integer(0) } == Schema.newest)
    #expect(try backup.one("SELECT number FROM entry") { $0.text(0) } == entry.number)
    #expect(try backup.one("SELECT count(*) FROM sqlite_schema WHERE name = 'more'") { $0.integer(0) } == 0)
  }

  @Test func anotherEnvironmentIsRefused() async throws {
    let store = try Store()
    try await store.started().close()
    var configuration = store.configuration
    configuration.environment = try #require(EnvironmentName("production"))
    #expect(code { try Registry(configuration, surroundings: store.surroundings) } == "registry.other-environment")
  }

  @Test func aDatabaseOfAnotherProgramIsRefused() throws {
    let store = try Store()
    try FileManager.default.createDirectory(atPath: store.folder + "/db", withIntermediateDirectories: true)
    try store.connection().execute("CREATE TABLE other (x)")
    #expect(code { try store.open() } == "registry.not-ours")
  }

  @Test func aFileThatIsNoDatabaseIsRefused() throws {
    let store = try Store()
    try FileManager.default.createDirectory(atPath: store.folder + "/db", withIntermediateDirectories: true)
    try Data(repeating: 0x41, count: 9000).write(to: URL(filePath: store.configuration.database))
    #expect(code { try store.open() } == "registry.not-a-database")
  }

  @Test func aFullDiskIsNamedAndNothingHalfDoneStays() async throws {
    let store = try Store()
    let registry = try await store.started()
    try await registry.decided(1, store)
    let job = try #require(try await registry.claim([.register], limit: 1).first)
    try await registry.limitPages()
    do {
      _ = try await registry.register(job, .sample(subject: String(repeating: "дълго ", count: 100_000)))
      Issue.record("registered on a full disk")
    } catch {
      #expect(error.code == "registry.disk-full")
      #expect(error.disposition == .restart)
    }
    do {
      try await registry.complete(job)
      Issue.record("the process must end")
    } catch {
      #expect(error.code == "registry.disk-full")
    }
    try await registry.close()
    let again = try store.open()
    _ = try await again.start()
    #expect(try store.connection().one("SELECT count(*) FROM counter") { $0.integer(0) } == 0)
    let retried = try #require(try await again.claim([.register], limit: 1).first)
    guard case .registered(let entry) = try await again.register(retried, .sample()) else {
      Issue.record("not registered after the restart")
      return
    }
    #expect(entry.sequence == 1)
  }

  @Test func theCutOverOfAMailboxInUseMovesOnlyBack() async throws {
    let store = try Store()
    let registry = try await store.started()
    var old = store.row(5)
    old.dateSent = try #require(Timestamp(iso8601: "2026-06-20T00:00:00Z"))
    let result = try await registry.recordListing(Store.recipient, rows: [old, store.row(6)])
    #expect(result == ListingResult(new: 2, openedByPerson: 0, beforeTakeOver: 1, known: 0, watermark: store.row(6).dateSent))
    await #expect(throws: OperatorError.self) {
      try await registry.declareMailboxes([try store.mailbox(from: "2026-07-02T00:00:00Z")])
    }
    try await registry.declareMailboxes([try store.mailbox(from: "2026-06-01T00:00:00Z")])
    #expect(try await registry.message(store.key(5))?.state == .listed)
    #expect(try await registry.claim([.open], limit: 5).map(\.message.messageId) == [5, 6])
  }
}

extension Registry {
  /// As if the file system were full a few pages from here.
  func limitPages() throws {
    let pages = try connection.one("PRAGMA page_count") { $0.integer(0) } ?? 0
    try connection.execute("PRAGMA max_page_count = \(pages + 4)")
  }
}
