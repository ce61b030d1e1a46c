import Database
import FoundationEssentials
import Glibc
import Model
import Testing

/// A folder that goes away with the test.
private final class Folder {
  let path = FileManager.default.temporaryDirectory.path + "/database-tests-\(UInt64.random(in: 0 ... .max))"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct DatabaseTests {
  private struct Stop: Error {}

  private func open(_ folder: Folder) throws -> Connection {
    let connection = try Connection(path: folder.path + "/test.sqlite", mode: .readWrite)
    try connection.execute("CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, name TEXT UNIQUE, data BLOB) STRICT")
    return connection
  }

  @Test func valuesComeBackAsTheyWere() throws {
    let folder = try Folder()
    let connection = try open(folder)
    let values: [(String?, [UInt8]?)] = [("", []), ("Щъркел\u{0}x", [0, 255]), (nil, nil), ("e\u{301}", [UInt8](repeating: 7, count: 100_000))]
    try connection.transaction { transaction in
      for (name, data) in values { try transaction.insert("INSERT INTO item (name, data) VALUES (?, ?)", name, data) }
    }
    let rows = try connection.all("SELECT name, data, typeof(name), typeof(data) FROM item ORDER BY id") { row in
      (row.optionalText(0), row.optionalBlob(1), row.text(2), row.text(3))
    }
    for (row, value) in zip(rows, values) {
      #expect(row.0.map { Array($0.utf8) } == value.0.map { Array($0.utf8) })
      #expect(row.1 == value.1)
      #expect(row.2 == (value.0 == nil ? "null" : "text"))
      #expect(row.3 == (value.1 == nil ? "null" : "blob"))
    }
    #expect(try connection.one("SELECT ?", Int64.min) { $0.integer(0) } == .min)
    #expect(try connection.one("SELECT ?", true) { $0.flag(0) } == true)
    #expect(try connection.one("SELECT id FROM item WHERE id = 99") { $0.integer(0) } == nil)
  }

  @Test func aTransactionIsAllOrNothing() throws {
    let folder = try Folder()
    let connection = try open(folder)
    #expect(throws: Stop.self) {
      try connection.transaction { transaction in
        try transaction.run("INSERT INTO item (name) VALUES ('a')")
        throw Stop()
      }
    }
    #expect(throws: DatabaseError.self) {
      try connection.transaction { transaction in
        try transaction.run("INSERT INTO item (name) VALUES ('b')")
        try transaction.run("INSERT INTO item (name) VALUES ('b')")
      }
    }
    #expect(try connection.one("SELECT count(*) FROM item") { $0.integer(0) } == 0)
    let (id, updated, deleted) = try connection.transaction { transaction in
      (
        try transaction.insert("INSERT INTO item (name) VALUES ('c')"), try transaction.run("UPDATE item SET data = x'01'"),
        try transaction.run("DELETE FROM item WHERE name = 'none'")
      )
    }
    #expect(id == 1)
    #expect([updated, deleted] == [1, 0])
    #expect(try connection.one("SELECT count(*) FROM item") { $0.integer(0) } == 1)
  }

  @Test func aStatementInUseMayBeAskedAgain() throws {
    let folder = try Folder()
    let connection = try open(folder)
    try connection.transaction { transaction in
      for name in ["a", "b", "c"] { try transaction.run("INSERT INTO item (name) VALUES (?)", name) }
    }
    var pairs: [String] = []
    try connection.query("SELECT name FROM item ORDER BY id") { outer in
      let first = outer.text(0)
      try connection.query("SELECT name FROM item ORDER BY id") { pairs.append(first + $0.text(0)) }
    }
    #expect(pairs == ["aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc"])
    #expect(throws: Stop.self) { try connection.query("SELECT name FROM item") { _ in throw Stop() } }
  }

  @Test func settingsAreThoseThatKeepWhatWasCommitted() throws {
    let folder = try Folder()
    let connection = try open(folder)
    let settings: [(String, String)] = [
      ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("recursive_triggers", "1"), ("trusted_schema", "0"),
    ]
    for (name, value) in settings { #expect(try connection.one("PRAGMA \(name)") { $0.text(0) } == value, "\(name)") }
    // DEFENSIVE: the schema cannot be rewritten behind SQLite's back.
    try? connection.execute("PRAGMA writable_schema = ON")
    #expect(throws: DatabaseError.self) { try connection.execute("UPDATE sqlite_schema SET sql = ''") }
    #expect(throws: DatabaseError.self) { try connection.execute("SELECT load_extension('x')") }
    #expect(throws: DatabaseError.self) { try connection.execute("SELECT \"no such column\"") }
    var status = stat()
    #expect(stat(connection.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  /// The codes that an operator searches for.
  @Test(
    arguments: [
      (13, "registry.disk-full", OperatorError.Disposition.restart), (10, "registry.io-error", .restart),
      (10 | 4 << 8, "registry.io-error", .restart),
      (5, "registry.busy", .retry), (11, "registry.corrupt", .misconfigured), (26, "registry.not-a-database", .misconfigured),
      (14, "registry.cannot-open", .misconfigured), (8, "registry.read-only", .misconfigured), (19 | 8 << 8, "registry.constraint", .park),
      (7, "registry.no-memory", .restart), (21, "registry.sqlite", .misconfigured),
    ] as [(Int32, String, OperatorError.Disposition)])
  func everyFailureHasItsCode(code: Int32, name: String, disposition: OperatorError.Disposition) {
    let error = DatabaseError(extendedCode: code, operation: .step, text: "", path: "/x").operatorError
    #expect(error.code == name)
    #expect(error.disposition == disposition)
    #expect(!error.remedy.isEmpty)
    // Of a commit nobody knows whether it happened.
    let commit = DatabaseError(extendedCode: code, operation: .commit, text: "", path: "/x").operatorError
    #expect(commit.disposition == .restart || commit.disposition == .misconfigured && disposition == .misconfigured)
  }

  @Test func aFullDiskAndABusyDatabaseAreSeenAsSuch() throws {
    let folder = try Folder()
    let connection = try open(folder)
    try connection.execute("PRAGMA max_page_count = 3")
    do {
      try connection.transaction { try $0.run("INSERT INTO item (data) VALUES (zeroblob(100000))") }
      Issue.record("100 kB fit into three pages")
    } catch let error as DatabaseError {
      #expect(error.operatorError.code == "registry.disk-full")
    }
    // The connection is usable again: SQLite has rolled back by itself.
    try connection.execute("PRAGMA max_page_count = 1000")
    try connection.transaction { _ = try $0.run("INSERT INTO item (name) VALUES ('later')") }
    #expect(try connection.one("SELECT count(*) FROM item") { $0.integer(0) } == 1)
  }

  @Test func aCopyIsComplete() throws {
    let folder = try Folder()
    let connection = try open(folder)
    try connection.transaction { _ = try $0.run("INSERT INTO item (name) VALUES ('a')") }
    try connection.execute("PRAGMA user_version = 5; PRAGMA application_id = 77")
    try connection.copy(to: folder.path + "/copy.sqlite")
    let copy = try Connection(path: folder.path + "/copy.sqlite", mode: .immutable)
    #expect(try copy.one("SELECT name FROM item") { $0.text(0) } == "a")
    #expect(try copy.one("PRAGMA user_version") { $0.integer(0) } == 5)
    #expect(try copy.one("PRAGMA application_id") { $0.integer(0) } == 77)
    #expect(throws: DatabaseError.self) { try copy.transaction { _ = try $0.run("DELETE FROM item") } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("copy") } == ["copy.sqlite"])
  }
}
