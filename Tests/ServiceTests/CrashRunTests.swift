import Glibc
import Runtime
import Testing

/// The robot is killed at random, again and again, while messages keep arriving. After each kill and at the end the same oracle compares what the
/// robot says, what its journal and archive hold, and what the other side received.
///
/// `INTAKE_KILLS=1000 ./Deploy/test.sh --filter CrashRunTests` is the long form (`--long` does the same); a failure prints the line that repeats it.
@Suite(.serialized) struct CrashRunTests {
  private static let kills = Installation.environment("INTAKE_KILLS").flatMap { Int($0) } ?? (Installation.isLong ? 1_000 : 6)
  private static let killsInAScene = 25

  @Test func nothingIsLostDoubledSkippedOrStuck() async throws {
    let calls = try await DurableCalls.build()
    var left = Self.kills
    var scene: UInt64 = 0
    var struck = 0
    while left > 0 {
      let count = min(left, Self.killsInAScene)
      let seed = Installation.seed &+ scene
      struck += try await Self.play(seed: seed, kills: count, calls)
      left -= count
      scene += 1
    }
    print("crash run: killed \(struck) times in \(scene) scenes, seed \(Installation.seed)")
    #expect(struck == Self.kills)
  }

  /// One installation killed so often. Returns how often a kill struck.
  static func play(seed: UInt64, kills: Int, _ calls: DurableCalls) async throws -> Int {
    let replay = "replay: INTAKE_SEED=\(seed) INTAKE_KILLS=\(kills) ./Deploy/test.sh --filter CrashRunTests"
    let random = SeededRandom(seed: seed)
    return try await Scene.play(["letters/osmi-klas"], settings: FaultTests.settings) { scene in
      var arrivals = Arrivals(in: "\(scene.folder)/arriving", random: random)
      try Files.makeFolder("\(scene.folder)/arriving")
      var struck = 0
      var isMade = false
      for round in 0..<(kills * 4) where struck < kills {
        for _ in 0..<random.below(3) { try await arrivals.send(to: scene.simulator) }
        let kill = DurableCalls.Kill(number: 1 + Int(random.below(round % 3 == 0 ? 60 : 400)), random.below(2) == 0 ? .before : .after)
        let environment = calls.environment(root: scene.service.state, log: "\(scene.folder)/trace", kill: kill)
        async let run = scene.service.runUntilIdle(environment: environment)
        // While it works.
        for _ in 0..<(1 + random.below(3)) { try await arrivals.send(to: scene.simulator) }
        let end = try await run.end
        if end == .signalled(SIGKILL) { struck += 1 } else { #expect(end == .exited(0), "\(replay)") }
        // The first runs may have died before there was a database to look into.
        if !isMade { isMade = try await scene.service.robot(["messages", "list"]).end == .exited(0) }
        guard isMade else { continue }
        let problems = try await scene.ends().broken()
        try #require(problems == [], "after kill \(struck), \(kill); \(replay)")
      }
      try await settle(scene)
      let expectations = scene.expectations.merging(arrivals.expectations) { $1 }
      var problems = try await scene.ends().problems(expectations)
      problems += try await scene.stuck() + scene.missing(arrivals.originals)
      try #require(problems == [], "\(replay)")
      return struck
    }
  }

  /// Runs undisturbed to the end. Five kills in a row that met the same step by chance have parked it as a suspect: a person says `retry`.
  static func settle(_ scene: Scene) async throws {
    for _ in 0..<3 {
      let finished = try await scene.service.runUntilIdle(limit: .seconds(120))
      #expect(finished.end == .exited(0), "\(finished.error.suffix(1_500))")
      let parked = try await scene.service.robot(["jobs", "list", "--json"]).output
      let suspects = parked.matches(of: /registry\.job-ends-process[^}]*"job"\s*:\s*([0-9]+)/).map { String($0.1) }
      guard !suspects.isEmpty else { return }
      for job in suspects {
        let retried = try await scene.service.robot(["jobs", "retry", job, "--actor", "op"])
        #expect(retried.end == .exited(0), "\(retried.error)")
      }
    }
  }
}

extension Ends {
  /// What must hold at every moment, however little has been done yet.
  func broken() -> [String] {
    var problems = verification.isEmpty ? [] : ["journal verify: \(verification)"]
    for (id, found) in Dictionary(grouping: messages, by: \.messageId) where found.count > 1 {
      problems.append("message \(id) is known \(found.count) times")
    }
    for (id, found) in Dictionary(grouping: entries, by: \.messageId) where found.count > 1 {
      problems.append("message \(id) has \(found.count) entries")
    }
    if Set(entries.map(\.number)).count != entries.count { problems.append("a number is printed twice") }
    for (series, entries) in Dictionary(grouping: entries, by: \.series) {
      let sequences = entries.map(\.sequence).sorted()
      if sequences != Array(1...sequences.count) { problems.append("series \(series) runs \(sequences)") }
    }
    for (subject, copies) in Dictionary(grouping: sent, by: \.subject) where copies.count > 1 {
      problems.append("a reply was sent \(copies.count) times: \(subject.suffix(40))")
    }
    let numbers = Set(entries.map(\.number))
    for reply in sent where !numbers.contains(where: { (reply.body + reply.subject).replacing("\\/", with: "/").contains($0) }) {
      problems.append("a reply tells of no number that exists")
    }
    return problems
  }
}

extension Scene {
  /// Steps that are neither done nor given up.
  func stuck() async throws -> [String] {
    let listed = try await service.robot(["jobs", "list", "--json"])
    let open = listed.output.matches(of: /"code"\s*:\s*"([^"]*)"/).map { String($0.1) }
    let count = listed.output.matches(of: /"state"\s*:/).count
    return count == 0 ? [] : ["\(count) jobs are stuck: \(Set(open).sorted())"]
  }

  /// Originals that the archive does not hold byte for byte.
  func missing(_ originals: Set<[UInt8]>) throws -> [String] {
    let archive = "\(service.state)/archive"
    let kept = Set(try Files.tree(archive).map { try Files.read("\(archive)/\($0)") })
    return originals.subtracting(kept).map { "an original of \($0.count) bytes is not in the archive" }
  }
}
