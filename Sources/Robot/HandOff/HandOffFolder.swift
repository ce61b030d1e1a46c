import Glibc
import Model
import Runtime

/// Hands documents on as folders on disk: `<environment>-<recipient>-<messageId>/document.json` with the originals beside it. A folder appears
/// whole, by one rename, and is never changed; doing it again finds it there. The target system moves or deletes it when it has taken it in.
actor HandOffFolder {
  private let executor: any WorkExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private let root: String
  private let surroundings: Surroundings

  init(_ root: String, surroundings: Surroundings) {
    self.root = root
    self.surroundings = surroundings
    executor = surroundings.executor("handoff")
  }

  deinit { executor.stop() }

  /// Returns the name of the folder. Blocks on the disk, on this actor's thread.
  func place(_ name: String, document: String, originals: [HandOffOriginal]) throws(OperatorError) -> String {
    let final = "\(root)/\(name)"
    if access(final + "/document.json", F_OK) == 0 { return name }
    let draft = "\(root)/.draft-\(name)"
    try makeFolder(root)
    try removeDraft(draft)
    try makeFolder(draft)
    for original in originals { try place(original.archivePath, at: "\(draft)/\(original.file)") }
    try write(document, to: "\(draft)/document.json")
    try sync(draft)
    try surroundings.reach(RobotFault.beforeHandOff)
    guard rename(draft, final) == 0 else { throw failure("rename", final) }
    try sync(root)
    try surroundings.reach(RobotFault.afterHandOff)
    return name
  }

  /// A hard link where the archive is on the same file system (the archive's files are never written again), else a copy.
  private func place(_ source: String, at target: String) throws(OperatorError) {
    if link(source, target) == 0 { return }
    guard [EXDEV, EPERM, EMLINK, EOPNOTSUPP].contains(errno) else { throw failure("link", target) }
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw failure("open", source) }
    defer { close(input) }
    let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw failure("create", target) }
    defer { close(output) }
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = read(input, &buffer, buffer.count)
      guard count >= 0 else { throw failure("read", source) }
      if count == 0 { break }
      try writeAll(buffer[..<count], to: output, target)
    }
    guard fsync(output) == 0 else { throw failure("fsync", target) }
  }

  private func write(_ text: String, to path: String) throws(OperatorError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("create", path) }
    defer { close(file) }
    try writeAll(Array((text + "\n").utf8)[...], to: file, path)
    guard fsync(file) == 0 else { throw failure("fsync", path) }
  }

  private func writeAll(_ bytes: ArraySlice<UInt8>, to file: Int32, _ path: String) throws(OperatorError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  private func makeFolder(_ path: String) throws(OperatorError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("mkdir", path) }
  }

  /// What a crash left behind.
  private func removeDraft(_ path: String) throws(OperatorError) {
    guard let folder = opendir(path) else { return }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    closedir(folder)
    for name in names { unlink("\(path)/\(name)") }
    guard rmdir(path) == 0 else { throw failure("rmdir", path) }
  }

  private func sync(_ folder: String) throws(OperatorError) {
    let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw failure("open", folder) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw failure("fsync", folder) }
  }

  private func failure(_ call: String, _ path: String) -> OperatorError {
    OperatorError(
      "handoff.folder", "\(call) failed in the folder for hand-offs: \(String(cString: strerror(errno)))",
      remedy: "check space and rights of the folder; the hand-off is tried again", context: [.init("folder", root)], disposition: .retry)
  }
}
