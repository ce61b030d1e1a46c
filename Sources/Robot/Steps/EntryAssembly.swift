import Crypto
import Model
import Registry

/// An earlier entry that this document belongs to.
struct RelatedEntry: Sendable, Equatable {
  enum Reason: Sendable, Equatable {
    /// It was registered under the same РНУ.
    case sameRNU(isSameSender: Bool)
    /// This document cites its number, and a rule links such documents.
    case cited
  }

  let number: String
  let reason: Reason

  /// Why a person must look at the two; `nil` for a request that says itself that it follows an earlier one of the same sender.
  func review(of submission: Submission) -> String? {
    guard case .sameRNU(let isSameSender) = reason else { return nil }
    guard isSameSender else { return "Със същия референтен номер на услуга е регистриран документ вх. № \(number) от друг подател." }
    if ["change", "correction", "withdrawal"].contains(submission.undisputed("request.type")) { return nil }
    return "Със същия референтен номер на услуга вече е регистриран документ вх. № \(number) с друго съдържание: допълнение или нов документ."
  }
}

/// The columns of domain.md 4 that come from the message and the decision.
struct EntryAssembly: Sendable {
  let record: MessageRecord
  let envelope: StoredEnvelope
  let submission: Submission
  let registration: Registration
  let decision: Decision
  let calendar: WorkCalendar
  let related: RelatedEntry?
  /// Numbers that the rules want to link to and no journal has.
  var unknownNumbers: [String] = []

  var columns: EntryColumns {
    let rules = decision.explanation.decided.map(\.rule).joined(separator: ", ")
    return EntryColumns(
      subject: envelope.documentSubject.isEmpty ? registration.typeTitle : envelope.documentSubject,
      rnu: submission.serviceRNU ?? envelope.documentRNU, senderName: envelope.senderName, senderKind: kind,
      senderIdentifier: envelope.senderIdentifier, senderReference: submission.undisputed("letter.reference"), documentType: registration.type,
      documentTypeTitle: registration.typeTitle, serviceNumber: submission.undisputed("service.number"),
      attachments: record.attachments.map { .init(fileName: $0.blob.fileName, size: $0.stored?.size ?? $0.blob.size, digest: $0.stored?.digest) },
      rejectedAttachments: ReplyWording.unconfirmed(record).map { .init(fileName: $0.fileName, reason: $0.reason.sentence) },
      system: registration.system, rule: "\(decision.explanation.ruleset)@\(decision.explanation.version): \(rules)",
      dueDate: registration.term.map { DueDate.of($0, receivedAt: record.listed.dateSent, calendar: calendar) }, relatedNumber: related?.number,
      review: review, isUrgent: registration.urgent, tags: registration.tags, note: note)
  }

  /// Why a person must look: what the rules say, and what only the journal can know.
  var review: String? {
    let reasons = [decision.review?.text, related?.review(of: submission)].compactMap { $0 }
    return reasons.isEmpty ? nil : reasons.joined(separator: " ")
  }

  private var kind: SenderKind {
    switch envelope.senderKind {
    case "person": .person
    case "company", "social": .company
    case "institution": .institution
    default: .unknown
    }
  }

  private var note: String? {
    let notes = [forwardingNote, citationNote].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: " ")
  }

  private var citationNote: String? {
    guard let number = unknownNumbers.first else { return nil }
    return unknownNumbers.count == 1
      ? "Цитиран е вх. № \(number), който не е намерен в дневниците."
      : "Цитирани са вх. № \(unknownNumbers.joined(separator: ", ")), които не са намерени в дневниците."
  }

  private var forwardingNote: String? {
    guard let forwarded = envelope.forwarded else { return nil }
    return forwarded.unread.isEmpty
      ? "Препратено съобщение; първоначално съобщение в ССЕВ № \(forwarded.messageId)."
      : "Препратено съобщение; съдържанието на съобщение № \(forwarded.messageId) не може да бъде получено от ССЕВ."
  }
}

extension Submission {
  /// The best-evidenced value of a fact, unless the evidence disagrees.
  func undisputed(_ name: String) -> String? {
    disagreements.contains(name) ? nil : facts(named: name).first?.value.display
  }

  /// The РНУ that a service request brought with it. The field `rnu` of the message is not one: ССЕВ gives each message its own
  /// (submissions.md 2.2).
  var serviceRNU: String? {
    guard !disagreements.contains("rnu") else { return nil }
    return facts(named: "rnu").first { $0.source.document != "message" || $0.source.method != "field" }?.value.display
  }
}
