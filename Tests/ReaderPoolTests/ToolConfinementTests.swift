import FoundationEssentials
import Glibc
import Model
import ReaderPool
import Spawn
import Testing

/// What an attacker could do who has taken over one of the tools: the same attempts confined and unconfined, and each layer's part alone.
@Suite(.serialized)
struct ToolConfinementTests {
  /// The self test with a tool at work, under some layers only. `outside` are files that must be out of reach.
  private func report(layers: String? = nil, mark: Int32 = getpid() * 10, outside: [String] = []) throws -> ConfinementReport {
    let command = Command(
      Built.reader, ["--self-test", "--tools", "--mark", String(mark)] + (layers.map { ["--layers", $0] } ?? []),
      environment: ["PATH": "/usr/bin:/bin"], input: .bytes(Array(outside.joined(separator: "\n").utf8)), deadline: .seconds(120),
      limits: ResourceLimits(core: nil))
    let result = try ChildProcess(command).wait()
    #expect(result.status == .exited(0))
    return try JSONDecoder().decode(ConfinementReport.self, from: Data(result.output))
  }

  /// A database, an archive and a credential as an installation has them.
  private func withInstallation<Result>(_ body: ([String]) throws -> Result) throws -> Result {
    var template = Array("/tmp/tool-test-XXXXXX".utf8CString)
    let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    let names = ["registry.db", "archive", "ssev.key"].map { "\(directory)/\($0)" }
    for name in names { close(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)) }
    chmod(directory, 0o755)
    defer {
      for name in names { unlink(name) }
      rmdir(directory)
    }
    return try body(names)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can do unconfined what the layers forbid"))
  func everyAttemptFailsConfinedAndSucceedsUnconfined() throws {
    try withInstallation { outside in
      let confined = try report(outside: outside)
      let unconfined = try report(layers: "none", outside: outside)
      #expect(confined.layers.map(\.name) == unconfined.layers.map(\.name))
      #expect(confined.missing.isEmpty)
      for layer in confined.layers { #expect(layer.works, "\(layer.name): \(layer.detail)") }
      for layer in unconfined.layers where layer.name != "tool-outlive" {
        #expect(!layer.works && !layer.detail.hasPrefix("not tried"), "\(layer.name): \(layer.detail)")
      }
      try end(escaped(getpid() * 10))
    }
  }

  /// Which layer stops what, and what goes on without it.
  @Test(
    .enabled(if: geteuid() == 0, "only root can do unconfined what the layers forbid"),
    arguments: [
      ("user,limits", ["tool-processes"], ["tool-files", "tool-archive", "tool-network", "tool-disk"]),
      ("user,namespaces,process", ["tool-network", "tool-signals"], ["tool-files", "tool-archive", "tool-processes", "tool-disk"]),
      ("user,namespaces,process,root", ["tool-files", "tool-writing", "tool-archive", "tool-disk"], ["tool-processes"]),
    ])
  func eachLayerDoesItsPart(layers: String, holds: [String], gives: [String]) throws {
    let report = try report(layers: layers)
    #expect(report.missing.isEmpty)
    let found = Dictionary(uniqueKeysWithValues: report.layers.map { ($0.name, $0) })
    for name in holds { #expect(found[name]?.works == true, "\(name): \(found[name]?.detail ?? "")") }
    for name in gives { #expect(found[name]?.works == false, "\(name): \(found[name]?.detail ?? "")") }
    try end(escaped(getpid() * 10))
  }

  /// A tool's child that left its process group and session ends with the reader, because the reader is the first process of its namespace.
  @Test(.enabled(if: geteuid() == 0, "only root can do unconfined what the layers forbid"))
  func nothingOutlivesTheReader() throws {
    let confined = getpid() * 10 + 1
    _ = try report(mark: confined)
    #expect(escaped(confined).isEmpty)
    let unconfined = confined + 1
    // Without the limits too: they count the processes of every reader of this user, so that the fork could fail for other tests' sake.
    _ = try report(layers: "user", mark: unconfined)
    var left = escaped(unconfined)
    // On a busy machine the one that got away may not have taken its own name yet.
    for _ in 0..<4_000 where left.isEmpty {
      usleep(5_000)
      left = escaped(unconfined)
    }
    #expect(left.count == 1)
    try end(left)
  }

  /// Processes with the mark in their command line.
  private func escaped(_ mark: Int32) -> [Int32] {
    guard let processes = opendir("/proc") else { return [] }
    defer { closedir(processes) }
    var found: [Int32] = []
    while let entry = readdir(processes) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard let pid = Int32(name) else { continue }
      let file = open("/proc/\(pid)/cmdline", O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { continue }
      defer { close(file) }
      var buffer = [UInt8](repeating: 0, count: 256)
      let count = read(file, &buffer, buffer.count)
      if count > 0, String(decoding: buffer.prefix(count), as: UTF8.self).hasSuffix("sleep\u{0}600.\(mark)\u{0}") { found.append(pid) }
    }
    return found
  }

  private func end(_ processes: [Int32]) throws { for process in processes { kill(process, SIGKILL) } }
}
