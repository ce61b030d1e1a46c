import Glibc
import Testing

/// Personal data stays inside database, archive, mirror and hand-off: after all of `Samples/` has gone through the real programs with the log at
/// its most talkative, none of it is in a log, a metric, an error, a process argument or the name of a file.
@Suite(.serialized) struct PrivacyTests {
  @Test func nothingOfTheSamplesLeavesDatabaseAndArchive() async throws {
    let run = try await WholeRun.value()
    let scanner = LeakScanner(run.data)
    // The run really talked, started readers and made files; otherwise the scan would prove nothing.
    #expect(run.trace.error.split(separator: "\n").count > 500)
    #expect(run.trace.started.count > 100)
    #expect(run.trace.made.count > 100)
    #expect(scanner.leaks(in: Installation.withoutPlace(run.trace.error + run.second.error)) == [], "log")
    #expect(scanner.leaks(in: Installation.withoutPlace(run.trace.started.joined(separator: "\n"))) == [], "process arguments")
    #expect(scanner.leaks(in: Installation.withoutPlace(run.trace.made.joined(separator: "\n"))) == [], "names of files")
    #expect(run.metrics.contains("intake"))
    #expect(scanner.leaks(in: run.metrics) == [], "metrics")
    for (words, text) in run.shown {
      #expect(!text.isEmpty)
      #expect(scanner.leaks(in: Installation.withoutPlace(text)) == [], "\(words)")
    }
  }

  /// Errors tell what happened with messages that never open, attachments that are gone, replies that cannot be sent.
  @Test func errorsNameNobody() async throws {
    let faults = ["500:route=send,count=40", "wrong-hash:count=10", "503:route=open,count=10", "malformed-json:route=open,count=5"]
    try await Scene.play(["delivery", "citizens"], faults: faults) { scene in
      let scanner = LeakScanner(try await PersonalData.inSamples(scratch: scene.folder))
      let finished = try await scene.service.runUntilIdle(environment: ["INTAKE_LOG": "debug"])
      let jobs = try await scene.service.robot(["jobs", "list", "--json"])
      #expect(finished.error.contains("mailbox."))
      #expect(scanner.leaks(in: finished.error + jobs.output + jobs.error) == [])
    }
  }

  /// A core file would hold everything. The unit file says so too; the program does not rely on it.
  @Test func leavesNoCoreFile() async throws {
    try await Scene.play(["letters/osmi-klas"]) { scene in
      let child = try scene.service.start(log: "\(scene.folder)/log")
      try await eventually { try !scene.simulator.sent().isEmpty }
      let limits = try Files.text("/proc/\(child.pid)/limits")
      child.signal(SIGTERM)
      _ = try await child.wait()
      let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
      #expect(core?.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
    }
  }
}
