import FoundationEssentials
import Glibc
import Model
import ReaderPool
import Spawn
import Testing

/// The same attempts confined and unconfined: each layer is shown by what would happen without it.
@Suite(.serialized)
struct ConfinementTests {
  private func report(_ level: String) throws -> ConfinementReport {
    let result = try ChildProcess(
      Command(Built.reader, ["--self-test", "--confinement", level], input: .bytes(Array(Built.directory.utf8)), deadline: .seconds(60))
    ).wait()
    #expect(result.status == .exited(0))
    return try JSONDecoder().decode(ConfinementReport.self, from: Data(result.output))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can do unconfined what the layers forbid"))
  func everyAttemptFailsConfinedAndSucceedsUnconfined() throws {
    let confined = try report("full")
    let unconfined = try report("none")
    #expect(confined.layers.map(\.name) == unconfined.layers.map(\.name))
    #expect(confined.isComplete)
    for layer in confined.layers { #expect(layer.works, "\(layer.name): \(layer.detail)") }
    for layer in unconfined.layers where !["descriptors", "core-files"].contains(layer.name) {
      #expect(!layer.works, "\(layer.name): \(layer.detail)")
    }
  }

  @Test func withoutConfinementNothingIsRead() throws {
    // A user namespace cannot be made where one user may have none: the layer fails, and the reader with it.
    let script = #"exec unshare -Ur sh -c 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" "$@"' "$0" "$@""#
    func run(_ level: String) throws -> SpawnResult {
      try ChildProcess(
        Command(
          "/bin/sh", ["-c", script, Built.reader, "--confinement", level], environment: ["PATH": "/usr/bin:/bin"], input: .bytes(Array("Жалба".utf8)))
      ).wait()
    }
    let full = try run("full")
    #expect(full.status == .exited(77))
    #expect(full.output.isEmpty)
    #expect(String(decoding: full.errorOutput, as: UTF8.self).hasPrefix("confinement "))
    let reduced = try run("reduced")
    #expect(reduced.status == .exited(0))
    let reading = try JSONDecoder().decode(DocumentReading.self, from: Data(reduced.output))
    #expect(reading.text == "Жалба")
    #expect(reading.notes.contains { $0.hasPrefix("confinement-missing-namespaces") })
  }

  @Test func onlyTheSelfTestMayGoUnconfined() throws {
    let result = try ChildProcess(Command(Built.reader, ["--confinement", "none"], input: .bytes(Array("Жалба".utf8)))).wait()
    #expect(result.status == .exited(64))
    #expect(result.output.isEmpty)
  }

  /// The reader waits for input that never comes; its starter is killed; nothing of it is left. A program that asks for no such thing stays.
  @Test func readerDiesWithItsParent() throws {
    var pipe: [Int32] = [-1, -1]
    try #require(Glibc.pipe(&pipe) == 0)
    defer { for end in pipe { close(end) } }
    // In a session of its own, so that killing the starter's process group does not reach it.
    let script =
      #"exec 3<&0; setsid "$0" --confinement full --parent $$ <&3 >/dev/null 2>&1 & echo $!; setsid sleep 600 <&3 >/dev/null 2>&1 & echo $!; wait"#
    let command = Command("/bin/sh", ["-c", script, Built.reader], environment: ["PATH": "/usr/bin:/bin"], input: .descriptor(pipe[0]))
    let starter = try ChildProcess(command)
    // The inner process exists once the outer one has a child.
    var readers: [Int32] = []
    var bystander: Int32?
    wait(for: "the reader") {
      let children = Processes.children(of: starter.processId)
      bystander = children.first { Processes.name($0) == "sleep" }
      let outer = children.first { Processes.name($0) == "intake-reader" }
      readers = outer.map { [$0] + Processes.children(of: $0) } ?? []
      return readers.count == 2 && bystander != nil
    }
    starter.signal(SIGKILL)
    _ = starter.wait()
    wait(for: "its end") { !readers.contains(where: Processes.isRunning) }
    let survivor = try #require(bystander)
    #expect(Processes.isRunning(survivor))
    kill(survivor, SIGKILL)
  }

  /// Looks until it is so; gives up after a minute of looking.
  private func wait(for what: String, _ condition: () -> Bool) {
    let start = ContinuousClock.now
    while !condition() {
      guard ContinuousClock.now - start < .seconds(60) else {
        Issue.record("waited in vain for \(what)")
        return
      }
      sched_yield()
    }
  }
}

/// What /proc says of processes.
private enum Processes {
  static func name(_ pid: Int32) -> String? { read("/proc/\(pid)/comm").map { String($0.dropLast()) } }

  static func isRunning(_ pid: Int32) -> Bool {
    guard let status = read("/proc/\(pid)/stat"), let end = status.lastIndex(of: ")") else { return false }
    return !["Z", "X"].contains(status[end...].dropFirst(2).prefix(1))
  }

  static func children(of pid: Int32) -> [Int32] {
    read("/proc/\(pid)/task/\(pid)/children")?.split(separator: " ").compactMap { Int32($0) } ?? []
  }

  private static func read(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(file, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }
}
