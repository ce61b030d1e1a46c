import Glibc
import Runtime
import Testing

/// The power goes in the middle of a run: what the process wrote and did not sync is lost in part, in any order, by seed. The robot is started on
/// each such disk, and the oracle finds nothing lost, doubled or skipped.
///
/// The run itself is real and the simulator goes on living: what it has answered has been answered. `INTAKE_CUTS=200` sets how many.
@Suite(.serialized) struct PowerCutTests {
  private static let cuts = Installation.environment("INTAKE_CUTS").flatMap { Int($0) } ?? (Installation.isLong ? 300 : 6)

  @Test func theStoreSurvivesWhateverWasNotSynced() async throws {
    let calls = try await DurableCalls.build()
    let lost = try await inPairs(Array(0..<Self.cuts)) { try await Self.cut(seed: Installation.seed &+ UInt64($0), calls) }
    print("power cut: \(Self.cuts) cuts, \(lost) of them lost something, seed \(Installation.seed)")
    #expect(lost * 2 >= Self.cuts, "hardly anything was ever unsynced: the test tests nothing")
  }

  /// Whether the cut lost anything.
  static func cut(seed: UInt64, _ calls: DurableCalls) async throws -> Bool {
    let random = SeededRandom(seed: seed)
    let replay = "replay: INTAKE_SEED=\(seed) INTAKE_CUTS=1 ./Deploy/test.sh --filter PowerCutTests"
    return try await Scene.play(CrashTests.samples, settings: FaultTests.settings) { scene in
      let state = scene.service.state
      var hasLost = false
      for cut in 0..<2 {
        let before = try Self.tree(state)
        let record = "\(scene.folder)/record.\(cut)"
        let kill = DurableCalls.Kill(number: 1 + Int(random.below(500)), random.below(2) == 0 ? .before : .after)
        var environment = calls.environment(root: state, log: "\(scene.folder)/trace", kill: kill)
        environment["INTAKE_DURABLE_RECORD"] = record
        _ = try await scene.service.runUntilIdle(environment: environment)
        var disk = try PowerCut(before: before.files, folders: before.folders, record: try Files.read(record), root: state)
        let mood = PowerCut.Mood.allCases[Int(random.below(3))]
        let rebuilt = "\(scene.folder)/rebuilt.\(cut)"
        try Files.makeFolder(rebuilt)
        try disk.write(to: rebuilt, from: state, mood: mood, random: random)
        Files.removeTree(state)
        guard rename(rebuilt, state) == 0 else { throw SupportError("rename: errno \(errno)") }
        hasLost = hasLost || disk.lost > 0
      }
      let finished = try await scene.service.runUntilIdle()
      #expect(finished.end == .exited(0), "\(finished.error.suffix(1_500)); \(replay)")
      var problems = try await scene.problems()
      problems += try await scene.stuck()
      #expect(problems == [], "\(replay)")
      return hasLost
    }
  }

  /// With everything kept the rebuilt disk is the disk: the record misses no change.
  @Test func theRecordIsComplete() async throws {
    let calls = try await DurableCalls.build()
    try await Scene.play(CrashTests.samples, settings: FaultTests.settings) { scene in
      let state = scene.service.state
      let before = try Self.tree(state)
      var environment = calls.environment(root: state, log: "\(scene.folder)/trace", kill: DurableCalls.Kill(number: 300, .after))
      environment["INTAKE_DURABLE_RECORD"] = "\(scene.folder)/record"
      _ = try await scene.service.runUntilIdle(environment: environment)
      var disk = try PowerCut(before: before.files, folders: before.folders, record: try Files.read("\(scene.folder)/record"), root: state)
      #expect(disk.syncs > 20)
      try Files.makeFolder("\(scene.folder)/rebuilt")
      try disk.write(to: "\(scene.folder)/rebuilt", from: state, mood: .everything, random: SeededRandom(seed: 1))
      // A file that another thread was just beginning when the kill came may be there and not in the record: nothing refers to a temporary name.
      func kept(_ folder: String) throws -> [String: [UInt8]] { try Self.tree(folder).files.filter { !$0.key.hasPrefix("archive/temporary/") } }
      let (there, rebuilt) = (try kept(state), try kept("\(scene.folder)/rebuilt"))
      #expect(Set(there.keys).symmetricDifference(rebuilt.keys) == [])
      #expect(there.filter { rebuilt[$0.key] != $0.value }.map(\.key) == [])
    }
  }

  private static func tree(_ folder: String) throws -> (files: [String: [UInt8]], folders: [String]) {
    var files: [String: [UInt8]] = [:]
    var folders: Set<String> = []
    func visit(_ below: String) throws {
      for name in Files.names(in: "\(folder)/\(below)") where name != "." && name != ".." {
        let path = below.isEmpty ? name : "\(below)/\(name)"
        if Files.isFolder("\(folder)/\(path)") {
          folders.insert(path)
          try visit(path)
        } else if !name.hasSuffix("-shm") {
          files[path] = try Files.read("\(folder)/\(path)")
        }
      }
    }
    try visit("")
    return (files, folders.sorted())
  }
}
