import Model
import Rules
import Synchronization

/// The rulesets that a running robot decides by. Others take their place as a whole; a decision that has begun ends by those it began with.
final class LiveRulesets: Sendable {
  private let current: Mutex<RulesetShelf>

  init(_ shelf: RulesetShelf) { current = Mutex(shelf) }

  var shelf: RulesetShelf { current.withLock { $0 } }

  func ruleset(for receivedAt: Timestamp) throws(OperatorError) -> Ruleset { try shelf.ruleset(for: receivedAt) }

  func replace(_ shelf: RulesetShelf) { current.withLock { $0 = shelf } }
}

extension RulesetShelf {
  /// `АСП 2026.07 3f…`: what an activation records.
  package var shown: String { rulesets.map { "\($0.name) \($0.version) \($0.digest)" }.joined(separator: "; ") }

  package var digests: [String] { rulesets.map(\.digest) }
}
