import Model

/// What a file is by its first bytes and, where those are shared, by what lies inside. Its name is never asked.
enum ContentType {
  static func recognise(_ bytes: [UInt8]) -> DocumentKind {
    if bytes.isEmpty { return .empty }
    if let kind = bySignature(bytes) { return kind }
    return byText(bytes)
  }

  private static func bySignature(_ bytes: [UInt8]) -> DocumentKind? {
    if bytes.starts(with: Array("%PDF-".utf8)) { return .pdf }
    // Containers first: the file in a signed message or in an archive may begin within the first kilobyte.
    if isCMS(bytes) { return .cms }
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]) { return inZip(bytes) }
    if bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) { return inCompoundFile(bytes) }
    if isImage(bytes) { return .image }
    if bytes.starts(with: Array("{\\rtf".utf8)) { return .rtf }
    if bytes.starts(with: Array("Rar!".utf8)) || bytes.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) || bytes.starts(with: [0x1F, 0x8B])
      || bytes.starts(with: Array("BZh".utf8)) || bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A])
    {
      return .archive
    }
    // Readers accept rubbish before a PDF's header within its first kilobyte, so senders' programs write some.
    return find("%PDF-", in: bytes.prefix(1024)) ? .pdf : nil
  }

  private static func isImage(_ bytes: [UInt8]) -> Bool {
    let signatures: [[UInt8]] = [
      [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47], Array("GIF8".utf8), [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A],
    ]
    if signatures.contains(where: { bytes.starts(with: $0) }) { return true }
    if bytes.starts(with: Array("BM".utf8)), bytes.count > 14, bytes[6...9].allSatisfy({ $0 == 0 }) { return true }
    if bytes.starts(with: Array("RIFF".utf8)), bytes.count > 12, Array(bytes[8..<12]) == Array("WEBP".utf8) { return true }
    // HEIC and its kin: a box `ftyp` with an image brand.
    guard bytes.count > 12, Array(bytes[4..<8]) == Array("ftyp".utf8) else { return false }
    return ["heic", "heix", "mif1", "msf1", "avif", "hevc"].contains(String(decoding: bytes[8..<12], as: UTF8.self))
  }

  /// A SEQUENCE whose first element is one of the PKCS#7 object identifiers 1.2.840.113549.1.7.x, in DER or BER, or the same in PEM.
  private static func isCMS(_ bytes: [UInt8]) -> Bool {
    for frame in ["CMS", "PKCS7", "PKCS #7 SIGNED DATA"] where find("-----BEGIN \(frame)-----", in: bytes.prefix(512)) { return true }
    let identifier: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07]
    if bytes.first == 0x30 { return find(identifier, in: bytes.prefix(32)) }
    // Base64 of such a SEQUENCE without its PEM frame begins with 0x30 and a length of one to five bytes.
    guard bytes.first == UInt8(ascii: "M"), let start = Base64.decode(String(decoding: bytes.prefix(64), as: UTF8.self)) else { return false }
    return start.first == 0x30 && find(identifier, in: start.prefix(32))
  }

  private static func inZip(_ bytes: [UInt8]) -> DocumentKind {
    let names = ZipDirectory.names(bytes)
    if names.contains("word/document.xml") { return .docx }
    if names.contains("xl/workbook.xml") { return .xlsx }
    if names.contains(where: { isSignaturePart($0.lowercased()) }) { return .asic }
    // OpenDocument and ASiC say what they are in an uncompressed first entry.
    let head = bytes.prefix(200)
    if find("application/vnd.etsi.asic", in: head) { return .asic }
    if find("application/vnd.oasis.opendocument.text", in: head) { return .odt }
    if find("application/vnd.oasis.opendocument.spreadsheet", in: head) { return .ods }
    return .zip
  }

  private static func isSignaturePart(_ name: String) -> Bool {
    name.hasPrefix("meta-inf/") && ["signature", "evidencerecord", "timestamp"].contains { name.contains($0) }
  }

  /// A document of today's offices with a password is a compound file around the encrypted package; of which kind, only the password tells.
  static func isEncryptedOffice(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) && find("EncryptedPackage".utf8.flatMap { [$0, 0] }, in: bytes[...])
  }

  /// OLE: the names of the streams stand in the directory as UTF-16.
  private static func inCompoundFile(_ bytes: [UInt8]) -> DocumentKind {
    func has(_ name: String) -> Bool { find(name.utf8.flatMap { [$0, 0] }, in: bytes[...]) }
    if has("WordDocument") { return .doc }
    if has("Workbook") || has("Book\0") { return .xls }
    if has("__properties_version1.0") { return .msg }
    return .unknown
  }

  private static func byText(_ bytes: [UInt8]) -> DocumentKind {
    guard let decoded = TextDecoding.decode(Array(bytes.prefix(64 << 10)).trimmedToWholeUTF8()) else { return .unknown }
    let start = decoded.text.drop { $0.isWhitespace }.prefix(2048)
    guard !containsControls(decoded.text) else { return .unknown }
    let folded = start.lowercased()
    if folded.hasPrefix("<!doctype html") || folded.hasPrefix("<html") || folded.hasPrefix("<head") || folded.hasPrefix("<body") { return .html }
    if start.hasPrefix("<?xml") || folded.hasPrefix("<!doctype") || startsWithElement(start) { return folded.contains("<html") ? .html : .xml }
    if start.hasPrefix("{") || start.hasPrefix("["), JSONText.looksLikeJSON(start) { return .json }
    if looksLikeMail(start) { return .mail }
    if start.isEmpty { return .empty }
    return looksLikeTable(start) ? .csv : .text
  }

  /// `<Name` followed by something that goes on like a tag; a letter may begin with a bracket, too.
  private static func startsWithElement(_ text: Substring) -> Bool {
    guard text.first == "<", let second = text.dropFirst().first, second.isLetter || second == "_" || second == "!" else { return false }
    return text.contains(">")
  }

  private static func looksLikeMail(_ text: Substring) -> Bool {
    let lines = text.split(maxSplits: 30, omittingEmptySubsequences: false, whereSeparator: \.isNewline).prefix { !$0.trimmingSpaces().isEmpty }
    let names = lines.compactMap { line in line.firstIndex(of: ":").map { line[..<$0].lowercased() } }
    // A page saved with its pictures has no sender.
    if names.contains("mime-version"), names.contains("content-type") { return true }
    return lines.count >= 3 && names.contains("from") && (names.contains("subject") || names.contains("received"))
      && (names.contains("date") || names.contains("mime-version"))
  }

  /// Two lines or more, each with as many separators as the first, and none that reads like a sentence.
  private static func looksLikeTable(_ text: Substring) -> Bool {
    let lines = text.split(whereSeparator: \.isNewline).dropLast(text.utf8.count > 4000 ? 1 : 0)
    guard lines.count >= 2, let first = lines.first else { return false }
    for separator: Character in [";", "\t"] {
      let count = first.count { $0 == separator }
      if count > 0, lines.allSatisfy({ line in line.count { $0 == separator } == count && !line.hasSuffix(".") }) { return true }
    }
    return false
  }

  /// Control characters that no text has: more than a few mean the bytes are not text.
  private static func containsControls(_ text: String) -> Bool {
    var controls = 0
    for scalar in text.unicodeScalars where scalar.value < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D].contains(scalar.value) {
      controls += 1
      if controls > 4 { return true }
    }
    return false
  }

  private static func find(_ text: String, in bytes: ArraySlice<UInt8>) -> Bool { find(Array(text.utf8), in: bytes) }

  private static func find(_ needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Bool { bytes.firstRange(of: needle) != nil }
}

extension [UInt8] {
  /// Without a UTF-8 sequence that the end cut off.
  func trimmedToWholeUTF8() -> [UInt8] {
    guard let start = indices.suffix(4).last(where: { self[$0] >= 0xC0 }) else { return self }
    let length = self[start] >= 0xF0 ? 4 : self[start] >= 0xE0 ? 3 : 2
    return count - start < length ? Array(self[..<start]) : self
  }
}

extension Substring {
  func trimmingSpaces() -> Substring {
    var text = self
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}
