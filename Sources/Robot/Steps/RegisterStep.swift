import Crypto
import Mailbox
import Model
import Registry
import Rules
import Runtime

/// decided → registered: prepares everything outside, then one short transaction of the registry.
struct RegisterStep: Sendable {
  let desk: Desk

  func run(_ job: Job) async throws(OperatorError) {
    if let refusal = desk.clock.refusal {
      try await desk.registry.snooze(job, until: desk.surroundings.time.now() + desk.configuration.limits.poll, reason: "clock-off")
      desk.surroundings.log.warning("register.postponed", ["message": .message(job.message), "code": .code(refusal.code)])
      return
    }
    guard try await desk.outboxes.allowsNumbering(job.message.recipient) else {
      try await desk.registry.snooze(job, until: desk.surroundings.time.now() + desk.configuration.limits.poll, reason: "outbox-unchecked")
      return
    }
    guard let record = try await desk.registry.message(job.message) else { throw OperatorError.unknownMessage(job.message) }
    let request = try await request(for: record)
    switch try await desk.registrations.register(job, request) {
    case .registered(let entry):
      desk.surroundings.log.info("message.registered", ["message": .message(job.message), "number": .journalNumber(entry.number)])
    case .duplicate(let entry):
      desk.surroundings.log.info("message.duplicate", ["message": .message(job.message), "of": .journalNumber(entry.number)])
    case .waitsForEarlier(let earlier):
      desk.surroundings.log.debug("message.waits", ["message": .message(job.message), "for": .number(earlier)])
    }
  }

  private func request(for record: MessageRecord) async throws(OperatorError) -> RegistrationRequest {
    guard let decision = record.decision, case .register(let registration) = decision.outcome, let submission = record.submission else {
      throw OperatorError(
        "robot.message-not-decided", "the message has no decision to register it", remedy: "report this: a step ran before its predecessor")
    }
    let envelope = try StoredEnvelope.read(record)
    let ruleset = try desk.rulesets.ruleset(for: record.listed.dateSent)
    guard let journal = ruleset.journals.first(where: { $0.name == registration.journal }) else {
      throw OperatorError(
        "rules.journal-missing", "the ruleset in force has no journal that the stored decision names",
        remedy: "put the journal back, or let the message be decided again: `jobs retry`", context: [.init("journal", registration.journal)])
    }
    let (related, unknownNumbers) = try await related(submission, record, registration)
    let wording = ReplyWording(desk: desk, record: record, envelope: envelope, submission: submission, registration: registration)
    return RegistrationRequest(
      journal: journal, unit: registration.unit,
      columns: EntryAssembly(
        record: record, envelope: envelope, submission: submission, registration: registration, decision: decision, calendar: desk.calendar,
        related: related, unknownNumbers: unknownNumbers
      ).columns,
      duplicate: DuplicateDigest.check(record, windowDays: desk.configuration.limits.duplicateWindowDays), reply: wording.confirmation,
      duplicateReply: wording.duplicate, orderWait: desk.configuration.limits.orderWait, handsOff: desk.configuration.handOff != .none,
      actor: RobotVersion.actor)
  }
}

extension RegisterStep {
  /// What was registered before under the РНУ of the same service request; else the first of the numbers that the rules link to and a journal has.
  private func related(
    _ submission: Submission, _ record: MessageRecord, _ registration: Registration
  ) async throws(OperatorError) -> (RelatedEntry?, unknown: [String]) {
    var cited: RelatedEntry?
    var unknown: [String] = []
    for number in registration.links ?? [] {
      if let found = try await desk.registry.citedEntry(number) {
        cited = cited ?? RelatedEntry(number: found.number, reason: .cited)
      } else {
        unknown.append(number)
      }
    }
    if let rnu = submission.serviceRNU, let newest = try await desk.registry.entries(ofRNU: rnu).first(where: { $0.entry.message != record.key }) {
      return (RelatedEntry(number: newest.entry.number, reason: .sameRNU(isSameSender: newest.senderProfileId == record.senderProfileId)), unknown)
    }
    return (cited, unknown)
  }
}

/// What makes two messages the same document: mailbox, subject, body and files. The mailbox is part of it, because a letter sent on purpose to two
/// directorates is two documents; the registry's key (sender profile, digest) need not know.
enum DuplicateDigest {
  /// `nil` when a file is missing: what never arrived cannot be compared.
  static func check(_ record: MessageRecord, windowDays: Int) -> DuplicateCheck? {
    var hash = SHA256()
    func add(_ text: String) {
      hash.update("\(text.utf8.count):")
      hash.update(text)
    }
    add("intake-robot/duplicate/2")
    add(record.key.recipient)
    add(record.listed.subject)
    add(record.body?.digest.hex ?? "")
    for attachment in record.attachments {
      guard let stored = attachment.stored else { return nil }
      add(stored.digest.hex)
    }
    return DuplicateCheck(digest: hash.finish(), windowDays: windowDays)
  }
}
