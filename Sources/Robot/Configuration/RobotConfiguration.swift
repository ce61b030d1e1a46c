package import Model

/// Everything an administration decides about its installation: the content of `robot.conf`, checked. Each default stands here and in the
/// annotated example.
package struct RobotConfiguration: Sendable, Equatable {
  /// `environment production`: the ССЕВ installation; a database belongs to one for ever.
  package var environment: EnvironmentName
  /// `administration "…"`: the administrative body as replies name it.
  package var administration: String
  /// Absolute paths; in the file they may be relative to it.
  package var database: String
  package var archive: String
  package var mirror: String
  /// `rules "asp/asp.rules", …`: one ruleset for each stretch of time.
  package var rules: [String]
  package var handOff: HandOffTarget
  package var ssev: SSEVSettings
  package var reader: ReaderSettings
  package var replies: ReplySettings
  package var limits: LimitSettings
  package var watch = WatchSettings()
  /// `metrics "…"`: a file for node_exporter's textfile collector; none by default.
  package var metrics: String?
  /// `signing key "…"`: the Ed25519 private key (PEM) that signs checkpoints and statements; none by default.
  package var signingKey: String?
  /// `statements "…"`: a folder for the daily statements as text, CSV and signed JSON; none by default (the event is kept in any case).
  package var statements: String?
  package var mailboxes: [MailboxSettings]
}

/// `handoff none`, or `handoff directory "…"`: a folder per registered document with `document.json` and the originals.
package enum HandOffTarget: Sendable, Equatable {
  case none
  case directory(String)
}

/// `ssev { … }`: where ССЕВ is and how patient we are.
package struct SSEVSettings: Sendable, Equatable {
  /// `api "https://…"`: base address, without `/api/v1`.
  package var api: String
  /// `upload "https://…"`: base address of the blob application; the same as `api` by default.
  package var upload: String
  /// `authority "ca.pem"`: certificates to trust instead of the system's.
  package var authority: String?
  /// `page size 100`: rows asked for at once (there is no default or bound on the other side).
  package var pageSize = 100
  /// `timeout 60 s`: a whole call.
  package var timeout: Duration = .seconds(60)
  /// `connect timeout 10 s`.
  package var connectTimeout: Duration = .seconds(10)
  /// `download timeout 30 minutes`: one attachment.
  package var downloadTimeout: Duration = .seconds(1800)
}

/// `reader { … }`: the confined reader.
package struct ReaderSettings: Sendable, Equatable {
  /// `program "…"`: beside `intake-robot` by default.
  package var program: String
  /// `confinement full`; `reduced` lets it run with less than every layer and says which is missing.
  package var isReduced = false
  /// `deadline 2 minutes` for one document.
  package var deadline: Duration = .seconds(120)
  /// `memory 1 GB` for one document with its tools.
  package var memory: Int64 = 1 << 30
  /// `at once 2`: readers side by side.
  package var concurrency = 2
  /// `largest 100 MB`: a larger file is stored and registered, but not read.
  package var largest: Int64 = 100 << 20
  /// `levels inside 3`, `files inside 200`, `unpacked 200 MB`, `expansion 100`: how far files inside an attachment are opened. What lies beyond is
  /// registered with it, and the reading says that it was not read.
  package var nesting = NestingLimits()
  /// `pages 300`, `ocr pages 10`, `ocr time 30 s`: how much of long and of scanned documents is read.
  package var pages = PageLimits()
}

/// `replies { … }`.
package struct ReplySettings: Sendable, Equatable {
  /// `per sender and hour 20`: K of design.md 3.
  package var perSenderAndHour = 20
  /// `first look after 90 s`, `second look after 90 s`, `horizon 15 minutes`.
  package var waits = ConfirmationWaits(firstLook: .seconds(90), secondLook: .seconds(90), horizon: .seconds(900))
  /// `outbox margin 1 hour`: how far before the intent the outbox is searched.
  package var outboxMargin: Duration = .seconds(3600)
}

/// `watch { … }`: the look at what rules do after they were changed.
package struct WatchSettings: Sendable, Equatable {
  /// `messages 200`: decisions looked at, before the change and since.
  package var messages = 200
  /// `least 30`: with fewer on either side nothing is said.
  package var least = 30
  /// `review jump 20`, `rule jump 30`: by how many points of a hundred the share of reviews, and that of any one rule, may differ.
  package var reviewJump = 20
  package var ruleJump = 30
  /// `on jump alarm`, or `stop-numbering`.
  package var stopsNumbering = false

  package init() {}
}

/// The settings at the top level that are numbers and times.
package struct LimitSettings: Sendable, Equatable {
  /// `poll every 30 s`.
  package var poll: Duration = .seconds(30)
  /// `poll overlap 24 hours`: rows may become visible late (contract section 4.5).
  package var overlap: Duration = .seconds(86_400)
  /// `attachment wait 1 hour`: then work goes on without it.
  package var attachmentWait: Duration = .seconds(3600)
  /// `order wait 10 minutes`: T, how long an earlier message of a sender may hold up a later one.
  package var orderWait: Duration = .seconds(600)
  /// `duplicate window 30 days`: N.
  package var duplicateWindowDays = 30
  /// `clock bound 2 minutes`: a larger difference from ССЕВ's clock stops registration.
  package var clockBound: Duration = .seconds(120)
  /// `workers 4`: messages worked on at once.
  package var workers = 4
  /// `retry first 10 s`, `retry longest 30 minutes`, `retry attempts 20`: backoff; then a job is parked.
  package var retryFirst: Duration = .seconds(10)
  package var retryLongest: Duration = .seconds(1800)
  package var retryAttempts = 20
  /// `retry patience 7 days`: how long ССЕВ may be away before its jobs are parked; until then an outage uses up no attempt.
  package var retryPatience: Duration = .seconds(7 * 86_400)
  /// `largest attachment 1 GB`: more is not stored.
  package var largestAttachment: Int64 = 1 << 30
  /// `free space 256 MB`: with less, nothing more is stored.
  package var freeSpace: Int64 = 256 << 20
}

/// `mailbox "1210150561306" { … }`.
package struct MailboxSettings: Sendable, Equatable {
  /// The identifier of the profile: 9 or 13 digits.
  package var recipient: String
  /// `name "ДСП – Балчик"`.
  package var name: String
  /// `serve from 2026-07-01T00:00:00+03:00`: the cut-over, mandatory.
  package var serveFrom: Timestamp
  /// `mode active`, `paused` or `shadow`.
  package var mode: Mode
  /// `opened by a person wait` or `register`.
  package var registersOpenedByPerson: Bool
  package var credential: CredentialSettings

  package enum Mode: String, Sendable, CaseIterable { case active, paused, shadow }
}

/// `credential { … }` of a mailbox: one (OID, CN) is one profile is one mailbox (contract section 2.1).
package struct CredentialSettings: Sendable, Equatable {
  package var oid: String
  package var clientId: String
  /// How the bus in front is passed; `nil` for the direct header (test, or a trusted network).
  package var gateway: Gateway?

  package struct Gateway: Sendable, Equatable {
    /// `token "https://…"`: base address of the token service, without `/token`.
    package var token: String
    package var scope: String
    /// PEM files; relative ones are looked for in `$CREDENTIALS_DIRECTORY`, then beside the configuration.
    package var certificate: String
    package var key: String
  }
}
