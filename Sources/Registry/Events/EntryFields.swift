import Crypto
import Model

/// The fields of a `register` event: every column of the entry by its name in domain.md 4, and what `recover` needs besides.
enum EntryFields {
  static func make(
    _ entry: NumberedEntry, _ message: ReadyMessage, _ request: RegistrationRequest, counter: (unit: String, year: Int), passed: Int64?
  ) throws -> [String: String?] {
    let columns = request.columns
    return [
      EventField.number: entry.number,
      "index": index(request.journal.template, entry),
      "sequence": String(entry.sequence),
      "year": String(entry.year),
      "registeredAt": entry.registeredAt.iso8601,
      EventField.receivedAt: entry.receivedAt.iso8601,
      "openedAt": message.openedAt?.iso8601,
      "channel": "ССЕВ",
      EventField.messageId: String(entry.message.messageId),
      "rnu": columns.rnu,
      EventField.mailbox: entry.message.recipient,
      "senderName": columns.senderName,
      "senderKind": columns.senderKind.rawValue,
      "senderIdMasked": columns.senderIdentifier.map(masked),
      EventField.senderProfileId: String(message.senderProfileId),
      "senderReference": columns.senderReference,
      "documentType": columns.documentType,
      "documentTypeTitle": columns.documentTypeTitle,
      "subject": columns.subject,
      "serviceNumber": columns.serviceNumber,
      "attachmentCount": String(columns.attachments.count),
      "attachments": columns.attachments.isEmpty
        ? nil : try JSONText.encode(columns.attachments.map { AttachmentText(name: $0.fileName, sha256: $0.digest?.hex, size: $0.size) }),
      "attachmentsRejected": columns.rejectedAttachments.isEmpty
        ? nil : try JSONText.encode(columns.rejectedAttachments.map { RejectedText(name: $0.fileName, reason: $0.reason) }),
      "unit": entry.unit.identifier,
      "unitName": entry.unit.name,
      "unitIndex": entry.unit.index,
      "unitPhone": entry.unit.phone.isEmpty ? nil : entry.unit.phone,
      "targetSystem": columns.system,
      "ruleId@version": columns.rule,
      "dueDate": columns.dueDate?.description,
      "relatedNumber": columns.relatedNumber,
      "review": columns.review,
      "urgent": columns.isUrgent ? "yes" : nil,
      "tags": columns.tags.isEmpty ? nil : columns.tags.joined(separator: ", "),
      "note": columns.note,
      "counterUnit": counter.unit.isEmpty ? nil : counter.unit,
      "counterYear": counter.year == 0 ? nil : String(counter.year),
      "duplicateDigest": request.duplicate?.digest.hex,
      "handsOff": request.handsOff ? "yes" : nil,
      "passedMessageId": passed.map(String.init),
    ]
  }

  struct AttachmentText: Codable {
    var name: String
    var sha256: String?
    var size: Int64?
  }

  struct RejectedText: Codable {
    var name: String
    var reason: String
  }

  /// `******` and the last four characters (domain.md 4, column 14); of a short identifier only the stars.
  static func masked(_ identifier: String) -> String { "******" + (identifier.count > 6 ? identifier.suffix(4) : "") }

  /// Рег. индекс: what the number shows before its sequence, without the separator.
  static func index(_ template: NumberTemplate, _ entry: NumberedEntry) -> String {
    var text = ""
    for part in template.parts {
      switch part {
      case .sequence:
        while let last = text.last, last == "/" || last == "-" || last == "." || last.isWhitespace { text.removeLast() }
        return text.isEmpty ? entry.journal : text
      case .literal(let literal): text += literal
      case .unitIndex: text += entry.unit.index
      case .unitIdentifier: text += entry.unit.identifier
      case .year: text += String(entry.year)
      case .date(let pattern): text += SofiaTime.format(entry.registeredAt, pattern)
      }
    }
    return text
  }
}
