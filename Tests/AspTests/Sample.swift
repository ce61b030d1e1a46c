import FoundationEssentials
import Model
import Reading
import Robot

/// One folder of `Samples/`: the message and what must become of it.
struct Sample: Sendable {
  /// `citizens/zhalba-zapoved`, as rules refer to it.
  let name: String
  let message: Message
  let expected: Expected
  private let folder: String

  struct Message: Decodable, Sendable {
    let mailbox: String?
    let messageId: Int64
    let dateSent: String
    let sender: Sender
    let subject: String
    let rnu: String?
    let templateId: Int64
    let body: String
    let attachments: [Attachment]
    private let forwarded: [Message]?

    struct Sender: Decodable, Sendable {
      let profileId: Int64
      let name: String
      let identifier: String
      let kind: String
    }

    struct Attachment: Decodable, Sendable {
      let file: String
      let fileName: String
      let isMalicious: Bool?
      let missing: Bool?
      let hash: String?

      /// Its bytes never arrive: the link is dead, or they are not those that ССЕВ names.
      var isLost: Bool { missing == true || hash != nil }
    }

    var inner: Message? { forwarded?.first }

    private enum Keys: String, CodingKey {
      case mailbox, messageId, dateSent, sender, subject, rnu, templateId, body, attachments, forwarded
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Keys.self)
      mailbox = try container.decodeIfPresent(String.self, forKey: .mailbox)
      messageId = try container.decode(Int64.self, forKey: .messageId)
      dateSent = try container.decode(String.self, forKey: .dateSent)
      sender = try container.decode(Sender.self, forKey: .sender)
      subject = try container.decode(String.self, forKey: .subject)
      rnu = try container.decodeIfPresent(String.self, forKey: .rnu)
      templateId = try container.decode(Int64.self, forKey: .templateId)
      body = try container.decode(String.self, forKey: .body)
      attachments = try container.decode([Attachment].self, forKey: .attachments)
      forwarded = try container.decodeIfPresent(Message.self, forKey: .forwarded).map { [$0] }
    }
  }

  struct Expected: Decodable, Sendable, Equatable {
    let end: String
    let journal: String?
    let type: String?
    let reason: String?
    let replies: Int
    let template: String?
    let review: Bool?
  }

  init(_ name: String, in samples: String) throws {
    self.name = name
    folder = "\(samples)/\(name)"
    message = try JSONDecoder().decode(Message.self, from: Data(contentsOf: URL(filePath: folder + "/message.json")))
    expected = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: URL(filePath: folder + "/expected.json")))
  }

  /// Every sample below the folder, in order of name.
  static func all(in samples: String) throws -> [Sample] {
    let manager = FileManager.default
    return try manager.contentsOfDirectory(atPath: samples).sorted().flatMap { set -> [Sample] in
      let folder = "\(samples)/\(set)"
      let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
      return try names.sorted().filter { manager.fileExists(atPath: "\(folder)/\($0)/message.json") }.map { try Sample("\(set)/\($0)", in: samples) }
    }
  }

  /// What the rules are given: every document read by the reader's own code, in this process.
  func submission(_ reader: DocumentReader) throws -> Submission {
    guard let receivedAt = Timestamp(iso8601: message.dateSent), let environment = EnvironmentName("test"), let mailbox = message.mailbox else {
      throw Malformed(name: name)
    }
    let envelope = MessageEnvelope(
      key: MessageKey(environment: environment, recipient: mailbox, messageId: message.messageId), receivedAt: receivedAt,
      subject: (message.inner ?? message).subject,
      rnu: message.rnu, templateId: message.templateId, isForwarded: message.inner != nil, senderProfileId: message.sender.profileId,
      senderName: message.sender.name, senderIdentifier: message.sender.identifier, senderKind: message.sender.kind,
      maliciousFiles: files.count { $0.isMalicious == true }, missingFiles: files.count(where: \.isLost))
    return SubmissionAssembly.assemble(envelope, try documents(reader))
  }

  struct Malformed: Error { let name: String }

  /// Both texts of a forwarded message are its body, and the files of the message inside follow those of the one around it.
  private func documents(_ reader: DocumentReader) throws -> [SubmissionDocument] {
    let body = [message.body, message.inner?.body ?? ""].filter { !$0.isEmpty }.joined(separator: "\n\n")
    var documents = [document("body", "", reader.read(Array(body.utf8), as: .text))]
    for file in files {
      let reading: DocumentReading
      if file.isMalicious == true {
        reading = unread("malicious")
      } else if file.isLost {
        reading = unread("not-downloaded")
      } else {
        reading = reader.read([UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(file.file)"))))
      }
      documents.append(document("\(documents.count)", file.fileName, reading, isLost: file.isLost))
    }
    return documents
  }

  private var files: [Message.Attachment] { message.attachments + (message.inner?.attachments ?? []) }

  private func document(_ path: String, _ fileName: String, _ reading: DocumentReading, isLost: Bool = false) -> SubmissionDocument {
    SubmissionDocument(path: path, fileName: fileName, size: 0, digest: isLost ? nil : String(repeating: "0", count: 64), reading: reading)
  }

  private func unread(_ reason: String) -> DocumentReading {
    DocumentReading(kind: .unknown, status: .unread, reason: reason)
  }
}
