import Crypto
import Mailbox
import Model
import Registry
import Runtime

/// listed → opened: the legal moment of service (contract section 5.1). Intent first, then the call, then the answer.
struct OpenStep: Sendable {
  let desk: Desk

  func run(_ job: Job) async throws(OperatorError) {
    let client = try desk.client(job.message)
    try await desk.registry.recordOpenIntent(job)
    try desk.surroundings.reach(RobotFault.beforeOpen)
    let opened: OpenedMessage
    do {
      opened = try await client.open(job.message.messageId)
    } catch  where error.code == "mailbox.not-found-or-broken" {
      // ССЕВ answers so each time for a message it cannot put together: after the last attempt only a person can help.
      if job.attempt >= desk.configuration.limits.retryAttempts {
        try await desk.registry.recordHeld(job, state: .waiting, reason: "open-failed")
        desk.surroundings.log.error("message.open-failed", ["message": .message(job.message), "attempts": .count(job.attempt)])
        return
      }
      throw OperatorError(
        "robot.open-failed", "ССЕВ fails to open this message (500)",
        remedy: "none needed: tried again; when the attempts are used up the message waits, reason open-failed, for `messages release`",
        context: error.context, disposition: .retry)
    }
    try desk.surroundings.reach(RobotFault.afterOpen)
    let content = try await content(of: opened, client, job)
    let body = content.body.isEmpty ? nil : try await desk.archive.store(content.body)
    desk.links.keep(content.blobs, of: job.message)
    try await desk.registry.recordOpened(
      job,
      OpenedRecord(
        senderProfileId: opened.senderProfileId, senderName: opened.senderName, subject: opened.subject, rnu: opened.rnu,
        templateId: opened.templateId, dateSent: opened.dateSent, dateReceived: opened.dateReceived, envelope: try content.envelope.text(),
        body: body, blobs: content.blobs.map(OpenedBlob.init)))
    desk.surroundings.log.info("message.opened", ["message": .message(job.message), "files": .count(content.blobs.count)])
  }

  /// The same message opened again for fresh links.
  func links(for message: MessageKey) async throws(OperatorError) -> [Blob] {
    let client = try desk.client(message)
    let opened = try await client.open(message.messageId)
    guard let inner = opened.forwardedMessageId else { return opened.blobs }
    do {
      return opened.blobs + (try await client.openForwarded(message.messageId, forwarded: inner)).blobs
    } catch  where error.code == "mailbox.not-found-or-broken" {
      return opened.blobs
    }
  }

  private struct Content {
    var body: String
    var blobs: [Blob]
    var envelope: StoredEnvelope
  }

  /// The outer message with, for a forwarded one, the content that sits in the older message. That call is known to fail for some messages
  /// with files (contract section 5.4); such a message is registered from the outer one, and the fact stays unread.
  private func content(of opened: OpenedMessage, _ client: MailboxClient, _ job: Job) async throws(OperatorError) -> Content {
    let sender = try await desk.senders.sender(opened.senderProfileId, client)
    var envelope = StoredEnvelope(
      subject: opened.subject, rnu: opened.rnu, templateId: opened.templateId, senderProfileId: opened.senderProfileId,
      senderName: opened.senderName, senderIdentifier: sender.identifier, senderKind: sender.kind)
    guard let innerId = opened.forwardedMessageId else { return Content(body: opened.body, blobs: opened.blobs, envelope: envelope) }
    do {
      let inner = try await client.openForwarded(job.message.messageId, forwarded: innerId)
      envelope.forwarded = .init(
        messageId: innerId, unread: "", subject: inner.subject, rnu: inner.rnu, templateId: inner.templateId, senderName: inner.senderName)
      let bodies = [opened.body, inner.body].filter { !$0.isEmpty }
      return Content(body: bodies.joined(separator: "\n\n"), blobs: opened.blobs + inner.blobs, envelope: envelope)
    } catch  where ["mailbox.not-found-or-broken", "mailbox.forbidden", "mailbox.not-found"].contains(error.code) {
      desk.surroundings.log.warning("message.forwarded-unread", ["message": .message(job.message), "code": .code(error.code)])
      envelope.forwarded = .init(messageId: innerId, unread: error.code, subject: "", rnu: nil, templateId: nil, senderName: "")
      return Content(body: opened.body, blobs: opened.blobs, envelope: envelope)
    }
  }
}

extension OpenedBlob {
  init(_ blob: Blob) {
    self.init(
      blobId: blob.blobId, fileName: blob.fileName, size: blob.size, digest: blob.sha256.flatMap { Digest(hex: $0) },
      isMalicious: blob.isMalicious, documentRegistrationNumber: blob.documentRegistrationNumber)
  }
}
