package import Rules

/// What rules claim about samples (design.md 6.11): `matches S` decides it; `fires S` is true though beaten; `ignores S` is not true, and S
/// makes at least one of its tests true.
package enum RuleClaims {
  package struct Broken: Sendable, Equatable {
    package let rule: String
    package let place: String
    package let text: String
  }

  /// Claims about samples that were not among the outcomes are passed over: only what was asked for is tested.
  package static func check(_ rulesets: [Ruleset], _ outcomes: [DryRun.Outcome]) -> [Broken] {
    var byName: [String: DryRun.Outcome] = [:]
    for outcome in outcomes where !outcome.traces.isEmpty { byName[outcome.name] = outcome }
    return rulesets.flatMap(\.rules).flatMap { rule in
      check(rule, rule.matches, byName) { $0.decides ? nil : "must decide it and does not" }
        + check(rule, rule.fires, byName) { $0.isTrue ? nil : "must be true of it and is not" }
        + check(rule, rule.ignores, byName) { trace in
          if trace.isTrue { return "must not be true of it and is" }
          return trace.touches ? nil : "none of its tests is true of it, so the sample shows nothing"
        }
    }
  }

  private static func check(
    _ rule: RuleDescription, _ samples: [String], _ outcomes: [String: DryRun.Outcome], _ fault: (RuleTrace) -> String?
  ) -> [Broken] {
    samples.compactMap { sample in
      guard let trace = outcomes[sample]?.traces.first(where: { $0.rule == rule.name }), let text = fault(trace) else { return nil }
      return Broken(rule: rule.name, place: rule.place, text: "sample \(sample): \(text)")
    }
  }
}
