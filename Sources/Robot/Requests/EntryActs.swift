import Mailbox
import Model
import Registry
import Rules
import Runtime

/// What a person does about entries and about messages that the robot could not register: needs the rules of the installation.
struct EntryActs: Sendable {
  let registry: Registry
  let configuration: RobotConfiguration
  let rulesets: RulesetShelf?
  let now: Timestamp

  // MARK: entries

  func amend(_ number: String, _ amendment: Amendment, actor: String, reason: String) async throws(OperatorError) -> String {
    var amendment = amendment
    if case .rerouting(let system, let type?, nil) = amendment {
      amendment = .rerouting(system: system, type: type, typeTitle: try title(of: type))
    }
    var reply: ReplyPlan?
    if case .forwarding(let unit) = amendment { reply = try await forwardingReply(number, to: unit) }
    try await registry.amend(
      number: number, amendment, actor: actor, reason: reason, reply: reply, handsOff: configuration.handOff != .none)
    return "\(number): \(word(amendment))"
  }

  private func word(_ amendment: Amendment) -> String {
    switch amendment {
    case .correction: "corrected"
    case .annulment: "annulled; the number stays"
    case .forwarding: "forwarded"
    case .linking(let other): "linked to \(other)"
    case .rerouting: "routed anew; the number stays"
    }
  }

  private func title(of type: String) throws(OperatorError) -> String? {
    guard let ruleset = rulesets?.rulesets.last else { return nil }
    guard let known = ruleset.types.first(where: { $0.code == type }) else {
      throw OperatorError("robot.type-unknown", "the ruleset has no document type `\(type)`", remedy: "write a code of its table of types")
    }
    return known.title
  }

  /// Template Г, to the sender of the message; `nil` where the sender's profile is not known or a robot wrote the message.
  private func forwardingReply(_ number: String, to unit: String) async throws(OperatorError) -> ReplyPlan? {
    guard let view = try await registry.entry(number: number), let record = try await registry.message(view.entry.message),
      let profile = record.senderProfileId, profile > 0, LoopGuard.allowsReply(toSubject: record.listed.subject)
    else { return nil }
    let administration = configuration.administration
    let names = record.attachments.map(\.blob.fileName)
    let columns = view.columns
    let moment = now
    return ReplyPlan(kind: .forwarded) { entry, mark in
      let details = ReplyDetails(
        administration: administration, unit: entry.unit, number: entry.number, receivedAt: entry.receivedAt, registeredAt: entry.registeredAt,
        documentType: columns["documentTypeTitle"] ?? "", subject: columns["subject"] ?? "", attachmentNames: names, rnu: columns["rnu"])
      return FrozenReply(
        recipientProfileIds: [profile], subject: ReplySubject.render(number: entry.number, mark: mark), rnu: columns["rnu"],
        templateId: BuiltInTemplate.message, fields: [BuiltInTemplate.messageBody: .string(ReplyText.forwarded(details, to: unit, on: moment))])
    }
  }

  // MARK: messages and numbers

  /// Decided by the rules on what the listing tells: subject and sender's name.
  func registerFromListing(_ key: MessageKey, actor: String, reason: String) async throws(OperatorError) -> String {
    guard let record = try await registry.message(key) else { throw OperatorError.unknownMessage(key) }
    guard let rulesets else { throw EntryActs.noRules }
    let listed = record.listed
    let submission = SubmissionAssembly.assemble(
      MessageEnvelope(
        key: key, receivedAt: listed.dateSent, subject: listed.subject, templateId: listed.templateId, senderProfileId: 0,
        senderName: listed.senderName), [])
    let ruleset = try rulesets.ruleset(for: listed.dateSent)
    let decision = ruleset.decide(submission)
    guard case .register(let registration) = decision.outcome,
      let journal = ruleset.journals.first(where: { $0.name == registration.journal })
    else {
      throw OperatorError(
        "robot.rules-do-not-register", "by its subject the rules do not register this message",
        remedy: "register it by hand and say so: `intake-robot registered-by-hand`", context: [.init("message", key.description)])
    }
    let review = "Регистриран по данните от списъка: съобщението не може да бъде отворено. \(decision.review?.text ?? "")"
    let entry = try await registry.registerFromListing(
      key,
      RegistrationRequest(
        journal: journal, unit: registration.unit,
        columns: EntryColumns(
          subject: listed.subject.isEmpty ? registration.typeTitle : listed.subject, senderName: listed.senderName, senderKind: .unknown,
          documentType: registration.type, documentTypeTitle: registration.typeTitle, system: registration.system,
          rule: "\(decision.explanation.ruleset)@\(decision.explanation.version): от списъка", review: review, isUrgent: registration.urgent,
          tags: registration.tags, note: reason.isEmpty ? nil : reason),
        duplicate: nil, reply: nil, duplicateReply: nil, orderWait: .zero, handsOff: false, actor: actor))
    return "message \(key) is registered as \(entry.number); the sender is not answered, because ССЕВ did not say who it is"
  }

  func void(_ name: String, unit: String, year: Int?, through last: Int64, actor: String, reason: String) async throws(OperatorError) -> String {
    guard let ruleset = rulesets?.rulesets.last else { throw EntryActs.noRules }
    guard let journal = ruleset.journals.first(where: { $0.name == name }) else {
      throw OperatorError("robot.journal-unknown", "the ruleset has no journal `\(name)`", remedy: "`intake-robot status` lists the journals")
    }
    guard let unit = ruleset.units[unit] else {
      throw OperatorError("robot.unit-unknown", "the table of units has no unit \(unit)", remedy: "write its 13-digit identifier")
    }
    let numbers = try await registry.void(journal: journal, unit: unit, year: year, through: last, actor: actor, reason: reason)
    return "\(numbers.count) void entries: \(numbers.first ?? "") … \(numbers.last ?? "")"
  }

  static let noRules = OperatorError(
    "robot.rules-needed", "this needs the rules, and they could not be read", remedy: "run `intake-robot check`", disposition: .misconfigured)
}
