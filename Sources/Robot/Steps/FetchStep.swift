import Mailbox
import Model
import Registry
import Runtime

/// opened → stored, for one attachment: bytes stream from the link into the archive and are never whole in memory.
struct FetchStep: Sendable {
  let desk: Desk

  func run(_ job: Job) async throws(OperatorError) {
    guard let ordinal = job.attachment, let record = try await desk.registry.message(job.message),
      let attachment = record.attachments.first(where: { $0.ordinal == ordinal })
    else {
      throw OperatorError("robot.attachment-unknown", "the job names an attachment that the message does not have", remedy: "report this")
    }
    let client = try desk.client(job.message)
    do throws(OperatorError) {
      if let blob = desk.links.take(ordinal, of: job.message) {
        do throws(OperatorError) {
          return try await store(blob, attachment, client, job)
        } catch  where error.code == "mailbox.link-expired" {
          desk.surroundings.log.debug("attachment.link-renewed", ["message": .message(job.message)])
        }
      }
      let fresh = try await OpenStep(desk: desk).links(for: job.message)
      desk.links.keep(fresh, of: job.message)
      guard let blob = desk.links.take(ordinal, of: job.message) else {
        throw OperatorError(
          "robot.attachment-vanished", "ССЕВ no longer lists this attachment", remedy: "none needed: it is asked for again until the job is parked",
          context: [.init("message", job.message.description), .init("attachment", String(ordinal))], disposition: .retry)
      }
      do throws(OperatorError) {
        try await store(blob, attachment, client, job)
      } catch  where error.code == "mailbox.link-expired" && FetchStep.isGone(error) {
        // A link made just now: it is not its age (contract section 6.2).
        throw OperatorError(
          FetchStep.gone, "ССЕВ lists this attachment and has no content for it",
          remedy: "none needed: it is asked for again until the job is parked; the sender is told that receipt of this file is not confirmed",
          context: error.context, disposition: .retry)
      }
    } catch  where ["archive.too-large", "mailbox.too-large"].contains(error.code) {
      try await desk.registry.recordNotFetched(job, reason: "too-large")
      desk.surroundings.log.warning("attachment.too-large", ["message": .message(job.message), "attachment": .count(ordinal)])
    }
  }

  /// Codes of what ССЕВ itself makes certain about a file that did not arrive.
  static let gone = "robot.attachment-gone"
  static let otherBytes = "mailbox.hash-mismatch"

  private static func isGone(_ error: OperatorError) -> Bool {
    error.context.contains { $0.name == "status" && ["404", "410"].contains($0.value) }
  }

  private func store(_ blob: Blob, _ attachment: AttachmentRecord, _ client: MailboxClient, _ job: Job) async throws(OperatorError) {
    let writer = try await desk.archive.begin(expected: blob.size)
    do {
      try await client.download(blob, into: writer)
    } catch {
      writer.discard()
      throw error
    }
    let object = try await desk.archive.commit(writer)
    if let stated = attachment.blob.digest, stated != object.digest {
      // The bytes stay in the archive under their own name and belong to nothing.
      throw OperatorError(
        FetchStep.otherBytes, "the attachment has another SHA-256 than ССЕВ says",
        remedy: "none needed: it is fetched again, and the message is registered without it when the attachment wait is over",
        context: [.init("message", job.message.description), .init("attachment", String(attachment.ordinal))], disposition: .retry)
    }
    try await desk.registry.recordFetched(job, object)
    desk.surroundings.log.info(
      "attachment.stored", ["message": .message(job.message), "attachment": .count(attachment.ordinal), "bytes": .number(object.size)])
  }
}
