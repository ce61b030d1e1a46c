import Glibc
import Robot
import Runtime
import Synchronization

extension RobotProgram {
  /// What `main.swift` calls: takes arguments, environment, streams and signals from the process, and ends it. The main thread does nothing but
  /// wait for signals: with an asynchronous main it would wait with every signal let through, and a SIGTERM would end the process there.
  package static func main() -> Never {
    let signals = ProcessSignals()
    forbidCoreFiles()
    let environment = processEnvironment()
    let level = environment["INTAKE_LOG"].flatMap(Log.Level.init) ?? .info
    let output = Output(
      standard: { writeAll($0, to: STDOUT_FILENO) }, error: { writeAll($0, to: STDERR_FILENO) }, showsProgress: isatty(STDERR_FILENO) == 1)
    let context = CommandContext(
      environment: environment, output: output, surroundings: .system(fault: environment["INTAKE_FAULT"], minimum: level),
      signals: { signals.arrivals() }, reloads: { signals.hangups() }, workingDirectory: workingDirectory(), programs: programFolder(),
      login: loginName() ?? environment["SUDO_USER"])
    Task.detached {
      let code = await RobotProgram().run(Array(Swift.CommandLine.arguments.dropFirst()), context: context)
      // Not `exit`: it lets libraries take their memory down while threads of ours may still be ending. That is the likely cause of a sound command
      // that was once seen to end with `free(): invalid pointer`. What must last has been synced by then, and output is not buffered.
      _exit(code.rawValue)
    }
    signals.deliverForEver()
  }

  /// A core file would hold messages and credentials. Where the limit cannot be lowered it is at zero already.
  private static func forbidCoreFiles() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
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

/// SIGTERM and SIGINT as a stream, SIGHUP as another. All are blocked in every thread (each inherits the main thread's mask) and waited for on the main thread, so
/// that no code runs in a signal handler. SIGPIPE is ignored: a closed pipe shows as an error of `write`.
private final class ProcessSignals: Sendable {
  private let listener = Mutex<AsyncStream<Void>.Continuation?>(nil)
  private let hangupListener = Mutex<AsyncStream<Void>.Continuation?>(nil)

  /// On the main thread, before there is any other.
  init() {
    signal(SIGPIPE, SIG_IGN)
    var set = ProcessSignals.set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// For the one command that wants to end in order.
  func arrivals() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    listener.withLock { $0 = continuation }
    return stream
  }

  /// For the command that takes up other rules on SIGHUP.
  func hangups() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    hangupListener.withLock { $0 = continuation }
    return stream
  }

  /// Never returns. A signal that no command asked for ends the process as it would have without us.
  func deliverForEver() -> Never {
    var set = ProcessSignals.set
    while true {
      var number: Int32 = 0
      guard sigwait(&set, &number) == 0 else { continue }
      guard let listener = number == SIGHUP ? hangupListener.withLock({ $0 }) : listener.withLock({ $0 }) else {
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(number)
        continue
      }
      listener.yield()
    }
  }

  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGHUP)
    return set
  }
}
