import Mailbox
import Model
import Registry

/// The two replies a registration may freeze: А for a new entry, Д for a duplicate. Rendered inside the registration transaction, so
/// everything is gathered before.
struct ReplyWording: Sendable {
  let confirmation: ReplyPlan?
  let duplicate: ReplyPlan?

  init(desk: Desk, record: MessageRecord, envelope: StoredEnvelope, submission: Submission, registration: Registration) {
    guard let kind = registration.reply, LoopGuard.allowsReply(toSubject: envelope.subject) else {
      confirmation = nil
      duplicate = nil
      return
    }
    let administration = desk.configuration.administration
    let recipient = envelope.senderProfileId
    let rnu = envelope.rnu
    let serviceRNU = submission.serviceRNU
    let names = record.attachments.map(\.blob.fileName)
    let unconfirmed = ReplyWording.unconfirmed(record)
    let unit = registration.unit
    let details: @Sendable (NumberedEntry) -> ReplyDetails = { entry in
      ReplyDetails(
        administration: administration, unit: unit, number: entry.number, receivedAt: entry.receivedAt, registeredAt: entry.registeredAt,
        documentType: registration.typeTitle, subject: envelope.documentSubject, attachmentNames: names, rnu: serviceRNU,
        unconfirmed: unconfirmed)
    }
    let freeze: @Sendable (String, NumberedEntry, Mark) -> FrozenReply = { text, entry, mark in
      FrozenReply(
        recipientProfileIds: [recipient], subject: ReplySubject.render(number: entry.number, mark: mark), rnu: rnu,
        templateId: BuiltInTemplate.message, fields: [BuiltInTemplate.messageBody: .string(text)])
    }
    confirmation = ReplyPlan(kind: kind) { entry, mark in freeze(ReplyText.confirmation(details(entry)), entry, mark) }
    duplicate = ReplyPlan(kind: .duplicate) { entry, mark in freeze(ReplyText.duplicate(details(entry)), entry, mark) }
  }

  /// Attachments whose receipt is not confirmed.
  static func unconfirmed(_ record: MessageRecord) -> [UnconfirmedAttachment] {
    record.attachments.compactMap { attachment in
      UnconfirmedReason.of(attachment).map { UnconfirmedAttachment(fileName: attachment.blob.fileName, reason: $0) }
    }
  }
}
