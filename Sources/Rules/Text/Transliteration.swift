/// Bulgarian in Latin letters, as people without a Cyrillic keyboard write it: „Zdraveite, iskam pomosht za otoplenie“.
///
/// There is no one way to write so: `u` is „у“ for one and „ъ“ for another, `y` is „й“ or „ъ“, an `i` behind a vowel „й“ or „и“. So a text has several
/// readings, and whoever looks for words looks into all of them. English read so is words that nobody looks for.
enum Transliteration {
  /// Where a reading's bytes come from: for each byte of `text`, its place in the bytes of the original.
  struct Reading {
    var text: String
    var places: [Int32]
  }

  /// Nothing for a text that is not nearly all in Latin letters.
  static func readings(of original: String) -> [Reading] {
    let bytes = Array(original.utf8)
    guard isLatin(bytes) else { return [] }
    var readings: [Reading] = []
    for style in [Style(u: "у", y: "й", i: "й"), Style(u: "ъ", y: "ъ", i: "й"), Style(u: "у", y: "ъ", i: "и"), Style(u: "ъ", y: "й", i: "и")] {
      let reading = read(bytes, style)
      if !readings.contains(where: { $0.text == reading.text }) { readings.append(reading) }
    }
    return readings
  }

  private struct Style {
    var u: String
    var y: String
    /// Behind a vowel.
    var i: String
  }

  /// Four letters of ASCII at least, and for each of another script ten of them: names of offices and signatures stay as they are typed.
  private static func isLatin(_ bytes: [UInt8]) -> Bool {
    var latin = 0
    var other = 0
    for byte in bytes {
      if isLetter(byte) { latin += 1 } else if byte >= 0xC0 { other += 1 }
    }
    return latin >= 4 && latin >= 10 * other
  }

  /// Several letters that stand for one, the longest first.
  private static let groups: [(latin: [UInt8], cyrillic: String)] = [
    ("sht", "щ"), ("6t", "щ"), ("tch", "ч"), ("sh", "ш"), ("ch", "ч"), ("zh", "ж"), ("ts", "ц"), ("tz", "ц"), ("yu", "ю"), ("iu", "ю"), ("ya", "я"),
    ("yo", "йо"),
    ("io", "йо"),
  ].map { (Array($0.utf8), $1) }

  private static let singles: [UInt8: String] = Dictionary(
    uniqueKeysWithValues: zip("abcdefghjklmnopqrstvwxz".utf8, "абцдефгхжклмнопярстввхз".map(String.init)))

  private static func read(_ bytes: [UInt8], _ style: Style) -> Reading {
    var reading = Reading(text: "", places: [])
    reading.text.reserveCapacity(bytes.count * 2)
    func put(_ letters: String, from start: Int) {
      reading.text += letters
      for _ in letters.utf8 { reading.places.append(Int32(truncatingIfNeeded: start)) }
    }
    var index = 0
    while index < bytes.count {
      let start = index
      let letter = lower(bytes[index])
      let before = index > 0 ? lower(bytes[index - 1]) : 0x20
      let after = index + 1 < bytes.count ? lower(bytes[index + 1]) : 0x20
      if let group = groups.first(where: { group in
        // `io` is two letters in „период“ and one sound in „район“; digits stand for letters inside words alone.
        (group.cyrillic != "йо" || group.latin[0] != UInt8(ascii: "i") || isVowel(before) || !isLetter(before))
          && !(isDigit(group.latin[0]) && isDigit(before)) && bytes[index...].prefix(group.latin.count).lazy.map(lower).elementsEqual(group.latin)
      }) {
        put(group.cyrillic, from: start)
        index += group.latin.count
        continue
      }
      index += 1
      switch letter {
      case UInt8(ascii: "u"): put(style.u, from: start)
      case UInt8(ascii: "y"): put(style.y, from: start)
      case UInt8(ascii: "i") where after == UInt8(ascii: "a"):
        // „заявление“, „пенсия“, „социално“.
        if isVowel(before) {
          put("я", from: start)
          index += 1
        } else if index + 1 >= bytes.count || !isLetter(bytes[index + 1]) {
          put("ия", from: start)
          index += 1
        } else {
          put("и", from: start)
        }
      case UInt8(ascii: "i"): put(isVowel(before) ? style.i : "и", from: start)
      // Digits for letters, inside words alone: „4ovek“, „6te“.
      case UInt8(ascii: "4") where isLetter(after) && !isDigit(before): put("ч", from: start)
      case UInt8(ascii: "6") where isLetter(after) && !isDigit(before): put("ш", from: start)
      default:
        if let cyrillic = singles[letter] {
          put(cyrillic, from: start)
        } else {
          // Whole characters: the rest of one that is not ASCII comes with its first byte.
          while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
          put(String(decoding: bytes[start..<index], as: UTF8.self), from: start)
        }
      }
    }
    return reading
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 32 : byte }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(lower(byte)) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isVowel(_ byte: UInt8) -> Bool { "aeiou".utf8.contains(lower(byte)) }
}

extension NormalisedText {
  /// Of a reading, with the way back to the text that was read.
  init(_ reading: Transliteration.Reading) {
    let own = TextNormalisation.normalise(reading.text)
    self.init(units: own.units, starts: own.starts.map { reading.places.isEmpty ? 0 : reading.places[min(Int($0), reading.places.count - 1)] })
  }
}
