package import Model

/// Where the registry lives and how patient it is.
package struct RegistryConfiguration: Sendable, Equatable {
  /// The ССЕВ installation that this database belongs to, for ever.
  package var environment: EnvironmentName
  /// Path of the SQLite database; `…-wal`, `…-shm` and `….lock` stand beside it.
  package var database: String
  /// Folder of the content-addressed archive.
  package var archive: String
  /// Path of the journal mirror: a file on a second disk or share.
  package var mirror: String
  /// How long reading waits for attachments that do not come (design.md 3).
  package var attachmentWait: Duration
  /// How failed jobs come back.
  package var retry: RetryPolicy
  /// How long a claimed job may go without a sign of life; then somebody else takes it. Longer than any single call.
  package var lease: Duration
  /// A larger object is refused with `archive.too-large`.
  package var maximumObject: Int64
  /// With less free space than this on the archive's file system nothing more is stored: `archive.disk-full`.
  package var minimumFree: Int64
  /// A job during which the process has died so often in a row is parked (`registry.job-ends-process`).
  package var deathsBeforeParking = 5
  /// PEM file with the Ed25519 private key that signs checkpoints and statements; without one nothing is signed.
  package var signingKey: String?

  package init(
    environment: EnvironmentName, database: String, archive: String, mirror: String, attachmentWait: Duration = .seconds(3600),
    retry: RetryPolicy = RetryPolicy(), lease: Duration = .seconds(7200), maximumObject: Int64 = 1 << 30, minimumFree: Int64 = 256 << 20
  ) {
    self.environment = environment
    self.database = database
    self.archive = archive
    self.mirror = mirror
    self.attachmentWait = attachmentWait
    self.retry = retry
    self.lease = lease
    self.maximumObject = maximumObject
    self.minimumFree = minimumFree
  }
}

/// Backoff of failed jobs: the delay doubles from `first` to `longest`, each time with jitter of ±20 %, until the budget of the error's kind is
/// used up and the job is parked: `attempts` for what is the message's own, `patience` for an other side that is not there. Snoozes cost nothing.
package struct RetryPolicy: Sendable, Equatable {
  package var first: Duration
  package var longest: Duration
  package var attempts: Int
  /// How long an outage lasts before its jobs are given to a person.
  package var patience: Duration

  package init(
    first: Duration = .seconds(10), longest: Duration = .seconds(1800), attempts: Int = 20, patience: Duration = .seconds(7 * 86_400)
  ) {
    self.first = first
    self.longest = longest
    self.attempts = attempts
    self.patience = patience
  }

  /// The delay after the given failed attempt (1 for the first), before jitter.
  package func delay(after attempt: Int) -> Duration {
    var delay = first
    for _ in 1..<max(attempt, 1) where delay < longest { delay = delay * 2 }
    return min(delay, longest)
  }
}
