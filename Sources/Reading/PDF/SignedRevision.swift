/// Where the last revision ends that a signature in the file says it covers.
///
/// A signature is added as a revision of its own, and whatever comes after it nobody signed. The byte ranges are taken at their word: whether a
/// signature is valid is not decided here.
enum SignedRevision {
  /// `nil` without a signature, or when nothing follows the last one.
  static func end(in bytes: [UInt8]) -> Int? {
    let key = Array("/ByteRange".utf8)
    var covered = 0
    var index = 0
    while let found = bytes[index...].firstIndex(of: key[0]) {
      index = found + 1
      guard found + key.count <= bytes.count, bytes[found..<(found + key.count)].elementsEqual(key),
        let end = coveredEnd(bytes[(found + key.count)...].prefix(120)), end <= bytes.count
      else { continue }
      covered = max(covered, end)
    }
    // Line ends after the last `%%EOF` are no revision.
    return covered > 0 && bytes.count - covered > 8 ? covered : nil
  }

  /// `[0 a b c]`: two stretches, the second from b and c long.
  private static func coveredEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let open = bytes.firstIndex(of: UInt8(ascii: "[")), let close = bytes.firstIndex(of: UInt8(ascii: "]")), open < close else { return nil }
    let numbers = String(decoding: bytes[(open + 1)..<close], as: UTF8.self).split(whereSeparator: \.isWhitespace).map { Int($0) }
    guard numbers.count == 4, let start = numbers[2], let length = numbers[3], start > 0, length > 0, start < 1 << 40, length < 1 << 40 else {
      return nil
    }
    return start + length
  }
}
