import Database
import FoundationEssentials
import Model
import Runtime
import Testing

@testable import Registry

/// A store with data at every earlier schema is brought up, keeps everything, and goes on numbering.
@Suite struct MigrationTests {
  /// A database as the program of schema `version` would have left it: its own tables, indexes and triggers, with the rows of a real one as far as
  /// that schema has columns for them.
  private func older(_ version: Int, than store: Store) throws {
    let path = store.configuration.database
    let newer = path + ".newer"
    try FileManager.default.moveItem(atPath: path, toPath: newer)
    let connection = try Connection(path: path, mode: .readWrite)
    for script in Schema.migrations.prefix(version) { try connection.execute(script) }
    // Rows are put in as they are: the rules about how they came to be are those of the robot, not of a copy.
    let triggers = try connection.all("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'") { ($0.text(0), $0.text(1)) }
    for (name, _) in triggers { try connection.execute("DROP TRIGGER \(name)") }
    try connection.execute("PRAGMA foreign_keys = OFF; ATTACH '\(newer)' AS newer")
    for table in try connection.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", body: { $0.text(0) }) {
      let columns = try connection.all("SELECT name FROM pragma_table_info('\(table)')") { $0.text(0) }.joined(separator: ", ")
      try connection.execute("INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM newer.\(table)")
    }
    for (_, sql) in triggers { try connection.execute(sql) }
    try connection.execute("DETACH newer; PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(version)")
    connection.close()
  }

  @Test(arguments: 1..<Int(Schema.newest)) func everyEarlierSchemaIsBroughtUpWithItsData(_ version: Int) async throws {
    let store = try Store()
    var registry = try await store.started()
    for id in 1...3 { _ = try await registry.numbered(Int64(id), store) }
    let sent = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(sent)
    try await registry.recordSent(sent, ssevMessageId: 900, evidence: .answered)
    let lost = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(lost)
    try await registry.recordUncertain(lost, OperatorError("x.y", "x", remedy: "x", disposition: .retry), lookAt: store.time.now())
    try await registry.close()
    try older(version, than: store)

    #expect(throws: OperatorError.self, "looking changes nothing, so it cannot bring a database up") { try RegistrySnapshot(store.configuration) }
    registry = try await store.started()
    #expect(FileManager.default.fileExists(atPath: "\(store.configuration.database).schema-\(version).backup"))
    let uncertain = try #require(try await registry.claim([.confirm], limit: 2).first { $0.message.messageId == lost.message.messageId })
    #expect(try await registry.reply(for: uncertain).state == .uncertain)
    #expect(try await registry.numbered(4, store).sequence == 4)
    try await registry.close()
    let snapshot = try RegistrySnapshot(store.configuration)
    #expect(try await snapshot.verify().findings == [])
    #expect(try await snapshot.entries(EntryQuery()).count == 4)
  }
}
