import Database
package import Model

/// What the watch over the rules needs to know of one decision.
package struct RecentDecision: Sendable, Equatable {
  /// Of the ruleset that decided.
  package var digest: String
  package var isReview: Bool
  /// The rules that decided.
  package var rules: [String]

  package init(digest: String, isReview: Bool, rules: [String]) {
    self.digest = digest
    self.isReview = isReview
    self.rules = rules
  }
}

extension Looking {
  private static let separator = "\u{1F}"

  /// The newest messages first. Costs the same however many there are.
  static func recentDecisions(_ connection: Connection, limit: Int) throws(DatabaseError) -> [RecentDecision] {
    try connection.all(
      """
      SELECT json_extract(decision, '$.explanation.digest'), json_type(decision, '$.review') IS 'object',
        (SELECT group_concat(json_extract(value, '$.rule'), ?1) FROM json_each(decision, '$.explanation.decided'))
      FROM message_content WHERE decision IS NOT NULL ORDER BY message DESC LIMIT ?2
      """, separator, limit
    ) { row in
      RecentDecision(
        digest: row.text(0), isReview: row.flag(1), rules: row.text(2).split(separator: separator).map(String.init))
    }
  }
}

extension RegistrySnapshot {
  package func recentDecisions(limit: Int) throws(OperatorError) -> [RecentDecision] { try look { try Looking.recentDecisions($0, limit: limit) } }
}

extension Registry {
  package func recentDecisions(limit: Int) throws(OperatorError) -> [RecentDecision] { try read { try Looking.recentDecisions($0, limit: limit) } }

  /// The rules that the watch raised an alarm about last; an alarm is acted on once, and a person's word afterwards stands.
  package func rulesAlarm() throws(OperatorError) -> String? {
    try read { connection in try connection.one("SELECT value FROM meta WHERE name = 'rules-alarm'") { $0.text(0) } }
  }

  package func recordRulesAlarm(_ digest: String) throws(OperatorError) {
    try write(.switches) { transaction in
      _ = try transaction.run("INSERT INTO meta (name, value) VALUES ('rules-alarm', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1", digest)
    }
  }
}
