package import Model

/// What ССЕВ itself says of a message, apart from its body and files.
package struct MessageEnvelope: Sendable, Codable, Equatable {
  package var key: MessageKey
  /// `dateSent`.
  package var receivedAt: Timestamp
  package var subject: String
  /// The `rnu` field of the message: for an e-form not the РНУ of the service (submissions.md 2.2).
  package var rnu: String?
  package var templateId: Int64?
  package var isForwarded: Bool
  package var senderProfileId: Int64
  package var senderName: String
  /// From the sender's profile, where it could be read.
  package var senderIdentifier: String?
  /// A word of the fact `sender.kind`.
  package var senderKind: String
  package var maliciousFiles: Int
  package var missingFiles: Int
  /// Whether the mark in the subject is one of this environment.
  package var ownMark: Bool

  package init(
    key: MessageKey, receivedAt: Timestamp, subject: String, rnu: String? = nil, templateId: Int64? = nil, isForwarded: Bool = false,
    senderProfileId: Int64, senderName: String, senderIdentifier: String? = nil, senderKind: String = "unknown", maliciousFiles: Int = 0,
    missingFiles: Int = 0, ownMark: Bool = false
  ) {
    self.key = key
    self.receivedAt = receivedAt
    self.subject = subject
    self.rnu = rnu
    self.templateId = templateId
    self.isForwarded = isForwarded
    self.senderProfileId = senderProfileId
    self.senderName = senderName
    self.senderIdentifier = senderIdentifier
    self.senderKind = senderKind
    self.maliciousFiles = maliciousFiles
    self.missingFiles = missingFiles
    self.ownMark = ownMark
  }
}
