import Model

/// From truths to a decision (design.md 6.8 and 6.9).
struct Deciding {
  private let evaluation: Evaluation
  private var program: Program { evaluation.program }

  init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  /// Rules that are true and beaten by no other true rule.
  func winners() -> [Int] {
    let fired = program.rules.indices.filter { !program.rules[$0].description.isMark && evaluation.truth(ofRule: $0) == .yes }
    return Deciding.unbeaten(fired, program.rules)
  }

  private static func unbeaten(_ fired: [Int], _ rules: [CompiledRule]) -> [Int] {
    guard let highest = fired.lazy.map({ rules[$0].stage }).min() else { return [] }
    let rivals = fired.filter { rules[$0].stage == highest }
    return rivals.filter { rule in !rivals.contains { rules[$0].beats.contains(rule) } }
  }

  func decision() -> Decision {
    var fired: [Int] = []
    var marks: [Int] = []
    var disputed: [Int] = []
    for index in evaluation.candidates() {
      switch (evaluation.truth(ofRule: index), program.rules[index].description.isMark) {
      case (.yes, false): fired.append(index)
      case (.yes, true): marks.append(index)
      case (.disputed, false): disputed.append(index)
      default: break
      }
    }
    if evaluation.isExhausted { return undecided(.budget, winners: [], fired: [], marks: [], disputed: []) }
    let winners = Deciding.unbeaten(fired, program.rules)
    guard let first = winners.first else {
      return undecided(disputed.isEmpty ? .otherwise : .unknown, winners: [], fired: [], marks: marks, disputed: disputed)
    }
    let outcomes = winners.map { resolve(program.rules[$0].outcome) }
    if outcomes.contains(where: { $0 != outcomes[0] }) {
      return undecided(.conflict, winners: winners, fired: fired, marks: marks, disputed: [])
    }
    let rivals = disputed.filter { rule in
      let (mine, winner) = (program.rules[rule], program.rules[first])
      return mine.outcome != winner.outcome && mine.stage <= winner.stage && !winners.contains { program.rules[$0].beats.contains(rule) }
    }
    guard rivals.isEmpty else {
      return undecided(.unknown, winners: winners, fired: fired, marks: marks, disputed: rivals)
    }
    let explainer = Explainer(evaluation)
    let reviews = winners.compactMap { program.rules[$0].outcome.review }
    let review = reviews.first.map { ReviewReason(code: "rule", text: $0) }
    let outcome: Decision.Outcome
    if let reason = program.rules[first].outcome.notRegistered {
      outcome = .notRegistered(reason: reason)
    } else {
      outcome = .register(registration(outcomes[0], winners: winners, marks: marks))
    }
    let beaten = fired.filter { !winners.contains($0) }
    return Decision(
      outcome: outcome, review: review,
      explanation: explainer.explanation(of: outcome, review: review, winners: winners, beaten: beaten, marks: marks, disputed: []))
  }

  private enum Undecided: String { case budget, otherwise, unknown, conflict }

  private func undecided(_ why: Undecided, winners: [Int], fired: [Int], marks: [Int], disputed: [Int]) -> Decision {
    let explainer = Explainer(evaluation)
    let text: String
    switch why {
    case .budget: text = "Обработката на документа надхвърли определената граница и затова той не е класифициран."
    case .otherwise: text = explainer.otherwiseReason
    case .unknown: text = explainer.disputeReason(disputed)
    case .conflict:
      text = "Правилата \(explainer.list(winners)) са изпълнени едновременно, а водят до различен резултат."
    }
    let review = ReviewReason(code: why.rawValue, text: text)
    let outcome = Decision.Outcome.register(registration(resolve(program.otherwise), winners: [], marks: marks))
    let beaten = fired.filter { !winners.contains($0) }
    return Decision(
      outcome: outcome, review: review,
      explanation: explainer.explanation(
        of: outcome, review: review, winners: why == .conflict ? winners : [], beaten: why == .conflict ? beaten : fired, marks: marks,
        disputed: disputed))
  }

  // MARK: Outcomes

  /// An outcome with its values from tables and facts put in. Two outcomes are the same when these are equal.
  struct Resolved: Equatable {
    var notRegistered: String?
    var journal = ""
    var type = ""
    var unit: Unit
    var unitIsGuessed = false
    var system = ""
    var term: Term?
    var reply: ReplyKind?
  }

  private func resolve(_ template: OutcomeTemplate) -> Resolved {
    let mailbox = unit(evaluation.submission.key.recipient)
    var resolved = Resolved(notRegistered: template.notRegistered, unit: mailbox)
    guard template.notRegistered == nil else { return resolved }
    resolved.journal = value(template.journal) ?? ""
    resolved.type = value(template.type) ?? ""
    let type = program.types[resolved.type]
    resolved.system = [value(template.system), type?.system, program.journalSystems[resolved.journal]].compactMap(\.self).first { !$0.isEmpty } ?? ""
    resolved.term = value(template.term).flatMap(TermText.parse)
    switch template.reply {
    case .some(.none): resolved.reply = nil
    case .some(.kind(let letter)): resolved.reply = ReplyLetter.kinds[letter]
    case nil: resolved.reply = type?.confirmation == false ? nil : .confirmation
    }
    let identifier: String?
    switch template.unit {
    case .constant(let constant): identifier = constant
    case .column(let binding, let column): identifier = evaluation.cell(binding, column)
    case .fact(let fact): identifier = evaluation.text(ofFact: fact)
    case nil: identifier = nil
    }
    if let identifier {
      if let known = program.units[identifier] { resolved.unit = known } else { resolved.unitIsGuessed = true }
    }
    return resolved
  }

  private func value(_ source: ValueSource<String>?) -> String? {
    switch source {
    case .constant(let constant): constant
    case .column(let binding, let column): evaluation.cell(binding, column)
    case nil: nil
    }
  }

  /// A mailbox without a unit gets one with an index that no active mailbox may have.
  private func unit(_ identifier: String) -> Unit {
    program.units[identifier] ?? Unit(identifier: identifier, name: identifier, index: "?\(identifier.suffix(4))")
  }

  private func registration(_ resolved: Resolved, winners: [Int], marks: [Int]) -> Registration {
    let type = program.types[resolved.type]
    var tags: [String] = []
    for rule in winners + marks {
      for tag in program.rules[rule].outcome.tags where !tags.contains(tag) { tags.append(tag) }
    }
    var links: [String] = []
    for rule in winners + marks {
      for number in program.rules[rule].outcome.links.flatMap(evaluation.texts(ofFact:)) where !links.contains(number) { links.append(number) }
    }
    if resolved.unitIsGuessed { tags.append(Deciding.unknownUnitTag) }
    let stated = winners.compactMap { program.rules[$0].outcome.urgent }
    let isUrgent = (stated.isEmpty ? type?.urgent == true : stated.contains(true)) || marks.contains { program.rules[$0].outcome.urgent == true }
    return Registration(
      journal: resolved.journal, type: resolved.type, typeTitle: type?.title ?? (resolved.type.isEmpty ? "Неопределен документ" : resolved.type),
      unit: resolved.unit, system: resolved.system, term: resolved.term, urgent: isUrgent, reply: resolved.reply, tags: tags,
      links: links.isEmpty ? nil : Array(links.prefix(Registration.maximumLinks)))
  }

  /// Set when a rule took the unit from a fact that names none of ours; the mailbox's unit stands instead.
  static let unknownUnitTag = "непознато звено"
}
