import Model
import Registry

/// The columns of domain.md 4 that come from the message and the decision.
enum EntryAssembly {
  static func columns(
    record: MessageRecord, envelope: StoredEnvelope, submission: Submission, registration: Registration, decision: Decision, calendar: WorkCalendar
  ) -> EntryColumns {
    let rules = decision.explanation.decided.map(\.rule).joined(separator: ", ")
    return EntryColumns(
      subject: envelope.documentSubject.isEmpty ? registration.typeTitle : envelope.documentSubject, rnu: envelope.documentRNU,
      senderName: envelope.senderName, senderKind: kind(envelope.senderKind), senderIdentifier: envelope.senderIdentifier,
      senderReference: text("letter.reference", in: submission), documentType: registration.type, documentTypeTitle: registration.typeTitle,
      serviceNumber: text("service.number", in: submission),
      attachments: record.attachments.map { .init(fileName: $0.blob.fileName, size: $0.stored?.size ?? $0.blob.size, digest: $0.stored?.digest) },
      rejectedAttachments: ReplyWording.unconfirmed(record).map { .init(fileName: $0.fileName, reason: $0.reason.sentence) },
      system: registration.system, rule: "\(decision.explanation.ruleset)@\(decision.explanation.version): \(rules)",
      dueDate: registration.term.map { DueDate.of($0, receivedAt: record.listed.dateSent, calendar: calendar) }, relatedNumber: nil,
      review: decision.review?.text, isUrgent: registration.urgent, tags: registration.tags, note: note(envelope))
  }

  private static func text(_ name: String, in submission: Submission) -> String? {
    guard !submission.disagreements.contains(name), let fact = submission.facts(named: name).first else { return nil }
    return fact.value.display
  }

  private static func kind(_ word: String) -> SenderKind {
    switch word {
    case "person": .person
    case "company", "social": .company
    case "institution": .institution
    default: .unknown
    }
  }

  private static func note(_ envelope: StoredEnvelope) -> String? {
    guard let forwarded = envelope.forwarded else { return nil }
    return forwarded.unread.isEmpty
      ? "Препратено съобщение; първоначално съобщение в ССЕВ № \(forwarded.messageId)."
      : "Препратено съобщение; съдържанието на съобщение № \(forwarded.messageId) не може да бъде получено от ССЕВ."
  }
}
