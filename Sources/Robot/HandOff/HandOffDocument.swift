import Crypto
import Model
import Registry

/// `document.json` of a hand-off: everything the target system needs to take the document in, versioned.
struct HandOffDocument: Codable, Sendable, Equatable {
  var version = 1
  var number: String
  var journal: String
  var sequence: Int64
  var year: Int
  var registeredAt: String
  var receivedAt: String
  var message: String
  var rnu: String?
  var subject: String
  var senderName: String
  var senderIdentifier: String?
  var senderKind: String
  var unit: Unit
  var system: String
  var type: String
  var typeTitle: String
  var serviceNumber: String?
  var urgent: Bool
  var tags: [String]
  var review: String?
  /// The number of the earlier document that this one belongs to.
  var relatedNumber: String?
  var files: [File]

  struct File: Codable, Sendable, Equatable {
    /// Its name in this folder: ours, never the sender's.
    var file: String
    /// As the sender named it; empty for the text of the message.
    var fileName: String
    var size: Int64
    var sha256: String
  }
}

/// An original to place beside `document.json`.
struct HandOffOriginal: Sendable {
  let file: String
  let archivePath: String
}

extension HandOffDocument {
  /// The document and its originals; throws when the message has no entry yet.
  static func make(_ record: MessageRecord, archive: Archive) throws(OperatorError) -> (document: HandOffDocument, originals: [HandOffOriginal]) {
    guard let entry = record.entry, case .register(let registration)? = record.decision?.outcome else {
      throw OperatorError(
        "robot.message-not-registered", "the message has no entry to hand on", remedy: "report this: a step ran before its predecessor")
    }
    let envelope = try StoredEnvelope.read(record)
    var files: [File] = []
    var originals: [HandOffOriginal] = []
    func add(_ name: String, _ fileName: String, _ object: StoredObject) {
      files.append(File(file: name, fileName: fileName, size: object.size, sha256: object.digest.hex))
      originals.append(HandOffOriginal(file: name, archivePath: archive.path(of: object.digest)))
    }
    if let body = record.body { add("body.txt", "", body) }
    for attachment in record.attachments {
      guard let stored = attachment.stored else { continue }
      let kind = record.submission?.documents.first { $0.path == String(attachment.ordinal) }?.reading.kind ?? .unknown
      add("attachment-\(padded(attachment.ordinal, 2))" + fileExtension(kind), attachment.blob.fileName, stored)
    }
    let service = record.submission?.facts(named: "service.number").first?.value.display
    return (
      HandOffDocument(
        number: entry.number, journal: entry.journal, sequence: entry.sequence, year: entry.year, registeredAt: SofiaTime.iso8601(entry.registeredAt),
        receivedAt: SofiaTime.iso8601(entry.receivedAt), message: record.key.description, rnu: record.submission?.serviceRNU ?? envelope.documentRNU,
        subject: envelope.documentSubject,
        senderName: envelope.senderName, senderIdentifier: envelope.senderIdentifier, senderKind: envelope.senderKind, unit: registration.unit,
        system: registration.system, type: registration.type, typeTitle: registration.typeTitle, serviceNumber: service, urgent: registration.urgent,
        tags: registration.tags, review: record.decision?.review?.text, files: files), originals
    )
  }

  /// What persons made of the entry since it was decided.
  mutating func follow(_ view: EntryView) {
    system = view.columns["targetSystem"] ?? system
    type = view.columns["documentType"] ?? type
    typeTitle = view.columns["documentTypeTitle"] ?? typeTitle
    subject = view.columns["subject"] ?? subject
    review = view.columns["review"]
    relatedNumber = view.columns["relatedNumber"]
  }

  /// By content, not by the sender's name.
  private static func fileExtension(_ kind: DocumentKind) -> String {
    switch kind {
    case .pdf, .xml, .json, .html, .csv, .docx, .doc, .rtf, .odt, .xlsx, .xls, .ods, .zip, .msg: ".\(kind.rawValue)"
    case .text: ".txt"
    case .cms: ".p7m"
    case .asic: ".asice"
    case .mail: ".eml"
    case .image, .archive, .empty, .unknown: ".bin"
    }
  }
}
