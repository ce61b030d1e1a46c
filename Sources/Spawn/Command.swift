/// A program to start: everything about it is said here, nothing is inherited but the user, the working directory and the namespaces.
package struct Command: Sendable {
  /// Absolute path. There is no search along `PATH`.
  package var executable: String
  /// Without the program's own name. Visible to every user of the machine: never personal data (design.md 1.7).
  package var arguments: [String]
  /// The whole environment of the child.
  package var environment: [String: String]
  package var input: Input
  /// Longer output ends the child with `.outputTooLarge`; what came before is kept.
  package var maximumOutput: Int
  /// Error output beyond this is read and thrown away.
  package var maximumErrorOutput: Int
  /// From the start; then the whole process group is killed. `nil` for none.
  package var deadline: Duration?
  package var limits: ResourceLimits
  /// `nil` for the directory of this process.
  package var workingDirectory: String?

  package enum Input: Sendable {
    /// `/dev/null`.
    case nothing
    /// A file, opened for reading by this process, so that the child needs no right to its path. Never a symbolic link.
    case file(String)
    /// Handed over in an anonymous memory file: the child may seek in it, and nothing reaches a disk.
    case bytes([UInt8])
    /// An open descriptor of this process, left open.
    case descriptor(Int32)
  }

  package init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], input: Input = .nothing,
    maximumOutput: Int = 16 << 20, maximumErrorOutput: Int = 64 << 10, deadline: Duration? = nil, limits: ResourceLimits = ResourceLimits(),
    workingDirectory: String? = nil
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.input = input
    self.maximumOutput = maximumOutput
    self.maximumErrorOutput = maximumErrorOutput
    self.deadline = deadline
    self.limits = limits
    self.workingDirectory = workingDirectory
  }
}

/// How a child ended and what it left.
package struct SpawnResult: Sendable {
  package enum Status: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)
    /// Killed at the deadline.
    case timedOut
    /// Killed because it wrote more than `maximumOutput`.
    case outputTooLarge
  }

  package var status: Status
  package var output: [UInt8]
  package var errorOutput: [UInt8]
  /// Bytes: the greatest resident size of the child or of any process it waited for.
  package var peakMemory: Int64
  /// User and system time of the child and of the processes it waited for.
  package var processorTime: Duration
  package var duration: Duration

  package var succeeded: Bool { status == .exited(0) }
}

/// Why a child could not be started. `code` is the `errno`.
package enum SpawnError: Error, Sendable, Equatable {
  /// The input could not be opened or handed over.
  case input(code: Int32)
  /// No pipe, no process: the machine is short of something.
  case resources(code: Int32)
  /// There is no such program or it may not be executed.
  case executable(code: Int32)
}
