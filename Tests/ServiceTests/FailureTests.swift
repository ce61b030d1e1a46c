import Glibc
import Testing

/// A wrong installation: a stable code, what to do, the right exit code, and nothing lost once it is put right.
@Suite(.serialized) struct FailureTests {
  private static let samples = ["letters/osmi-klas", "eforms/otoplenie", "machines/obratna-razpiska"]

  /// What an operator sees of an error.
  private func expectError(_ code: String, exit: Int32, _ finished: Finished, at location: SourceLocation = #_sourceLocation) {
    #expect(finished.end == .exited(exit), "\(finished.error)", sourceLocation: location)
    #expect(finished.error.contains("error[\(code)]: "), "\(finished.error)", sourceLocation: location)
    #expect(finished.error.contains("\n  try: "), "\(finished.error)", sourceLocation: location)
  }

  /// Runs to the end with the installation put right, and demands every expected end.
  private func expectNothingLost(_ scene: Scene, _ service: Service? = nil, at location: SourceLocation = #_sourceLocation) async throws {
    let finished = try await (service ?? scene.service).runUntilIdle()
    #expect(finished.end == .exited(0), "\(finished.error)", sourceLocation: location)
    let problems = try await Ends.of(service ?? scene.service, scene.simulator, in: scene.folder).problems(scene.expectations)
    #expect(problems == [], sourceLocation: location)
  }

  /// The same state with other settings.
  private func service(_ scene: Scene, _ change: (inout Service.Settings) -> Void) async throws -> Service {
    var settings = Service.Settings()
    change(&settings)
    let credentials = try await SimulatorProcess.credentials(messages: ["\(scene.folder)/messages"], in: scene.folder)
    return try Service(in: scene.folder, address: scene.simulator.address, credentials: credentials, settings: settings)
  }

  /// A copy of the ruleset with one thing changed in one of its files.
  private func rules(_ scene: Scene, file: String, _ change: (String) -> String) throws -> String {
    let copy = "\(scene.folder)/rules"
    Files.removeTree(copy)
    try Files.copyTree("\(Installation.root)/Rules", to: copy)
    try Files.write(change(try Files.text("\(copy)/asp/\(file)")), to: "\(copy)/asp/\(file)")
    return "\(copy)/asp/ruleset.rules"
  }

  @Test func aMistakeInTheRules() async throws {
    try await Scene.play(Self.samples) { scene in
      let path = try rules(scene, file: "letters.rules") { $0 + "\nrule \"без етап\" in \"няма такъв\" {\n}\n" }
      let wrong = try await service(scene) { $0.rules = .file(path) }
      let finished = try await wrong.runUntilIdle()
      expectError("rules.invalid", exit: 78, finished)
      #expect(finished.error.contains(/letters\.rules:[0-9]+:[0-9]+: error/))
      #expect(!Files.exists("\(scene.service.state)/registry.db"))
      try await expectNothingLost(scene, try await service(scene) { _ in })
    }
  }

  @Test func aMistakeInATable() async throws {
    try await Scene.play(Self.samples) { scene in
      let path = try rules(scene, file: "units.csv") { $0.replacing("Д-В,", with: "Д-В,\"") }
      let wrong = try await service(scene) { $0.rules = .file(path) }
      let finished = try await wrong.runUntilIdle()
      expectError("rules.invalid", exit: 78, finished)
      #expect(finished.error.contains(/units\.csv:[0-9]+:[0-9]+: error/), "\(finished.error)")
      try await expectNothingLost(scene, try await service(scene) { _ in })
    }
  }

  @Test func aMistakeInTheConfiguration() async throws {
    try await Scene.play(Self.samples) { scene in
      let wrong = try await service(scene) { $0.extra = ["pol every 3 s", "workers 0"] }
      let finished = try await wrong.runUntilIdle()
      expectError("config.invalid", exit: 78, finished)
      // All mistakes at once, each at its place.
      #expect(finished.error.matches(of: /robot\.conf:[0-9]+:[0-9]+: error/).count == 2, "\(finished.error)")
      try await expectNothingLost(scene, try await service(scene) { _ in })
    }
  }

  @Test func aWrongCredential() async throws {
    try await Scene.play(Self.samples) { scene in
      let wrong = try await service(scene) { $0.credential = { ($0.oid, "somebody-else") } }
      let checked = try await wrong.robot(["check"])
      #expect(checked.end == .exited(78), "\(checked.output)\(checked.error)")
      #expect((checked.output + checked.error).contains("mailbox.unauthorized"), "\(checked.output)\(checked.error)")
      let finished = try await wrong.runUntilIdle()
      #expect(finished.error.contains("code=mailbox.unauthorized"), "\(finished.error)")
      expectError("robot.mailboxes-not-polled", exit: 78, finished)
      #expect(try scene.simulator.events().filter { $0.event == "opened" || $0.event == "sent" }.isEmpty)
      try await expectNothingLost(scene, try await service(scene) { _ in })
    }
  }

  @Test func aHostThatCannotBeReached() async throws {
    try await Scene.play(Self.samples) { scene in
      let credentials = try await SimulatorProcess.credentials(messages: ["\(scene.folder)/messages"], in: scene.folder)
      let away = try Service(in: scene.folder, address: "http://127.0.0.1:9", credentials: credentials)
      let checked = try await away.robot(["check"])
      #expect(checked.end == .exited(75), "\(checked.output)\(checked.error)")
      #expect((checked.output + checked.error).contains("mailbox.unreachable"), "\(checked.output)\(checked.error)")
      for end in ["--until-idle", "--once"] {
        let finished = try await away.robot(["run", end])
        #expect(finished.error.contains("code=mailbox.unreachable"), "\(finished.error)")
        expectError("robot.mailboxes-not-polled", exit: 75, finished)
      }
      try await expectNothingLost(scene, try await service(scene) { _ in })
    }
  }

  @Test func aDatabaseOfAnotherEnvironment() async throws {
    try await Scene.play(Self.samples) { scene in
      try await expectNothingLost(scene)
      let other = try await service(scene) { $0.environment = "production" }
      expectError("registry.other-environment", exit: 78, try await other.runUntilIdle())
      try await expectNothingLost(scene, try await service(scene) { _ in })
    }
  }

  @Test func aDatabaseOfANewerVersion() async throws {
    try await Scene.play(Self.samples) { scene in
      try await expectNothingLost(scene)
      let database = "\(scene.service.state)/registry.db"
      let version = try await changeVersion(of: database, by: 1_000, in: scene.folder)
      let before = try Files.read(database)
      expectError("registry.newer", exit: 78, try await scene.service.runUntilIdle())
      #expect(try Files.read(database) == before, "an older program must leave a newer database alone")
      #expect(try await changeVersion(of: database, by: -1_000, in: scene.folder) == version + 1_000)
      try await expectNothingLost(scene)
    }
  }

  /// SQLite's own field for the version of a schema; returns what it was.
  private func changeVersion(of database: String, by step: Int, in folder: String) async throws -> Int {
    let script = """
      import sqlite3, sys
      database = sqlite3.connect(sys.argv[1])
      version = database.execute("PRAGMA user_version").fetchone()[0]
      database.execute(f"PRAGMA user_version = {version + int(sys.argv[2])}")
      database.commit()
      print(version)
      """
    let finished = try await run("/usr/bin/python3", ["-c", script, database, String(step)], in: folder)
    return try #require(Int(finished.output.split(separator: "\n").first ?? ""), "\(finished.error)")
  }

  @Test func aClockThatIsWrong() async throws {
    try await Scene.play(Self.samples, options: ["--clock-start", "2026-01-01T00:00:00+02:00"]) { scene in
      // It waits for the clock as long as it takes; one round is enough here.
      let finished = try await scene.service.robot(["run", "--once"])
      #expect(finished.error.contains("robot.clock-off"), "\(finished.error)")
      #expect(try scene.simulator.sent().isEmpty)
      let entries = try await scene.ends().entries
      #expect(entries == [])
      try await scene.simulator.setClockToNow()
      for job in try await parkedJobs(scene.service) {
        let retried = try await scene.service.robot(["jobs", "retry", job, "--actor", "тест"])
        #expect(retried.end == .exited(0), "\(retried.error)")
      }
      try await expectNothingLost(scene)
    }
  }

  private func parkedJobs(_ service: Service) async throws -> [String] {
    let listed = try await service.robot(["jobs", "list", "--json"])
    return listed.output.matches(of: /"id"\s*:\s*([0-9]+)[^}]*"state"\s*:\s*"parked"/).map { String($0.1) }
  }

  /// A memory file system of a few megabytes in a mount namespace of its own; it grows only after the robot has failed.
  @Test func aFullDisk() async throws {
    try await Scene.play(["letters", "eforms/otoplenie"]) { scene in
      let state = scene.service.state
      let script = """
        set -u
        mount -t tmpfs -o size=$SIZE none "$STATE" && mkdir "$STATE/mirror" || exit 99
        "$ROBOT" run --until-idle --config "$CONFIG" 2>"$FOLDER/full.log"
        echo "full: $?"
        mount -o remount,size=256m "$STATE" || exit 98
        "$ROBOT" run --until-idle --config "$CONFIG" 2>"$FOLDER/again.log"
        echo "again: $?"
        cp -r "$STATE" "$FOLDER/kept"
        """
      let variables = [
        "STATE": state, "ROBOT": Installation.program("intake-robot"), "CONFIG": scene.service.configuration, "FOLDER": scene.folder,
        // Enough to begin, not enough to finish.
        "SIZE": "1500k",
      ]
      let finished = try await run(
        "/usr/bin/unshare", ["--map-root-user", "--mount", "/bin/bash", "-c", script], environment: variables, in: scene.folder,
        limit: .seconds(120))
      let log = try Files.text("\(scene.folder)/full.log")
      let after = try Files.text("\(scene.folder)/again.log")
      #expect(finished.output.contains("full: 75"), "\(finished.output)\(finished.error)\(log.suffix(1_000))")
      #expect(log.contains("disk-full"), "\(log.suffix(1_000))")
      #expect(log.contains("\n  try: "), "\(log.suffix(1_000))")
      #expect(finished.output.contains("again: 0"), "\(finished.output)\(after.suffix(1_000))")
      Files.removeTree(state)
      try Files.copyTree("\(scene.folder)/kept", to: state)
      try await expectNothingLost(scene)
    }
  }
}
