import Crypto
import Database
import Glibc
package import Model

/// What an erasure took away; all zero when it had been erased before.
package struct ErasureReport: Sendable, Equatable {
  /// Fields of events, originals in the archive.
  package var fields: Int
  package var objects: Int
  /// Whether nothing of it is left in mirror, archive and the database's log. Otherwise a download or a reader was under way, and the robot does it
  /// when that has ended.
  package var isFinished: Bool

  package var isNothing: Bool { fields == 0 && objects == 0 }
}

/// Erasing the content of a message (ЗЗЛД чл. 25а; domain.md 13): what says who wrote and what goes, the journal row with its number, times and
/// type stays, and the chain still verifies, because of each erased field the salted commitment stays and value and salt go.
///
/// One transaction decides; afterwards mirror, archive and the database's own log are made to forget. That part is done again after a crash.
extension Registry {
  /// Errors: `registry.unknown-message`, `registry.erase-under-way` while anything is still to be done for the message, `registry.clock-backwards`.
  package func erase(_ key: MessageKey, actor: String, reason: String) throws(OperatorError) -> ErasureReport {
    let (fields, objects) = try write(.erasing) { transaction in
      try checkClock(transaction.connection)
      guard let row = try Looking.messageRow(transaction.connection, key) else { throw Registry.unknownMessage(key) }
      try checkEnded(row.id, key, transaction)
      var erasure = Erasure(now: now)
      try erasure.erase(message: row.id, transaction)
      guard erasure.isSomething else { return (0, 0) }
      let entry = try Looking.entry(transaction.connection, configuration.environment, .message(row.id))
      try append(
        EventDraft(
          .erasure, chain: entry?.journal ?? robotChain, at: now, actor: actor, entry: entry?.id, message: row.id,
          fields: [
            EventField.number: entry?.number, EventField.mailbox: key.recipient, EventField.messageId: String(key.messageId),
            "erasedFields": String(erasure.fields), "erasedObjects": String(erasure.objects), EventField.reason: reason,
          ]), transaction)
      return (erasure.fields, erasure.objects)
    }
    return ErasureReport(fields: fields, objects: objects, isFinished: try finishErasures())
  }

  /// A message whose life goes on would bring its content back, or needs it.
  private func checkEnded(_ message: Int64, _ key: MessageKey, _ transaction: borrowing Transaction) throws {
    let state = try transaction.one("SELECT state FROM message WHERE id = ?", message) { $0.text(0) } ?? ""
    let job = try transaction.one(
      "SELECT id, kind FROM job WHERE message = ? AND state IN ('available', 'running', 'parked') LIMIT 1", message
    ) { (id: $0.integer(0), kind: $0.text(1)) }
    let isEnded = ["registered", "settled", "not-registered", "shadowed", "before-take-over"].contains(state)
    guard job == nil, isEnded else {
      throw OperatorError(
        "registry.erase-under-way",
        job.map { "job \($0.id) (\($0.kind)) still needs the content of this message" } ?? "the message is \(state): its life goes on",
        remedy: "let it come to its end (`jobs list`; `jobs discard` gives a step up, `registered-by-hand` ends a waiting message), then erase",
        context: [.init("message", key.description)])
    }
  }

  /// Makes mirror, archive and the database's log forget what was erased. `false` when that has to wait.
  @discardableResult
  func finishErasures() throws(OperatorError) -> Bool {
    isErasing = try read { try $0.one("SELECT 1 FROM meta WHERE name = ?", Erasure.unfinished) { _ in true } ?? false }
    guard isErasing else { return true }
    // Somebody who stores the same bytes just now may count on a file that is to go.
    let isStoring = try read {
      try $0.one("SELECT 1 FROM job WHERE state = 'running' AND kind IN ('open', 'fetch') LIMIT 1") { _ in true } ?? false
    }
    guard !isStoring else { return false }
    try flushMirror()
    try read { try mirror.rewrite($0) }
    try saveMirrorPosition()
    let left = try read { try $0.all("SELECT digest FROM erased_object WHERE removed_at IS NULL") { $0.digest(0) } }
    for digest in left {
      let isWanted = try read { try $0.one("SELECT 1 FROM object WHERE digest = ?", digest) { _ in true } ?? false }
      if !isWanted { try archive.remove(digest) }
    }
    try write(.erased) { transaction in
      for digest in left { try transaction.run("UPDATE erased_object SET removed_at = ? WHERE digest = ?", now, digest) }
    }
    // The log holds pages as they were before; whoever is looking at the database keeps it for a moment longer.
    let isBusy = try read { try $0.one("PRAGMA wal_checkpoint(TRUNCATE)") { $0.flag(0) } ?? true }
    guard !isBusy else { return false }
    try write(.erased) { _ = try $0.run("DELETE FROM meta WHERE name = ?", Erasure.unfinished) }
    isErasing = false
    return true
  }
}

/// The part of an erasure inside a transaction; the same whether a person asks for it or `recover` meets it in the mirror.
struct Erasure {
  /// In `meta` while something outside the database is left to do.
  static let unfinished = "erasure-unfinished"

  let now: Timestamp
  private(set) var fields = 0
  private(set) var objects = 0
  private var isNew = false

  init(now: Timestamp) { self.now = now }

  var isSomething: Bool { isNew || fields > 0 || objects > 0 }

  /// The fields that stay: what an auditor sees, without what leads to the document or its sender elsewhere.
  static func isErased(_ field: String) -> Bool { !ExportColumns.audited.contains(field) || field == "rnu" || field == "sha256" }

  mutating func erase(message: Int64, _ transaction: borrowing Transaction) throws {
    isNew = try transaction.run("UPDATE message SET erased_at = ? WHERE id = ? AND erased_at IS NULL", now, message) == 1
    try eraseFields(of: message, transaction)
    let digests = try transaction.all(
      "SELECT digest FROM attachment WHERE message = ?1 AND digest IS NOT NULL UNION SELECT body FROM message WHERE id = ?1 AND body IS NOT NULL",
      message
    ) { $0.digest(0) }
    try forget(message, transaction)
    for digest in digests { try forget(object: digest, transaction) }
    guard isSomething else { return }
    try transaction.run("INSERT INTO meta (name, value) VALUES (?, '1') ON CONFLICT (name) DO NOTHING", Erasure.unfinished)
  }

  private mutating func eraseFields(of message: Int64, _ transaction: borrowing Transaction) throws {
    let events = try transaction.all("SELECT id, chain, sequence FROM event WHERE message = ?", message) {
      (id: $0.integer(0), chain: $0.text(1), sequence: $0.integer(2))
    }
    for event in events {
      for field in try EventStore.fields(of: event.id, chain: event.chain, sequence: event.sequence, transaction.connection) {
        guard field.value != nil, Erasure.isErased(field.name) else { continue }
        try transaction.run(
          "UPDATE event_field SET value = NULL, salt = NULL, commitment = ? WHERE event = ? AND name = ?", field.commitment, event.id, field.name)
        fields += 1
      }
    }
  }

  private func forget(_ message: Int64, _ transaction: borrowing Transaction) throws {
    try transaction.run(
      """
      UPDATE message SET subject = '', sender_name = '', rnu = NULL, body = NULL, sender_profile = iif(sender_profile IS NULL, NULL, 0) WHERE id = ?
      """, message)
    try transaction.run("DELETE FROM message_content WHERE message = ?", message)
    try transaction.run(
      """
      UPDATE attachment SET file_name = '', stated_digest = NULL, registration_number = NULL, digest = NULL, state = 'missing', reason = ?
      WHERE message = ?
      """, AttachmentRecord.erased, message)
    try transaction.run("DELETE FROM duplicate WHERE entry IN (SELECT id FROM entry WHERE message = ?)", message)
    // The mark stays: by it the outbox is still known to be ours.
    for (id, subject) in try transaction.all("SELECT id, subject FROM reply WHERE message = ?", message, body: { ($0.integer(0), $0.text(1)) }) {
      let nothing = FrozenReply(recipientProfileIds: [], subject: subject, rnu: nil, templateId: 0, fields: [:])
      try transaction.run("UPDATE reply SET frozen = ?, sender_profile = 0 WHERE id = ?", try JSONText.encode(nothing), id)
    }
  }

  /// Unless another message has the same bytes.
  private mutating func forget(object digest: Digest, _ transaction: borrowing Transaction) throws {
    let isShared =
      try transaction.one(
        "SELECT EXISTS (SELECT 1 FROM attachment WHERE digest = ?1) OR EXISTS (SELECT 1 FROM message WHERE body = ?1)", digest
      ) { $0.flag(0) } ?? true
    guard !isShared else { return }
    try transaction.run("DELETE FROM reading WHERE digest = ?", digest)
    try transaction.run("DELETE FROM object WHERE digest = ?", digest)
    try transaction.run(
      "INSERT INTO erased_object (digest, erased_at) VALUES (?1, ?2) ON CONFLICT (digest) DO UPDATE SET erased_at = ?2, removed_at = NULL", digest,
      now)
    objects += 1
  }
}

extension AttachmentRecord {
  /// The reason of an attachment whose content was erased.
  package static let erased = "erased"
}

extension Archive {
  /// Durably gone; also when it was not there. Only for content that was erased.
  func remove(_ digest: Digest) throws(OperatorError) {
    let path = path(of: digest)
    guard unlink(path) == 0 || errno == ENOENT else { throw DurableFile.failure("unlink", path) }
    let folder = DurableFile.folder(of: path)
    if access(folder, F_OK) == 0 { try DurableFile.makeDurable(folder) }
  }
}
