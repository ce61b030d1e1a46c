import Model
import Registry
import Robot

/// `messages list`, `messages release`.
enum MessagesCommands {
  private static let mailbox = Option("mailbox", "MAILBOX", "only this mailbox")
  private static let waiting = Option("waiting", nil, "only messages that wait for a person")

  static let list = Command(
    "messages list", summary: "show every message and its end", options: [.config, mailbox, waiting, .json],
    details: """
      One line a message: its key, its end (registered, not-registered, waiting, before-take-over, shadowed, under-way) with the reason, number,
      type, whether it is for review, and the replies sent. Without names, subjects and file names. Ends with 0.
      """,
    example: "intake-robot messages list --waiting"
  ) { (invocation) async throws(OperatorError) in
    try await invocation.look { (_, snapshot) async throws(OperatorError) in
      let states: Set<MessageState> = invocation.has(waiting) ? [.waiting, .listed, .opened, .read, .decided] : []
      let records = try await snapshot.messages(states: states, recipient: invocation.value(mailbox), limit: 1_000_000)
      let parked = try await snapshot.jobs(JobFilter(states: [.parked], recipient: invocation.value(mailbox), limit: 1_000_000))
      let byMessage = Dictionary(parked.map { ($0.message, $0) }, uniquingKeysWith: { first, _ in first })
      var rows: [(json: JSONValue, line: String)] = []
      for record in records {
        let replies = try await snapshot.replies(to: record.key).filter { $0.state == .sent }
        let view = try await reviewed(record, snapshot)
        rows.append(row(record, MessageEnd(record, parked: byMessage[record.key]), replies, isForReview: view))
      }
      invocation.print(json: .array(rows.map(\.json)), lines: rows.map(\.line))
    }
    return .ok
  }

  static let release = Command(
    "messages release", summary: "let a waiting message go on", operands: [Operand("MESSAGE", .one, "its number, or MAILBOX/NUMBER")],
    options: [.config, .actor, .reason, .json],
    details: """
      For a message that waits for a person: one that somebody opened first and that has no number yet, or one that could not be opened. It is
      taken up as if it had just been listed. The record says who let it go and why.
      """,
    example: "intake-robot messages release 1210150561306/700101 --reason \"не е завеждано на ръка\""
  ) { (invocation) async throws(OperatorError) in
    let key = try await invocation.look { (configuration, snapshot) async throws(OperatorError) in
      try await MessageArgument.find(invocation.operands[0], configuration, snapshot).key
    }
    return try await ManualCommands.perform(.release(message: key), invocation)
  }

  private static func reviewed(_ record: MessageRecord, _ snapshot: RegistrySnapshot) async throws(OperatorError) -> Bool {
    guard let number = record.entry?.number else { return record.decision?.review != nil }
    return try await snapshot.entry(number: number)?.columns["review"]?.isEmpty == false
  }

  private static func row(
    _ record: MessageRecord, _ end: MessageEnd, _ replies: [PendingReply], isForReview: Bool
  ) -> (json: JSONValue, line: String) {
    var type: String?
    if case .register(let registration)? = record.decision?.outcome { type = registration.type }
    let letters = replies.map(\.kind.letter)
    let json: JSONValue = [
      "message": .string(record.key.description), "mailbox": .string(record.key.recipient), "messageId": .integer(record.key.messageId),
      "end": .string(end.word), "reason": end.reason.json, "state": .string(record.state.rawValue), "journal": (record.entry?.journal).json,
      "number": (record.entry?.number).json, "type": type.json, "review": .bool(isForReview), "replies": .integer(Int64(replies.count)),
      "templates": .array(letters.map { .string($0) }), "receivedAt": record.listed.dateSent.json,
    ]
    let facts = [
      end.word + (end.reason.map { " (\($0))" } ?? ""), record.entry?.number, type, isForReview ? "за преглед" : nil,
      letters.isEmpty ? nil : "reply " + letters.joined(separator: " "),
    ]
    return (json, "\(record.key.recipient)/\(record.key.messageId)  " + facts.compactMap { $0 }.joined(separator: "  "))
  }
}
