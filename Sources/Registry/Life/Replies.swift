package import Model

/// A reply as it was worded once; sent exactly so, or not at all.
package struct FrozenReply: Sendable, Equatable, Codable {
  package var recipientProfileIds: [Int64]
  /// With the mark.
  package var subject: String
  package var rnu: String?
  package var templateId: Int64
  package var fields: [String: JSONValue]

  package init(recipientProfileIds: [Int64], subject: String, rnu: String?, templateId: Int64, fields: [String: JSONValue]) {
    self.recipientProfileIds = recipientProfileIds
    self.subject = subject
    self.rnu = rnu
    self.templateId = templateId
    self.fields = fields
  }
}

package enum ReplyState: String, Sendable, Codable, CaseIterable {
  /// Worded, never sent.
  case intended
  /// The call is under way; found so at start it becomes `uncertain`.
  case sending
  /// May have been sent: look in the outbox.
  case uncertain
  case sent
  /// Given up by a person.
  case abandoned
}

/// A reply that a `confirm` job works on.
package struct PendingReply: Sendable, Equatable {
  package var id: Int64
  package var message: MessageKey
  package var kind: ReplyKind
  package var mark: Mark
  package var state: ReplyState
  package var frozen: FrozenReply
  /// The entry it tells of; `nil` for a reply without a number.
  package var entry: NumberedEntry?
  package var createdAt: Timestamp
  /// The newest start of a call to send it.
  package var sendingAt: Timestamp?
  /// When it last became uncertain; after a crash, the start of this process.
  package var uncertainSince: Timestamp?
  /// The same by the machine's uptime; `nil` when that was not kept (a database of schema 1).
  package var uncertainUptime: Duration?
  /// How often the outbox was searched in vain since then, and when last.
  package var lookups: Int
  package var lookedUpAt: Timestamp?
  package var lookedUpUptime: Duration?
  /// How often it was sent again after being found nowhere.
  package var resends: Int
  package var ssevMessageId: Int64?
}

/// How the robot knows that a reply was sent.
package enum SentEvidence: String, Sendable, Codable {
  /// ССЕВ answered with its id.
  case answered
  /// Its subject was found in the outbox.
  case found
}

/// A reply to a message that gets no number (template В). `render` only computes; the subject must contain the mark.
package struct UnnumberedReplyPlan: Sendable {
  package var kind: ReplyKind
  package var render: @Sendable (Mark) -> FrozenReply

  package init(kind: ReplyKind, render: @escaping @Sendable (Mark) -> FrozenReply) {
    self.kind = kind
    self.render = render
  }
}
