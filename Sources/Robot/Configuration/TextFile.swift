import FoundationEssentials
import Glibc
package import Model

/// Small files of the installation: configuration, rules, tables.
package enum TextFile {
  package static let maximumBytes = 16 << 20

  /// The whole file, or why not: `file.unreadable`, `file.too-large`, `file.not-utf8`. Blocks on the disk.
  package static func read(_ path: String) throws(OperatorError) -> String {
    let bytes = try readBytes(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw OperatorError(
        "file.not-utf8", "`\(path)` is not UTF-8", remedy: "save it as UTF-8 (`iconv -f windows-1251 -t utf-8`)",
        disposition: .misconfigured)
    }
    return text
  }

  package static func readBytes(_ path: String, maximum: Int = maximumBytes) throws(OperatorError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw unreadable(path, errno) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, errno) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= maximum else {
        throw OperatorError(
          "file.too-large", "`\(path)` has more than \(maximum) bytes", remedy: "check that it is the file you mean",
          disposition: .misconfigured)
      }
    }
  }

  /// Writes the whole file anew: all of it or nothing. Keeps the rights of a file that is there. Blocks on the disk.
  package static func replace(_ path: String, with text: String) throws(OperatorError) {
    var status = stat()
    let rights = stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0o644
    let beside = path + ".new"
    let file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, rights)
    guard file >= 0 else { throw unwritable(path, errno) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        let code = errno
        close(file)
        unlink(beside)
        throw unwritable(path, code)
      }
      bytes = bytes.dropFirst(written)
    }
    guard fsync(file) == 0, close(file) == 0, rename(beside, path) == 0 else { throw unwritable(path, errno) }
  }

  private static func unwritable(_ path: String, _ code: Int32) -> OperatorError {
    OperatorError(
      "file.unwritable", "`\(path)` cannot be written: \(String(cString: strerror(code)))", remedy: "check the rights of the file and its folder",
      disposition: .misconfigured)
  }

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Every regular file below a folder, hidden ones left out, in the order of their paths. Links are not followed. Blocks on the disk.
  package static func files(below folder: String) throws(OperatorError) -> [String] {
    var found: [String] = []
    var folders = [folder.hasSuffix("/") && folder != "/" ? String(folder.dropLast()) : folder]
    while let next = folders.popLast() {
      guard let entries = try? FileManager.default.contentsOfDirectory(atPath: next) else { throw unreadable(next, EACCES) }
      for entry in entries where !entry.hasPrefix(".") {
        let path = "\(next)/\(entry)"
        var status = stat()
        guard lstat(path, &status) == 0 else { continue }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: folders.append(path)
        case S_IFREG: found.append(path)
        default: continue
        }
      }
    }
    return found.sorted()
  }

  /// A path as the file at `base` means it: absolute ones stay, others start in its folder.
  package static func resolve(_ path: String, besideFile base: String) -> String { resolve(path, in: folder(of: base)) }

  package static func resolve(_ path: String, in folder: String) -> String {
    if path.hasPrefix("/") { return path }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }

  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func unreadable(_ path: String, _ code: Int32) -> OperatorError {
    OperatorError(
      "file.unreadable", "`\(path)` cannot be read: \(String(cString: strerror(code)))",
      remedy: "check the path and the rights of the user that runs the robot", disposition: .misconfigured)
  }
}
