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

  func run(_ tool: String, _ arguments: [String], maximumOutput: Int) -> Outcome {
    let command = Command(
      "\(directory)/\(tool)", arguments, environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin", "HOME": "/tmp", "TMPDIR": "/tmp"],
      maximumOutput: maximumOutput, deadline: deadline,
      limits: ResourceLimits(processorSeconds: processorSeconds, addressSpace: memory))
    do throws(SpawnError) {
      let result = try ChildProcess(command).wait()
      switch result.status {
      case .exited(let code): return .finished(code: code, output: result.output, errors: String(decoding: result.errorOutput, as: UTF8.self))
      case .timedOut: return .failed("tool-deadline-\(tool)")
      case .signalled: return .failed("tool-killed-\(tool)")
      case .outputTooLarge: return .failed("tool-output-\(tool)")
      }
    } catch {
      switch error {
      case .executable(code: ENOENT): return .failed("tool-missing-\(tool)")
      default: return .failed("tool-start-\(tool)")
      }
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
