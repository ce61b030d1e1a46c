import Glibc
import Runtime
import Testing

/// Every call of the robot to the system fails on its Nth use, N = 1, 2, 3 … until a run is not touched by it: once, and from then on. Afterwards
/// the system works again, the robot is started anew, and the oracle looks. SQLite, the archive, the mirror, the network, the reader and the clock
/// all come down to these calls. The short form takes some by seed.
@Suite(.serialized) struct SweepTests {
  struct Failing: Sendable, CustomStringConvertible {
    let function: String
    let error: Int32
    var description: String { "\(function) \(error)" }
  }

  static let failing: [Failing] = [
    Failing(function: "write", error: ENOSPC), Failing(function: "write", error: EIO), Failing(function: "pwrite64", error: ENOSPC),
    Failing(function: "pwrite64", error: EIO), Failing(function: "pread64", error: EIO), Failing(function: "fsync", error: EIO),
    Failing(function: "fdatasync", error: EIO), Failing(function: "rename", error: EIO), Failing(function: "open", error: EMFILE),
    Failing(function: "open64", error: EIO), Failing(function: "mkdir", error: EIO), Failing(function: "unlink", error: EACCES),
    Failing(function: "ftruncate64", error: EIO), Failing(function: "socket", error: EMFILE), Failing(function: "connect", error: ECONNREFUSED),
    Failing(function: "send", error: EPIPE), Failing(function: "recv", error: ECONNRESET), Failing(function: "posix_spawn", error: EAGAIN),
    Failing(function: "pipe2", error: EMFILE),
    // Seconds: a clock that is set back by a day in the middle.
    Failing(function: "clock_gettime", error: -86_400),
  ]

  private static let samples = ["letters/osmi-klas", "eforms/otoplenie", "machines/obratna-razpiska"]
  private static let shortCount = 6
  private static let longCount = 60

  @Test func whateverFailsTheNextStartPutsItRight() async throws {
    let calls = try await DurableCalls.build()
    let random = SeededRandom(seed: Installation.seed)
    if let one = Installation.environment("INTAKE_FAIL") {
      _ = try await Self.attempt(one, calls)
      return
    }
    // Hours of work: a command of its own, not part of the long form.
    guard Installation.environment("INTAKE_SWEEP") != "all" else {
      try await Self.sweep(calls)
      return
    }
    var chosen: [String] = []
    for _ in 0..<(Installation.isLong ? Self.longCount : Self.shortCount) {
      let failing = Self.failing[Int(random.below(UInt64(Self.failing.count)))]
      chosen.append("\(failing.function) \(1 + random.below(4)) \(failing.error) \(random.below(2) == 0 ? "once" : "always")")
    }
    let reached = try await inPairs(chosen) { try await Self.attempt($0, calls) }
    print("fault sweep: \(chosen.count) failing calls tried, \(reached) reached, seed \(Installation.seed)")
    #expect(reached > 0)
  }

  /// All of them, each until it is no longer met.
  private static func sweep(_ calls: DurableCalls) async throws {
    let plans = failing.flatMap { failing in ["once", "always"].map { (failing, $0) } }
    let tried = try await inPairs(plans.map { Plan(failing: $0.0, how: $0.1) }) { plan in
      var number = 1
      while try await attempt("\(plan.failing.function) \(number) \(plan.failing.error) \(plan.how)", calls) { number += 1 }
      print("fault sweep: \(plan.failing) \(plan.how): \(number - 1) places")
      return number > 1
    }
    #expect(tried * 10 >= plans.count * 8)
  }

  private struct Plan: Sendable {
    let failing: Failing
    let how: String
  }

  /// Whether the failure was met.
  static func attempt(_ fail: String, _ calls: DurableCalls) async throws -> Bool {
    try await Scene.play(samples, settings: FaultTests.settings) { scene in
      let log = "\(scene.folder)/trace"
      var environment = calls.environment(root: scene.service.state, log: log)
      environment["INTAKE_DURABLE_FAIL"] = fail
      let running = try scene.service.start(["run", "--until-idle"], log: "\(scene.folder)/log", environment: environment)
      // What fails from now on keeps it from ever being idle.
      let isOver = Task { try await running.wait(limit: .seconds(60)) }
      if fail.hasSuffix("always") {
        try? await eventually(limit: .seconds(2)) { kill(running.pid, 0) != 0 || Files.exists("\(scene.folder)/log.done") }
        running.signal(SIGKILL)
      }
      _ = try await isOver.value
      let restarted = try await scene.service.runUntilIdle()
      let replay = "INTAKE_FAIL='\(fail)' ./Deploy/test.sh --filter SweepTests"
      #expect(restarted.end == .exited(0), "after \(fail): \(restarted.error.suffix(1_500)); replay: \(replay)")
      var problems = try await scene.problems()
      problems += try await scene.stuck()
      #expect(problems == [], "after \(fail); replay: \(replay)")
      return try Files.text(log).contains("FAILED\n")
    }
  }
}
