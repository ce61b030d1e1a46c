import Crypto
import Model

/// One event of a chain, complete: what the database, the mirror and an export hold.
struct Event: Equatable {
  var chain: String
  var sequence: Int64
  var previous: Digest
  var hash: Digest
  /// By name, in the order of the UTF-8 bytes.
  var fields: [Field]

  struct Field: Equatable {
    var name: String
    var content: Content
    var commitment: Digest

    enum Content: Equatable {
      case open(value: String, salt: [UInt8])
      /// Masked or erased.
      case closed
    }

    var value: String? { if case .open(let value, _) = content { value } else { nil } }
  }

  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  var kind: String { self[EventField.kind] ?? "" }
}

/// Names of fields that more than one place knows. Those of the entry's columns are the field names of domain.md 4.
enum EventField {
  static let kind = "kind"
  static let at = "at"
  static let actor = "actor"
  static let environment = "environment"
  static let epoch = "epoch"
  static let reason = "reason"
  static let mailbox = "mailbox"
  static let messageId = "messageId"
  static let receivedAt = "receivedAt"
  static let number = "number"
  static let senderProfileId = "senderProfileId"
  static let reply = "reply"
  static let replyMark = "replyMark"
  static let replyKind = "replyKind"
  static let replyMessageId = "replyMessageId"
  static let rules = "rules"
}

/// The kinds of event. A kind never changes its meaning.
enum EventKind: String {
  /// The first of every chain.
  case open
  case epoch
  case register
  /// A repeated document was told its first number.
  case duplicate
  case notRegistered = "not-registered"
  /// The robot is about to open a message.
  case opening
  case replySending = "reply-sending"
  case replySent = "reply-sent"
  case replyUncertain = "reply-uncertain"
  case replyNotSent = "reply-not-sent"
  case lateAttachment = "late-attachment"
  case handedOff = "handed-off"
  case pause, resume
  case numberingStopped = "numbering-stopped"
  case numberingStarted = "numbering-started"
  /// Other rules decide from here on.
  case rulesActivated = "rules-activated"
  /// A person let a waiting message go on.
  case released
  case jobRetried = "job-retried"
  case jobDiscarded = "job-discarded"
  /// What a person made of an entry: `Amendment`.
  case correction, annulment, forwarding, linking
  case rerouting = "re-routing"
  /// The content of a message was erased: values and salts of its events went, their commitments stay.
  case erasure
  /// A confirmation in the outbox that another database sent, and that a person has taken account of.
  case outboxAccepted = "outbox-accepted"
  /// A number without a document.
  case void
  /// A message has a number that a person gave elsewhere.
  case registeredByHand = "registered-by-hand"
  /// A month or a year of a journal has ended.
  case closing
  /// The signed heads of all chains.
  case checkpoint
  /// The signed account of a day.
  case statement
}

/// The chain of what concerns no journal. No journal may be named so.
let robotChain = "#robot"
