import FoundationEssentials
import Glibc
import Testing

/// `test-rules --archive` by the real program over what the real program stored.
@Suite(.serialized) struct ArchiveTrialTests {
  private struct Report: Decodable {
    struct Group: Decodable {
      let from: String
      let to: String
      let rule: String
      let count: Int
      let examples: [String]
    }

    let decided: Int
    let changed: Int
    let notInForce: Int
    let difference: [Group]
  }

  private static let samples = ["letters/osmi-klas", "letters/bremennost", "eforms/otoplenie"]

  private func played(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
    try await Scene.play(Self.samples) { scene in
      try await scene.service.runUntilIdle()
      try await body(scene)
    }
  }

  private func report(_ scene: Scene, _ options: [String] = []) async throws -> (Report, Finished) {
    let run = try await scene.service.robot(["test-rules", "--archive", "--json"] + options)
    return (try JSONDecoder().decode(Report.self, from: Data(run.output.utf8)), run)
  }

  @Test func whatWouldGoElsewhereIsSaid() async throws {
    try await played { scene in
      let (same, unchanged) = try await report(scene)
      #expect(unchanged.end == .exited(0))
      #expect(same.decided == 3 && same.changed == 0 && same.difference.isEmpty)

      // A ruleset that knows nothing sends everything for review, once it is in force.
      let rules = "\(scene.folder)/other.rules"
      try Files.write(
        """
        ruleset "Друг" { version "1"; effective 2030-01-01 }
        journal "Друг" { title "Д"; system "С"; numbers by robot; counter per year; number "Д-{seq}/{year}" }
        otherwise { journal "Друг"; review }
        """, to: rules)
      let early = try await scene.service.robot(["test-rules", "--archive", "--rules", rules])
      #expect(early.end == .exited(78))
      #expect(early.error.contains("rules.none-in-force") && early.error.contains("--as-of"), "\(early.error)")
      let (other, changed) = try await report(scene, ["--rules", rules, "--as-of", "2030-01-01"])
      #expect(changed.end == .exited(1))
      #expect(other.decided == same.decided && other.changed == same.decided)
      #expect(other.difference.map(\.count).reduce(0, +) == same.decided)
      #expect(other.difference.allSatisfy { $0.to == "Друг (за преглед)" && $0.rule.isEmpty && $0.examples.first?.contains("/") == true })

      let (none, _) = try await report(scene, ["--since", "2031-01-01"])
      #expect(none.decided == 0)
      let coverage = try await scene.service.robot(["test-rules", "--archive", "--coverage", "-"])
      #expect(coverage.output.contains("rules were true"), "\(coverage.output.suffix(300))")
    }
  }

  @Test func oneMessageIsExplainedByTheRulesOfAnotherDay() async throws {
    try await Scene.play(["letters/osmi-klas"]) { scene in
      try await scene.service.runUntilIdle()
      let message = try #require(scene.expectations.keys.first)
      let stored = try await scene.service.robot(["explain", String(message)])
      #expect(stored.end == .exited(0) && !stored.output.contains("По правилата в сила на"), "\(stored.error)")
      let again = try await scene.service.robot(["explain", String(message), "--as-of", "2026-01-01"])
      #expect(again.output.contains("По правилата в сила на 2026-01-01"), "\(again.output) \(again.error)")
      #expect(again.output.contains("същото"))
      let early = try await scene.service.robot(["explain", String(message), "--as-of", "2025-12-31"])
      #expect(early.end == .exited(78) && early.error.contains("rules.none-in-force"))
    }
  }

  /// On a machine that cannot be written to and has no network, it does the same: so it needs neither.
  @Test(.enabled(if: geteuid() == 0, "only root can take a machine's network and disk away"))
  func itNeedsNeitherNetworkNorDisk() async throws {
    try await played { scene in
      let shown = try await scene.service.robot(["test-rules", "--archive"])
      #expect(shown.end == .exited(0))
      let before = Files.tree(scene.service.state)
      let bare = try await withoutNetworkAndDisk(["test-rules", "--archive"], scene)
      #expect(bare.end == .exited(0), "\(bare.error)")
      #expect(bare.output == shown.output)
      #expect(Files.tree(scene.service.state) == before)
      // The same surroundings stop what does write.
      let writer = try await withoutNetworkAndDisk(["run", "--once"], scene)
      #expect(writer.end != .exited(0))
    }
  }

  private func withoutNetworkAndDisk(_ words: [String], _ scene: Scene) async throws -> Finished {
    let script = """
      mount --make-rprivate / && mount -o remount,bind,ro / && mount --bind \(scene.folder) \(scene.folder) \
        && mount -o remount,bind,ro \(scene.folder) && ! touch \(scene.service.state)/file 2>/dev/null && exec "$@"
      """
    return try await run(
      "/usr/bin/unshare",
      ["--net", "--mount", "sh", "-c", script, "sh", Installation.program("intake-robot")] + words + ["--config", scene.service.configuration],
      environment: [:], in: scene.folder, limit: .seconds(60))
  }
}
