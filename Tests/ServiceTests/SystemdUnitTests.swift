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
}
