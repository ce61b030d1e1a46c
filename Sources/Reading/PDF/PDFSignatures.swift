import Crypto
import Model

/// The electronic signatures in a PDF (submissions.md 4.4): who signed, when, and whether the bytes that the signature says it covers are still
/// those that were signed. As stated: no certificate is checked, and no signature is called valid.
///
/// They are found in the file's own bytes, since a signature is about those: `/ByteRange` names two stretches, and the hole between them holds
/// the CMS message. What merely looks like one (a range without such a hole) is none.
struct PDFSignatures {
  struct Signature {
    var facts: [SignatureFacts]
    /// Where the covered bytes end.
    var end: Int
    /// A message that libcrypto reads, not proved wrong.
    var isCredible: Bool
  }

  /// In the order in which they stand in the file. Time stamps over the document and Adobe's usage rights are no signatures of anybody.
  let signatures: [Signature]

  var facts: [Fact] { SignatureFacts.facts(signatures.flatMap(\.facts), method: "pdf-signature") }

  /// Where the last revision ends that a signature covers; `nil` without a signature, or when nothing follows it.
  ///
  /// A signature is added as a revision of its own, and whatever comes after it nobody signed.
  func signedEnd(of bytes: [UInt8]) -> Int? {
    guard let end = signatures.filter(\.isCredible).map(\.end).max() else { return nil }
    // Line ends after the last `%%EOF` are no revision.
    return bytes.count - end > PDFSignatures.trailingBytes ? end : nil
  }

  init(in bytes: [UInt8]) {
    var signatures: [Signature] = []
    var seen: Set<Int> = []
    for place in ByteSearch.all("/ByteRange", in: bytes, limit: 200) {
      guard signatures.count < SignatureFacts.maximum, let range = Range(at: place, in: bytes), seen.insert(range.hole.lowerBound).inserted,
        let message = Hexadecimal.bytes(bytes[(range.hole.lowerBound + 1)..<(range.hole.upperBound - 1)])
      else { continue }
      let dictionary = PDFSignatures.dictionary(around: place, range, bytes)
      if dictionary.isTimestamp || dictionary.isUsageRights { continue }
      signatures.append(PDFSignatures.signature(range, message, dictionary.time, bytes))
    }
    self.signatures = signatures
  }

  private static let trailingBytes = 8

  private static func signature(_ range: Range, _ message: [UInt8], _ time: String?, _ bytes: [UInt8]) -> Signature {
    let covered = Array(bytes[..<range.hole.lowerBound]) + Array(bytes[range.hole.upperBound..<range.end])
    let isWhole = range.startsAtZero && bytes.count - range.end <= trailingBytes
    guard case .signed(let signed) = SignedMessage.open(message, detached: covered), !signed.signers.isEmpty else {
      return Signature(facts: [SignatureFacts(kind: .pades, time: time, coversWhole: isWhole)], end: range.end, isCredible: false)
    }
    let facts = signed.signers.map { signer in
      SignatureFacts(
        kind: .pades, signer: signer.subject, time: signer.signingTime ?? time,
        // The old way of Adobe signs the digest of the document, put inside the message: that says nothing of the document by itself.
        integrity: signed.content == nil ? SignatureFacts.Integrity(signer.integrity) : .unknown, coversWhole: isWhole)
    }
    return Signature(facts: facts, end: range.end, isCredible: facts.contains { $0.integrity != .broken })
  }

  // MARK: Places

  /// `[0 a b c]`: two stretches, from the file's start a long and from b on c long, and the hole between them.
  private struct Range {
    /// With its angle brackets.
    var hole: Swift.Range<Int>
    var end: Int
    var startsAtZero: Bool

    init?(at place: Int, in bytes: [UInt8]) {
      let near = bytes[place...].prefix(200)
      guard let open = near.firstIndex(of: UInt8(ascii: "[")), let close = near.firstIndex(of: UInt8(ascii: "]")), open < close else { return nil }
      let numbers = String(decoding: bytes[(open + 1)..<close], as: UTF8.self).split(whereSeparator: \.isWhitespace).map { Int($0) }
      guard numbers.count == 4, let start = numbers[0], let first = numbers[1], let second = numbers[2], let length = numbers[3],
        [start, first, second, length].allSatisfy({ (0...bytes.count).contains($0) }), start == 0, first < second, second + length <= bytes.count
      else { return nil }
      hole = first..<second
      end = second + length
      startsAtZero = start == 0
      guard hole.count >= 2, bytes[first] == UInt8(ascii: "<"), bytes[second - 1] == UInt8(ascii: ">") else { return nil }
    }
  }

  /// What stands beside a range: from the start of its object to the end of that, the message left out.
  private static func dictionary(around place: Int, _ range: Range, _ bytes: [UInt8]) -> (isTimestamp: Bool, isUsageRights: Bool, time: String?) {
    let before = bytes[max(0, place - reach)..<place]
    let after = bytes[place..<min(bytes.count, place + reach)]
    let start = ByteSearch.last(" obj", in: Array(before)).map { before.startIndex + $0 } ?? before.startIndex
    var text = String(decoding: bytes[start..<place].filter { $0 < 0x80 }, as: UTF8.self)
    // The message may lie on either side of the range.
    let tail = range.hole.lowerBound >= place ? bytes[place..<min(range.hole.lowerBound, place + reach)] : after
    text += String(decoding: tail.filter { $0 < 0x80 }, as: UTF8.self)
    if range.hole.lowerBound >= place {
      text += String(decoding: bytes[range.hole.upperBound...].prefix(reach).filter { $0 < 0x80 }, as: UTF8.self).prefix(beforeRange: "endobj")
    } else {
      text += String(decoding: bytes[..<range.hole.lowerBound].suffix(reach).filter { $0 < 0x80 }, as: UTF8.self).suffix(afterRange: " obj")
    }
    return (text.contains("/DocTimeStamp") || text.contains("ETSI.RFC3161"), text.contains("/UR3"), time(in: text))
  }

  private static let reach = 4_000

  /// `/M (D:20231009122352+03'00')`, however it is escaped.
  private static func time(in dictionary: String) -> String? {
    var rest = dictionary[...]
    while let key = rest.firstRange(of: "/M") {
      rest = rest[key.upperBound...]
      let value = rest.drop(while: \.isWhitespace)
      guard value.first == "(", let time = PDFObject.parse(value.prefix(100).utf8)?.string?.text, time.hasPrefix("D:") else { continue }
      return isoTime(time.dropFirst(2))
    }
    return nil
  }

  /// `20231009122352+03'00'` to `2023-10-09T12:23:52+03:00`. `nil` when it is no time.
  static func isoTime(_ text: some StringProtocol) -> String? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard digits.count == 14 else { return nil }
    let parts = Array(digits)
    func part(_ from: Int, _ length: Int) -> String { String(parts[from..<(from + length)]) }
    let time = "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))"
    let zone = text.dropFirst(14)
    guard let sign = zone.first, sign == "+" || sign == "-" else { return zone.first == "Z" ? time + "Z" : time }
    let numbers = String(zone).dropFirst(1).split(separator: "'").map(String.init)
    guard let hours = numbers.first, hours.count == 2, Int(hours) != nil else { return time }
    return "\(time)\(sign)\(hours):\(numbers.count > 1 && numbers[1].count == 2 ? numbers[1] : "00")"
  }
}

extension String {
  fileprivate func prefix(beforeRange word: String) -> Substring { firstRange(of: word).map { self[..<$0.lowerBound] } ?? self[...] }

  fileprivate func suffix(afterRange word: String) -> Substring {
    var rest = self[...]
    while let found = rest.firstRange(of: word) { rest = rest[found.upperBound...] }
    return rest
  }
}
