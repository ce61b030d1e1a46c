import Glibc
import Model

/// The lock that makes one robot the only writer: a lock on a file beside the database, which also says who holds it. The kernel gives it up
/// with the process, however that ends.
///
/// It is an open-file-description lock: unlike `flock` it can be asked about without being taken, so looking never keeps a robot from starting.
final class ExclusiveLock: Sendable {
  private let file: Int32

  /// Throws `registry.locked`, naming the holder.
  init(path: String, since: Timestamp) throws(OperatorError) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw DurableFile.failure("open", path) }
    var lock = ExclusiveLock.wholeFile
    guard fcntl(file, ExclusiveLock.set, &lock) == 0 else {
      let holder = ExclusiveLock.content(of: file)
      close(file)
      throw OperatorError(
        "registry.locked", "another intake-robot works with this database: \(holder.isEmpty ? "holder unknown" : holder)",
        remedy: "stop the other one first; if it is the service: systemctl stop intake-robot", context: [.init("lock", path)],
        disposition: .restart)
    }
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let text = Array("pid \(getpid()) on \(host) since \(since.iso8601)\n".utf8)
    // Only for people: the lock itself is the kernel's, so a text that cannot be written changes nothing.
    if ftruncate(file, 0) == 0 { _ = pwrite(file, text, text.count, 0) }
    self.file = file
  }

  deinit {
    // Said aloud: a child that is just being started may still hold a copy of the descriptor, and with it the lock.
    var lock = ExclusiveLock.wholeFile
    lock.l_type = Int16(F_UNLCK)
    _ = fcntl(file, ExclusiveLock.set, &lock)
    close(file)
  }

  /// Whether somebody holds it now.
  static func isHeld(path: String) -> Bool {
    let file = open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var lock = wholeFile
    return fcntl(file, get, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
  }

  private static var wholeFile: Glibc.flock {
    Glibc.flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
  }

  // F_OFD_GETLK and F_OFD_SETLK, which Swift's Glibc hides.
  private static let get: Int32 = 36
  private static let set: Int32 = 37

  private static func content(of file: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = pread(file, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).trimmingSuffix { $0.isNewline }
  }
}

extension String {
  fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
    var text = Substring(self)
    while let last = text.last, isTrimmed(last) { text.removeLast() }
    return String(text)
  }
}
