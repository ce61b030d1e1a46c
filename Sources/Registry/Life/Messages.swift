package import Crypto
package import Model

package enum MessageState: String, Sendable, Codable, CaseIterable {
  case listed, opened, read, decided, registered
  /// Registered, and reply and hand-off are at their end.
  case settled
  /// Ends without a number: `reason` says why.
  case notRegistered = "not-registered"
  /// For a person; `reason` says why.
  case waiting
  case beforeTakeOver = "before-take-over"
  /// The end in a mailbox of mode `shadow`: decided, nothing done.
  case shadowed
}

/// What ССЕВ answered to `open`, without the links, which expire.
package struct OpenedRecord: Sendable, Equatable {
  package var senderProfileId: Int64
  package var senderName: String
  package var subject: String
  package var rnu: String?
  package var templateId: Int64?
  package var dateSent: Timestamp
  package var dateReceived: Timestamp?
  /// JSON of the caller's own shape, kept and given back byte for byte (at most 8 MiB).
  package var envelope: String
  /// The text of the body, stored in the archive before this call; `nil` when there is none.
  package var body: StoredObject?
  package var blobs: [OpenedBlob]

  package init(
    senderProfileId: Int64, senderName: String, subject: String, rnu: String?, templateId: Int64?, dateSent: Timestamp,
    dateReceived: Timestamp?, envelope: String, body: StoredObject?, blobs: [OpenedBlob]
  ) {
    self.senderProfileId = senderProfileId
    self.senderName = senderName
    self.subject = subject
    self.rnu = rnu
    self.templateId = templateId
    self.dateSent = dateSent
    self.dateReceived = dateReceived
    self.envelope = envelope
    self.body = body
    self.blobs = blobs
  }
}

/// One file field of an opened message. Its ordinal is its place in `OpenedRecord.blobs`, from 1.
package struct OpenedBlob: Sendable, Equatable {
  package var blobId: Int64
  package var fileName: String
  package var size: Int64?
  /// As ССЕВ states it.
  package var digest: Digest?
  package var isMalicious: Bool?
  package var documentRegistrationNumber: String?

  package init(
    blobId: Int64, fileName: String, size: Int64?, digest: Digest?, isMalicious: Bool?, documentRegistrationNumber: String? = nil
  ) {
    self.blobId = blobId
    self.fileName = fileName
    self.size = size
    self.digest = digest
    self.isMalicious = isMalicious
    self.documentRegistrationNumber = documentRegistrationNumber
  }
}

package enum AttachmentState: String, Sendable, Codable {
  /// Not downloaded yet; a job tries.
  case expected
  case stored
  /// Will not come: `reason` says why.
  case missing
}

package struct AttachmentRecord: Sendable, Equatable {
  /// From 1.
  package var ordinal: Int
  package var blob: OpenedBlob
  package var state: AttachmentState
  /// Why it is missing, or the last obstacle; a stable word, empty when stored.
  package var reason: String
  package var stored: StoredObject?

  package init(ordinal: Int, blob: OpenedBlob, state: AttachmentState, reason: String, stored: StoredObject? = nil) {
    self.ordinal = ordinal
    self.blob = blob
    self.state = state
    self.reason = reason
    self.stored = stored
  }
}

/// Everything the registry knows about one message.
package struct MessageRecord: Sendable, Equatable {
  package var key: MessageKey
  package var state: MessageState
  /// A stable word for `waiting` and `not-registered`, else empty.
  package var reason: String
  package var listed: ListedRow
  package var seenAt: Timestamp
  /// When the robot first called `open`, before the answer.
  package var openingAt: Timestamp?
  package var openedAt: Timestamp?
  package var senderProfileId: Int64?
  package var envelope: String?
  package var body: StoredObject?
  package var attachments: [AttachmentRecord]
  package var submission: Submission?
  package var decision: Decision?
  package var decidedAt: Timestamp?
  package var entry: NumberedEntry?
  /// The number was found to exist already: the entry this message repeats.
  package var duplicateOf: NumberedEntry?
  /// When a person had the content erased.
  package var erasedAt: Timestamp?

  package init(
    key: MessageKey, state: MessageState, reason: String, listed: ListedRow, seenAt: Timestamp, openingAt: Timestamp? = nil,
    openedAt: Timestamp? = nil, senderProfileId: Int64? = nil, envelope: String? = nil, body: StoredObject? = nil,
    attachments: [AttachmentRecord], submission: Submission? = nil, decision: Decision? = nil, decidedAt: Timestamp? = nil,
    entry: NumberedEntry? = nil, duplicateOf: NumberedEntry? = nil
  ) {
    self.key = key
    self.state = state
    self.reason = reason
    self.listed = listed
    self.seenAt = seenAt
    self.openingAt = openingAt
    self.openedAt = openedAt
    self.senderProfileId = senderProfileId
    self.envelope = envelope
    self.body = body
    self.attachments = attachments
    self.submission = submission
    self.decision = decision
    self.decidedAt = decidedAt
    self.entry = entry
    self.duplicateOf = duplicateOf
  }
}
