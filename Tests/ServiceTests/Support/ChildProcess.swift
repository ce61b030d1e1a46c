import Glibc
import Runtime

/// A real program under test: started with its streams in files, waited for, killed.
final class ChildProcess: Sendable {
  enum End: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)
  }

  struct Outcome: Sendable {
    let end: End
    /// Greatest resident size of the process itself, in bytes.
    let peakMemory: Int64
  }

  let pid: pid_t
  /// Ends with the process: only the process holds the other side.
  private let lifeline: Int32

  /// Standard output and error go to files, so that no pipe can fill; `output` and `error` are their paths.
  init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], output: String, error: String) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SupportError("pipe: errno \(errno)") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, ends[1], ChildProcess.lifelineNumber)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var words = ([executable] + arguments).map { strdup($0) } + [nil]
    let inherited = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"]
    var variables = inherited.merging(environment) { $1 }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, executable, &actions, &attributes, &words, &variables)
    close(ends[1])
    guard result == 0 else {
      close(ends[0])
      throw SupportError("start \(executable): errno \(result)")
    }
    self.pid = pid
    lifeline = ends[0]
  }

  deinit { close(lifeline) }

  /// Far from the numbers that programs give their own files.
  private static let lifelineNumber: Int32 = 200

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits for the end; a process that outlives `limit` is killed with its group and reported as an error. Call once.
  func wait(limit: Duration = .seconds(60)) async throws -> Outcome {
    try await onOwnThread { [pid, lifeline] in
      var poll = pollfd(fd: lifeline, events: 0, revents: 0)
      var inTime = Glibc.poll(&poll, 1, Int32(limit.components.seconds * 1_000))
      while inTime < 0, errno == EINTR { inTime = Glibc.poll(&poll, 1, Int32(limit.components.seconds * 1_000)) }
      if inTime == 0 { kill(-pid, SIGKILL) }
      var status: Int32 = 0
      var usage = rusage()
      while wait4(pid, &status, 0, &usage) < 0 {
        guard errno == EINTR else { throw SupportError("wait4: errno \(errno)") }
      }
      guard inTime != 0 else { throw SupportError("process \(pid) was still running after \(limit)") }
      let end: End = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
      return Outcome(end: end, peakMemory: Int64(usage.ru_maxrss) * 1_024)
    }
  }
}

/// Runs blocking code on a thread of its own, never on Swift's pool.
func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  let executor = ThreadExecutor(name: "test-wait")
  defer { executor.stop() }
  return try await Task(executorPreference: executor) { try body() }.value
}

/// What a short program printed and how it ended.
struct Finished: Sendable {
  let end: ChildProcess.End
  let output: String
  let error: String
  let peakMemory: Int64
}

/// Runs a program to its end; its streams are kept in `folder` and handed back whole.
func run(
  _ executable: String, _ arguments: [String], environment: [String: String] = [:], in folder: String, limit: Duration = .seconds(60)
) async throws -> Finished {
  let output = "\(folder)/.stdout"
  let error = "\(folder)/.stderr"
  unlink(output)
  unlink(error)
  let child = try ChildProcess(executable, arguments, environment: environment, output: output, error: error)
  let outcome = try await child.wait(limit: limit)
  return Finished(end: outcome.end, output: try Files.text(output), error: try Files.text(error), peakMemory: outcome.peakMemory)
}
