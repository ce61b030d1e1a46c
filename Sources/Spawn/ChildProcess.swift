import CLinux
import Glibc
import Synchronization

/// A started child in its own process group.
///
/// `wait` blocks its thread until the child has ended and its pipes are read: call it on a thread of your own (`Spawner` does), never on
/// Swift's cooperative pool. It must be called exactly once. `signal` may be called from any thread at any time.
package final class ChildProcess: Sendable {
  /// Also the number of its process group.
  package let processId: Int32

  private let output: Descriptor
  private let errorOutput: Descriptor
  private let maximumOutput: Int
  private let maximumErrorOutput: Int
  private let handle: Descriptor
  private let start: ContinuousClock.Instant
  private let deadline: Duration?
  /// False once the process number may belong to somebody else.
  private let isAlive = Mutex(true)

  /// Starts the program: signals at their defaults, standard streams connected, every other descriptor closed.
  ///
  /// The limits are set from outside just after the start, so they bind everything but the first instructions of the program's loader; a
  /// program that must not run a single step without them sets its own, as `intake-reader` does.
  package init(_ command: Command) throws(SpawnError) {
    let outputPipe = try Pipe()
    let errorPipe = try Pipe()
    let outputWriter = outputPipe.writing.number
    let errorWriter = errorPipe.writing.number
    let pid: pid_t
    switch command.input {
    case .nothing: pid = try ChildProcess.spawn(command, input: nil, output: outputWriter, errorOutput: errorWriter)
    case .descriptor(let number):
      pid = try ChildProcess.spawn(command, input: number, output: outputWriter, errorOutput: errorWriter)
    case .file(let path):
      let file = try Descriptor.reading(path: path)
      pid = try ChildProcess.spawn(command, input: file.number, output: outputWriter, errorOutput: errorWriter)
    case .bytes(let bytes):
      let file = try Descriptor.memory(bytes)
      pid = try ChildProcess.spawn(command, input: file.number, output: outputWriter, errorOutput: errorWriter)
    }
    guard command.limits.apply(to: pid) == nil, let handle = Descriptor(clinux_pidfd_open(pid)) else {
      let code = errno
      kill(-pid, SIGKILL)
      waitpid(pid, nil, 0)
      throw .resources(code: code)
    }
    start = .now
    deadline = command.deadline
    processId = pid
    output = outputPipe.reading
    errorOutput = errorPipe.reading
    maximumOutput = command.maximumOutput
    maximumErrorOutput = command.maximumErrorOutput
    self.handle = handle
  }

  /// Sends a signal to the child alone; does nothing once it has ended.
  package func signal(_ number: Int32) {
    isAlive.withLock { alive in
      if alive { kill(processId, number) }
    }
  }

  /// Reads both pipes until the child ends, the deadline passes or the output grows too large; then ends what is left of the group.
  package func wait() -> SpawnResult {
    var collected = (output: [UInt8](), errors: [UInt8]())
    var ending: SpawnResult.Status?
    var isOutputOpen = true
    var areErrorsOpen = true
    while true {
      var watched = [
        pollfd(fd: handle.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isOutputOpen ? output.number : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: areErrorsOpen ? errorOutput.number : -1, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&watched, 3, remainingMilliseconds())
      if ready == 0 {
        ending = .timedOut
        break
      }
      if ready < 0 { continue }
      if isOutputOpen { isOutputOpen = ChildProcess.drain(output.number, into: &collected.output, upTo: maximumOutput + 1) }
      if areErrorsOpen { areErrorsOpen = ChildProcess.drain(errorOutput.number, into: &collected.errors, upTo: maximumErrorOutput) }
      if collected.output.count > maximumOutput {
        ending = .outputTooLarge
        collected.output.removeLast(collected.output.count - maximumOutput)
        break
      }
      if watched[0].revents != 0 { break }
    }
    // The child is not reaped yet, so neither its number nor that of its group can be anybody else's.
    kill(-processId, SIGKILL)
    var status: Int32 = 0
    var usage = rusage()
    while wait4(processId, &status, 0, &usage) < 0 && errno == EINTR {}
    isAlive.withLock { $0 = false }
    return SpawnResult(
      status: ending ?? ChildProcess.status(of: status), output: collected.output, errorOutput: collected.errors,
      peakMemory: Int64(usage.ru_maxrss) * 1024,
      processorTime: .seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + .microseconds(Int64(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)),
      duration: .now - start)
  }

  private static func status(of status: Int32) -> SpawnResult.Status {
    clinux_exited(status) != 0 ? .exited(clinux_exit_code(status)) : .signalled(clinux_signal(status))
  }

  private func remainingMilliseconds() -> Int32 {
    guard let deadline else { return -1 }
    let left = deadline - (ContinuousClock.now - start)
    let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
    return Int32(clamping: max(0, milliseconds + (left > .zero ? 1 : 0)))
  }

  /// Reads what is there without blocking; bytes beyond `limit` are thrown away. False at the end of the pipe.
  private static func drain(_ descriptor: Int32, into bytes: inout [UInt8], upTo limit: Int) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        bytes.append(contentsOf: buffer.prefix(min(count, max(0, limit - bytes.count))))
        if bytes.count >= limit && count == buffer.count { return true }
        continue
      }
      if count == 0 { return false }
      if errno == EINTR { continue }
      return errno == EAGAIN
    }
  }

  private static func spawn(_ command: Command, input: Int32?, output: Int32, errorOutput: Int32) throws(SpawnError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errorOutput, 2)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    if let directory = command.workingDirectory { posix_spawn_file_actions_addchdir_np(&actions, directory) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var all = sigset_t()
    var none = sigset_t()
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    var pid: pid_t = 0
    let code = withCStrings([command.executable] + command.arguments) { arguments in
      withCStrings(command.environment.map { "\($0.key)=\($0.value)" }.sorted()) { environment in
        posix_spawn(&pid, command.executable, &actions, &attributes, arguments, environment)
      }
    }
    switch code {
    case 0: return pid
    case EAGAIN, ENOMEM, EMFILE, ENFILE: throw .resources(code: code)
    default: throw .executable(code: code)
    }
  }
}

/// Calls `body` with a null-terminated array of C strings that live as long as the call.
private func withCStrings<Result>(_ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result) -> Result {
  var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeBufferPointer { buffer in
    // The buffer is never empty: it ends with nil.
    buffer.baseAddress.map(body) ?? withUnsafePointer(to: nil) { body($0) }
  }
}
