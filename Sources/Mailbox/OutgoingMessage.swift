package import Model

/// A message to send, complete: frozen with the intent, sent as it is.
package struct OutgoingMessage: Sendable, Equatable, Codable {
  /// Profile ids, not ЕГН or ЕИК, whatever the official document says (contract section 7.1).
  package let recipientProfileIds: [Int64]
  /// 1 to 255 UTF-16 units: a longer one is a failure inside ССЕВ whose outcome nobody knows.
  package let subject: String
  /// Sent for a later version that may keep it; today ССЕВ stores another one (contract section 7.3).
  package let rnu: String?
  package let templateId: Int64
  package let fields: [String: JSONValue]

  package init(recipientProfileIds: [Int64], subject: String, rnu: String?, templateId: Int64, fields: [String: JSONValue]) {
    self.recipientProfileIds = recipientProfileIds
    self.subject = subject
    self.rnu = rnu
    self.templateId = templateId
    self.fields = fields
  }

  package static let maximumSubject = 255

  /// Texts ССЕВ takes for a date and then refuses as "not a string" (contract section 7.2): its JSON reader looks for exactly these shapes.
  package static func looksLikeDate(_ text: String) -> Bool {
    let units = Array(text.utf16)
    if text.hasPrefix("/Date("), text.hasSuffix(")/") { return true }
    guard (19...40).contains(units.count) else { return false }
    let shape = Array("0000-00-00T00:00:00".utf16)
    return zip(units, shape).allSatisfy { unit, wanted in
      wanted == 0x30 ? (0x30...0x39).contains(unit) : unit == wanted
    }
  }

  /// Why ССЕВ would fail on it; `nil` when nothing is known against it. Sending checks this first.
  func mistake(_ errors: MailboxErrors) -> OperatorError? {
    if recipientProfileIds.isEmpty {
      return errors.unsendable("no-recipient", "the message has no recipient", remedy: "report it: this is a mistake of the program")
    }
    if subject.allSatisfy(\.isWhitespace) || subject.utf16.count > OutgoingMessage.maximumSubject {
      return errors.unsendable(
        "subject-length", "the subject has \(subject.utf16.count) characters, ССЕВ takes 1 to \(OutgoingMessage.maximumSubject)",
        remedy: "shorten the template of the reply or the numbers of the journal")
    }
    if let field = fields.sorted(by: { $0.key < $1.key }).first(where: { $0.value.string.map(OutgoingMessage.looksLikeDate) ?? false }) {
      return errors.unsendable(
        "text-like-date", "the text of field \(field.key) has the shape of a date and time, which ССЕВ refuses",
        remedy: "change the template of the reply: write dates as dd.MM.yyyy")
    }
    return nil
  }

  /// As it goes on the wire; null is written, as ССЕВ itself does.
  var wire: JSONValue {
    .object([
      "recipientProfileIds": .array(recipientProfileIds.map { .integer($0) }), "subject": .string(subject),
      "rnu": rnu.map { .string($0) } ?? .null, "templateId": .integer(templateId), "fields": .object(fields),
    ])
  }
}

/// What is known after an attempt to send (design.md 3, confirmed).
package enum SendOutcome: Sendable {
  case sent(messageId: Int64)
  /// ССЕВ certainly has no such message: nothing left the machine, or it answered 400, 401, 403, 413 or 415.
  case notSent(OperatorError)
  /// It may have it, now or a little later: look in the outbox before anything else.
  case uncertain(OperatorError)
}

/// What became of an upload. Not idempotent and harmless: a blob attached to nothing is cleaned up by ССЕВ, so upload again.
package enum UploadOutcome: Sendable {
  case accepted(UploadedBlob)
  /// ССЕВ answered 200 and keeps nothing (contract section 6.3).
  case refused(Refusal)

  package enum Refusal: String, Sendable {
    case malicious, quota, unknown
  }
}

package struct UploadedBlob: Sendable, Equatable {
  package let blobId: Int64
  package let size: Int64?
  /// Lower-case hex.
  package let sha256: String?
}
