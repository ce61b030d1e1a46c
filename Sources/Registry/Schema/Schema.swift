import Database
import Glibc
import Model

/// Opens a database of ours at the newest schema, or says why not.
enum Schema {
  /// Says `inrb` in the header of the file.
  static let applicationID: Int64 = 0x696E_7262
  static let newest = Int64(migrations.count)

  /// Number N of the list leads from schema N - 1 to N.
  static let migrations: [String] = [
    SchemaVersion1.script, SchemaVersion2.script, SchemaVersion3.script, SchemaVersion4.script, SchemaVersion5.script,
  ]

  /// Throws unless the database is one of ours, of this environment, and not newer than this program. A new file passes as schema 0.
  static func version(
    of connection: Connection, environment: EnvironmentName, newest: Int64 = Schema.newest
  ) throws -> Int64 {
    let application = try connection.one("PRAGMA application_id") { $0.integer(0) } ?? 0
    let version = try connection.one("PRAGMA user_version") { $0.integer(0) } ?? 0
    let tables = try connection.one("SELECT count(*) FROM sqlite_schema") { $0.integer(0) } ?? 0
    let path = OperatorError.Field("database", connection.path)
    guard application == applicationID || (application == 0 && version == 0 && tables == 0) else {
      throw OperatorError(
        "registry.not-ours", "the file is a database of another program",
        remedy: "check `database` in robot.conf", context: [path], disposition: .misconfigured)
    }
    guard version <= newest else {
      throw OperatorError(
        "registry.newer", "the database has schema \(version); this program knows schemas up to \(newest)",
        remedy: "start the version of intake-robot that wrote it, or a later one", context: [path], disposition: .misconfigured)
    }
    guard version > 0 else { return 0 }
    let bound = try connection.one("SELECT value FROM meta WHERE name = 'environment'") { $0.text(0) } ?? ""
    guard bound == environment.description else {
      throw OperatorError(
        "registry.other-environment", "the database belongs to environment `\(bound)`, the configuration says `\(environment)`",
        remedy: "give each environment a database of its own", context: [path], disposition: .misconfigured)
    }
    return version
  }

  /// Brings the database to the newest schema, one transaction a step, after a copy of what was there (`….schema-N.backup`).
  static func migrate(
    _ connection: Connection, environment: EnvironmentName, by migrations: [String] = Schema.migrations
  ) throws {
    let newest = Int64(migrations.count)
    let version = try version(of: connection, environment: environment, newest: newest)
    guard version < newest else { return }
    if version > 0 { try backUp(connection, version: version) }
    for number in version..<newest {
      try connection.transaction { transaction in
        try transaction.execute(migrations[Int(number)])
        if number == 0 {
          try transaction.run("INSERT INTO meta (name, value) VALUES ('environment', ?)", environment.description)
          try transaction.execute("PRAGMA application_id = \(applicationID)")
        }
        try transaction.execute("PRAGMA user_version = \(number + 1)")
      }
    }
  }

  /// A backup that is there already is from a migration that did not end: the one to keep.
  private static func backUp(_ connection: Connection, version: Int64) throws {
    let path = "\(connection.path).schema-\(version).backup"
    guard access(path, F_OK) != 0 else { return }
    let temporary = path + ".temporary"
    unlink(temporary)
    try connection.copy(to: temporary)
    try DurableFile.makeDurable(temporary)
    try DurableFile.rename(temporary, to: path)
  }
}
