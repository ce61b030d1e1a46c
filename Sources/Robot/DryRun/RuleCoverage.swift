package import Rules

/// What a run of samples exercised of the rules: how often each decided, was true, and each of its conditions was.
package struct RuleCoverage: Sendable {
  package struct Condition: Sendable {
    /// In Bulgarian.
    package let words: String
    package var timesTrue: Int
  }

  package struct Rule: Sendable {
    package let name: String
    package let place: String
    package let isMark: Bool
    package var decided: Int
    package var timesTrue: Int
    package var conditions: [Condition]
  }

  package private(set) var rules: [Rule]

  private var places: [String: Int] = [:]

  package init(_ rulesets: [Ruleset], _ outcomes: [DryRun.Outcome] = []) {
    rules = []
    for ruleset in rulesets {
      for (description, conditions) in zip(ruleset.rules, ruleset.conditions) where places[description.name] == nil {
        places[description.name] = rules.count
        rules.append(
          Rule(
            name: description.name, place: description.place, isMark: description.isMark, decided: 0, timesTrue: 0,
            conditions: conditions.map { Condition(words: $0, timesTrue: 0) }))
      }
    }
    for outcome in outcomes { add(outcome.traces) }
  }

  package mutating func add(_ traces: [RuleTrace]) {
    for trace in traces {
      guard let place = places[trace.rule] else { continue }
      rules[place].decided += trace.decides ? 1 : 0
      rules[place].timesTrue += trace.isTrue ? 1 : 0
      for (index, isTrue) in trace.conditions.enumerated() where isTrue && index < rules[place].conditions.count {
        rules[place].conditions[index].timesTrue += 1
      }
    }
  }

  /// Adds what other messages exercised of the same rulesets.
  package mutating func merge(_ other: RuleCoverage) {
    for (index, rule) in other.rules.enumerated() {
      rules[index].decided += rule.decided
      rules[index].timesTrue += rule.timesTrue
      for (number, condition) in rule.conditions.enumerated() { rules[index].conditions[number].timesTrue += condition.timesTrue }
    }
  }

  package var neverTrue: [Rule] { rules.filter { $0.timesTrue == 0 } }
  /// Of rules that were true at least once.
  package var conditionsNeverTrue: Int { rules.reduce(0) { $0 + $1.conditions.filter { $0.timesTrue == 0 }.count } }

  /// One line for each rule and condition; RFC 4180.
  package var csv: String {
    func cell(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
    var lines = ["rule,place,condition,decided,true"]
    for rule in rules {
      lines.append("\(cell(rule.name)),\(cell(rule.place)),,\(rule.isMark ? "" : String(rule.decided)),\(rule.timesTrue)")
      lines += rule.conditions.map { "\(cell(rule.name)),\(cell(rule.place)),\(cell($0.words)),,\($0.timesTrue)" }
    }
    return lines.joined(separator: "\r\n") + "\r\n"
  }
}
