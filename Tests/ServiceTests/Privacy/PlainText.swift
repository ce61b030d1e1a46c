/// Text brought to one form in which the same name looks the same: lower case, Cyrillic by the streamlined transliteration (Закон за
/// транслитерацията), escapes of URLs and JSON undone, everything that is neither letter nor digit one space.
enum PlainText {
  static func of(_ text: String) -> [UInt8] { plain(unescaped(text)) }

  /// The text itself, and with single letters or digits that stand apart joined (`И в а н о в`, `0 0 0 1 …`).
  static func forms(of text: String) -> [[UInt8]] {
    let plain = of(text)
    return [plain, joiningSingles(plain)]
  }

  /// Without any separator: finds what was split or joined elsewhere. Only for needles so long that chance cannot make them.
  static func withoutSeparators(_ plain: [UInt8]) -> [UInt8] { plain.filter { $0 != space } }

  private static let space = UInt8(ascii: " ")

  private static let latin: [Character: String] = [
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n",
    "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a", "ь": "y",
    "ю": "yu", "я": "ya", "ѝ": "i",
  ]

  private static func plain(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for character in text {
      if let byte = character.asciiValue, character.isLetter || character.isNumber {
        result.append(byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte)
      } else if let letters = character.lowercased().first.flatMap({ latin[$0] }) {
        result += letters.utf8
      } else if result.last != space {
        result.append(space)
      }
    }
    return result
  }

  private static func joiningSingles(_ plain: [UInt8]) -> [UInt8] {
    let words = plain.split(separator: space)
    var result: [UInt8] = []
    var lastWasSingle = false
    for word in words {
      // A transliterated single letter may be several bytes (щ is sht).
      let isSingle = word.count == 1 || (word.count <= 3 && latin.values.contains(String(decoding: word, as: UTF8.self)))
      if !result.isEmpty, !(isSingle && lastWasSingle) { result.append(space) }
      result += word
      lastWasSingle = isSingle
    }
    return result
  }

  /// `%D0%98` and `\u0418` as the letters they stand for.
  private static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) || text.utf8.contains(UInt8(ascii: "\\")) else { return text }
    let source = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < source.count {
      if source[index] == UInt8(ascii: "%"), let byte = hexadecimal(source, index + 1, digits: 2) {
        result.append(UInt8(byte))
        index += 3
      } else if source[index] == UInt8(ascii: "\\"), index + 1 < source.count, source[index + 1] == UInt8(ascii: "u"),
        let unit = hexadecimal(source, index + 2, digits: 4), let scalar = Unicode.Scalar(unit)
      {
        result += Array(String(Character(scalar)).utf8)
        index += 6
      } else {
        result.append(source[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func hexadecimal(_ bytes: [UInt8], _ start: Int, digits: Int) -> UInt32? {
    guard start + digits <= bytes.count else { return nil }
    return UInt32(String(decoding: bytes[start..<start + digits], as: UTF8.self), radix: 16)
  }
}
