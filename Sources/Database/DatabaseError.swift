import CSQLite
package import Model

/// What SQLite answered, and at what.
package struct DatabaseError: Error, Sendable, Equatable {
  package enum Operation: String, Sendable {
    case open, prepare, step, commit
  }

  /// SQLite's extended result code.
  package let extendedCode: Int32
  package let operation: Operation
  /// SQLite's own text: names of tables and columns, never a value.
  package let text: String
  /// Of the database.
  package let path: String

  package init(extendedCode: Int32, operation: Operation, text: String, path: String) {
    self.extendedCode = extendedCode
    self.operation = operation
    self.text = text
    self.path = path
  }

  private var code: Int32 { extendedCode & 0xFF }

  /// A UNIQUE or PRIMARY KEY refused the row.
  package var isUniquenessViolation: Bool { DatabaseError.uniquenessCodes.contains(extendedCode) }

  /// SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY: macros over macros, which Swift does not import.
  private static let uniquenessCodes: Set<Int32> = [19 | 8 << 8, 19 | 6 << 8]

  /// For the operator. An error of a commit, of the disk or of memory ends the process whatever its code: nobody knows what is on the disk,
  /// and only opening the database again can tell.
  package var operatorError: OperatorError {
    let context: [OperatorError.Field] = [
      .init("database", path), .init("sqlite", String(extendedCode)), .init("during", operation.rawValue), .init("text", text),
    ]
    let ends: OperatorError.Disposition = operation == .commit ? .restart : .misconfigured
    return switch code {
    case SQLITE_FULL:
      OperatorError(
        "registry.disk-full", "the file system of the database is full",
        remedy: "free space there; nothing was lost: the unfinished step was rolled back and is repeated after the restart",
        context: context, disposition: .restart)
    case SQLITE_IOERR:
      OperatorError(
        "registry.io-error", "the database could not be read or written",
        remedy: "look at the kernel log (journalctl -k) for disk errors; after the restart the robot goes on from the last commit",
        context: context, disposition: .restart)
    case SQLITE_NOMEM:
      OperatorError(
        "registry.no-memory", "SQLite got no memory", remedy: "none needed: the process restarts; if it recurs, raise MemoryMax of the unit",
        context: context, disposition: .restart)
    case SQLITE_BUSY, SQLITE_LOCKED:
      OperatorError(
        "registry.busy", "another program holds the database",
        remedy: "close other programs that have it open (fuser \(path)); the robot tries again", context: context,
        disposition: operation == .commit ? .restart : .retry)
    case SQLITE_CORRUPT:
      OperatorError(
        "registry.corrupt", "the database is damaged",
        remedy: "stop the robot, keep the file, restore the newest backup, then run `intake-robot recover`", context: context,
        disposition: .misconfigured)
    case SQLITE_NOTADB:
      OperatorError(
        "registry.not-a-database", "the file is not a SQLite database",
        remedy: "check `database` in robot.conf; if the file was overwritten, restore the newest backup and run `intake-robot recover`",
        context: context, disposition: .misconfigured)
    case SQLITE_CANTOPEN:
      OperatorError(
        "registry.cannot-open", "the database cannot be opened", remedy: "check that its folder exists and belongs to the robot's user",
        context: context, disposition: .misconfigured)
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
      OperatorError(
        "registry.read-only", "the database may not be written", remedy: "check owner and mode of the file and its folder",
        context: context, disposition: .misconfigured)
    case SQLITE_CONSTRAINT:
      OperatorError(
        "registry.constraint", "the database refused a row that breaks one of its invariants",
        remedy: "report this with the text shown: it is an error of the program; nothing was stored", context: context,
        disposition: operation == .commit ? .restart : .park)
    default:
      OperatorError(
        "registry.sqlite", "SQLite failed", remedy: "report this with the code and text shown", context: context, disposition: ends)
    }
  }
}
