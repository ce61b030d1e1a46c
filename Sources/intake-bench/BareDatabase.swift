import CSQLite

/// SQLite without anything of ours around it: what the same rows cost when a loop writes them. Confined to whoever made it.
final class BareDatabase {
  typealias Row = [Value]

  enum Value {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
  }

  private let handle: OpaquePointer
  private var statements: [String: OpaquePointer] = [:]

  init(_ path: String) throws {
    var opened: OpaquePointer?
    let result = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
    guard result == SQLITE_OK, let opened else { throw BenchError("\(path): \(String(cString: sqlite3_errstr(result)))") }
    handle = opened
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  func execute(_ script: String) throws {
    guard sqlite3_exec(handle, script, nil, nil, nil) == SQLITE_OK else { throw failure(script) }
  }

  /// Every row of a query.
  func rows(_ sql: String, _ values: [Value] = []) throws -> [Row] {
    let statement = try prepared(sql)
    defer { sqlite3_reset(statement) }
    bind(values, to: statement)
    var rows: [Row] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: rows.append((0..<sqlite3_column_count(statement)).map { value(statement, $0) })
      case SQLITE_DONE: return rows
      default: throw failure(sql)
      }
    }
  }

  /// The bytes of every text and blob of a query, row by row, as they lie.
  func forEachValue(_ sql: String, _ body: (UnsafeRawBufferPointer) -> Void) throws {
    let statement = try prepared(sql)
    defer { sqlite3_reset(statement) }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        for column in 0..<sqlite3_column_count(statement) where sqlite3_column_type(statement, column) != SQLITE_INTEGER {
          let start = sqlite3_column_blob(statement, column)
          body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(statement, column))))
        }
      case SQLITE_DONE: return
      default: throw failure(sql)
      }
    }
  }

  func step(_ sql: String, _ values: [Value] = []) throws {
    let statement = try prepared(sql)
    defer { sqlite3_reset(statement) }
    bind(values, to: statement)
    guard sqlite3_step(statement) == SQLITE_DONE else { throw failure(sql) }
  }

  private func prepared(_ sql: String) throws -> OpaquePointer {
    if let statement = statements[sql] { return statement }
    var statement: OpaquePointer?
    guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK, let statement else {
      throw failure(sql)
    }
    statements[sql] = statement
    return statement
  }

  private func bind(_ values: [Value], to statement: OpaquePointer) {
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      switch value {
      case .null: sqlite3_bind_null(statement, place)
      case .integer(let number): sqlite3_bind_int64(statement, place, number)
      case .real(let number): sqlite3_bind_double(statement, place, number)
      case .text(let text): _ = csqlite_bind_text_copy(statement, place, text, Int32(text.utf8.count))
      case .blob(let bytes): _ = csqlite_bind_blob_copy(statement, place, bytes, Int32(bytes.count))
      }
    }
  }

  private func value(_ statement: OpaquePointer, _ column: Int32) -> Value {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_TEXT: return .text(String(cString: sqlite3_column_text(statement, column)))
    case SQLITE_BLOB:
      guard let bytes = sqlite3_column_blob(statement, column) else { return .blob([]) }
      return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column)))))
    default: return .null
    }
  }

  private func failure(_ sql: String) -> BenchError { BenchError("\(String(cString: sqlite3_errmsg(handle))) in: \(sql.prefix(80))") }
}
