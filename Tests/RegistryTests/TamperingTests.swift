import Database
import Model
import Runtime
import Testing

@testable import Registry

@Suite struct TamperingTests {
  /// Two journals, replies, a duplicate counter: something of everything.
  private func filled() async throws -> Store {
    let store = try Store()
    let registry = try await store.started()
    for id in 1...3 { _ = try await registry.numbered(Int64(id), store) }
    _ = try await registry.numbered(4, store, .sample(.sample("Жалби", template: "Ж-{seq}")))
    let job = try #require(try await registry.claim([.confirm], limit: 1).first)
    try await registry.recordSending(job)
    try await registry.recordSent(job, ssevMessageId: 1, evidence: .answered)
    try await registry.close()
    return store
  }

  @Test func anUntouchedStoreIsSound() async throws {
    let store = try await filled()
    let report = try await RegistrySnapshot(store.configuration).verify()
    #expect(report.findings == [])
    #expect(report.entries == 4)
    #expect(report.chains == 3)
    #expect(report.events > 10)
  }

  /// What somebody with the file in hand might do. Each begins by dropping the triggers, which stop only the honest.
  static let tamperings: [(name: String, sql: String, code: String)] = [
    (
      "a value",
      "UPDATE event_field SET value = 'Друг' WHERE name = 'senderName' AND event = (SELECT min(event) FROM event_field WHERE name = 'senderName')",
      "hash-wrong"
    ),
    ("a salt", "UPDATE event_field SET salt = zeroblob(16) WHERE name = 'subject'", "hash-wrong"),
    ("a field removed", "DELETE FROM event_field WHERE name = 'rnu' OR name = 'serviceNumber'", "hash-wrong"),
    ("a field added", "INSERT INTO event_field (event, name, value, salt) SELECT max(id), 'note', 'x', zeroblob(16) FROM event", "hash-wrong"),
    ("a field renamed", "UPDATE event_field SET name = 'note' WHERE name = 'serviceNumber'", "hash-wrong"),
    (
      "an erased value with a wrong commitment", "UPDATE event_field SET value = NULL, salt = NULL, commitment = zeroblob(32) WHERE name = 'subject'",
      "hash-wrong"
    ),
    (
      "values of two events exchanged",
      "UPDATE event_field SET value = (SELECT f.value FROM event_field f WHERE f.name = 'messageId' AND f.event <> event_field.event LIMIT 1) WHERE name = 'messageId'",
      "hash-wrong"
    ),
    ("a hash", "UPDATE event SET hash = randomblob(32) WHERE chain = 'Жалби' AND sequence = 2", "hash-wrong"),
    ("the link", "UPDATE event SET previous = zeroblob(32) WHERE chain = 'ЗСПД' AND sequence = 3", "chain-broken"),
    (
      "an event in the middle removed",
      "DELETE FROM event_field WHERE event = (SELECT id FROM event WHERE chain = 'ЗСПД' AND sequence = 3); DELETE FROM event WHERE chain = 'ЗСПД' AND sequence = 3",
      "gap-in-chain"
    ),
    (
      "the last event removed",
      "DELETE FROM event_field WHERE event = (SELECT max(id) FROM event WHERE chain = 'Жалби'); DELETE FROM event WHERE id = (SELECT max(id) FROM event WHERE chain = 'Жалби')",
      "head-wrong"
    ),
    (
      "the end of a chain removed with its head",
      "DELETE FROM event_field WHERE event = (SELECT max(id) FROM event WHERE chain = 'Жалби'); DELETE FROM event WHERE id = (SELECT max(id) FROM event WHERE chain = 'Жалби'); UPDATE chain SET sequence = 1, head = (SELECT hash FROM event WHERE chain = 'Жалби' AND sequence = 1) WHERE name = 'Жалби'",
      "entry-without-event"
    ),
    (
      "a whole entry removed without a trace in its journal",
      "DELETE FROM event_field WHERE event = (SELECT max(id) FROM event WHERE chain = 'Жалби'); DELETE FROM event WHERE id = (SELECT max(id) FROM event WHERE chain = 'Жалби'); UPDATE chain SET sequence = 1, head = (SELECT hash FROM event WHERE chain = 'Жалби' AND sequence = 1) WHERE name = 'Жалби'; DELETE FROM reply WHERE entry = 4; DELETE FROM entry WHERE journal = 'Жалби'; DELETE FROM counter WHERE journal = 'Жалби'",
      "mirror-ahead"
    ),
    ("kind of an event", "UPDATE event SET kind = 'duplicate' WHERE kind = 'reply-sent'", "event-differs"),
    ("time of an event", "UPDATE event SET at = at - 1 WHERE kind = 'reply-sent'", "event-differs"),
    ("a printed number", "UPDATE entry SET number = 'ЗСПД/Д-В/9/03.07.2026' WHERE sequence = 2", "entry-differs"),
    ("the time of an entry", "UPDATE entry SET registered_at = registered_at - 86400000000 WHERE sequence = 2", "entry-differs"),
    ("the unit of an entry", "UPDATE entry SET unit_name = 'ДСП Друга' WHERE sequence = 2", "entry-differs"),
    ("the message of an entry", "UPDATE message SET message_id = 99 WHERE message_id = 2", "entry-differs"),
    (
      "an entry removed",
      "UPDATE event SET entry = NULL WHERE entry = 2; DELETE FROM reply WHERE entry = 2; DELETE FROM duplicate; DELETE FROM entry WHERE id = 2",
      "gap-in-numbers"
    ),
    ("a counter back", "UPDATE counter SET next = 2 WHERE journal = 'ЗСПД'", "counter-wrong"),
    ("a counter forward", "UPDATE counter SET next = 9 WHERE journal = 'ЗСПД'", "counter-wrong"),
    ("a counter without entries", "INSERT INTO counter VALUES ('Нов', '', 0, 5)", "counter-wrong"),
    ("an event moved to another entry", "UPDATE event SET entry = 1 WHERE entry = 2 AND kind = 'register'", "entry-without-event"),
  ]

  @Test(arguments: tamperings.indices) func everyTamperingIsFound(_ index: Int) async throws {
    let tampering = TamperingTests.tamperings[index]
    let store = try await filled()
    let connection = try store.connection()
    let triggers = try connection.all("SELECT name FROM sqlite_schema WHERE type = 'trigger'") { $0.text(0) }
    try connection.execute("PRAGMA foreign_keys = OFF; " + triggers.map { "DROP TRIGGER \($0)" }.joined(separator: ";"))
    let before = try connection.one("SELECT total_changes()") { $0.integer(0) } ?? 0
    try connection.execute(tampering.sql)
    #expect(try connection.one("SELECT total_changes()", body: { $0.integer(0) }) ?? 0 > before, "\(tampering.name) changes nothing")
    connection.close()
    let codes = try await RegistrySnapshot(store.configuration).verify().findings.map(\.code)
    #expect(codes.contains(tampering.code), "\(tampering.name): \(codes)")
  }

  @Test(arguments: [
    "DELETE FROM entry WHERE id = 1", "UPDATE entry SET number = 'x' WHERE id = 1", "DELETE FROM event WHERE id = 1",
    "UPDATE event SET at = 0 WHERE id = 1", "DELETE FROM event_field WHERE event = 1", "UPDATE event_field SET value = 'x' WHERE event = 1",
    "UPDATE event_field SET value = NULL, salt = NULL WHERE event = 1",
    "INSERT OR REPLACE INTO entry SELECT id, journal, counter_unit, counter_year, sequence, 'x', registered_at, received_at, message, unit_identifier, unit_name, unit_index, unit_phone FROM entry WHERE id = 1",
    "REPLACE INTO event_field (event, name, value, salt) VALUES (1, 'kind', 'x', zeroblob(16))",
    "INSERT INTO event (chain, sequence, previous, hash, kind, at) VALUES ('ЗСПД', 99, zeroblob(32), randomblob(32), 'x', 0)",
    "DELETE FROM counter", "UPDATE counter SET next = next - 1", "DELETE FROM chain", "UPDATE chain SET sequence = 1",
    "DELETE FROM reply", "UPDATE reply SET frozen = '{}'", "UPDATE reply SET subject = 'x'", "DELETE FROM epoch", "UPDATE epoch SET token = 'aaaaaa'",
  ])
  func whatIsWrittenStaysWritten(sql: String) async throws {
    let store = try await filled()
    let connection = try store.connection()
    #expect(throws: DatabaseError.self) { try connection.execute(sql) }
    connection.close()
    #expect(try await RegistrySnapshot(store.configuration).verify().isSound)
  }
}
