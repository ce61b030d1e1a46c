import Database
import Model

/// A claimed job whose token was found to be good, with the rows it is about.
struct HeldJob {
  var job: Job
  var message: Int64
  var mailbox: Int64
  var reply: Int64
}

extension Registry {
  /// Checks the fencing token. Throws `registry.stale-job` when the claim is no longer this caller's.
  func hold(_ job: Job, _ transaction: borrowing Transaction) throws -> HeldJob {
    let held = try transaction.one(
      "SELECT message, mailbox, reply FROM job WHERE id = ? AND token = ? AND state = 'running'", job.id, job.token
    ) { HeldJob(job: job, message: $0.integer(0), mailbox: $0.integer(1), reply: $0.integer(2)) }
    guard let held else {
      throw OperatorError(
        "registry.stale-job", "the job was taken over since it was claimed",
        remedy: "none needed: whoever holds it now goes on", context: [.init("job", String(job.id)), .init("kind", job.kind.rawValue)],
        disposition: .snooze(.zero))
    }
    return held
  }

  func enqueue(
    _ kind: JobKind, message: Int64, mailbox: Int64, messageId: Int64, attachment: Int = 0, reply: Int64 = 0, at moment: Timestamp,
    _ transaction: borrowing Transaction
  ) throws {
    // A step that was given up before, such as the opening of a message that a person had opened, begins anew.
    try transaction.run(
      """
      INSERT INTO job (kind, state, mailbox, message, message_id, attachment, reply, created_at, run_at)
      VALUES (?1, 'available', ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      ON CONFLICT (message, kind, attachment, reply) DO UPDATE
        SET state = 'available', attempt = 0, run_at = ?8, finished_at = NULL WHERE state = 'discarded'
      """, kind.rawValue, mailbox, message, messageId, attachment, reply, now, moment)
  }

  func enqueue(
    _ kind: JobKind, after held: HeldJob, attachment: Int = 0, reply: Int64 = 0, at moment: Timestamp, _ transaction: borrowing Transaction
  ) throws {
    try enqueue(
      kind, message: held.message, mailbox: held.mailbox, messageId: held.job.message.messageId, attachment: attachment, reply: reply,
      at: moment, transaction)
  }

  /// Done; and the message is settled when this was the last thing to do for it.
  func finish(_ held: HeldJob, _ transaction: borrowing Transaction) throws {
    try transaction.run("UPDATE job SET state = 'done', claimed_at = NULL, finished_at = ? WHERE id = ?", now, held.job.id)
    try transaction.run(
      "UPDATE attempt SET outcome = 'done', ended_at = ? WHERE job = ? AND token = ?", now, held.job.id, held.job.token)
    guard [.confirm, .handoff, .fetch, .register].contains(held.job.kind) else { return }
    try transaction.run(
      """
      UPDATE message SET state = 'settled' WHERE id = ?1 AND state = 'registered'
        AND NOT EXISTS (SELECT 1 FROM job WHERE message = ?1 AND state IN ('available', 'running', 'parked'))
      """, held.message)
  }

  func snooze(_ held: HeldJob, until moment: Timestamp, code: String, _ transaction: borrowing Transaction) throws {
    try transaction.run(
      """
      UPDATE job SET state = 'available', claimed_at = NULL, run_at = ?, attempt = attempt - 1, snoozes = snoozes + 1, last_code = ?,
        last_text = '' WHERE id = ?
      """, moment, code, held.job.id)
    try transaction.run(
      "UPDATE attempt SET outcome = 'snoozed', ended_at = ?, code = ? WHERE job = ? AND token = ?", now, code, held.job.id, held.job.token)
  }
}
