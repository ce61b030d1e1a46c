/// Caps on a reading that both the reader and the validating parent apply. No setting raises them.
package enum ReadingLimits {
  package static let textBytes = 1 << 20
  package static let facts = 2_000
  package static let factBytes = 4_096
  package static let nameBytes = 255
  package static let notes = 200
  /// Levels of files inside files below an attachment.
  package static let nesting = 3
  /// Files inside an attachment, on all levels together.
  package static let files = 500
  /// Text of an attachment and everything inside it.
  package static let treeTextBytes = 4 << 20
  /// Facts of an attachment and everything inside it, and the bytes of their values.
  package static let treeFacts = 4_000
  package static let treeFactBytes = 1 << 20
  package static let outputBytes = 16 << 20
}

/// How far files inside an attachment are opened (`reader { … }` in robot.conf). The limits hold for everything inside one attachment together,
/// whatever formats lie inside each other; what lies beyond one is a reading `unread` with the reason `limit-…`, and its parent is read in part.
package struct NestingLimits: Sendable, Equatable {
  /// Levels below the attachment, 1 ... `ReadingLimits.nesting`. Reason `limit-depth`.
  package var depth: Int
  /// Files, 1 ... `ReadingLimits.files`. Reason `limit-files`.
  package var files: Int
  /// Bytes unpacked. Reason `limit-bytes`.
  package var bytes: Int
  /// Bytes unpacked for each byte of the attachment, where more than `NestingLimits.freeBytes` are unpacked: a bomb is small. Reason
  /// `limit-expansion`.
  package var expansion: Int

  package init(depth: Int = ReadingLimits.nesting, files: Int = 200, bytes: Int = 200 << 20, expansion: Int = 100) {
    self.depth = depth
    self.files = files
    self.bytes = bytes
    self.expansion = expansion
  }

  /// So much may be unpacked from the smallest of files.
  package static let freeBytes = 16 << 20
}
