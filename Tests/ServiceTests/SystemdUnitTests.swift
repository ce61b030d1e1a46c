import Glibc
import Testing

/// The unit file, checked by systemd's own analysis (offline: no systemd needs to run).
@Suite struct SystemdUnitTests {
  private static let source = "\(Installation.root)/Deploy/intake-robot.service"

  /// The unit with the program that was just built, so that the check of ExecStart passes where nothing is installed.
  private func unit(in folder: String, changing change: (String) -> String = { $0 }) throws -> String {
    let path = "\(folder)/intake-robot.service"
    let installed = try Files.text(Self.source)
    try Files.write(change(installed).replacing("/usr/local/bin/intake-robot", with: Installation.program("intake-robot")), to: path)
    return path
  }

  /// systemd only warns of an unknown key and still succeeds: any line it prints is a failure.
  private func verify(_ unit: String, in folder: String) async throws -> String {
    let finished = try await run("/usr/bin/systemd-analyze", ["verify", "--man=no", unit], in: folder)
    return finished.output + finished.error + (finished.end == .exited(0) ? "" : "\(finished.end)")
  }

  @Test func isUnderstoodByTheSystemdOfDebian12() async throws {
    try await withTemporaryFolder { folder in
      let complaints = try await verify(unit(in: folder), in: folder)
      #expect(complaints == "")
    }
  }

  @Test func aMisspeltKeyIsSeen() async throws {
    try await withTemporaryFolder { folder in
      let misspelt = try unit(in: folder) { $0.replacing("UMask=", with: "Umask=") }
      let complaints = try await verify(misspelt, in: folder)
      #expect(complaints.contains("Umask"))
    }
  }

  /// Exposure times ten. 23 is what the reader's own namespaces and mount calls cost; the rest is as closed as systemd can make it.
  @Test func exposesNoMoreThanTheReaderNeeds() async throws {
    try await withTemporaryFolder { folder in
      let finished = try await run(
        "/usr/bin/systemd-analyze", ["security", "--offline=true", "--threshold=23", "--no-pager", unit(in: folder)], in: folder)
      #expect(finished.end == .exited(0), "\(finished.output.suffix(200))\(finished.error)")
    }
  }

  @Test(arguments: [
    "UMask=0077", "LimitCORE=0", "Type=notify", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n",
    "RestrictNamespaces=user mnt pid net ipc",
  ])
  func holdsWhatTheProgramReliesOn(_ setting: String) throws {
    #expect(try Files.text(Self.source).contains("\n\(setting)"))
  }

  /// Every system call that robot, reader and tools make in a whole run, confinement and all, is one the unit lets through.
  @Test func letsThroughEveryCallThatIsMade() async throws {
    try await Scene.play(["eforms/otoplenie", "odd/arhiv-zip", "delivery/lipsvasht-fayl"], settings: Self.confined) { scene in
      let log = "\(scene.folder)/calls"
      let finished = try await run(
        "/usr/bin/strace",
        [
          "-f", "-qq", "-s", "0", "-e", "signal=none", "-o", log, Installation.program("intake-robot"), "run", "--until-idle", "--config",
          scene.service.configuration,
        ],
        in: scene.folder, limit: .seconds(120))
      #expect(finished.end == .exited(0), "\(finished.error.suffix(1_000))")
      var made: Set<String> = []
      for line in try Files.text(log).split(separator: "\n") {
        let call = line.drop { $0.isNumber || $0 == " " }
        if let open = call.firstIndex(of: "("), call.first?.isLetter == true { made.insert(String(call[..<open])) }
      }
      #expect(made.isSuperset(of: ["unshare", "mount", "pivot_root", "fdatasync"]), "the reader did not confine itself")
      let allowed = try await allowedCalls(in: scene.folder)
      // Tests run as root, whom the reader leaves and for whom SQLite keeps owners; the service never is.
      let onlyOfRoot: Set<String> = geteuid() == 0 ? ["setgroups", "setresuid", "setresgid", "fchown"] : []
      // Swift's thread pool asks for priorities and does without: any user but root is refused them anyway.
      let dispensable: Set<String> = ["setpriority"]
      #expect(made.subtracting(allowed).subtracting(onlyOfRoot).subtracting(dispensable) == [])
    }
  }

  private static var confined: Service.Settings {
    var settings = Service.Settings()
    settings.confinement = "full"
    return settings
  }

  /// The filter of the unit as systemd builds it: line by line, sets expanded, `~` taking away.
  private func allowedCalls(in folder: String) async throws -> Set<String> {
    var allowed: Set<String> = []
    for line in try Files.text(Self.source).split(separator: "\n") where line.hasPrefix("SystemCallFilter=") {
      let value = line.dropFirst("SystemCallFilter=".count)
      for word in value.drop(while: { $0 == "~" }).split(separator: " ") {
        let calls = try await expand(String(word), in: folder)
        if value.hasPrefix("~") { allowed.subtract(calls) } else { allowed.formUnion(calls) }
      }
    }
    return allowed
  }

  private func expand(_ word: String, in folder: String) async throws -> Set<String> {
    guard word.hasPrefix("@") else { return [word] }
    let shown = try await run("/usr/bin/systemd-analyze", ["syscall-filter", "--no-pager", word], in: folder)
    var calls: Set<String> = []
    for line in shown.output.split(separator: "\n").dropFirst() {
      let name = String(line.drop { $0 == " " })
      if name.hasPrefix("#") || name.isEmpty { continue }
      calls.formUnion(try await expand(name, in: folder))
    }
    return calls
  }
}
