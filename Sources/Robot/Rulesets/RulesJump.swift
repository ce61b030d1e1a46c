package import Registry

/// A share of the decisions that is not what it was before other rules came into force.
package struct RulesJump: Sendable, Equatable {
  package enum Share: Sendable, Equatable {
    /// Of documents that a person must look at.
    case review
    /// Of documents that one rule decided.
    case rule(String)
  }

  package let share: Share
  /// Percent.
  package let before: Int
  package let after: Int
  /// Decisions on either side.
  package let decidedBefore: Int
  package let decidedAfter: Int

  /// Compares what the newest rules have decided with what was decided before them. `decisions`: the newest first. Says nothing while either side
  /// has too few.
  package static func find(in decisions: [RecentDecision], _ settings: WatchSettings) -> [RulesJump] {
    guard let digest = decisions.first?.digest else { return [] }
    let after = decisions.filter { $0.digest == digest }.prefix(settings.messages)
    let before = decisions.filter { $0.digest != digest }.prefix(settings.messages)
    guard after.count >= settings.least, before.count >= settings.least else { return [] }
    var jumps: [RulesJump] = []
    func compare(_ share: Share, _ threshold: Int, _ counts: (RecentDecision) -> Bool) {
      let was = before.count(where: counts) * 100 / before.count
      let now = after.count(where: counts) * 100 / after.count
      if abs(now - was) >= threshold {
        jumps.append(RulesJump(share: share, before: was, after: now, decidedBefore: before.count, decidedAfter: after.count))
      }
    }
    compare(.review, settings.reviewJump) { $0.isReview }
    for rule in Set((after + before).flatMap(\.rules)).sorted() { compare(.rule(rule), settings.ruleJump) { $0.rules.contains(rule) } }
    return jumps
  }

  /// For the operator.
  package var sentence: String {
    let what =
      switch share {
      case .review: "documents for review"
      case .rule(let name): "documents decided by „\(name)“"
      }
    return "\(what): \(before) % of \(decidedBefore) before these rules, \(after) % of \(decidedAfter) since"
  }
}
