/// Bytes of a text, in whatever encoding, to characters (submissions.md 6): byte order mark, declaration, valid UTF-8, else the one-byte
/// Cyrillic encoding that reads most naturally. Every guess leaves a note.
struct DecodedText: Equatable {
  var text: String
  /// `encoding-…` words for everything that was not plain UTF-8.
  var notes: [String]
  /// The declaration or the bytes left no doubt.
  var isCertain: Bool
}

enum TextDecoding {
  /// `declared` is what the document says of itself (an XML declaration). `nil` when the bytes are no text.
  static func decode(_ bytes: [UInt8], declared: String? = nil) -> DecodedText? {
    if let text = decodeByMark(bytes) { return text }
    let isUTF8 = isValidUTF8(bytes)
    if let declared, !["utf-8", "utf8", "us-ascii", "ascii"].contains(declared.lowercased()) {
      if let encoding = SingleByteEncoding(declared: declared) {
        // Cyrillic of a one-byte encoding is never valid UTF-8 by chance: the declaration is wrong then.
        if isUTF8 && bytes.contains(where: { $0 >= 0x80 }) {
          return DecodedText(text: String(decoding: bytes, as: UTF8.self), notes: ["encoding-mislabelled"], isCertain: false)
        }
        // Declared one and stored in another: what is declared makes no words, and what another makes of it does.
        if naturalness(of: encoding.decode(bytes.prefix(16 << 10))) == nil, bytes.contains(where: { $0 >= 0x80 }), var guess = guess(bytes) {
          guess.notes = ["encoding-mislabelled"] + guess.notes
          return guess
        }
        return DecodedText(text: encoding.decode(bytes), notes: ["encoding-\(encoding.rawValue)"], isCertain: true)
      }
      if declared.lowercased().hasPrefix("utf-16"), let text = decodeUTF16(bytes) { return text }
      if isUTF8 { return DecodedText(text: String(decoding: bytes, as: UTF8.self), notes: ["encoding-mislabelled"], isCertain: false) }
    }
    if isUTF8 {
      if let text = decodeUTF16(bytes) { return text }
      return DecodedText(text: String(decoding: bytes, as: UTF8.self), notes: [], isCertain: true)
    }
    if let text = decodeUTF16(bytes) { return text }
    return guess(bytes)
  }

  private static func decodeByMark(_ bytes: [UInt8]) -> DecodedText? {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      let rest = Array(bytes.dropFirst(3))
      // A mark and then something else happens where files are glued together.
      return isValidUTF8(rest) ? DecodedText(text: String(decoding: rest, as: UTF8.self), notes: [], isCertain: true) : nil
    }
    if bytes.starts(with: [0xFF, 0xFE]) { return utf16(bytes.dropFirst(2), littleEndian: true) }
    if bytes.starts(with: [0xFE, 0xFF]) { return utf16(bytes.dropFirst(2), littleEndian: false) }
    return nil
  }

  private static func utf16(_ bytes: ArraySlice<UInt8>, littleEndian: Bool) -> DecodedText {
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    var index = bytes.startIndex
    while index + 1 < bytes.endIndex {
      let first = UInt16(bytes[index])
      let second = UInt16(bytes[index + 1])
      units.append(littleEndian ? second << 8 | first : first << 8 | second)
      index += 2
    }
    return DecodedText(text: String(decoding: units, as: UTF16.self), notes: ["encoding-utf-16"], isCertain: true)
  }

  /// UTF-16 without a mark: nearly every second byte is 0 or, for Cyrillic, 4.
  private static func decodeUTF16(_ bytes: [UInt8]) -> DecodedText? {
    let sample = bytes.prefix(4096)
    guard sample.count >= 8, sample.count % 2 == 0 || bytes.count > 4096 else { return nil }
    var high = (even: 0, odd: 0)
    for (offset, byte) in sample.enumerated() where byte == 0 || byte == 4 {
      if offset % 2 == 0 { high.even += 1 } else { high.odd += 1 }
    }
    let most = sample.count / 2 * 9 / 10
    guard max(high.even, high.odd) >= most else { return nil }
    var text = utf16(bytes[...], littleEndian: high.odd > high.even)
    text.isCertain = false
    return text
  }

  /// The one-byte Cyrillic encoding whose reading looks most like writing; windows-1251 when several do. `nil` when none does.
  private static func guess(_ bytes: [UInt8]) -> DecodedText? {
    guard !bytes.prefix(64 << 10).contains(0) else { return nil }
    var best: (encoding: SingleByteEncoding, score: Int)?
    for encoding in SingleByteEncoding.allCases {
      guard let score = naturalness(of: encoding.decode(bytes.prefix(16 << 10))) else { continue }
      if best.map({ score > $0.score }) ?? true { best = (encoding, score) }
    }
    return best.map {
      DecodedText(text: $0.encoding.decode(bytes), notes: ["encoding-guessed-\($0.encoding.rawValue)"], isCertain: false)
    }
  }

  /// Points for Cyrillic letters in words written as people write them: small letters, or capitals at the start or throughout. `nil` when what
  /// is not ASCII is not mostly such letters.
  private static func naturalness(of text: String) -> Int? {
    var letters = 0
    var others = 0
    var odd = 0
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { previous = scalar }
      guard !scalar.isASCII else { continue }
      guard scalar.isBulgarianLetter else {
        others += scalar.isWritingMark ? 0 : 1
        continue
      }
      letters += 1
      if let previous, scalar.isUpperCyrillic, previous.isLowerCyrillic { odd += 1 }
    }
    guard letters > 0, others * 4 <= letters, odd * 4 <= letters else { return nil }
    return letters - 4 * others - 4 * odd
  }

  static func isValidUTF8(_ bytes: [UInt8]) -> Bool {
    (try? UTF8Span(validating: bytes.span)) != nil
  }
}

extension Unicode.Scalar {
  /// А-я and ѝ, the letters of today's Bulgarian.
  var isBulgarianLetter: Bool {
    switch value {
    case 0x0410...0x044F: ![0x042B, 0x044B, 0x042D, 0x044D].contains(value)
    case 0x045D, 0x040D: true
    default: false
    }
  }

  var isUpperCyrillic: Bool { (0x0400...0x042F).contains(value) }
  var isLowerCyrillic: Bool { (0x0430...0x045F).contains(value) }

  /// Quotes, dashes, the number sign and the no-break space: signs that stand in Bulgarian text beside letters.
  var isWritingMark: Bool {
    switch value {
    case 0xA0, 0xA7, 0xAB, 0xAD, 0xB0, 0xBB, 0x2013, 0x2014, 0x2018...0x201E, 0x2022, 0x2026, 0x20AC, 0x2116, 0xA9, 0xAE: true
    default: false
    }
  }
}
