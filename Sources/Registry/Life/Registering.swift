package import Crypto
package import Model

/// An entry that exists: its number can no longer change.
package struct NumberedEntry: Sendable, Equatable, Codable {
  package var id: Int64
  package var journal: String
  package var sequence: Int64
  /// Of the number, by the Sofia calendar.
  package var year: Int
  package var unit: Unit
  /// As printed.
  package var number: String
  package var registeredAt: Timestamp
  package var receivedAt: Timestamp
  /// Without a recipient and with number 0 for a void entry.
  package var message: MessageKey
  package var isVoid: Bool { message.messageId == 0 }

  package init(
    id: Int64, journal: String, sequence: Int64, year: Int, unit: Unit, number: String, registeredAt: Timestamp, receivedAt: Timestamp,
    message: MessageKey
  ) {
    self.id = id
    self.journal = journal
    self.sequence = sequence
    self.year = year
    self.unit = unit
    self.number = number
    self.registeredAt = registeredAt
    self.receivedAt = receivedAt
    self.message = message
  }
}

/// What kind of sender (domain.md 4, column 13), as the journal prints it.
package enum SenderKind: String, Sendable, Codable, CaseIterable {
  case person = "ФЛ"
  case company = "ЮЛ"
  case institution = "институция"
  case unknown = "неизвестен"
}

/// The columns of domain.md 4 that come from outside the registry. The rest (number, index, sequence, year, times, channel, message id,
/// mailbox, unit, system, status) the registry knows itself.
package struct EntryColumns: Sendable, Equatable {
  package var subject: String
  package var rnu: String?
  package var senderName: String
  package var senderKind: SenderKind
  /// In full; the journal keeps only `******` and the last four characters.
  package var senderIdentifier: String?
  /// Number and date of the sender's own letter.
  package var senderReference: String?
  package var documentType: String
  package var documentTypeTitle: String
  package var serviceNumber: String?
  package var attachments: [Attachment]
  package var rejectedAttachments: [RejectedAttachment]
  package var system: String
  /// `АСП@2026.11: правило, правило`.
  package var rule: String
  package var dueDate: CivilDate?
  package var relatedNumber: String?
  /// Why a person must look (Bulgarian); makes the status `за преглед`.
  package var review: String?
  package var isUrgent: Bool
  package var tags: [String]
  package var note: String?

  package struct Attachment: Sendable, Equatable {
    package var fileName: String
    package var size: Int64?
    package var digest: Digest?

    package init(fileName: String, size: Int64?, digest: Digest?) {
      self.fileName = fileName
      self.size = size
      self.digest = digest
    }
  }

  package struct RejectedAttachment: Sendable, Equatable {
    package var fileName: String
    /// Bulgarian, as the reply says it.
    package var reason: String

    package init(fileName: String, reason: String) {
      self.fileName = fileName
      self.reason = reason
    }
  }

  package init(
    subject: String, rnu: String? = nil, senderName: String, senderKind: SenderKind, senderIdentifier: String? = nil,
    senderReference: String? = nil, documentType: String, documentTypeTitle: String, serviceNumber: String? = nil,
    attachments: [Attachment] = [], rejectedAttachments: [RejectedAttachment] = [], system: String, rule: String,
    dueDate: CivilDate? = nil, relatedNumber: String? = nil, review: String? = nil, isUrgent: Bool = false, tags: [String] = [],
    note: String? = nil
  ) {
    self.subject = subject
    self.rnu = rnu
    self.senderName = senderName
    self.senderKind = senderKind
    self.senderIdentifier = senderIdentifier
    self.senderReference = senderReference
    self.documentType = documentType
    self.documentTypeTitle = documentTypeTitle
    self.serviceNumber = serviceNumber
    self.attachments = attachments
    self.rejectedAttachments = rejectedAttachments
    self.system = system
    self.rule = rule
    self.dueDate = dueDate
    self.relatedNumber = relatedNumber
    self.review = review
    self.isUrgent = isUrgent
    self.tags = tags
    self.note = note
  }
}

/// Two messages are the same document when the sender profile and this digest are equal and they were sent at most `windowDays` apart.
package struct DuplicateCheck: Sendable, Equatable {
  /// Over subject, body and files (made by the caller).
  package var digest: Digest
  package var windowDays: Int

  package init(digest: Digest, windowDays: Int) {
    self.digest = digest
    self.windowDays = windowDays
  }
}

/// How to word a reply once the number is known. `render` is called inside the registration transaction: it must only compute. The subject
/// it returns must contain the mark.
package struct ReplyPlan: Sendable {
  package var kind: ReplyKind
  package var render: @Sendable (NumberedEntry, Mark) -> FrozenReply

  package init(kind: ReplyKind, render: @escaping @Sendable (NumberedEntry, Mark) -> FrozenReply) {
    self.kind = kind
    self.render = render
  }
}

/// Everything the registration transaction needs.
package struct RegistrationRequest: Sendable {
  package var journal: JournalDefinition
  package var unit: Unit
  package var columns: EntryColumns
  /// `nil` when this message may not be taken for a duplicate.
  package var duplicate: DuplicateCheck?
  /// The confirmation; `nil` for none.
  package var reply: ReplyPlan?
  /// Told to the sender of a duplicate, with the original's entry; `nil` for none.
  package var duplicateReply: ReplyPlan?
  /// T of design.md 3: how long an earlier message of the same sender may hold this one up.
  package var orderWait: Duration
  /// Whether a hand-off job follows.
  package var handsOff: Bool
  /// Who registered: `intake-robot 1.0.0`, or an officer.
  package var actor: String

  package init(
    journal: JournalDefinition, unit: Unit, columns: EntryColumns, duplicate: DuplicateCheck?, reply: ReplyPlan?,
    duplicateReply: ReplyPlan?, orderWait: Duration, handsOff: Bool, actor: String
  ) {
    self.journal = journal
    self.unit = unit
    self.columns = columns
    self.duplicate = duplicate
    self.reply = reply
    self.duplicateReply = duplicateReply
    self.orderWait = orderWait
    self.handsOff = handsOff
    self.actor = actor
  }
}

package enum RegistrationResult: Sendable, Equatable {
  /// Now, or before a crash that kept the caller from hearing of it.
  case registered(NumberedEntry)
  /// The message ends as not registered, reason `duplicate`.
  case duplicate(of: NumberedEntry)
  /// An earlier message of the same sender is on its way: the job was snoozed.
  case waitsForEarlier(messageId: Int64)
}
