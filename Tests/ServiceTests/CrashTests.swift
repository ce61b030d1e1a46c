import Glibc
import Runtime
import Testing

/// The robot is killed before and after calls that make something durable or let it leave the machine, and started again. Then there must be one
/// number, one entry, no gap and the expected replies, by what it says, what it exports and what the other side received.
///
/// The list of calls is a trace of one undisturbed run; nothing in it is written by hand. The suite takes some of them by seed, the long form all.
@Suite(.serialized) struct CrashTests {
  /// A letter, an e-form with attachments, the same letter again, a machine's message that gets no number.
  static let samples = ["letters/osmi-klas", "eforms/otoplenie", "duplicates/pismo-1", "duplicates/pismo-2-sashtoto", "machines/obratna-razpiska"]

  private static let shortCount = 20

  /// Both sides of each place in the program: its first call, and one more where there are several.
  static func kills(of trace: [DurableCalls.Call], random: SeededRandom) -> [DurableCalls.Kill] {
    var calls: [DurableCalls.Call] = []
    let bySite = Dictionary(grouping: trace, by: \.site)
    for site in bySite.keys.sorted(by: { $0.description < $1.description }) {
      guard let of = bySite[site], let first = of.first else { continue }
      calls.append(first)
      if of.count > 1 { calls.append(of[1 + Int(random.below(UInt64(of.count - 1)))]) }
    }
    return calls.flatMap { call in DurableCalls.Side.allCases.map { DurableCalls.Kill(call, $0) } }
  }

  /// The calls of an undisturbed run, which must itself end as expected.
  static func undisturbedTrace(_ calls: DurableCalls) async throws -> [DurableCalls.Call] {
    try await Scene.play(samples) { scene in
      let log = "\(scene.folder)/trace"
      let finished = try await scene.service.runUntilIdle(environment: calls.environment(root: scene.service.state, log: log))
      #expect(finished.end == .exited(0), "\(finished.error)")
      let problems = try await scene.problems()
      #expect(problems == [])
      return try DurableCalls.trace(log)
    }
  }

  /// Whether the place was reached.
  static func killAndRestart(_ kill: DurableCalls.Kill, _ calls: DurableCalls) async throws -> Bool {
    try await Scene.play(samples) { scene in
      let environment = calls.environment(root: scene.service.state, log: "\(scene.folder)/trace", kill: kill)
      let killed = try await scene.service.runUntilIdle(environment: environment)
      let restarted = try await scene.service.runUntilIdle()
      #expect(restarted.end == .exited(0), "after \(kill): \(restarted.error)")
      let problems = try await scene.problems()
      #expect(problems == [], "after \(kill) (INTAKE_KILL='\(kill)' ./Deploy/test.sh --filter CrashTests)")
      return killed.end == .signalled(SIGKILL)
    }
  }

  @Test func oneNumberOneEntryOneReplyWhereverItIsKilled() async throws {
    let calls = try await DurableCalls.build()
    let trace = try await Self.undisturbedTrace(calls)
    let random = SeededRandom(seed: Installation.seed)
    let all = Self.kills(of: trace, random: random)
    #expect(all.count > 100)
    var chosen = all
    if let one = Installation.environment("INTAKE_KILL") {
      chosen = all.filter { $0.description == one }
      try #require(!chosen.isEmpty, "no such place in this build: \(one)")
    } else if !Installation.isLong {
      chosen = (0..<Self.shortCount).map { _ in all[Int(random.below(UInt64(all.count)))] }
    }
    let reached = try await inPairs(chosen) { try await Self.killAndRestart($0, calls) }
    print(
      "crash test: \(trace.count) durable calls at \(all.count / 2) places, killed at \(chosen.count) sides, \(reached) reached, seed \(Installation.seed)"
    )
    // Threads may take turns differently from run to run; nearly all places must be met, or the test would test nothing.
    #expect(reached * 10 >= chosen.count * 9)
  }
}

/// Two at a time, as the machine has cores to give; the number of `true`.
func inPairs<Item: Sendable>(_ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Bool) async throws -> Int {
  try await withThrowingTaskGroup(of: Bool.self) { group in
    var rest = items[...]
    for item in rest.prefix(2) { group.addTask { try await body(item) } }
    rest = rest.dropFirst(2)
    var count = 0
    while let met = try await group.next() {
      count += met ? 1 : 0
      if let item = rest.popFirst() { group.addTask { try await body(item) } }
    }
    return count
  }
}
