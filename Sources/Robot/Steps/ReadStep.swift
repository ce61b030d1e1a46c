import Crypto
import Model
import ReaderPool
import Registry
import Runtime

/// stored → read: body and attachments through the confined reader, one submission out of them. Reading failures never stop anything: they
/// are facts of the submission.
struct ReadStep: Sendable {
  let desk: Desk

  func run(_ job: Job) async throws(OperatorError) {
    guard let record = try await desk.registry.message(job.message) else { throw OperatorError.unknownMessage(job.message) }
    let envelope = try StoredEnvelope.read(record)
    var documents: [SubmissionDocument] = []
    var fresh: [(digest: Digest, reading: DocumentReading)] = []
    if let body = record.body {
      // Always text, whatever it begins with; so not shared with the reading of a file of the same bytes.
      let reading = await desk.readers.read(body: try await desk.archive.text(of: body.digest))
      documents.append(SubmissionDocument(path: "body", fileName: "", size: body.size, digest: body.digest.hex, reading: reading))
    }
    for attachment in record.attachments {
      // Each may take up to the reader's deadline, and wait for its turn before.
      try await desk.registry.renew(job)
      documents.append(try await document(attachment, &fresh))
    }
    if Task.isCancelled {
      // A reading that was cut short with the program says nothing about the document.
      throw OperatorError(
        "robot.cancelled", "the program is ending", remedy: "none needed: it is taken up again after the next start", disposition: .snooze(.zero))
    }
    let submission = SubmissionAssembly.assemble(
      MessageEnvelope(
        key: record.key, receivedAt: record.listed.dateSent, subject: envelope.documentSubject, rnu: envelope.documentRNU,
        templateId: envelope.templateId, isForwarded: envelope.forwarded != nil, senderProfileId: envelope.senderProfileId,
        senderName: envelope.senderName, senderIdentifier: envelope.senderIdentifier, senderKind: envelope.senderKind,
        maliciousFiles: record.attachments.filter { $0.blob.isMalicious == true }.count,
        missingFiles: record.attachments.filter { $0.state != .stored }.count, ownMark: !LoopGuard.allowsReply(toSubject: envelope.subject)),
      documents)
    try await desk.registry.recordReadings(job, fresh, submission: submission)
    desk.surroundings.log.info(
      "message.read",
      [
        "message": .message(job.message), "documents": .count(documents.count),
        "unread": .count(documents.filter { $0.reading.status == .unread }.count),
      ])
  }

  private func document(
    _ attachment: AttachmentRecord, _ fresh: inout [(digest: Digest, reading: DocumentReading)]
  ) async throws(OperatorError) -> SubmissionDocument {
    let reading: DocumentReading
    if attachment.blob.isMalicious == true {
      // Stored as evidence, never given to a parser.
      reading = .notRead("malicious")
    } else if let stored = attachment.stored {
      reading = try await read(stored, &fresh)
    } else {
      reading = .notRead(attachment.reason == "too-large" ? "too-large" : "not-downloaded")
    }
    return SubmissionDocument(
      path: String(attachment.ordinal), fileName: attachment.blob.fileName, size: attachment.stored?.size ?? attachment.blob.size ?? 0,
      digest: attachment.stored?.digest.hex, reading: reading)
  }

  private func read(
    _ object: StoredObject, _ fresh: inout [(digest: Digest, reading: DocumentReading)]
  ) async throws(OperatorError) -> DocumentReading {
    if let known = try await desk.registry.reading(of: object.digest, readerVersion: ReaderPool.readerVersion) { return known }
    guard object.size <= desk.configuration.reader.largest else { return .notRead("too-large") }
    let reading = await desk.readers.read(file: desk.registry.archive.path(of: object.digest))
    // A failure of ours may not repeat itself: it is not kept for the next file with these bytes.
    if !reading.isOurFailure { fresh.append((object.digest, reading)) }
    return reading
  }
}

extension DocumentReading {
  /// A document that was not given to the reader, and why.
  static func notRead(_ reason: String) -> DocumentReading {
    DocumentReading(readerVersion: ReaderPool.readerVersion, kind: .unknown, status: .unread, reason: reason)
  }

  /// Not read for a reason that lies with us: a crash, a deadline, an absent tool, missing confinement.
  var isOurFailure: Bool { status == .unread && (reason.hasPrefix("reader-") || reason.hasPrefix("tool-")) }
}

extension OperatorError {
  static func unknownMessage(_ key: MessageKey) -> OperatorError {
    OperatorError(
      "robot.message-unknown", "the database has no message \(key)", remedy: "check the number: `intake-robot status` lists the mailboxes")
  }
}
