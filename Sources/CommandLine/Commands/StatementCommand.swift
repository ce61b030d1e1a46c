import Model
import Registry
import Robot
import Runtime

/// `statement`.
enum StatementCommand {
  private static let date = Option("date", "DAY", "the day, as 2026-07-03 (default: yesterday)")
  private static let csv = Option("csv", nil, "print one row a mailbox as CSV")

  static let command = Command(
    "statement", summary: "account for every message that the mailboxes show for a day", options: [.config, date, csv, .json],
    details: """
      Lists every mailbox over the day, until two passes agree, and compares: shown = registered + waiting (why, since when) + not to be registered
      (why). The service makes the statement of the day before by itself, signs it and keeps it as an event; this command only looks and opens no
      message. Ends with 0 when the account is closed, with 1 when it is not: the messages are named.
      """,
    example: "intake-robot statement --date 2026-07-03"
  ) { (invocation) async throws(OperatorError) in
    let now = invocation.context.surroundings.time.now()
    let day = try invocation.value(date).map { (text) throws(OperatorError) in try parse(text) } ?? SofiaTime.date(of: now).adding(days: -1)
    return try await invocation.look { (configuration, snapshot) async throws(OperatorError) in
      let maker = StatementMaker(configuration: configuration, surroundings: invocation.context.surroundings) {
        (recipient, from, to, shown) async throws(OperatorError) in try await snapshot.account(recipient, from: from, to: to, shown: shown)
      }
      let statement = try await maker.make(day, now: now)
      if invocation.wantsJSON {
        invocation.context.output.json(try statement.json())
      } else {
        let text = invocation.has(csv) ? StatementText.csv(statement) : StatementText.text(statement)
        invocation.context.output.line(text.hasSuffix("\n") ? String(text.dropLast()) : text)
      }
      return statement.isBalanced ? ExitCode.ok : .failure
    }
  }

  private static func parse(_ text: String) throws(OperatorError) -> CivilDate {
    if let day = CivilDate(iso8601: text) { return day }
    throw OperatorError(
      "command-line.value", "`--date \(text)` is not a day", remedy: "write --date 2026-07-03", disposition: .misconfigured)
  }
}
