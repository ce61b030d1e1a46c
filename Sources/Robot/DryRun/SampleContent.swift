import Crypto
import Model
import ReaderPool

/// What the robot would have of a sample once it is opened, stored and read.
struct SampleContent: Sendable {
  let receivedAt: Timestamp
  let submission: Submission
  /// `nil` when a file never arrives.
  let duplicateDigest: String?

  init(_ sample: Sample, index: Int, environment: EnvironmentName, readers: ReaderPool) async {
    let message = sample.message
    // ССЕВ fails on a forwarded message with files (contract section 5.4): only the outer one is there then.
    let inner = message.forwarded.flatMap { ($0.attachments ?? []).isEmpty ? $0 : nil }
    let body = [SampleMessage.text(message.body, message.fields), inner.map { SampleMessage.text($0.body, $0.fields) } ?? ""]
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
    var documents: [SubmissionDocument] = []
    if !body.isEmpty {
      let digest = SHA256.digest(body).hex
      documents.append(
        SubmissionDocument(path: "body", fileName: "", size: Int64(body.utf8.count), digest: digest, reading: await readers.read(body: body)))
    }
    for (ordinal, attachment) in (message.attachments ?? []).enumerated() {
      documents.append(await SampleContent.document(attachment, ordinal + 1, sample.folder, readers))
    }
    let files = documents.filter { $0.path != "body" }
    receivedAt = message.dateSent ?? Timestamp(seconds: 0)
    submission = SubmissionAssembly.assemble(
      MessageEnvelope(
        key: SampleContent.key(message, index, environment), receivedAt: receivedAt, subject: inner?.subject ?? message.subject,
        rnu: inner?.rnu ?? message.rnu,
        templateId: message.templateId, isForwarded: message.forwarded != nil, senderProfileId: message.sender.profileId,
        senderName: message.sender.name, senderIdentifier: message.sender.identifier, senderKind: message.sender.kind ?? "unknown",
        maliciousFiles: (message.attachments ?? []).filter { $0.isMalicious == true }.count,
        missingFiles: files.filter { $0.digest == nil }.count, ownMark: !LoopGuard.allowsReply(toSubject: message.subject)), documents)
    let digests = files.map(\.digest)
    duplicateDigest = digests.contains(nil) ? nil : ([message.subject, body] + digests.compactMap { $0 }).joined(separator: "\u{0}")
  }

  private static func document(
    _ attachment: SampleMessage.Attachment, _ ordinal: Int, _ folder: String, _ readers: ReaderPool
  ) async -> SubmissionDocument {
    let path = "\(folder)/\(attachment.file)"
    func document(_ reading: DocumentReading, _ bytes: [UInt8]?) -> SubmissionDocument {
      SubmissionDocument(
        path: String(ordinal), fileName: attachment.fileName ?? attachment.file, size: Int64(bytes?.count ?? 0),
        digest: bytes.map { SHA256.digest($0).hex }, reading: reading)
    }
    guard attachment.missing != true, let bytes = try? TextFile.readBytes(path, maximum: 256 << 20) else {
      return document(.notRead("not-downloaded"), nil)
    }
    if let stated = attachment.hash, stated.lowercased() != SHA256.digest(bytes).hex { return document(.notRead("not-downloaded"), nil) }
    if let stated = attachment.size, stated != Int64(bytes.count) { return document(.notRead("not-downloaded"), nil) }
    if attachment.isMalicious == true { return document(.notRead("malicious"), bytes) }
    return document(await readers.read(file: path), bytes)
  }

  private static func key(_ message: SampleMessage, _ index: Int, _ environment: EnvironmentName) -> MessageKey {
    MessageKey(environment: environment, recipient: message.mailbox ?? "", messageId: message.messageId ?? Int64(index + 1))
  }
}

extension Sample {
  /// Samples without an id come in path order, after the numbered ones before them, as the simulator numbers them.
  var order: (Int64, String) { (message.messageId ?? .max, name) }
}
