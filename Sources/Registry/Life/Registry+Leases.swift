import Database
package import Model
import Runtime

/// A claim is a lease: a step that gives no sign of life for so long has hung, and the job goes to the next one. The token of the old claim is
/// worth nothing from then on, so that whatever the step still does at last changes nothing.
extension Registry {
  /// A sign of life of a step that takes long. Throws `registry.stale-job` when the job was taken back meanwhile.
  package func renew(_ job: Job) throws(OperatorError) {
    try write(.finish) { transaction in
      let held = try hold(job, transaction)
      try transaction.run("UPDATE job SET claimed_at = ? WHERE id = ?", now, held.job.id)
    }
  }

  /// Ends the claims that are too old. Other than a crash of the process a hang may be the job's own doing: the attempt counts.
  func takeBackExpired(_ transaction: borrowing Transaction) throws {
    let expired = try transaction.all(
      "SELECT id, token, attempt, reply FROM job WHERE state = 'running' AND claimed_at <= ?", now - configuration.lease
    ) { (id: $0.integer(0), token: $0.integer(1), attempt: Int($0.integer(2)), reply: $0.integer(3)) }
    for job in expired {
      try transaction.run(
        "UPDATE attempt SET outcome = 'rescued', ended_at = ?, code = ? WHERE job = ? AND token = ?", now, Registry.leaseExpired, job.id, job.token)
      let state: JobState = job.attempt < configuration.retry.attempts ? .available : .parked
      try transaction.run(
        "UPDATE job SET state = ?, token = token + 1, claimed_at = NULL, run_at = ?, last_code = ?, last_text = '' WHERE id = ?",
        state.rawValue, now + configuration.retry.delay(after: job.attempt), Registry.leaseExpired, job.id)
      // What it was about to send may have left.
      try transaction.run(
        "UPDATE reply SET state = 'uncertain', uncertain_since = ?, lookups = 0, looked_up_at = NULL WHERE id = ? AND state = 'sending'", now,
        job.reply)
      surroundings.log.error("job.lease-expired", ["job": .number(job.id), "code": .code(Registry.leaseExpired)])
    }
  }

  private static let leaseExpired = "registry.lease-expired"
}
