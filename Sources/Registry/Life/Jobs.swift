package import Model

/// The durable steps of a message's life.
package enum JobKind: String, Sendable, Codable, CaseIterable {
  case open, fetch, read, decide, register, confirm, handoff
}

package enum JobState: String, Sendable, Codable, CaseIterable {
  /// Due at `runAt`, or waiting for it.
  case available
  case running
  case done
  /// Out of automatic retries; keeps everything needed to go on.
  case parked
  case discarded
}

/// A claimed job. Finishing it needs the token of this claim: after a rescue an old holder gets `registry.stale-job`.
package struct Job: Sendable, Equatable {
  package var id: Int64
  package var kind: JobKind
  /// Fencing token, one higher with each claim.
  package var token: Int64
  package var message: MessageKey
  /// Ordinal of the attachment, for `fetch`.
  package var attachment: Int?
  /// 1 for the first; snoozes do not count.
  package var attempt: Int
  package var createdAt: Timestamp

  package init(
    id: Int64, kind: JobKind, token: Int64, message: MessageKey, attachment: Int?, attempt: Int, createdAt: Timestamp
  ) {
    self.id = id
    self.kind = kind
    self.token = token
    self.message = message
    self.attachment = attachment
    self.attempt = attempt
    self.createdAt = createdAt
  }
}

/// What became of a failed job.
package enum FailureResult: Sendable, Equatable {
  case retry(at: Timestamp)
  case parked
}

/// Which jobs to list. Empty sets mean all.
package struct JobFilter: Sendable, Equatable {
  package var states: Set<JobState>
  package var kinds: Set<JobKind>
  package var recipient: String?
  package var limit: Int

  package init(
    states: Set<JobState> = [.available, .running, .parked], kinds: Set<JobKind> = [], recipient: String? = nil, limit: Int = 1000
  ) {
    self.states = states
    self.kinds = kinds
    self.recipient = recipient
    self.limit = limit
  }
}

/// A job as `jobs list` and `jobs show` print it.
package struct JobRecord: Sendable, Equatable {
  package var id: Int64
  package var kind: JobKind
  package var state: JobState
  package var message: MessageKey
  package var attachment: Int?
  package var attempt: Int
  package var snoozes: Int
  package var createdAt: Timestamp
  package var runAt: Timestamp
  /// Code and text of the last failure or snooze; empty when there was none.
  package var lastCode: String
  package var lastText: String
}

/// One try of a job.
package struct AttemptRecord: Sendable, Equatable {
  package var number: Int
  package var startedAt: Timestamp
  package var endedAt: Timestamp?
  /// `done`, `failed`, `snoozed`, `parked`, `rescued`, `discarded`, or `running`.
  package var outcome: String
  package var code: String
  package var text: String
}
