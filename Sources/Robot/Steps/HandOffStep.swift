import Model
import Registry
import Runtime

/// registered → handed off: the document goes to the folder of its target system.
struct HandOffStep: Sendable {
  let desk: Desk

  func run(_ job: Job) async throws(OperatorError) {
    guard let folder = desk.handOff else {
      throw OperatorError(
        "handoff.none", "this document waits for a hand-off, and the configuration names no target",
        remedy: "set `handoff directory \"…\"`; then `jobs retry`")
    }
    guard let record = try await desk.registry.message(job.message) else { throw OperatorError.unknownMessage(job.message) }
    var (document, originals) = try HandOffDocument.make(record, archive: desk.registry.archive)
    let entry = try await desk.registry.entryNow(of: job.message)
    if let entry { document.follow(entry.view) }
    // The number is about to leave the machine.
    try await desk.registry.mirrorFlush()
    let key = job.message
    let reference = try await folder.place(
      "\(key.environment)-\(key.recipient)-\(key.messageId)" + (entry.map { $0.reroutings > 0 ? "-\($0.reroutings + 1)" : "" } ?? ""),
      document: try JSONText.pretty(document), originals: originals)
    try await desk.registry.recordHandedOff(job, system: document.system, reference: reference)
    desk.surroundings.log.info("message.handed-off", ["message": .message(key)])
  }
}
