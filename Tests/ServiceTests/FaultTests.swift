import Glibc
import Runtime
import Testing

/// The same promise with a network and a server that misbehave: every fault the simulator knows, and a kill in the middle of it.
@Suite(.serialized) struct FaultTests {
  struct Case: Sendable, CustomStringConvertible {
    let fault: String

    var description: String { fault }
    var kind: String { String(fault.prefix { $0 != ":" }) }
  }

  /// At least one for each kind; several where it matters which call is hit. Counts end, so that the robot can finish.
  static let cases: [Case] = [
    Case(fault: "down:count=4"), Case(fault: "reset-before:count=4"), Case(fault: "reset-before:route=send,count=2"),
    Case(fault: "close-before:count=4"), Case(fault: "reset-after:count=4"), Case(fault: "reset-after:route=send,count=2"),
    Case(fault: "cut-after:route=send+open,count=3"), Case(fault: "stall-before:ms=1500,count=2"),
    Case(fault: "stall:route=send,ms=1500,count=1"), Case(fault: "cut-body:count=5"), Case(fault: "cut-body:route=send,count=2"),
    Case(fault: "malformed-json:count=4"), Case(fault: "malformed-json:route=send,count=2"), Case(fault: "truncated-json:count=4"),
    Case(fault: "dribble:ms=1,count=2"), Case(fault: "oversized:route=inbox+open,mb=80,count=2"), Case(fault: "503:rate=0.3,count=12"),
    Case(fault: "429:retry-after=1,count=3"), Case(fault: "401:count=3"), Case(fault: "401:route=send,count=2"),
    Case(fault: "500:route=open,count=3"), Case(fault: "504:route=send,when=after,count=2"), Case(fault: "502:route=send,count=2"),
    Case(fault: "405:route=send,count=1"), Case(fault: "redirect:count=3"), Case(fault: "wrong-date:count=2"),
    Case(fault: "duplicate-rows:count=20"), Case(fault: "swap-ties:count=20"),
    Case(fault: "late-commit:answer=cut,seconds=0.4,count=2"), Case(fault: "late-commit:answer=504,seconds=0.2,count=2"),
    Case(fault: "wrong-hash:count=2"), Case(fault: "wrong-size:count=2"),
    Case(fault: "link-expired:count=2"), Case(fault: "blob-gone:count=1"),
    Case(fault: "corrupt-body:count=2"), Case(fault: "upload-malicious"), Case(fault: "upload-quota"),
    Case(fault: "upload-not-scanned"),
  ]

  /// Kinds with tests of their own below: they change which messages there are.
  private static let elsewhere: Set<String> = ["page-new-message", "page-open", "late-row"]

  /// The simulator itself says which faults it has.
  @Test func everyFaultOfTheSimulatorIsTried() async throws {
    try await withTemporaryFolder { folder in
      let refused = try await run(Installation.program("ssev-simulator"), ["--fault", "nothing"], in: folder)
      let list = try #require(refused.error.firstMatch(of: /HTTP status or one of ([a-z, -]+)/))
      let kinds = Set(list.1.split(separator: ",").map { String($0.drop { $0 == " " }) })
      #expect(kinds.count > 20)
      #expect(kinds.subtracting(Self.cases.map(\.kind)).subtracting(Self.elsewhere) == [])
    }
  }

  static var settings: Service.Settings {
    var settings = Service.Settings()
    settings.timeoutMilliseconds = 1_000
    settings.horizonMilliseconds = 1_500
    settings.lookMilliseconds = 100
    settings.retryAttempts = 40
    return settings
  }

  private static let killsInTheLongForm = 8

  @Test(arguments: cases) func oneNumberOneEntryOneReply(_ tried: Case) async throws {
    let calls = try await DurableCalls.build()
    let random = SeededRandom(seed: Installation.seed ^ UInt64(Self.cases.firstIndex { $0.fault == tried.fault } ?? 0))
    let kills = (0..<(Installation.isLong ? Self.killsInTheLongForm : 1)).map { _ in
      DurableCalls.Kill(number: 40 + Int(random.below(400)), random.below(2) == 0 ? .before : .after)
    }
    for kill in kills { try await attempt(tried, kill, calls) }
  }

  private func attempt(_ tried: Case, _ kill: DurableCalls.Kill, _ calls: DurableCalls) async throws {
    try await Scene.play(CrashTests.samples, faults: [tried.fault], options: ["--horizon", "1"], settings: Self.settings) { scene in
      let environment = calls.environment(root: scene.service.state, log: "\(scene.folder)/trace", kill: kill)
      _ = try await scene.service.runUntilIdle(environment: environment)
      // A fault that strikes every list may outlast several runs, which say so.
      var restarted = try await scene.service.runUntilIdle()
      for _ in 0..<8 where restarted.end == .exited(75) { restarted = try await scene.service.runUntilIdle() }
      #expect(restarted.end == .exited(0), "fault \(tried), killed at \(kill): \(restarted.error.suffix(1_500))")
      let problems = try await scene.problems()
      #expect(problems == [], "fault \(tried), killed at \(kill), seed \(Installation.seed)")
    }
  }

  /// A message that arrives while the list is being read moves every page.
  @Test func aListThatMovesLosesNothing() async throws {
    try await Scene.play(["letters"], faults: ["page-new-message:count=2"], settings: Self.paged) { scene in
      try await scene.service.runUntilIdle()
      let ends = try await scene.ends()
      let known = Set(ends.messages.map(\.messageId))
      #expect(known.isSuperset(of: scene.expectations.keys))
      #expect(known.count > scene.expectations.count, "the fault did not strike")
      #expect(Set(ends.entries.map(\.messageId)).count == ends.entries.count)
    }
  }

  /// A message that somebody opens while the list is being read changes places; it may then wait for a person, never vanish.
  @Test func aListInWhichAPersonOpensLosesNothing() async throws {
    try await Scene.play(["letters"], faults: ["page-open:count=2"], settings: Self.paged) { scene in
      try await scene.service.runUntilIdle()
      let ends = try await scene.ends()
      #expect(Set(ends.messages.map(\.messageId)) == Set(scene.expectations.keys))
      #expect(ends.messages.filter { $0.end != "registered" && $0.reason != "opened-by-person" } == [])
      #expect(ends.messages.contains { $0.reason == "opened-by-person" }, "the fault did not strike")
    }
  }

  /// A row that becomes visible only after a newer one was seen and answered.
  @Test func aLateRowIsFound() async throws {
    let late = ["letters/osmi-klas", "letters/bremennost"]
    try await Scene.play(["eforms/otoplenie"], faults: ["late-row:count=1,seconds=5"], options: ["--horizon", "10"]) { scene in
      for sample in late { try await scene.simulator.add(messageIn: "\(Installation.samples)/\(sample)") }
      let expectations = try late.reduce(into: scene.expectations) { all, sample in
        all.merge(try Expectation.below("\(Installation.samples)/\(sample)")) { $1 }
      }
      try await scene.service.runUntilIdle()
      let before = try await scene.ends()
      #expect(before.messages.count == expectations.count - 1, "the fault did not strike")
      try await scene.simulator.advance(seconds: 11)
      try await scene.service.runUntilIdle()
      let problems = try await scene.ends().problems(expectations)
      #expect(problems == [])
    }
  }

  private static var paged: Service.Settings {
    var settings = Service.Settings()
    settings.pageSize = 5
    return settings
  }
}
