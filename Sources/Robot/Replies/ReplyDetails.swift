package import Model

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

/// Why receipt of an attachment is not confirmed: only what lies in the file itself (АПК чл. 30, ал. 4; РИО 0007-000002). What lies with us
/// (an absent tool, time, size, OCR, confinement, a failed download) is never among them: design.md 1.4.
package enum UnconfirmedReason: String, Sendable, CaseIterable {
  /// ССЕВ found malware in it (0006-000008).
  case malicious
  /// It opens only with a password.
  case passwordProtected = "password-protected"
  /// It is not a whole file of its kind.
  case damaged

  /// What the sender reads.
  package var sentence: String {
    switch self {
    case .malicious: "съдържа вирус или друг нежелан софтуер"
    case .passwordProtected: "файлът е защитен с парола и не може да бъде прочетен"
    case .damaged: "файлът е повреден и не може да бъде прочетен"
    }
  }

  /// The reason of one attachment, from ССЕВ's own verdict and the stable word of its reading; `nil` when its receipt is confirmed.
  package static func of(reading: DocumentReading, isMalicious: Bool) -> UnconfirmedReason? {
    if isMalicious { return .malicious }
    guard reading.status == .unread else { return nil }
    return UnconfirmedReason(rawValue: reading.reason).flatMap { $0 == .malicious ? nil : $0 }
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
