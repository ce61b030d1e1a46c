/// How one simulator is set up. Every value has a default that is faithful to the contract.
package struct Configuration: Sendable {
  /// Which credential the routes of the API accept (contract 2).
  package enum Authentication: String, Sendable, CaseIterable {
    /// The header `Dp-Miscinfo` sent by the client.
    case direct
    /// A token of `POST /token`; a `Dp-Miscinfo` header of the client is thrown away, as the bus does.
    case bearer
    /// The token if there is one, else the header.
    case both
  }

  /// PEM files of a TLS server that demands a client certificate (mTLS).
  package struct TLS: Sendable {
    package var certificateFile: String
    package var keyFile: String
    /// Certificates that client certificates must lead to.
    package var clientAuthorityFile: String

    package init(certificateFile: String, keyFile: String, clientAuthorityFile: String) {
      self.certificateFile = certificateFile
      self.keyFile = keyFile
      self.clientAuthorityFile = clientAuthorityFile
    }
  }

  /// Port on 127.0.0.1; 0 lets the system choose.
  package var port: UInt16 = 0
  /// Port of a second listener for the blob application: uploads and downloads then exist only there, all else only on `port`, as in the
  /// real installation (contract 1). Nil serves everything on one port.
  package var blobPort: UInt16?
  /// Folders in the format of `Samples/`, read when the server is made.
  package var messageFolders: [String] = []
  /// The mailboxes and other profiles. Empty: one mailbox per `mailbox` value met in the messages.
  package var profiles: [Profile] = []
  /// Further templates, as the template details of contract 8.1.
  package var templates: [JSON] = []
  /// Appended to, one JSON object a line; nil keeps the log in memory only.
  package var logFile: String?
  package var seed: UInt64 = 1
  package var faults: [Fault] = []

  /// The simulated clock's reading at start; nil is the system's clock.
  package var clockStart: Instant?
  /// The clock moves only when it is told to.
  package var clockStandsStill = false

  package var authentication = Authentication.both
  package var tls: TLS?
  /// Seconds a bearer token lives.
  package var tokenLifetime = 3600.0
  /// Seconds a download link lives (contract 6.2).
  package var linkLifetime = 3600.0
  /// Seconds within which late rows and late commits happen, unless a fault says `beyond`.
  package var horizon = 600.0
  /// Bytes of STORAGE per profile (contract 6.1).
  package var storageQuota = 1 << 30
  /// Milliseconds the time-stamp authority takes within a first open: the gap in which a second open meets a 500.
  package var timestampMilliseconds = 0

  /// Answers as the official document says instead of the code: numbers for upload enums, `blobSignatureStatus`, times without an
  /// offset, `responseTemplateId` as a string (contract 12).
  package var asDocumented = false
  /// `open-forwarded` of a message with attachments succeeds; the contract expects it to fail (5.4).
  package var forwardedFilesWork = false
  /// A `POST /messages` whose body needs more than one read fails, as the contract derives (7.2).
  package var strictBodyReads = false

  package var portalURL = "https://edelivery.egov.bg"
  /// Scheme and host of download links; nil is the simulator itself.
  package var linkHost: String?
  /// Number of the first blob; the others follow.
  package var firstBlobId = 90_001
  /// Number of the first message without one of its own; nil is past the greatest loaded.
  package var nextMessageId: Int?

  package init() {}
}
