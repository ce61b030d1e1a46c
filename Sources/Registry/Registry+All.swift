package import Crypto
package import Model

extension Registry {
  // MARK: start

  /// Call once, before anything else: compares the mirror with the database, repairs a mirror that is behind, makes jobs left `running`
  /// available again and replies left `sending` uncertain.
  package func start() throws(OperatorError) -> StartReport { throw notYet() }

  /// Flushes the mirror, closes the database and gives the lock up. Nothing may be called afterwards.
  package func close() throws(OperatorError) { throw notYet() }

  /// The stretch of numbering that marks made now belong to.
  package func epoch() throws(OperatorError) -> Epoch { throw notYet() }

  /// Whether a mark is of this database: an epoch it knows. A foreign one in the outbox means that another database sends.
  package func knowsEpoch(_ epoch: Epoch) throws(OperatorError) -> Bool { throw notYet() }

  /// Ends the current epoch and begins one, an event on every chain that exists.
  @discardableResult
  package func openEpoch(actor: String, reason: String) throws(OperatorError) -> Epoch { throw notYet() }

  // MARK: switches

  /// Enters new mailboxes and takes over name, mode and policy of known ones. `serveFrom` of a mailbox that has listed already may only
  /// move to an earlier time: `registry.cut-over-moved`.
  package func declareMailboxes(_ mailboxes: [MailboxDeclaration]) throws(OperatorError) { throw notYet() }

  package func mailbox(_ recipient: String) throws(OperatorError) -> MailboxState? { throw notYet() }

  package func mailboxes() throws(OperatorError) -> [MailboxState] { throw notYet() }

  /// The durable pause by command; jobs of a paused mailbox are not claimed.
  package func setPaused(_ recipient: String, _ isPaused: Bool, actor: String, reason: String) throws(OperatorError) { throw notYet() }

  /// The durable switch that stops numbering: `register` jobs are not claimed, and `register` throws `registry.numbering-stopped`.
  package func setNumbering(_ isOn: Bool, actor: String, reason: String) throws(OperatorError) { throw notYet() }

  package func numbering() throws(OperatorError) -> NumberingState { throw notYet() }

  // MARK: listing

  /// Enters rows not known yet with their jobs and advances the watermark, in one transaction.
  package func recordListing(_ recipient: String, rows: [ListedRow]) throws(OperatorError) -> ListingResult { throw notYet() }

  // MARK: jobs

  /// Takes due jobs of mailboxes that are served, oldest `runAt` first, then lowest message id; mailboxes take turns.
  package func claim(_ kinds: Set<JobKind>, limit: Int) throws(OperatorError) -> [Job] { throw notYet() }

  package func complete(_ job: Job) throws(OperatorError) { throw notYet() }

  /// Not yet: costs no attempt. `reason` is a stable word.
  package func snooze(_ job: Job, until moment: Timestamp, reason: String) throws(OperatorError) { throw notYet() }

  /// By the error's disposition: backoff with jitter, a given delay, a snooze, or parked; parked also when attempts are used up.
  @discardableResult
  package func fail(_ job: Job, _ error: OperatorError) throws(OperatorError) -> FailureResult { throw notYet() }

  /// Makes a parked or waiting job due now with its attempts unused. `registry.unknown-job`, `registry.job-not-parked`.
  package func retry(_ id: Int64, actor: String, reason: String) throws(OperatorError) { throw notYet() }

  /// Gives a parked job up for good.
  package func discard(_ id: Int64, actor: String, reason: String) throws(OperatorError) { throw notYet() }

  package func jobs(_ filter: JobFilter) throws(OperatorError) -> [JobRecord] { throw notYet() }

  package func attempts(of id: Int64) throws(OperatorError) -> [AttemptRecord] { throw notYet() }

  /// When the next job of these kinds is due in a mailbox that is served: now or earlier means now; `nil` when there is none.
  package func nextRunAt(_ kinds: Set<JobKind>) throws(OperatorError) -> Timestamp? { throw notYet() }

  // MARK: life of a message

  package func message(_ key: MessageKey) throws(OperatorError) -> MessageRecord? { throw notYet() }

  /// Before the call that opens: durable in database and mirror when it returns.
  package func recordOpenIntent(_ job: Job) throws(OperatorError) { throw notYet() }

  /// After it: the answer, a `fetch` job per blob, and a `read` job that is due once all are there or the attachment wait is over.
  package func recordOpened(_ job: Job, _ record: OpenedRecord) throws(OperatorError) { throw notYet() }

  /// The attachment is in the archive. After registration it becomes an event `late-attachment`.
  package func recordFetched(_ job: Job, _ object: StoredObject) throws(OperatorError) { throw notYet() }

  /// The attachment will never come: `reason` is a stable word (`gone`, `too-large`, …).
  package func recordNotFetched(_ job: Job, reason: String) throws(OperatorError) { throw notYet() }

  /// Of the same bytes by the same version of the reader, if there is one.
  package func reading(of digest: Digest, readerVersion: Int) throws(OperatorError) -> DocumentReading? { throw notYet() }

  /// Keeps readings by digest for `reading(of:readerVersion:)` (body and attachments alike), and the facts for the rules.
  package func recordReadings(_ job: Job, _ readings: [(digest: Digest, reading: DocumentReading)], submission: Submission) throws(OperatorError) {
    throw notYet()
  }

  /// Enqueues `register`, or ends the message as not registered, with a reply if one is given. In a mailbox of mode `shadow` the message
  /// ends as `shadowed`. A `ReplyPlan` of a message without a number is rendered by `replyWithoutNumber`.
  package func recordDecision(_ job: Job, _ decision: Decision, replyWithoutNumber: UnnumberedReplyPlan? = nil) throws(OperatorError) { throw notYet() }

  /// Ends or stops a message without a decision of the rules: `waiting` for a person, or `not-registered`. Finishes the job.
  package func recordHeld(_ job: Job, state: HeldState, reason: String) throws(OperatorError) { throw notYet() }

  /// THE transaction: duplicate check, order check, number, entry, event, frozen reply and the jobs that follow, all or nothing. No I/O
  /// and no rules inside. Called again for a message that has its entry, it gives that entry.
  /// Errors: `registry.numbering-stopped`, `registry.clock-backwards`, `registry.unit-index-unknown`,
  /// `registry.target-numbers-not-available`, `registry.number-exists`, `registry.reply-without-mark`, `registry.stale-job`.
  package func register(_ job: Job, _ request: RegistrationRequest) throws(OperatorError) -> RegistrationResult { throw notYet() }

  // MARK: replies

  /// The reply that a `confirm` job is about.
  package func reply(for job: Job) throws(OperatorError) -> PendingReply { throw notYet() }

  /// Before the call that sends. Everything committed so far is in the mirror when it returns: nothing may leave the machine otherwise.
  package func recordSending(_ job: Job) throws(OperatorError) { throw notYet() }

  package func recordSent(_ job: Job, ssevMessageId: Int64, evidence: SentEvidence) throws(OperatorError) { throw notYet() }

  /// The call may have been processed: the job comes back at `lookAt` to look in the outbox.
  package func recordUncertain(_ job: Job, _ error: OperatorError, lookAt: Timestamp) throws(OperatorError) { throw notYet() }

  /// The outbox was searched in vain; the job comes back at `next`.
  package func recordNotFound(_ job: Job, next: Timestamp) throws(OperatorError) { throw notYet() }

  /// Definitely not sent: the job fails by the error's disposition and the reply is worded, not sent, as before.
  @discardableResult
  package func recordNotSent(_ job: Job, _ error: OperatorError) throws(OperatorError) -> FailureResult { throw notYet() }

  /// Replies sent, being sent or uncertain to this sender within the last hour: K of design.md 3 bounds it.
  package func repliesInLastHour(senderProfileId: Int64) throws(OperatorError) -> Int { throw notYet() }

  /// Every reply whose subject carries this mark, for reconciling the outbox.
  package func reply(marked mark: Mark) throws(OperatorError) -> PendingReply? { throw notYet() }

  /// The hand-off is done; `reference` is the target's own id or path.
  package func recordHandedOff(_ job: Job, system: String, reference: String) throws(OperatorError) { throw notYet() }

  /// Appends every committed event to the mirror and makes it durable. `recordOpenIntent` and `recordSending` do it themselves.
  package func mirrorFlush() throws(OperatorError) { throw notYet() }

  // MARK: recovery

  /// Takes over from the mirror every event that the database lacks (entries, counters, messages; replies as uncertain), opens a new epoch
  /// and lets numbering go on. Refused with `registry.mirror-diverged` when database and mirror contradict each other.
  package func recover(actor: String, reason: String) throws(OperatorError) -> RecoveryReport { throw notYet() }

  // MARK: looking

  package func counts() throws(OperatorError) -> [MailboxCounts] { throw notYet() }
}

/// What `start` found.
package struct StartReport: Sendable, Equatable {
  package var mirror: MirrorState
  /// Events appended to a mirror that was behind.
  package var mirrored: Int
  package var rescuedJobs: Int
  package var uncertainReplies: Int

  package init(mirror: MirrorState, mirrored: Int, rescuedJobs: Int, uncertainReplies: Int) {
    self.mirror = mirror
    self.mirrored = mirrored
    self.rescuedJobs = rescuedJobs
    self.uncertainReplies = uncertainReplies
  }
}

package enum MirrorState: Sendable, Equatable {
  /// They agree, or the mirror was behind and has been brought up.
  case equal
  /// The mirror knows events that the database does not: numbering is stopped until `recover` (code `registry.mirror-ahead`).
  case ahead(chain: String, database: Int64, mirror: Int64)
  /// Same place, different event: numbering is stopped (code `registry.mirror-diverged`).
  case diverged(chain: String, sequence: Int64)
}

package enum NumberingState: Sendable, Equatable {
  case on
  /// By command.
  case stopped(actor: String, reason: String, since: Timestamp)
  /// By what `start` found.
  case blocked(MirrorState)
}

/// `waiting` or `not-registered`, for `recordHeld`.
package enum HeldState: Sendable, Equatable {
  case waiting, notRegistered
}

/// A reply to a message that gets no number (template В). `render` only computes; the subject must contain the mark.
package struct UnnumberedReplyPlan: Sendable {
  package var kind: ReplyKind
  package var render: @Sendable (Mark) -> FrozenReply

  package init(kind: ReplyKind, render: @escaping @Sendable (Mark) -> FrozenReply) {
    self.kind = kind
    self.render = render
  }
}

package struct RecoveryReport: Sendable, Equatable {
  package var events: Int
  package var entries: Int
  package var messages: Int
  package var replies: Int
  package var epoch: Epoch
}

/// Where the messages of one mailbox are.
package struct MailboxCounts: Sendable, Equatable {
  package var recipient: String
  package var byState: [MessageState: Int]
  /// Of those waiting, by reason.
  package var waiting: [String: Int]
  package var parkedJobs: Int
}
