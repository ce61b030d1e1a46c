import Model
import Registry
import Robot

/// `status`.
enum StatusCommand {
  static let command = Command(
    "status", summary: "show where every mailbox stands", options: [.config, .json],
    details: """
      For each mailbox: mode, newest message seen, how many messages are registered, on their way, waiting (and why) or not to be registered,
      and parked jobs. Then numbering, journals, and what the newest rules do very differently (`watch`
      in robot.conf). Only looks, also while the robot runs. Ends with 0.
      """,
    example: "intake-robot status --json"
  ) { (invocation) async throws(OperatorError) in
    try await invocation.look { (configuration, snapshot) async throws(OperatorError) in
      let numbering = try await snapshot.numbering()
      let mailboxes = try await snapshot.mailboxes()
      let counts = Dictionary(try await snapshot.counts().map { ($0.recipient, $0) }, uniquingKeysWith: { first, _ in first })
      let journals = try await snapshot.journals()
      let epochs = try await snapshot.epochs()
      let jumps = RulesJump.find(in: try await snapshot.recentDecisions(limit: 2 * configuration.watch.messages), configuration.watch)
      let json: JSONValue = [
        "environment": .string(configuration.environment.description), "numbering": numberingJSON(numbering),
        "epoch": (epochs.map(\.epoch).max { $0.ordinal < $1.ordinal }?.description).json,
        "mailboxes": .array(mailboxes.map { mailboxJSON($0, counts[$0.declaration.recipient]) }),
        "journals": .array(journals.map(JournalCommands.summary)), "rulesJumps": .array(jumps.map { .string($0.sentence) }),
      ]
      var lines = ["environment \(configuration.environment), \(numberingText(numbering))", ""]
      if !jumps.isEmpty { lines += jumps.map { "RULES: \($0.sentence)" } + [""] }
      for mailbox in mailboxes { lines += mailboxLines(mailbox, counts[mailbox.declaration.recipient]) }
      lines += journals.map { "journal \($0.journal): \($0.entries) entries, last \($0.lastNumber ?? "none")" }
      invocation.print(json: json, lines: lines)
    }
    return .ok
  }

  private static func numberingText(_ state: NumberingState) -> String {
    switch state {
    case .on: "numbering on"
    case .stopped(let actor, let reason, let since): "NUMBERING STOPPED by \(actor) since \(since.shown)\(reason.isEmpty ? "" : ": \(reason)")"
    case .blocked: "NUMBERING BLOCKED by the start check: run `intake-robot recover`"
    }
  }

  private static func numberingJSON(_ state: NumberingState) -> JSONValue {
    switch state {
    case .on: ["state": "on"]
    case .stopped(let actor, let reason, let since): ["state": "stopped", "actor": .string(actor), "reason": .string(reason), "since": since.json]
    case .blocked: ["state": "blocked"]
    }
  }

  private static func mailboxJSON(_ state: MailboxState, _ counts: MailboxCounts?) -> JSONValue {
    let states = counts?.byState.map { ($0.key.rawValue, JSONValue.integer(Int64($0.value))) } ?? []
    let waiting = counts?.waiting.map { ($0.key, JSONValue.integer(Int64($0.value))) } ?? []
    return [
      "mailbox": .string(state.declaration.recipient), "name": .string(state.declaration.name), "mode": .string(state.declaration.mode.rawValue),
      "serveFrom": state.declaration.serveFrom.json, "watermark": state.watermark.json,
      "paused": state.pause.map { ["actor": .string($0.actor), "reason": .string($0.reason), "since": $0.since.json] } ?? .null,
      "messages": .object(Dictionary(states, uniquingKeysWith: { first, _ in first })),
      "waiting": .object(Dictionary(waiting, uniquingKeysWith: { first, _ in first })), "parkedJobs": .integer(Int64(counts?.parkedJobs ?? 0)),
    ]
  }

  private static func mailboxLines(_ state: MailboxState, _ counts: MailboxCounts?) -> [String] {
    let pause = state.pause.map { ", PAUSED by \($0.actor) since \($0.since.shown)" } ?? ""
    let seen = state.watermark.map { "newest message \($0.shown)" } ?? "nothing seen yet"
    let states = MessageState.allCases.compactMap { word in counts?.byState[word].map { "\(word.rawValue) \($0)" } }
    let waiting = counts?.waiting.sorted { $0.key < $1.key }.map { "    waiting, \($0.key): \($0.value)" } ?? []
    let parked = counts.flatMap { $0.parkedJobs > 0 ? ["    PARKED JOBS: \($0.parkedJobs) (intake-robot jobs list --parked)"] : nil } ?? []
    return [
      "\(state.declaration.recipient) \(state.declaration.name) (\(state.declaration.mode.rawValue)\(pause)): \(seen)",
      "    " + (states.isEmpty ? "no messages" : states.joined(separator: ", ")),
    ] + waiting + parked + [""]
  }
}
