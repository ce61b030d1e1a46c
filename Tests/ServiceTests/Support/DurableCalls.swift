import Glibc

/// The interposer of `Tests/Interposer/durable-calls.c`: the trace of every durable call of a run, and a kill at one of them.
struct DurableCalls: Sendable {
  /// One call of a trace.
  struct Call: Sendable, Hashable {
    let function: String
    /// The normalised path below the root of the run, or `network`.
    let target: String
    /// Hash of the return addresses: the place in the program.
    let stack: String
    /// The how manieth call of this function, target and stack.
    let occurrence: Int

    var site: Site { Site(function: function, target: target, stack: stack) }
  }

  /// A place in the program that makes something durable.
  struct Site: Sendable, Hashable, CustomStringConvertible {
    let function: String
    let target: String
    let stack: String

    var description: String { "\(function) \(target) \(stack)" }
  }

  enum Side: String, Sendable, CaseIterable { case before, after }

  /// Where to kill.
  struct Kill: Sendable, Hashable, CustomStringConvertible {
    let description: String

    /// At one place of the program: the same in every run that comes there.
    init(_ call: Call, _ side: Side) { description = "\(call.site) \(call.occurrence) \(side.rawValue)" }

    /// At the call of this number from the start, whatever it is.
    init(number: Int, _ side: Side) { description = "\(number) \(side.rawValue)" }
  }

  private let library: String

  /// Compiled once in a test run, beside the programs, with the compiler of the Swift toolchain.
  static func build() async throws -> DurableCalls { try await built.value }

  private static let built = Task { try await withTemporaryFolder { try await compile(in: $0) } }

  private static func compile(in folder: String) async throws -> DurableCalls {
    let library = "\(Installation.products)/durable-calls.so"
    let source = "\(Installation.root)/Tests/Interposer/durable-calls.c"
    let arguments = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-fPIC", "-shared", "-o", library, source, "-ldl"]
    let compiled = try await run("/usr/bin/env", ["clang"] + arguments, environment: toolchainPath, in: folder)
    guard compiled.end == .exited(0) else { throw SupportError("clang: \(compiled.error)") }
    return DurableCalls(library: library)
  }

  /// The path the tests themselves were started with: the toolchain is on it.
  private static var toolchainPath: [String: String] { ["PATH": Installation.environment("PATH") ?? "/usr/bin:/bin"] }

  /// The environment that loads the interposer into a program whose files lie below `root`.
  func environment(root: String, log: String, kill: Kill? = nil) -> [String: String] {
    var variables = ["LD_PRELOAD": library, "INTAKE_DURABLE_ROOT": root, "INTAKE_DURABLE_LOG": log]
    variables["INTAKE_DURABLE_KILL"] = kill?.description
    return variables
  }

  static func trace(_ log: String) throws -> [Call] {
    try Files.text(log).split(separator: "\n").map { line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 6, let occurrence = Int(words[5]) else { throw SupportError("not a line of a trace: \(line)") }
      return Call(function: words[2], target: words[3], stack: words[4], occurrence: occurrence)
    }
  }
}
