/// What would go elsewhere by other rules, grouped: from where, to where, by which rule.
package struct ArchiveDifference: Sendable {
  package struct Group: Sendable {
    package let from: String
    package let to: String
    /// The rule that decides now; empty when none does.
    package let rule: String
    package var count: Int
    /// Some of the messages.
    package var examples: [String]
    /// Why the first of them is decided so now, in Bulgarian.
    package let why: [String]
  }

  /// The largest first.
  package let groups: [Group]

  private static let examples = 3

  package init(_ outcomes: [DryRun.Outcome]) {
    var groups: [String: Group] = [:]
    for outcome in outcomes where !outcome.mismatches.isEmpty {
      guard let before = outcome.expectation else { continue }
      let from = ArchiveDifference.place(before.end, before.journal, before.type, before.reason, before.review == true)
      let to = ArchiveDifference.place(outcome.end, outcome.journal, outcome.type, outcome.reason, outcome.review)
      let rule = outcome.rules.joined(separator: ", ")
      let key = [from, to, rule].joined(separator: "\u{0}")
      var group = groups[key] ?? Group(from: from, to: to, rule: rule, count: 0, examples: [], why: outcome.why)
      group.count += 1
      if group.examples.count < ArchiveDifference.examples { group.examples.append(outcome.name) }
      groups[key] = group
    }
    self.groups = groups.values.sorted { ($1.count, $0.from, $0.to, $0.rule) < ($0.count, $1.from, $1.to, $1.rule) }
  }

  private static func place(_ end: String, _ journal: String?, _ type: String?, _ reason: String?, _ review: Bool) -> String {
    let parts = end == "registered" ? [journal ?? "", type ?? ""] : [end, reason ?? ""]
    return parts.filter { !$0.isEmpty }.joined(separator: "/") + (review ? " (за преглед)" : "")
  }
}
