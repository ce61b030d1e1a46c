import FoundationEssentials
import Glibc
import Model
import ReaderPool
import Spawn
import Testing

/// The same attempts confined and unconfined: each layer is shown by what would happen without it.
@Suite(.serialized)
struct ConfinementTests {
  /// The self test under some layers only; started with a descriptor left open.
  private func report(layers: String? = nil) throws -> ConfinementReport {
    let command = Command(
      "/bin/sh", ["-c", #"exec 5</dev/null; exec "$0" "$@""#, Built.reader, "--self-test"] + (layers.map { ["--layers", $0] } ?? []),
      environment: ["PATH": "/usr/bin:/bin"], input: .bytes(Array(Built.directory.utf8)), deadline: .seconds(60),
      // It sets its own limits; from outside they may come after it has left this user, and then be refused.
      limits: ResourceLimits(core: nil))
    let result = try ChildProcess(command).wait()
    #expect(result.status == .exited(0))
    return try JSONDecoder().decode(ConfinementReport.self, from: Data(result.output))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can do unconfined what the layers forbid"))
  func everyAttemptFailsConfinedAndSucceedsUnconfined() throws {
    let confined = try report()
    let unconfined = try report(layers: "none")
    #expect(confined.layers.map(\.name) == unconfined.layers.map(\.name))
    #expect(confined.isComplete)
    for layer in confined.layers { #expect(layer.works, "\(layer.name): \(layer.detail)") }
    // A machine may be set to make no core files of itself.
    for layer in unconfined.layers where layer.name != "core-files" { #expect(!layer.works, "\(layer.name): \(layer.detail)") }
  }

  /// Several layers guard the same door, so each is shown alone, with those it stands on: what it stops, and what only the next one does.
  @Test(
    .enabled(if: geteuid() == 0, "only root can do unconfined what the layers forbid"),
    arguments: [
      ("descriptors", ["descriptors"], ["files", "network"]),
      ("limits", ["memory", "file-size", "open-files", "core-files", "processor-time"], ["files", "processes"]),
      ("user", ["mounting"], ["namespaces", "network", "privileges"]),
      ("user,limits", ["processes"], ["files", "signals"]),
      ("user,privileges", ["privileges"], ["namespaces"]),
      ("user,namespaces,process", ["network", "signals"], ["files", "namespaces", "mounting"]),
      ("user,namespaces,process,root", ["files", "writing", "namespaces"], ["mounting"]),
      ("user,namespaces,process,root,capabilities", ["mounting"], ["memory"]),
    ])
  func eachLayerDoesItsPart(layers: String, holds: [String], gives: [String]) throws {
    let report = try report(layers: layers)
    #expect(report.missing.isEmpty)
    let found = Dictionary(uniqueKeysWithValues: report.layers.map { ($0.name, $0) })
    for name in holds { #expect(found[name]?.works == true, "\(name): \(found[name]?.detail ?? "")") }
    for name in gives { #expect(found[name]?.works == false, "\(name): \(found[name]?.detail ?? "")") }
  }

  /// Alone, without namespaces, as where the administrator forbids them.
  @Test func landlockAloneGuardsFilesAndNetwork() throws {
    let report = try report(layers: "privileges,landlock")
    if report.missing.contains(where: { $0.hasPrefix("landlock") }) { return print("skipped: landlock alone: not in this kernel") }
    for layer in report.layers where ["files", "writing", "network"].contains(layer.name) { #expect(layer.works, "\(layer.name): \(layer.detail)") }
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
    for arguments in [["--layers", "none"], ["--layers", "limits,landlock"], ["--confinement", "none"]] {
      let result = try ChildProcess(Command(Built.reader, arguments, input: .bytes(Array("Жалба".utf8)))).wait()
      #expect(result.status == .exited(64))
      #expect(result.output.isEmpty)
    }
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
