import FoundationEssentials
import Model
import Robot
import Rules

/// Decisions per second: the compiled rules over what was really read of every sample, on one thread, readings excluded.
struct DecisionBench {
  let samples: String
  let rules: String
  let folder: String

  private static let least: Duration = .seconds(2)

  func run() async throws -> [Figure] {
    let clock = ContinuousClock()
    let start = clock.now
    let loading = try RulesetShelf.load([rules])
    let compiling = start.duration(to: clock.now)
    guard let shelf = loading.shelf else { throw BenchError(loading.diagnostics.map(\.rendered).joined(separator: "\n")) }

    let rig = Rig(folder: folder, messages: samples, rules: rules)
    _ = try await rig.run()
    let submissions = try BareDatabase(rig.database).rows("SELECT submission FROM message_content WHERE submission IS NOT NULL").compactMap { row in
      if case .text(let text) = row[0] { try JSONDecoder().decode(Submission.self, from: Data(text.utf8)) } else { nil }
    }
    let pairs = try submissions.map { ($0, try shelf.ruleset(for: $0.receivedAt)) }
    guard !pairs.isEmpty else { throw BenchError("no submission was read") }

    var decided = 0
    var registered = 0
    let begin = clock.now
    while begin.duration(to: clock.now) < Self.least {
      for (submission, ruleset) in pairs {
        if case .register = ruleset.decide(submission).outcome { registered += 1 }
        decided += 1
      }
    }
    let duration = begin.duration(to: clock.now)
    guard registered > 0 else { throw BenchError("the rules registered nothing") }
    return [
      .perSecond("decisions", decided, in: duration), .count("decisions_rules", shelf.rulesets.map(\.rules.count).reduce(0, +)),
      Figure(name: "rules_compile_ms", value: compiling.seconds * 1_000, places: 1),
    ]
  }
}
