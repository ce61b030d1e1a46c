import CSQLite
import Glibc

/// One connection to one SQLite database, confined to the actor that made it (not `Sendable`; SQLite is told so by NOMUTEX).
///
/// Durable by settings: WAL with `synchronous = FULL`, so that a commit that has returned survives a power cut. Statements are prepared once
/// and kept.
package final class Connection {
  package enum Mode: Sendable {
    /// Creates the file, readable by its owner only, when there is none.
    case readWrite
    /// Beside a running writer: sees a snapshot, writes nothing of its own.
    case readOnly
    /// A file that nobody writes meanwhile: no lock, no `-wal`, no `-shm`.
    case immutable
  }

  package let path: String
  private let handle: OpaquePointer
  private var statements: [String: OpaquePointer] = [:]
  private var isClosed = false

  package init(path: String, mode: Mode) throws(DatabaseError) {
    self.path = path
    if mode == .readWrite {
      // Made here, because SQLite's own files follow the mode of this one.
      let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      if file >= 0 { Glibc.close(file) }
    }
    let flags = mode == .readWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
    let name = mode == .immutable ? Connection.immutableName(of: path) : path
    var opened: OpaquePointer?
    let result = sqlite3_open_v2(
      name, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (mode == .immutable ? SQLITE_OPEN_URI : 0), nil)
    guard result == SQLITE_OK, let opened else {
      let text = String(cString: sqlite3_errstr(result))
      sqlite3_close_v2(opened)
      throw DatabaseError(extendedCode: result, operation: .open, text: text, path: path)
    }
    handle = opened
    sqlite3_busy_timeout(handle, 5_000)
    for (option, value) in [
      (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
      (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_DQS_DDL, 0),
    ] {
      let result = csqlite_db_config(handle, option, Int32(value))
      guard result == SQLITE_OK else { throw error(result, .open) }
    }
    // What is deleted is overwritten: erased content must not stand in free pages.
    // REPLACE deletes rows without firing their triggers unless triggers recurse: the append-only triggers depend on it.
    try execute(
      "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192")
    if mode == .readWrite {
      try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864")
      let journal = try one("PRAGMA journal_mode") { $0.text(0) }
      guard journal == "wal" else {
        throw DatabaseError(extendedCode: SQLITE_CANTOPEN, operation: .open, text: "no write-ahead log on this file system", path: path)
      }
    }
  }

  deinit { close() }

  /// Finalises everything and closes; later calls find no database. Folds the log into the file when this is the last connection.
  package func close() {
    guard !isClosed else { return }
    isClosed = true
    for statement in statements.values { sqlite3_finalize(statement) }
    statements = [:]
    sqlite3_close_v2(handle)
  }

  /// Runs several statements without parameters: settings and schema.
  package func execute(_ script: String) throws(DatabaseError) {
    let result = sqlite3_exec(handle, script, nil, nil, nil)
    guard result == SQLITE_OK else { throw error(result, .step) }
  }

  /// Calls `body` for every row. A throw from `body` ends the reading and is passed on.
  package func query(_ sql: String, _ values: any Bindable..., body: (borrowing Row) throws -> Void) throws {
    try run(sql, values, body: body)
  }

  /// The first row, made into something else; `nil` when there is none.
  package func one<Result>(_ sql: String, _ values: any Bindable..., body: (borrowing Row) -> Result) throws(DatabaseError) -> Result? {
    try first(sql, values, body: body)
  }

  /// Every row, made into something else.
  package func all<Result>(_ sql: String, _ values: any Bindable..., body: (borrowing Row) -> Result) throws(DatabaseError) -> [Result] {
    var results: [Result] = []
    try collect(sql, values) { row in
      results.append(body(row))
      return true
    }
    return results
  }

  /// `BEGIN IMMEDIATE`, `body`, `COMMIT`, synchronously: nothing can come between. Any throw rolls everything back.
  @discardableResult
  package func transaction<Result>(_ body: (borrowing Transaction) throws -> Result) throws -> Result {
    try step("BEGIN IMMEDIATE", .step)
    let result: Result
    do {
      result = try body(Transaction(self))
    } catch {
      rollBack()
      throw error
    }
    do {
      try step("COMMIT", .commit)
    } catch {
      rollBack()
      throw error
    }
    return result
  }

  /// A read transaction: all queries in `body` see one moment.
  package func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
    try step("BEGIN", .step)
    defer { rollBack() }
    return try body()
  }

  /// Writes a complete, compacted copy to a path where nothing exists yet. The caller makes it durable.
  package func copy(to path: String) throws(DatabaseError) { _ = try first("VACUUM INTO ?", [path]) { _ in } }

  /// How SQLite would run a statement, one line a step: for tests that no hot statement reads a whole table.
  package func plan(of sql: String) throws(DatabaseError) -> [String] { try all("EXPLAIN QUERY PLAN " + sql) { $0.text(3) } }

  /// The text of every statement prepared so far.
  package var preparedStatements: [String] { statements.keys.sorted() }

  /// Rows that the newest INSERT, UPDATE or DELETE changed.
  fileprivate var changes: Int { Int(sqlite3_changes64(handle)) }

  fileprivate var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }
}

// MARK: - running statements

extension Connection {
  fileprivate func run(_ sql: String, _ values: [any Bindable], body: (borrowing Row) throws -> Void) throws {
    var failure: (any Error)?
    try collect(sql, values) { row in
      do {
        try body(row)
        return true
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
  }

  fileprivate func first<Result>(_ sql: String, _ values: [any Bindable], body: (borrowing Row) -> Result) throws(DatabaseError) -> Result? {
    var result: Result?
    try collect(sql, values) { row in
      result = body(row)
      return false
    }
    return result
  }

  /// Steps through the answer until `body` says no.
  fileprivate func collect(_ sql: String, _ values: [any Bindable], body: (borrowing Row) -> Bool) throws(DatabaseError) {
    let (statement, isKept) = try prepared(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
      if !isKept { sqlite3_finalize(statement) }
    }
    for (index, value) in values.enumerated() {
      let result = Connection.bind(value.databaseValue, to: statement, at: Int32(index + 1))
      guard result == SQLITE_OK else { throw error(result, .prepare) }
    }
    while true {
      let result = sqlite3_step(statement)
      if result == SQLITE_DONE { return }
      guard result == SQLITE_ROW else { throw error(result, .step) }
      guard body(Row(statement)) else { return }
    }
  }

  /// From the cache; a statement that is being stepped through further up the stack gets a twin for this once.
  private func prepared(_ sql: String) throws(DatabaseError) -> (OpaquePointer, isKept: Bool) {
    if let statement = statements[sql], sqlite3_stmt_busy(statement) == 0 { return (statement, true) }
    var made: OpaquePointer?
    let result = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
    guard result == SQLITE_OK, let made else { throw error(result == SQLITE_OK ? SQLITE_MISUSE : result, .prepare) }
    guard statements[sql] == nil else { return (made, false) }
    statements[sql] = made
    return (made, true)
  }

  private static func bind(_ value: Value, to statement: OpaquePointer, at index: Int32) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(statement, index)
    case .integer(let number): return sqlite3_bind_int64(statement, index, number)
    case .text(""): return csqlite_bind_text_copy(statement, index, "", 0)
    case .text(var text):
      return text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { csqlite_bind_text_copy(statement, index, $0.baseAddress, Int32($0.count)) }
      }
    case .blob(let bytes):
      // A null pointer would bind NULL, so an empty blob needs an address.
      return bytes.isEmpty
        ? sqlite3_bind_zeroblob(statement, index, 0)
        : bytes.withUnsafeBytes { csqlite_bind_blob_copy(statement, index, $0.baseAddress, Int32($0.count)) }
    }
  }

  fileprivate func step(_ sql: String, _ operation: DatabaseError.Operation) throws(DatabaseError) {
    let (statement, isKept) = try prepared(sql)
    defer {
      sqlite3_reset(statement)
      if !isKept { sqlite3_finalize(statement) }
    }
    let result = sqlite3_step(statement)
    guard result == SQLITE_DONE else { throw error(result, operation) }
  }

  /// SQLite may have rolled back by itself (full disk); a failing rollback leaves nothing to do but to close, which does the same.
  private func rollBack() {
    guard sqlite3_get_autocommit(handle) == 0 else { return }
    sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
  }

  private func error(_ code: Int32, _ operation: DatabaseError.Operation) -> DatabaseError {
    let extended = sqlite3_extended_errcode(handle)
    return DatabaseError(
      extendedCode: extended & 0xFF == code & 0xFF ? extended : code, operation: operation,
      text: String(cString: sqlite3_errmsg(handle)), path: path)
  }

  private static func immutableName(of path: String) -> String {
    let plain = path.utf8.map { byte -> String in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        String(decoding: [byte], as: UTF8.self)
      default: (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
      }
    }
    return "file:\(plain.joined())?immutable=1"
  }
}

/// The right to change the database, from BEGIN to COMMIT. Cannot be kept beyond the closure that receives it.
package struct Transaction: ~Copyable {
  /// For reading inside the transaction.
  package let connection: Connection

  fileprivate init(_ connection: Connection) { self.connection = connection }

  /// Runs an INSERT, UPDATE or DELETE and gives the number of rows changed.
  @discardableResult
  package func run(_ sql: String, _ values: any Bindable...) throws(DatabaseError) -> Int {
    try connection.collect(sql, values) { _ in true }
    return connection.changes
  }

  /// Runs an INSERT and gives the row's id.
  @discardableResult
  package func insert(_ sql: String, _ values: any Bindable...) throws(DatabaseError) -> Int64 {
    try connection.collect(sql, values) { _ in true }
    return connection.lastInsertedRow
  }

  /// The first row of a statement, which may be an UPDATE … RETURNING; `nil` when there is none.
  package func one<Result>(_ sql: String, _ values: any Bindable..., body: (borrowing Row) -> Result) throws(DatabaseError) -> Result? {
    var result: Result?
    try connection.collect(sql, values) { row in
      result = body(row)
      return true
    }
    return result
  }

  package func all<Result>(_ sql: String, _ values: any Bindable..., body: (borrowing Row) -> Result) throws(DatabaseError) -> [Result] {
    var results: [Result] = []
    try connection.collect(sql, values) { row in
      results.append(body(row))
      return true
    }
    return results
  }

  /// A part that can be undone alone: any throw rolls back what `body` has written, and nothing else.
  package func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
    try connection.step("SAVEPOINT part", .step)
    do {
      let result = try body()
      try connection.step("RELEASE part", .step)
      return result
    } catch {
      // SQLite may have rolled everything back by itself; then there is no savepoint left, and the transaction fails as a whole.
      try connection.step("ROLLBACK TO part", .commit)
      try connection.step("RELEASE part", .commit)
      throw error
    }
  }

  /// Schema statements of a migration.
  package func execute(_ script: String) throws(DatabaseError) { try connection.execute(script) }
}
