import Database
package import Model
import Runtime

extension Registry {
  /// Takes due jobs of mailboxes that are served, oldest `runAt` first, then lowest message id; mailboxes take turns. Later steps of life come
  /// before earlier ones, so that what was begun is finished. Nothing is taken before `recover` when mirror and database disagree.
  package func claim(_ kinds: Set<JobKind>, limit: Int) throws(OperatorError) -> [Job] {
    guard blocked == nil else { return [] }
    guard currentEpoch != nil else { throw Registry.notStarted }
    if isErasing { try finishErasures() }
    return try write(.claim) { transaction in
      try saveMirrorPosition(afterEvents: 64, transaction)
      try takeBackExpired(transaction)
      let numbers = try Looking.numberingStop(transaction.connection) == nil
      let mailboxes = try servedMailboxes(transaction.connection)
      let allowed = JobKind.order.filter { kinds.contains($0) && ($0 != .register || numbers) }
      if !suspects.isEmpty, let alone = try claimSuspect(allowed, of: mailboxes, transaction) { return alone }
      var claimed: [Job] = []
      for kind in allowed {
        try claim(kind, of: mailboxes, limit: limit - claimed.count, into: &claimed, transaction)
      }
      return claimed
    }
  }

  private func claim(
    _ kind: JobKind, of mailboxes: [Int64: String], limit: Int, into claimed: inout [Job], _ transaction: borrowing Transaction
  ) throws {
    guard limit > 0 else { return }
    var turn = try mailboxesWithJobs(kind, transaction.connection).filter { mailboxes[$0] != nil }
    if let last = turns[kind], let next = turn.firstIndex(where: { $0 > last }) { turn = Array(turn[next...] + turn[..<next]) }
    var left = limit
    while left > 0, !turn.isEmpty {
      var busy: [Int64] = []
      for mailbox in turn where left > 0 {
        guard let job = try claim(kind, of: mailbox, mailboxes[mailbox] ?? "", transaction) else { continue }
        claimed.append(job)
        busy.append(mailbox)
        turns[kind] = mailbox
        left -= 1
      }
      turn = busy
    }
  }

  private func claim(_ kind: JobKind, of mailbox: Int64, _ recipient: String, _ transaction: borrowing Transaction) throws -> Job? {
    let next = try transaction.one(
      "SELECT id FROM job WHERE state = 'available' AND kind = ? AND mailbox = ? AND run_at <= ? ORDER BY run_at, message_id LIMIT 1",
      kind.rawValue, mailbox, now
    ) { $0.integer(0) }
    return try next.flatMap { try take(job: $0, kind, recipient, transaction) }
  }

  func take(job id: Int64, _ kind: JobKind, _ recipient: String, _ transaction: borrowing Transaction) throws -> Job? {
    let environment = configuration.environment
    let job = try transaction.one(
      """
      UPDATE job SET state = 'running', token = token + 1, attempt = attempt + 1, claimed_at = ?1 WHERE id = ?2 AND state = 'available'
      RETURNING id, token, message_id, attachment, attempt, created_at
      """, now, id
    ) { row in
      Job(
        id: row.integer(0), kind: kind, token: row.integer(1),
        message: MessageKey(environment: environment, recipient: recipient, messageId: row.integer(2)),
        attachment: kind == .fetch ? Int(row.integer(3)) : nil, attempt: Int(row.integer(4)), createdAt: row.moment(5))
    }
    if let job {
      try transaction.run(
        "INSERT INTO attempt (job, token, number, started_at, outcome) VALUES (?, ?, ?, ?, 'running')", job.id, job.token, job.attempt, now)
    }
    return job
  }

  /// One look into the index a mailbox, however many jobs wait.
  private func mailboxesWithJobs(_ kind: JobKind, _ connection: Connection) throws -> [Int64] {
    var mailboxes: [Int64] = []
    while let next = try connection.one(
      "SELECT mailbox FROM job WHERE state = 'available' AND kind = ? AND mailbox > ? ORDER BY mailbox LIMIT 1", kind.rawValue,
      mailboxes.last ?? 0, body: { $0.integer(0) })
    {
      mailboxes.append(next)
    }
    return mailboxes
  }

  private func servedMailboxes(_ connection: Connection) throws -> [Int64: String] {
    let rows = try connection.all("SELECT id, recipient FROM mailbox WHERE mode <> 'paused' AND pause IS NULL") {
      ($0.integer(0), $0.text(1))
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// When the next job of these kinds is due in a mailbox that is served: now or earlier means now; `nil` when there is none.
  package func nextRunAt(_ kinds: Set<JobKind>) throws(OperatorError) -> Timestamp? {
    guard blocked == nil else { return nil }
    return try read { connection in
      let numbers = try Looking.numberingStop(connection) == nil
      let served = try servedMailboxes(connection)
      if try waitsForSuspect(connection) { return nil }
      var next: Timestamp?
      for kind in kinds where kind != .register || numbers {
        for mailbox in try mailboxesWithJobs(kind, connection) where served[mailbox] != nil {
          let due = try connection.one(
            "SELECT run_at FROM job WHERE state = 'available' AND kind = ? AND mailbox = ? ORDER BY run_at, message_id LIMIT 1",
            kind.rawValue, mailbox
          ) { $0.moment(0) }
          if let due { next = min(next ?? due, due) }
        }
      }
      return next
    }
  }

  package func complete(_ job: Job) throws(OperatorError) {
    try write(.finish) { transaction in
      let held = try hold(job, transaction)
      try finish(held, transaction)
    }
  }

  /// Not yet: costs no attempt. `reason` is a stable word.
  package func snooze(_ job: Job, until moment: Timestamp, reason: String) throws(OperatorError) {
    try write(.finish) { transaction in
      try snooze(try hold(job, transaction), until: moment, code: reason, transaction)
    }
  }

  /// By the error's disposition: backoff with jitter, a given delay, a snooze, or parked; parked also when the budget of its kind is used up.
  @discardableResult
  package func fail(_ job: Job, _ error: OperatorError) throws(OperatorError) -> FailureResult {
    try write(.finish) { transaction in try fail(try hold(job, transaction), error, transaction) }
  }

  func fail(_ held: HeldJob, _ error: OperatorError, _ transaction: borrowing Transaction) throws -> FailureResult {
    if held.job.kind == .fetch {
      try transaction.run(
        "UPDATE attachment SET reason = ? WHERE message = ? AND ordinal = ? AND state = 'expected'", error.code, held.message,
        held.job.attachment ?? 0)
    }
    let outage = error.budget == .patience ? try outage(held, transaction.connection) : nil
    let moment: Timestamp
    switch error.disposition {
    case .snooze(let delay):
      try snooze(held, until: now + delay, code: error.code, transaction)
      return .retry(at: now + delay)
    case .restart:
      try snooze(held, until: now, code: error.code, transaction)
      return .retry(at: now)
    case .park, .misconfigured: return try park(held, error, transaction)
    case .retryAfter(let delay): moment = now + delay
    case .retry:
      let delay = configuration.retry.delay(after: outage?.failures ?? held.job.attempt)
      let jitter = Int64(surroundings.random.below(401)) - 200
      moment = now + .microseconds(delay.microseconds + delay.microseconds / 1000 * jitter)
    }
    let isUsedUp =
      if let outage { now - outage.since >= configuration.retry.patience } else { held.job.attempt >= configuration.retry.attempts }
    guard !isUsedUp else { return try park(held, error, transaction) }
    try end(held, "failed", error, transaction)
    try transaction.run(
      """
      UPDATE job SET state = 'available', claimed_at = NULL, run_at = ?, attempt = attempt - ?, last_code = ?, last_text = ? WHERE id = ?
      """, moment, outage == nil ? 0 : 1, error.code, String(error.summary.prefix(1000)), held.job.id)
    return .retry(at: moment)
  }

  /// The row of attempts that used nothing up and ends with this one: since when, and how many of them failed. An attempt that counted, or a
  /// person's `retry` after parking, begins a new row. Looks at the newest attempts only: the delay has reached its longest by then.
  private func outage(_ held: HeldJob, _ connection: Connection) throws -> (since: Timestamp, failures: Int) {
    let row = try connection.one(
      """
      SELECT min(started_at), sum(outcome = 'failed') + 1 FROM attempt WHERE job = ?1 AND number = ?2 AND token >
        coalesce((SELECT max(token) FROM attempt WHERE job = ?1 AND (number <> ?2 OR outcome = 'parked')), 0)
      """, held.job.id, held.job.attempt
    ) { (since: $0.moment(0), failures: Int($0.integer(1))) }
    return row ?? (now, 1)
  }

  private func park(_ held: HeldJob, _ error: OperatorError, _ transaction: borrowing Transaction) throws -> FailureResult {
    try end(held, "parked", error, transaction)
    try transaction.run(
      "UPDATE job SET state = 'parked', claimed_at = NULL, last_code = ?, last_text = ? WHERE id = ?", error.code,
      String(error.summary.prefix(1000)), held.job.id)
    surroundings.log.error(
      "job.parked",
      ["job": .number(held.job.id), "kind": .code(held.job.kind.rawValue), "message": .message(held.job.message), "code": .code(error.code)])
    return .parked
  }

  private func end(_ held: HeldJob, _ outcome: String, _ error: OperatorError, _ transaction: borrowing Transaction) throws {
    try transaction.run(
      "UPDATE attempt SET outcome = ?, ended_at = ?, code = ?, text = ? WHERE job = ? AND token = ?", outcome, now, error.code,
      String(error.summary.prefix(1000)), held.job.id, held.job.token)
  }

  /// Makes a parked job, or one that waits for its time, due now with its attempts unused.
  /// Errors: `registry.unknown-job`, `registry.job-not-open`.
  package func retry(_ id: Int64, actor: String, reason: String) throws(OperatorError) {
    try settle(id, .jobRetried, actor: actor, reason: reason) { transaction in
      try transaction.run("UPDATE job SET state = 'available', run_at = ?, attempt = 0 WHERE id = ?", now, id)
    }
  }

  /// Gives a parked job, or one that waits for its time, up for good. The message stays where it is.
  package func discard(_ id: Int64, actor: String, reason: String) throws(OperatorError) {
    try settle(id, .jobDiscarded, actor: actor, reason: reason) { transaction in
      try transaction.run("UPDATE job SET state = 'discarded', finished_at = ?, token = token + 1 WHERE id = ?", now, id)
      try transaction.run(
        "UPDATE reply SET state = 'abandoned' WHERE state <> 'sent' AND id = (SELECT reply FROM job WHERE id = ? AND reply > 0)", id)
    }
  }

  private func settle(
    _ id: Int64, _ kind: EventKind, actor: String, reason: String, _ change: (borrowing Transaction) throws -> Void
  ) throws(OperatorError) {
    try write(.switches) { transaction in
      guard let job = try Looking.jobs(transaction.connection, configuration.environment, id: id).first else {
        throw OperatorError(
          "registry.unknown-job", "no job \(id)", remedy: "`intake-robot jobs list` shows the jobs", context: [.init("job", String(id))])
      }
      guard job.state == .parked || job.state == .available else {
        throw OperatorError(
          "registry.job-not-open", "job \(id) is \(job.state.rawValue)", remedy: "none needed: only parked and waiting jobs can be changed",
          context: [.init("job", String(id))])
      }
      try change(transaction)
      try append(
        EventDraft(
          kind, chain: robotChain, at: now, actor: actor,
          fields: [
            EventField.mailbox: job.message.recipient, EventField.messageId: String(job.message.messageId), "job": String(id),
            "jobKind": job.kind.rawValue, EventField.reason: reason,
          ]), transaction)
    }
  }

  package func jobs(_ filter: JobFilter) throws(OperatorError) -> [JobRecord] {
    try read { try Looking.jobs($0, configuration.environment, filter) }
  }

  package func attempts(of id: Int64) throws(OperatorError) -> [AttemptRecord] { try read { try Looking.attempts($0, of: id) } }
}

extension JobKind {
  /// The order in which a claim looks for work.
  fileprivate static let order: [JobKind] = [.confirm, .register, .handoff, .decide, .read, .fetch, .open]
}
