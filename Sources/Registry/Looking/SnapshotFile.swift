import Database
import Glibc
import Model

/// A way to read a database without writing beside it, whatever state it is in.
///
/// A connection in WAL mode makes `-wal` and `-shm` files even when it only reads (measured), so: while the robot runs, those files are there and
/// a reading connection adds nothing; an idle database without a log is opened as a file that cannot change; and what a crash has left, with
/// a log that only a writer may fold in, is copied to a private folder and opened there.
final class SnapshotFile {
  let connection: Connection
  /// Removed at the end.
  private let privateFolder: String?

  init(_ path: String) throws {
    guard access(path, F_OK) == 0 else {
      throw OperatorError(
        "registry.missing", "there is no database yet", remedy: "start the robot once, or check `database` in robot.conf",
        context: [.init("database", path)], disposition: .misconfigured)
    }
    if ExclusiveLock.isHeld(path: path + ".lock") {
      connection = try Connection(path: path, mode: .readOnly)
      privateFolder = nil
    } else if SnapshotFile.size(of: path + "-wal") == 0 {
      connection = try Connection(path: path, mode: .immutable)
      privateFolder = nil
    } else {
      let folder = try SnapshotFile.makePrivateFolder()
      do {
        for suffix in ["", "-wal"] { try SnapshotFile.copy(path + suffix, to: folder + "/copy.sqlite" + suffix) }
        connection = try Connection(path: folder + "/copy.sqlite", mode: .readWrite)
      } catch {
        SnapshotFile.remove(folder)
        throw error
      }
      privateFolder = folder
    }
  }

  deinit {
    connection.close()
    if let privateFolder { SnapshotFile.remove(privateFolder) }
  }

  private static func size(of path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }

  private static func makePrivateFolder() throws(OperatorError) -> String {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/intake-robot-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw DurableFile.failure("mkdtemp", base) }
    return String(decoding: template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func copy(_ path: String, to target: String) throws(OperatorError) {
    let from = open(path, O_RDONLY | O_CLOEXEC)
    guard from >= 0 else { throw DurableFile.failure("open", path) }
    defer { close(from) }
    let to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard to >= 0 else { throw DurableFile.failure("open", target) }
    defer { close(to) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Glibc.read(from, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw DurableFile.failure("read", path) }
      if count == 0 { return }
      try DurableFile.write(Array(buffer[..<count]), to: to, target)
    }
  }

  private static func remove(_ folder: String) {
    for name in ["copy.sqlite", "copy.sqlite-wal", "copy.sqlite-shm"] { unlink(folder + "/" + name) }
    rmdir(folder)
  }
}
