import Glibc
import Spawn

/// Debian's own programs for formats that are not ours to parse, started inside the reader's confinement.
struct Toolbox {
  enum Outcome {
    case finished(code: Int32, output: [UInt8], errors: String)
    /// A stable word: `tool-missing-qpdf`, `tool-deadline-qpdf`, `tool-killed-qpdf`, `tool-output-qpdf`.
    case failed(String)
  }

  var directory = "/usr/bin"
  /// For one run of one tool.
  var deadline: Duration = .seconds(20)
  var memory: UInt64 = 512 << 20
  var processorSeconds: UInt64 = 15

  /// Runs a tool to its end. `input` is its standard input.
  func run(_ tool: String, _ arguments: [String], input: Command.Input = .nothing, maximumOutput: Int) -> Outcome {
    start(tool, arguments, input: input, maximumOutput: maximumOutput).finish()
  }

  /// Starts a tool that works while others do. `finish` must be called, once, on whatever is started.
  func start(_ tool: String, _ arguments: [String], input: Command.Input = .nothing, maximumOutput: Int) -> RunningTool {
    let command = Command(
      "\(directory)/\(tool)", arguments, environment: Toolbox.environment, input: input, maximumOutput: maximumOutput, deadline: deadline,
      limits: ResourceLimits(processorSeconds: processorSeconds, addressSpace: memory))
    do throws(SpawnError) {
      return RunningTool(name: tool, state: .running(try ChildProcess(command)))
    } catch {
      switch error {
      case .executable(code: ENOENT): return RunningTool(name: tool, state: .notStarted("tool-missing-\(tool)"))
      default: return RunningTool(name: tool, state: .notStarted("tool-start-\(tool)"))
      }
    }
  }

  /// One thread each: with more, tesseract takes many times as long on a machine of few cores.
  private static let environment = [
    "LC_ALL": "C.UTF-8", "PATH": "/usr/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "OMP_THREAD_LIMIT": "1",
  ]
}

/// A tool at work.
struct RunningTool {
  enum State {
    case running(ChildProcess)
    case notStarted(String)
  }

  let name: String
  let state: State

  /// Waits for its end, at most until its deadline.
  func finish() -> Toolbox.Outcome {
    let end = finishKeepingOutput()
    if let failure = end.failure { return .failed(failure) }
    return .finished(code: end.code, output: end.output, errors: end.errors)
  }

  /// What a program wrote, whether or not it came to its end.
  struct End {
    var output: [UInt8] = []
    var errors = ""
    var code: Int32 = 0
    /// As in `Toolbox.Outcome.failed`; `nil` when the program ended by itself.
    var failure: String?
  }

  /// As `finish`, for programs whose output is of use up to where it was cut.
  func finishKeepingOutput() -> End {
    switch state {
    case .notStarted(let reason): return End(failure: reason)
    case .running(let child):
      let result = child.wait()
      var end = End(output: result.output, errors: String(decoding: result.errorOutput, as: UTF8.self))
      switch result.status {
      case .exited(let code): end.code = code
      case .timedOut: end.failure = "tool-deadline-\(name)"
      case .signalled: end.failure = "tool-killed-\(name)"
      case .outputTooLarge: end.failure = "tool-output-\(name)"
      }
      return end
    }
  }
}

/// Where the bytes that are being read lie for tools that want a file: the reader's private `/tmp`, or, without one, an anonymous memory
/// file. Never a disk.
struct Workspace {
  let hasPrivateRoot: Bool

  /// Calls `body` with a path that holds the bytes as long as the call lasts. `nil` when there is no room for them.
  func withFile<Result>(_ bytes: [UInt8], _ body: (String) -> Result) -> Result? {
    guard let file = create() else { return nil }
    defer {
      close(file.descriptor)
      if hasPrivateRoot { unlink(file.path) }
    }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in write(file.descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written) }
      guard count > 0 else { return nil }
      written += count
    }
    return body(file.path)
  }

  /// A new file: one call may run inside another.
  private func create() -> (descriptor: Int32, path: String)? {
    guard hasPrivateRoot else {
      let descriptor = MemoryFile.open()
      return descriptor >= 0 ? (descriptor, "/proc/\(getpid())/fd/\(descriptor)") : nil
    }
    for number in 0..<8 {
      let path = "/tmp/input-\(number)"
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if descriptor >= 0 { return (descriptor, path) }
    }
    return nil
  }
}
