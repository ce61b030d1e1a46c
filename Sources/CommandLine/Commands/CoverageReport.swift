import Model
import Robot
import Rules

/// What `test-rules` prints and writes about which rules and conditions were exercised, over samples or over the archive.
enum CoverageReport {
  /// The file of `--coverage`, unless it is the screen.
  static func write(_ coverage: RuleCoverage, _ invocation: Invocation) throws(OperatorError) {
    guard let file = invocation.path(TestRulesCommand.coverage) else { return }
    try TextFile.replace(file, with: file.hasSuffix(".csv") ? coverage.csv : try JSONText.pretty(json(coverage)) + "\n")
  }

  /// What was asked for: `--mutate`, and `--coverage -`.
  static func lines(_ coverage: RuleCoverage, _ missed: [RuleMutant], _ invocation: Invocation) -> [String] {
    var lines = missed.map { "NOT MISSED in rule „\($0.rule)“ (\($0.place)): \($0.dropped)" }
    if invocation.has(TestRulesCommand.mutate) { lines.append("\(missed.count) conditions can be left out without any message noticing") }
    return lines + (invocation.value(TestRulesCommand.coverage) == "-" ? Self.lines(coverage) : [])
  }

  private static func lines(_ coverage: RuleCoverage) -> [String] {
    var lines = coverage.neverTrue.map { "NEVER TRUE rule „\($0.name)“ (\($0.place))" }
    for rule in coverage.rules where rule.timesTrue > 0 {
      lines += rule.conditions.filter { $0.timesTrue == 0 }.map { "NEVER TRUE in rule „\(rule.name)“ (\(rule.place)): \($0.words)" }
    }
    let count = coverage.rules.count
    lines.append("coverage: \(count - coverage.neverTrue.count) of \(count) rules were true; \(coverage.conditionsNeverTrue) conditions never were")
    return lines
  }

  static func json(_ coverage: RuleCoverage) -> JSONValue {
    .array(
      coverage.rules.map { rule in
        [
          "rule": .string(rule.name), "place": .string(rule.place), "mark": .bool(rule.isMark), "decided": .integer(Int64(rule.decided)),
          "true": .integer(Int64(rule.timesTrue)),
          "conditions": .array(rule.conditions.map { ["words": .string($0.words), "true": .integer(Int64($0.timesTrue))] }),
        ]
      })
  }

  static func json(_ missed: [RuleMutant]) -> JSONValue {
    .array(missed.map { ["rule": .string($0.rule), "place": .string($0.place), "condition": .string($0.dropped)] })
  }

  /// Conditions that no message misses; `broken` are those that some message gave away, by ruleset digest.
  static func survivors(_ rulesets: [Ruleset], _ broken: [String: Set<Int>]) -> [RuleMutant] {
    rulesets.flatMap { ruleset in
      ruleset.mutants.enumerated().filter { !(broken[ruleset.digest] ?? []).contains($0.offset) }.map(\.element)
    }
  }
}

extension Invocation {
  /// The file that an option names; `nil` without it, and for `-`, the screen.
  func path(_ option: Option) -> String? {
    value(option).flatMap { $0 == "-" ? nil : TextFile.resolve($0, in: context.workingDirectory) }
  }
}
