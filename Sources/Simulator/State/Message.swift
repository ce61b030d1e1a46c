/// A message as the server keeps it.
struct Message: Sendable {
  /// A value of a template field (contract 5.2).
  enum Value: Sendable {
    case text(String)
    case flag(Bool)
    case files([Int])
  }

  struct Recipient: Sendable {
    var profileId: Int
    /// When this profile opened it; nil is unopened.
    var receivedAt: SofiaTime?
    var loginId = 0
    var loginName = ""
    /// A first open has begun and not yet committed.
    var isOpening = false
  }

  var id: Int
  var sentAt: SofiaTime
  var senderId: Int
  var senderName: String
  var senderLoginName: String
  var subject: String
  var rnu: String
  var templateId: Int
  var fields: [(key: String, value: Value)]
  var recipients: [Recipient]
  var forwardedId: Int?
  /// Before this moment the transaction has not committed: nobody sees the message, in no list and by no number.
  var visibleFrom: Instant
  /// Every open answers 500.
  var openFails = false

  var files: [Int] {
    fields.flatMap { field -> [Int] in if case .files(let ids) = field.value { ids } else { [] } }
  }
}

/// A stored file.
struct Blob: Sendable {
  enum Content: Sendable {
    case bytes([UInt8])
    case file(path: String)
  }

  var id: Int
  var ownerId: Int
  var fileName: String
  var content: Content
  /// Bytes really there.
  var length: Int
  /// What the API says, right unless a sample says otherwise.
  var statedSize: Int?
  var statedHash: String?
  var isMalicious: Bool?
  var registrationNumber: String?
  var signatures = JSON.array([])
  var isStorage = false
  /// The row is there, the bytes are not.
  var isGone = false
  /// First 8 bytes of the digest, the version the ETag shows.
  var tag: [UInt8]

  var etag: String { "\"\(Digest.base64(tag))\"" }
}
