import Model
import Registry

/// What `open` told of a message, as it stands in the database: everything later steps need that the registry does not keep in columns.
struct StoredEnvelope: Codable, Sendable, Equatable {
  var subject: String
  var rnu: String?
  var templateId: Int64?
  var senderProfileId: Int64
  var senderName: String
  /// ЕГН, ЛНЧ or ЕИК of the sender's profile; `nil` when ССЕВ could not say.
  var senderIdentifier: String?
  /// `person`, `company`, `institution`, `social`, `unknown`.
  var senderKind: String
  /// The message inside a forwarded one.
  var forwarded: Forwarded?

  struct Forwarded: Codable, Sendable, Equatable {
    var messageId: Int64
    /// Why its content could not be had (a stable code); empty when it was read.
    var unread: String
    var subject: String
    var rnu: String?
    var templateId: Int64?
    var senderName: String
  }

  /// The subject that describes the document: of the inner message when there is one that could be read.
  var documentSubject: String { forwarded.flatMap { $0.unread.isEmpty ? $0.subject : nil } ?? subject }

  var documentRNU: String? { forwarded.flatMap { $0.unread.isEmpty ? $0.rnu : nil } ?? rnu }

  func text() throws(OperatorError) -> String { try JSONText.compact(self) }

  static func read(_ record: MessageRecord) throws(OperatorError) -> StoredEnvelope {
    guard let text = record.envelope else {
      throw OperatorError(
        "robot.message-not-opened", "the message has not been opened yet", remedy: "report this: a step ran before its predecessor",
        context: [.init("message", record.key.description)])
    }
    return try JSONText.decode(StoredEnvelope.self, from: text, what: "the envelope of message \(record.key)")
  }
}
