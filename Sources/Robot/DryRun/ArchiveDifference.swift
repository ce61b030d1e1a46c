/// What would go elsewhere by other rules, grouped: from where, to where, by which rule.
package struct ArchiveDifference: Sendable {
  /// Where a decision puts a message.
  package struct Place: Sendable, Hashable {
    /// `registered` or `not-registered`.
    package let end: String
    package let journal: String?
    package let type: String?
    package let reason: String?
    package let review: Bool

    /// `Жалби/zhalba (за преглед)`, `not-registered/Тест`.
    package var shown: String {
      let parts = end == "registered" ? [journal ?? "", type ?? ""] : [end, reason ?? ""]
      return parts.filter { !$0.isEmpty }.joined(separator: "/") + (review ? " (за преглед)" : "")
    }
  }

  package struct Group: Sendable {
    package let from: String
    package let to: String
    /// The rules that decide now; empty when none does.
    package let rule: String
    package fileprivate(set) var count: Int
    /// Some of the messages, the first.
    package fileprivate(set) var examples: [String]
    /// Why the first of them is decided so now, in Bulgarian.
    package let why: [String]
  }

  private struct Key: Hashable {
    let from: Place
    let to: Place
    let rules: [String]
  }

  private var found: [Key: Group] = [:]

  private static let examples = 3

  package init() {}

  package mutating func add(_ message: String, from: Place, to: Place, rules: [String], why: [String]) {
    let key = Key(from: from, to: to, rules: rules)
    var group = found[key] ?? Group(from: from.shown, to: to.shown, rule: rules.joined(separator: ", "), count: 0, examples: [], why: why)
    group.count += 1
    if group.examples.count < Self.examples { group.examples.append(message) }
    found[key] = group
  }

  /// Puts what was found in later messages behind this.
  package mutating func merge(_ later: ArchiveDifference) {
    found.merge(later.found) { first, second in
      var group = first
      group.count += second.count
      group.examples += second.examples.prefix(Self.examples - group.examples.count)
      return group
    }
  }

  /// The largest first.
  package var groups: [Group] {
    found.values.sorted { ($1.count, $0.from, $0.to, $0.rule) < ($0.count, $1.from, $1.to, $1.rule) }
  }
}
