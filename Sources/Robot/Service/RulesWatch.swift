import Model
import Registry
import Runtime

/// Raises an alarm when other rules decide very differently than those before them: in the log, in the metrics, in `status`; and stops numbering
/// where the administration wants that. Once for each ruleset: what a person says afterwards stands.
struct RulesWatch: Sendable {
  let desk: Desk

  /// Throws only what must end the process.
  func check() async throws(OperatorError) {
    do throws(OperatorError) {
      try await look()
    } catch  where error.disposition != .restart {
      desk.counters.failed(error.code)
      desk.surroundings.log.warning("rules.watch-failed", ["code": .code(error.code)])
    }
  }

  private func look() async throws(OperatorError) {
    let settings = desk.configuration.watch
    let decisions = try await desk.registry.recentDecisions(limit: 2 * settings.messages)
    let jumps = RulesJump.find(in: decisions, settings)
    desk.counters.jumped(jumps)
    guard let digest = decisions.first?.digest, !jumps.isEmpty, try await desk.registry.rulesAlarm() != digest else { return }
    for jump in jumps {
      // The name of a rule is the administration's own word, and still not the log's: `status` shows it.
      desk.surroundings.log.error(
        "rules.jump",
        [
          "digest": .digest(digest), "share": .code(jump.share == .review ? "review" : "rule"), "before": .count(jump.before),
          "after": .count(jump.after),
        ])
    }
    if settings.stopsNumbering, case .on = try await desk.registry.numbering() {
      try await desk.registry.setNumbering(false, actor: RobotVersion.actor, reason: "rules-jump")
    }
    try await desk.registry.recordRulesAlarm(digest)
  }
}
