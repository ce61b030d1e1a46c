package import Model
import Rules

/// What the rules must offer before a mailbox may be active.
package enum RulesetCheck {
  /// Mistakes that keep the robot from starting: an active mailbox without its unit or with a fictitious index, a journal whose numbers the
  /// target system should give.
  package static func mistakes(_ configuration: RobotConfiguration, _ shelf: RulesetShelf) -> [OperatorError] {
    var mistakes: [OperatorError] = []
    for ruleset in shelf.rulesets {
      for journal in ruleset.journals where journal.numbering == .byTarget {
        mistakes.append(
          OperatorError(
            "rules.target-numbers", "journal \(journal.name) takes its numbers from the target system, which this version cannot ask",
            remedy: "declare `numbers by robot`", context: [.init("version", ruleset.version)], disposition: .misconfigured))
      }
      for mailbox in configuration.mailboxes where mailbox.mode == .active {
        guard let unit = ruleset.units[mailbox.recipient] else {
          mistakes.append(
            OperatorError(
              "rules.unit-missing", "the unit table has no unit \(mailbox.recipient), and its mailbox is active",
              remedy: "add the unit to the table of units", context: [.init("version", ruleset.version)], disposition: .misconfigured))
          continue
        }
        guard unit.hasFictitiousIndex else { continue }
        mistakes.append(
          OperatorError(
            "rules.unit-index-fictitious", "the index \(unit.index) of unit \(unit.identifier) is fictitious, and its mailbox is active",
            remedy: "set the unit's real index in the table of units, or `mode shadow` until it is known",
            context: [.init("version", ruleset.version)], disposition: .misconfigured))
      }
    }
    return mistakes
  }

  /// Units with a fictitious index: no mailbox of theirs may be active.
  package static func fictitious(_ shelf: RulesetShelf) -> [Unit] {
    (shelf.rulesets.last?.units.values.filter(\.hasFictitiousIndex) ?? []).sorted { $0.identifier < $1.identifier }
  }
}
