package import Model
package import Registry

/// Everything a reply says about one registered document. Text from the sender is as it came; the rendering cleans it.
package struct ReplyDetails: Sendable {
  /// The administrative body: `Агенция за социално подпомагане`.
  package var administration: String
  /// The unit that registered, with the phone a sender may call.
  package var unit: Unit
  /// The incoming number as printed in the journal.
  package var number: String
  /// ССЕВ `dateSent`.
  package var receivedAt: Timestamp
  /// When the number was given.
  package var registeredAt: Timestamp
  package var documentType: String
  package var subject: String
  package var attachmentNames: [String]
  package var rnu: String?
  /// Attachments whose receipt is not confirmed (АПК чл. 30, ал. 4).
  package var unconfirmed: [UnconfirmedAttachment]

  package init(
    administration: String, unit: Unit, number: String, receivedAt: Timestamp, registeredAt: Timestamp, documentType: String,
    subject: String,
    attachmentNames: [String], rnu: String?, unconfirmed: [UnconfirmedAttachment] = []
  ) {
    self.administration = administration
    self.unit = unit
    self.number = number
    self.receivedAt = receivedAt
    self.registeredAt = registeredAt
    self.documentType = documentType
    self.subject = subject
    self.attachmentNames = attachmentNames
    self.rnu = rnu
    self.unconfirmed = unconfirmed
  }
}

/// An attachment that reached us in a state for which the law foresees a negative message.
package struct UnconfirmedAttachment: Sendable, Equatable {
  package let fileName: String
  package let reason: UnconfirmedReason

  package init(fileName: String, reason: UnconfirmedReason) {
    self.fileName = fileName
    self.reason = reason
  }
}

/// Why receipt of an attachment is not confirmed (АПК чл. 30, ал. 4; РИО 0007-000002): only what ССЕВ itself makes certain. What we made of a file
/// is never among them, be it that no tool could read it, that it seems damaged or wants a password; nor is an absent tool, time, size, text
/// recognition, confinement or a network that failed: design.md 1.4.
package enum UnconfirmedReason: String, Sendable, CaseIterable {
  /// ССЕВ found malware in it (0006-000008).
  case malicious
  /// ССЕВ names the file and says itself that it has no such content.
  case absent
  /// What ССЕВ delivers is not what it states by SHA-256: the file that was sent never arrived.
  case otherBytes = "other-bytes"

  /// What the sender reads.
  package var sentence: String {
    switch self {
    case .malicious: "съдържа вирус или друг нежелан софтуер"
    case .absent: "файлът е посочен в съобщението, но Системата за сигурно електронно връчване не го съдържа"
    case .otherBytes: "полученият файл не съответства на контролната сума, посочена от Системата за сигурно електронно връчване"
    }
  }

  /// The reason of one attachment as it stands when the message is registered; `nil` when its receipt is confirmed.
  package static func of(_ attachment: AttachmentRecord) -> UnconfirmedReason? {
    if attachment.blob.isMalicious == true { return .malicious }
    guard attachment.state != .stored else { return nil }
    switch attachment.reason {
    case FetchStep.gone: return .absent
    case FetchStep.otherBytes: return .otherBytes
    default: return nil
    }
  }
}

extension ReplyKind {
  /// The letter of domain.md 6.3.
  package var letter: String {
    switch self {
    case .confirmation: "А"
    case .notConfirmed: "В"
    case .forwarded: "Г"
    case .duplicate: "Д"
    }
  }
}
