/// What a run shows to everybody on the machine: the arguments of every process it started, and the names of every file it made.
struct ProcessTrace: Sendable {
  let end: ChildProcess.End
  let error: String
  /// One line a process: path and arguments, as the kernel got them.
  let started: [String]
  /// Paths of files that were made or renamed, below `without` excepted.
  let made: [String]

  /// Runs the program under strace, readers and their tools included.
  static func run(
    _ executable: String, _ arguments: [String], environment: [String: String], in folder: String, limit: Duration = .seconds(120)
  ) async throws -> ProcessTrace {
    let log = "\(folder)/processes.strace"
    let options = ["-f", "-qq", "--seccomp-bpf", "-s", "4096", "-e", "signal=none"]
    let calls = "trace=execve,execveat,open,openat,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat"
    let finished = try await ServiceTests.run(
      "/usr/bin/strace", options + ["-e", calls, "-o", log, executable] + arguments, environment: environment, in: folder, limit: limit)
    var started: [String] = []
    var made: [String] = []
    for line in try Files.text(log).split(separator: "\n") {
      let call = String(line.drop { $0.isNumber || $0 == " " })
      if call.hasPrefix("execve") {
        started.append(unescaped(call))
      } else if !call.hasPrefix("open") || call.contains("O_CREAT") || call.contains("O_TMPFILE") {
        made.append(unescaped(call))
      }
    }
    return ProcessTrace(end: finished.end, error: finished.error, started: started, made: made)
  }

  /// strace writes bytes that are not ASCII as `\320\230`.
  private static func unescaped(_ text: String) -> String {
    let source = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < source.count {
      let digits = source[index...].dropFirst().prefix { (0x30...0x37).contains($0) }.prefix(3)
      if source[index] == UInt8(ascii: "\\"), !digits.isEmpty, let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
        result.append(byte)
        index += 1 + digits.count
      } else {
        result.append(source[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
