import Crypto
import Database
package import Model

/// What the end of a day left behind.
package struct DayClosing: Sendable, Equatable {
  /// The day that has ended, Europe/Sofia.
  package var day: CivilDate
  /// Periods closed, as `ЗСПД 2026-07`.
  package var closed: [String]
  /// Whether a checkpoint was signed: only with a signing key.
  package var isSigned: Bool
}

extension Registry {
  /// Once a day, after midnight in Sofia: an event `closing` in each journal for every month and year that has ended, then a signed checkpoint
  /// over the heads of all chains, durable in the mirror when it returns. Gives `nil` when the day is closed already. Days on which no robot ran
  /// are covered by the next checkpoint.
  /// Errors: `registry.clock-backwards`, `crypto.key-unreadable`, and those of `append`.
  package func closeDay() throws(OperatorError) -> DayClosing? {
    if let blocked { throw blocked.operatorError }
    let today = SofiaTime.date(of: now)
    let day = today.adding(days: -1)
    let known = try read { try Registry.closedDay($0) }
    if let known, known >= day { return nil }
    let closing = try write(.closing) { transaction in
      try checkClock(transaction.connection)
      var closing = DayClosing(day: day, closed: [], isSigned: false)
      for journal in try transaction.all("SELECT name FROM chain WHERE name <> ? ORDER BY name", robotChain, body: { $0.text(0) }) {
        for period in try Closing.due(journal, on: today, transaction.connection) {
          let fields = try Closing.fields(period, of: journal, transaction.connection)
          try append(EventDraft(.closing, chain: journal, at: now, actor: Registry.actor, fields: fields), transaction)
          closing.closed.append("\(journal) \(period)")
        }
      }
      if let key = configuration.signingKey {
        try sign(day, key, transaction)
        closing.isSigned = true
      }
      try transaction.run(
        "INSERT INTO meta (name, value) VALUES ('closed-day', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1", day.description)
      return closing
    }
    try flushMirror()
    return closing
  }

  private static func closedDay(_ connection: Connection) throws -> CivilDate? {
    try connection.one("SELECT value FROM meta WHERE name = 'closed-day'") { $0.text(0) }.flatMap { CivilDate(iso8601: $0) }
  }

  private func sign(_ day: CivilDate, _ key: String, _ transaction: borrowing Transaction) throws {
    let previous = try transaction.one(
      "SELECT value FROM event_field WHERE name = 'checkpoint' AND event = (SELECT max(id) FROM event WHERE kind = 'checkpoint')"
    ) { $0.text(0) }
    let checkpoint = Checkpoint(
      environment: configuration.environment.description, epoch: try epoch().description, at: now, day: day,
      previous: previous.map { SHA256.digest($0) } ?? .zero,
      heads: try transaction.all("SELECT name, sequence, head FROM chain ORDER BY name") {
        Checkpoint.Head(chain: $0.text(0), sequence: $0.integer(1), hash: $0.digest(2))
      })
    let text = checkpoint.text
    let signature = try Signature.sign(Array(text.utf8), privateKeyFile: key)
    try append(
      EventDraft(
        .checkpoint, chain: robotChain, at: now, actor: Registry.actor,
        fields: [EventField.day: day.description, EventField.checkpoint: text, EventField.signature: Hex.text(of: signature)]), transaction)
  }
}
