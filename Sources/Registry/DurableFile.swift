import Glibc
import Model

/// The few calls that make files durable. An fsync that fails is never repeated: the kernel may have dropped the pages, so the process ends.
enum DurableFile {
  /// Of a file or a folder.
  static func makeDurable(_ path: String) throws(OperatorError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure("open", path) }
    defer { close(file) }
    try makeDurable(file, path)
  }

  static func makeDurable(_ file: Int32, _ path: String) throws(OperatorError) {
    guard fsync(file) == 0 else { throw failure("fsync", path) }
  }

  /// Renames and makes the new name durable.
  static func rename(_ path: String, to target: String) throws(OperatorError) {
    guard Glibc.rename(path, target) == 0 else { throw failure("rename", target) }
    try makeDurable(folder(of: target))
  }

  /// Creates a folder with its parents, readable by the owner only, and makes the names durable.
  static func createFolder(_ path: String) throws(OperatorError) {
    guard access(path, F_OK) != 0 else { return }
    let parent = folder(of: path)
    if parent != path { try createFolder(parent) }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("mkdir", path) }
    try makeDurable(parent)
  }

  /// All of it, however often the kernel takes only a part.
  static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String) throws(OperatorError) {
    guard isWritten(bytes, to: file) else { throw failure("write", path) }
  }

  static func write(_ bytes: [UInt8], to file: Int32, _ path: String) throws(OperatorError) {
    guard bytes.withUnsafeBytes({ isWritten($0, to: file) }) else { throw failure("write", path) }
  }

  /// `false` leaves the reason in `errno`.
  private static func isWritten(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(file, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// `errno` as it is now, for the operator.
  static func failure(_ call: String, _ path: String) -> OperatorError {
    let number = errno
    let context: [OperatorError.Field] = [.init("path", path), .init("call", call), .init("errno", String(number))]
    let reason = String(cString: strerror(number))
    return switch number {
    case ENOSPC, EDQUOT:
      OperatorError(
        "registry.disk-full", "no space left on the file system", remedy: "free space there; the robot goes on after the restart",
        context: context, disposition: .restart)
    case ENOENT, ENOTDIR, EACCES, EPERM, EROFS, EISDIR:
      OperatorError(
        "registry.no-access", "\(reason)", remedy: "check that the path exists and belongs to the robot's user", context: context,
        disposition: .misconfigured)
    default:
      OperatorError(
        "registry.io-error", "\(reason)", remedy: "look at the kernel log (journalctl -k) for disk errors", context: context,
        disposition: .restart)
    }
  }
}
