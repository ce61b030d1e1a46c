import Glibc
import Robot
import Runtime

extension RobotProgram {
  /// What `main.swift` calls: takes arguments, environment, streams and signals from the process, and ends it.
  package static func main() async -> Never {
    let signals = ProcessSignals()
    let environment = processEnvironment()
    let output = Output(
      standard: { writeAll($0, to: STDOUT_FILENO) }, error: { writeAll($0, to: STDERR_FILENO) }, showsProgress: isatty(STDERR_FILENO) == 1)
    let context = CommandContext(
      environment: environment, output: output, surroundings: .system(fault: environment["INTAKE_FAULT"]), signals: signals.arrivals,
      workingDirectory: workingDirectory(), programs: programFolder(), login: loginName() ?? environment["SUDO_USER"])
    let code = await RobotProgram().run(Array(Swift.CommandLine.arguments.dropFirst()), context: context)
    exit(code.rawValue)
  }

  private static func writeAll(_ text: String, to file: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      // A reader that went away (a closed pipe) is no failure of the command.
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }

  private static func processEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
      entry += 1
    }
    return result
  }

  /// The user who logged in, whatever `su` and `sudo` made of it since (audit, pam_loginuid).
  private static func loginName() -> String? {
    guard let text = try? TextFile.read("/proc/self/loginuid"), let id = UInt32(text.filter(\.isNumber)), id != .max else { return nil }
    guard let entry = getpwuid(id) else { return "uid:\(id)" }
    return String(cString: entry.pointee.pw_name)
  }

  private static func programFolder() -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
    guard count > 0 else { return "/usr/bin" }
    let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/usr/bin"
  }

  private static func workingDirectory() -> String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }
}

/// SIGTERM and SIGINT as a stream. Both are blocked in every thread (the first threads inherit the mask) and waited for on one of our own, so
/// that no code runs in a signal handler. SIGPIPE is ignored: a closed pipe shows as an error of `write`.
private final class ProcessSignals: Sendable {
  private let executor = ThreadExecutor(name: "signals")

  init() {
    signal(SIGPIPE, SIG_IGN)
    var set = ProcessSignals.set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Call at most once in a process: two waiting threads would share the signals.
  @Sendable func arrivals() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    Task(executorPreference: executor) {
      var set = ProcessSignals.set
      while true {
        var number: Int32 = 0
        guard sigwait(&set, &number) == 0 else { continue }
        continuation.yield()
      }
    }
    return stream
  }

  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    return set
  }
}
