import Model
import Registry
import Robot
import Rules

/// `explain`: why a message ended where it did, in the words of a clerk, from what is stored and nothing else.
enum ExplainCommand {
  private static let asOf = Option("as-of", "DATE", "also decide it again, by the ruleset that is in force on this day")

  static let command = Command(
    "explain", summary: "say why a message ended where it did", operands: [Operand("MESSAGE", .one, "its number, or MAILBOX/NUMBER")],
    options: [.config, asOf, .json],
    details: """
      In Bulgarian: the decision with the rules and the words they found, how each document was read, the facts with their sources, the reply and
      everything that happened. With --as-of also what the configured rules of another day would make of it, from the same stored facts; nothing is
      changed. Shows personal data: for the officer in charge. Ends with 0, with 1 when there is no such message.
      """,
    example: "intake-robot explain 1210150561306/700101"
  ) { (invocation) async throws(OperatorError) in
    let other = try ruleset(invocation)
    try await invocation.look { (configuration, snapshot) async throws(OperatorError) in
      let record = try await MessageArgument.find(invocation.operands[0], configuration, snapshot)
      let events = try await snapshot.history(of: record.key)
      let replies = try await snapshot.replies(to: record.key)
      let parked = try await snapshot.jobs(JobFilter(states: [.parked], recipient: record.key.recipient, limit: 1_000_000))
        .first { $0.message == record.key }
      let submission = record.submission
      var review: String?
      if let number = record.entry?.number { review = try await snapshot.entry(number: number)?.columns["review"] }
      let again = try other.map { (day, ruleset) throws(OperatorError) in (day, try redecided(record, by: ruleset)) }
      let lines =
        standing(record, parked) + decision(record.decision, review: review) + redecision(again, record) + documents(submission)
        + facts(submission) + sent(replies) + history(events)
      invocation.print(json: try json(record, MessageEnd(record, parked: parked), submission, again?.1, replies, events), lines: lines)
    }
    return .ok
  }

  // MARK: text

  private static func standing(_ record: MessageRecord, _ parked: JobRecord?) -> [String] {
    let end = MessageEnd(record, parked: parked)
    let state =
      switch end.word {
      case "registered": "вписан с вх. № \(record.entry?.number ?? "?")"
      case "not-registered": "не се вписва (\(end.reason ?? "без причина"))"
      case "waiting": "чака служител (\(end.reason ?? "без причина"))"
      case "before-take-over": "постъпил преди началото на обслужването"
      case "shadowed": "само решен, без вписване (наблюдение)"
      default: "в обработка"
      }
    var lines = [
      "Съобщение \(record.key)", "  Състояние: \(state)", "  Постъпило в ССЕВ: \(record.listed.dateSent.shown)",
      "  Тема: \(SenderText.clean(record.listed.subject, limit: 300))",
    ]
    if let erased = record.erasedAt { lines.append("  Съдържанието е заличено на \(erased.shown); останал е само редът в дневника.") }
    if let original = record.duplicateOf { lines.append("  Същият документ е вписан с вх. № \(original.number).") }
    if let parked { lines.append("  Спряла стъпка \(parked.id) (\(parked.kind.rawValue)): \(parked.lastCode)") }
    return lines
  }

  /// `review` is what the entry says, which knows more than the rules did: a number cited before, the same РНУ.
  private static func decision(_ decision: Decision?, review: String?) -> [String] {
    guard let decision else { return [] }
    let explanation = decision.explanation
    var lines = ["", "Решение (правила „\(explanation.ruleset)“, редакция \(explanation.version), отпечатък \(explanation.digest.prefix(16)))"]
    lines += explanation.sentences.map { "  \($0)" }
    if let review = review ?? decision.review?.text { lines.append("  За преглед: \(review)") }
    if let nearest = explanation.nearest { lines.append("  \(nearest)") }
    return lines
  }

  // MARK: another day's rules

  private static func ruleset(_ invocation: Invocation) throws(OperatorError) -> (day: CivilDate, ruleset: Ruleset)? {
    guard let day = try invocation.date(asOf) else { return nil }
    return (day, try invocation.rulesets(try invocation.configuration().value.rules).ruleset(named: day))
  }

  private static func redecided(_ record: MessageRecord, by ruleset: Ruleset) throws(OperatorError) -> Decision {
    guard let submission = record.submission else {
      throw OperatorError(
        "robot.message-not-read", "the message has not been read, or its content is erased", remedy: "leave out `--as-of`, or wait until it is read")
    }
    return ruleset.decide(submission)
  }

  private static func redecision(_ again: (day: CivilDate, decision: Decision)?, _ record: MessageRecord) -> [String] {
    guard let again else { return [] }
    let before = record.decision
    let isSame = before?.outcome == again.decision.outcome && before?.review?.code == again.decision.review?.code
    let explanation = again.decision.explanation
    let head =
      "По правилата в сила на \(again.day) („\(explanation.ruleset)“, редакция \(explanation.version)): \(isSame ? "същото" : "друго решение")"
    return ["", head] + explanation.sentences.map { "  \($0)" }
  }

  private static func documents(_ submission: Submission?) -> [String] {
    guard let submission else { return [] }
    let rows = submission.documents.map { document in
      let reading = document.reading
      let how =
        switch reading.status {
        case .read: "прочетен"
        case .partly: "прочетен отчасти (\(reading.reason))"
        case .unread: "непрочетен (\(reading.reason))"
        }
      let name = document.fileName.isEmpty ? "" : " „\(SenderText.clean(document.fileName, limit: 120))“"
      return "  \(document.path == "body" ? "текст на съобщението" : "приложение \(document.path)")\(name): \(reading.kind.rawValue), \(how)"
    }
    return ["", "Документи"] + rows
  }

  private static func facts(_ submission: Submission?) -> [String] {
    guard let submission, !submission.facts.isEmpty else { return [] }
    let rows = submission.facts.filter { $0.name != "body" && $0.name != "disagreement" }.map { fact in
      let place = [fact.source.document, fact.source.method, fact.source.place].filter { !$0.isEmpty }.joined(separator: ", ")
      let meaning = FactCatalogue.definition(named: fact.name)?.meaning ?? fact.name
      return "  \(meaning): \(SenderText.clean(fact.value.display, limit: 200)) (\(place))"
    }
    let disagreements = submission.disagreements.map { name in
      var values: [String] = []
      for fact in submission.facts(named: name) + submission.documents.flatMap({ $0.reading.facts.filter { $0.name == name } }) {
        let place = [fact.source.document, fact.source.method].filter { !$0.isEmpty }.joined(separator: ", ")
        let shown = "„\(SenderText.clean(fact.value.display, limit: 100))“ (\(place))"
        if !values.contains(shown) { values.append(shown) }
      }
      return "  Източниците се разминават: \(FactCatalogue.definition(named: name)?.meaning ?? name): \(values.prefix(6).joined(separator: "; "))"
    }
    return ["", "Установени факти"] + rows + disagreements
  }

  private static func sent(_ replies: [PendingReply]) -> [String] {
    guard !replies.isEmpty else { return ["", "Отговор до подателя: няма"] }
    let rows = replies.map { reply in
      let state =
        switch reply.state {
        case .sent: "изпратен" + (reply.ssevMessageId.map { ", съобщение \($0)" } ?? "")
        case .intended, .sending: "предстои"
        case .uncertain: "не се знае дали е изпратен; проверява се"
        case .abandoned: "отказан"
        }
      return "  \(reply.kind.letter): \(state)"
    }
    return ["", "Отговор до подателя"] + rows
  }

  private static func history(_ events: [EventRecord]) -> [String] {
    guard !events.isEmpty else { return [] }
    return ["", "Събития"] + events.map { "  \($0.at.shown)  \($0.kind)  \($0.actor)  \($0.chain)#\($0.sequence)" }
  }

  // MARK: JSON

  private static func json(
    _ record: MessageRecord, _ end: MessageEnd, _ submission: Submission?, _ again: Decision?, _ replies: [PendingReply], _ events: [EventRecord]
  ) throws(OperatorError) -> JSONValue {
    [
      "message": .string(record.key.description), "end": .string(end.word), "reason": end.reason.json,
      "number": (record.entry?.number).json, "duplicateOf": (record.duplicateOf?.number).json, "receivedAt": record.listed.dateSent.json,
      "decision": try JSONText.value(record.decision), "decisionAsOf": try JSONText.value(again), "submission": try JSONText.value(submission),
      "replies": .array(replies.map { ["kind": .string($0.kind.letter), "state": .string($0.state.rawValue)] }),
      "events": .array(
        events.map {
          ["chain": .string($0.chain), "sequence": .integer($0.sequence), "at": $0.at.json, "kind": .string($0.kind), "actor": .string($0.actor)]
        }),
    ]
  }
}
