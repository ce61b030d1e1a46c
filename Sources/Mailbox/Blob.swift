package import Model

/// An attachment of a message (contract section 5.3).
package struct Blob: Sendable, Equatable, Codable {
  /// 0 when ССЕВ did not say.
  package let blobId: Int64
  /// As the sender named it: for people and for rules, never a path.
  package let fileName: String
  /// Bytes of the content.
  package let size: Int64?
  /// Lower-case hex; only when ССЕВ says that it is SHA-256.
  package let sha256: String?
  /// `nil`: not scanned, or no result.
  package let isMalicious: Bool?
  /// A secret that opens the file to anybody for an hour.
  package let downloadLink: String
  package let linkExpires: Timestamp?
  package let documentRegistrationNumber: String?

  package init(
    blobId: Int64, fileName: String, size: Int64?, sha256: String?, isMalicious: Bool?, downloadLink: String, linkExpires: Timestamp?,
    documentRegistrationNumber: String?
  ) {
    self.blobId = blobId
    self.fileName = fileName
    self.size = size
    self.sha256 = sha256
    self.isMalicious = isMalicious
    self.downloadLink = downloadLink
    self.linkExpires = linkExpires
    self.documentRegistrationNumber = documentRegistrationNumber
  }

  /// `nil` for a value that is no blob object: an id of an outgoing message, a text.
  init?(_ value: JSONValue) {
    guard case .object = value else { return nil }
    let digest = value["hash"]?.string?.lowercased()
    let isSHA256 = ["sha256", "sha-256"].contains(value["hashAlgorithm"]?.string?.lowercased())
    let isHex = digest.map { $0.utf8.count == 64 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } }
    var isMalicious: Bool?
    if case .bool(let flag)? = value["isMalicious"] { isMalicious = flag }
    self.init(
      blobId: value["blobId"]?.integer ?? 0, fileName: value["fileName"]?.string ?? "", size: value["size"]?.integer,
      sha256: isSHA256 && isHex == true ? digest : nil, isMalicious: isMalicious, downloadLink: value["downloadLink"]?.string ?? "",
      linkExpires: value["downloadLinkExpirationDate"]?.string.flatMap { Timestamp(iso8601: $0) },
      documentRegistrationNumber: value["documentRegistrationNumber"]?.string)
  }
}

extension Blob: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Without name and link, so that a careless print shows neither.
  package var description: String { "blob \(blobId), \(size.map(String.init) ?? "?") bytes" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["blobId": blobId]) }
}
