/// The durable system calls of a run as the kernel sees them, counted with strace.
struct KernelTrace: Sendable {
  let end: ChildProcess.End
  /// Calls on files below the root, by system call.
  let calls: [String: Int]

  private static let followed = [
    "write", "writev", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate", "rename", "renameat", "renameat2", "link", "linkat",
    "symlink",
    "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "open", "openat", "creat", "copy_file_range", "sendfile",
  ]

  static func run(_ command: [String], environment: [String: String], root: String, in folder: String) async throws -> KernelTrace {
    let log = "\(folder)/strace"
    // Variables go to the traced program only: strace itself must not be interposed.
    let variables = environment.flatMap { ["-E", "\($0.key)=\($0.value)"] }
    let options = ["-f", "-qq", "-y", "-s", "0", "-e", "signal=none", "-e", "trace=" + followed.joined(separator: ","), "-o", log]
    let finished = try await ServiceTests.run("/usr/bin/strace", options + variables + command, in: folder, limit: .seconds(120))
    let calls = try Files.text(log).split(separator: "\n").compactMap { systemCall(in: $0, root: root) }
    return KernelTrace(end: finished.end, calls: Dictionary(grouping: calls) { $0 }.mapValues(\.count))
  }

  /// The same calls as the interposer reported them, under the names that the kernel uses.
  static func counts(of calls: [DurableCalls.Call]) -> [String: Int] {
    let onFiles = calls.filter { $0.target != "network" }
    return Dictionary(grouping: onFiles) { kernelNames[$0.function] ?? $0.function }.mapValues(\.count)
  }

  /// Names that several functions of libc end up as.
  private static let kernelNames = [
    "open": "openat", "open64": "openat", "openat64": "openat", "pwrite": "pwrite64", "ftruncate64": "ftruncate",
    "posix_fallocate": "fallocate",
  ]

  /// The name of the call in one line of strace's (`1234 fsync(5</root/file>) = 0`) when it is durable and below the root.
  private static func systemCall(in line: Substring, root: String) -> String? {
    guard line.contains("\(root)/") || line.contains("\(root)>") || line.contains("\(root)\""), !line.contains("resumed>") else {
      return nil
    }
    let call = line.drop { $0.isNumber || $0 == " " }
    guard let open = call.firstIndex(of: "(") else { return nil }
    let name = String(call[..<open])
    if name == "open" || name == "openat" { return call.contains("O_CREAT") ? "openat" : nil }
    return name
  }
}
