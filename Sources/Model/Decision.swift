/// What the rules decided about one message, with everything needed to explain it later.
package struct Decision: Sendable, Equatable, Codable {
  package var outcome: Outcome
  /// A person must look at it, and why (Bulgarian); the document is registered all the same.
  package var review: ReviewReason?
  package var explanation: Explanation

  package enum Outcome: Sendable, Equatable, Codable {
    case register(Registration)
    /// A stable word and the sentence a clerk reads.
    case notRegistered(reason: String)
  }

  package init(outcome: Outcome, review: ReviewReason? = nil, explanation: Explanation) {
    self.outcome = outcome
    self.review = review
    self.explanation = explanation
  }
}

/// What to enter, and where.
package struct Registration: Sendable, Equatable, Codable {
  package var journal: String
  /// A code of the ruleset's document types: `zspd-6b`.
  package var type: String
  package var typeTitle: String
  package var unit: Unit
  package var system: String
  package var term: Term?
  package var urgent: Bool
  /// Which reply the sender gets; `nil` for none.
  package var reply: ReplyKind?
  package var tags: [String]
  /// Numbers of earlier documents as this one cites them, each to be linked to where a journal has it; at most `maximumLinks`. `nil` for none, as
  /// in decisions of versions that knew no links.
  package var links: [String]?

  package static let maximumLinks = 10

  package init(
    journal: String, type: String, typeTitle: String, unit: Unit, system: String, term: Term? = nil, urgent: Bool = false,
    reply: ReplyKind? = .confirmation, tags: [String] = [], links: [String]? = nil
  ) {
    self.journal = journal
    self.type = type
    self.typeTitle = typeTitle
    self.unit = unit
    self.system = system
    self.term = term
    self.urgent = urgent
    self.reply = reply
    self.tags = tags
    self.links = links
  }
}

/// A term for a decision (domain.md 9), counted from the day after receipt.
package enum Term: Sendable, Equatable, Codable {
  case days(Int)
  case workingDays(Int)
  case months(Int)
  case endOfNextMonth
  case hours(Int)
}

package struct ReviewReason: Sendable, Equatable, Codable {
  /// Stable: `conflict`, `otherwise`, `unknown`, `budget`, `rule`.
  package var code: String
  /// Bulgarian.
  package var text: String

  package init(code: String, text: String) {
    self.code = code
    self.text = text
  }
}

/// Why, from what was in front of the rules: stored with the entry and printed by `explain`.
package struct Explanation: Sendable, Equatable, Codable {
  package var ruleset: String
  package var version: String
  /// SHA-256 over the sources of the ruleset, lower-case hex, given by the caller of the compiler.
  package var digest: String
  /// The rules that decided.
  package var decided: [FiredRule]
  /// Rules that were true but beaten.
  package var beaten: [FiredRule]
  /// The rule that came nearest without being true, and what it lacked (Bulgarian).
  package var nearest: String?
  /// Full sentences in Bulgarian, for a clerk and a court.
  package var sentences: [String]

  package init(
    ruleset: String, version: String, digest: String, decided: [FiredRule] = [], beaten: [FiredRule] = [], nearest: String? = nil,
    sentences: [String] = []
  ) {
    self.ruleset = ruleset
    self.version = version
    self.digest = digest
    self.decided = decided
    self.beaten = beaten
    self.nearest = nearest
    self.sentences = sentences
  }
}

package struct FiredRule: Sendable, Equatable, Codable {
  package var rule: String
  package var stage: String
  /// The atoms that were true: which fact, where, and the original words quoted.
  package var evidence: [Evidence]

  package init(rule: String, stage: String, evidence: [Evidence]) {
    self.rule = rule
    self.stage = stage
    self.evidence = evidence
  }
}

package struct Evidence: Sendable, Equatable, Codable {
  package var fact: String
  package var document: String
  package var quote: String

  package init(fact: String, document: String, quote: String) {
    self.fact = fact
    self.document = document
    self.quote = quote
  }
}
