import Model

/// What can be said of a text that came out of a file: cleaned of what no text needs, repaired where a producer is known to spoil it, and
/// judged, since no rule may trust a text of poor quality (submissions.md 4.1).
enum TextLayer {
  struct Result: Equatable {
    var text: String
    var isTruncated: Bool
    var quality: TextQuality
    var notes: [String]
  }

  static func prepare(_ raw: String) -> Result {
    var notes: [String] = []
    var text = clean(raw)
    if let repaired = repairShift(text) {
      text = repaired
      notes.append("text-shift-repaired")
    }
    let cut = text.prefix(utf8Bytes: ReadingLimits.textBytes)
    let isTruncated = cut.utf8.count < text.utf8.count
    if isTruncated { notes.append("text-truncated") }
    return Result(text: cut, isTruncated: isTruncated, quality: quality(of: cut), notes: notes)
  }

  /// One kind of line end; form feeds become line ends; other controls, byte order marks and bidirectional overrides go.
  static func clean(_ raw: String) -> String {
    guard needsCleaning(raw) else { return raw }
    var scalars = String.UnicodeScalarView()
    var wasReturn = false
    for scalar in raw.unicodeScalars {
      defer { wasReturn = scalar == "\r" }
      switch scalar.value {
      case 0x0A where wasReturn: continue
      case 0x0D, 0x0C, 0x0B, 0x85, 0x2028, 0x2029: scalars.append("\n")
      case 0x09, 0x0A: scalars.append(scalar)
      case 0x00..<0x20, 0x7F..<0xA0, 0xFEFF, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: continue
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  /// Whether a byte of the text may belong to anything that `clean` takes away or changes. Most texts have none, and are looked through only.
  private static func needsCleaning(_ raw: String) -> Bool {
    var raw = raw
    return raw.withUTF8 { bytes in
      bytes.contains { byte in
        // Controls but tab and line end; the first bytes of U+0080…U+009F, of U+2000…U+2FFF with its marks and separators, and of U+FEFF.
        (byte < 0x20 && byte != 0x09 && byte != 0x0A) || byte == 0x7F || byte == 0xC2 || byte == 0xE2 || byte == 0xEF
      }
    }
  }

  /// Some printer drivers write every Cyrillic letter 0x1D6 too low: `Ɂɚɹɜɥɟɧɢɟ` for `Заявление`. `nil` when this is no such text.
  static func repairShift(_ text: String) -> String? {
    var shifted = 0
    var cyrillic = 0
    for scalar in text.unicodeScalars {
      if (0x023A...0x0279).contains(scalar.value) { shifted += 1 }
      if (0x0400...0x04FF).contains(scalar.value) { cyrillic += 1 }
    }
    guard shifted >= 3, shifted > cyrillic else { return nil }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if (0x023A...0x0279).contains(scalar.value), let letter = Unicode.Scalar(scalar.value + 0x1D6) {
        scalars.append(letter)
      } else {
        scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  /// Words that any page of Bulgarian holds.
  private static let bulgarianWords: Set<Substring> = [
    "на", "за", "от", "да", "се", "и", "в", "с", "по", "не", "че", "със", "към", "при", "до", "е", "чл", "ми", "г", "ал", "или", "са", "във",
  ]

  /// The same of other languages in which people write here: English, German, French, Spanish, Italian, Romanian, Turkish, Russian, Ukrainian,
  /// Greek.
  private static let foreignWords: Set<Substring> = [
    "the", "of", "and", "to", "in", "der", "die", "und", "das", "den", "le", "la", "les", "des", "et", "de", "el", "los", "que", "en", "il", "di",
    "che", "per", "și", "din", "cu", "ve", "bir", "için", "что", "как", "это", "на", "та", "що", "до", "και", "το", "να",
  ]

  /// May rules trust a text layer? (submissions.md 4.1.) A rule that asks whether something is *not* there gets no answer from a poor one.
  ///
  /// `none`: no letter in it. `poor`, when any of these is so:
  /// - more than 2 % of the letters are signs of fonts without a map: U+FFFD, private use, the Latin letters U+0180…U+02AF (what is left of
  ///   shifted Cyrillic once `repairShift` has had its turn);
  /// - of 40 words or more, less than 1 % are words that any page of a language known here holds: letters that make no words;
  /// - of 20 words or more, over 15 % mix Cyrillic with Latin letters that are no look-alikes, or letters with digits inside: `noJI`, `3aявлeниe`.
  ///
  /// A shorter text proves nothing, and passes.
  static func quality(of text: String) -> TextQuality {
    var letters = 0
    var broken = 0
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0xFFFD, 0xE000...0xF8FF, 0x0180...0x02AF: broken += 1
      // Nearly every scalar is one of these, and the table of properties is slow to ask.
      case 0x61...0x7A, 0x41...0x5A, 0x0410...0x044F: letters += 1
      case 0x00..<0x80: break
      default: if scalar.properties.isAlphabetic { letters += 1 }
      }
    }
    guard letters + broken > 0 else { return .none }
    if broken * 50 > letters { return .poor }
    let sample = text.prefix(utf8Bytes: 64 << 10)
    let words = sample.lowercased().unicodeScalars.split { !isLetter($0) }.map { Substring($0) }
    let isKnown = { (word: Substring) in bulgarianWords.contains(word) || foreignWords.contains(word) }
    if words.count >= 40, words.count(where: isKnown) * 100 < words.count { return .poor }
    let tokens = sample.split { !$0.isLetter && !$0.isNumber }
    if tokens.count >= 20, tokens.count(where: isScrambled) * 100 > tokens.count * 15 { return .poor }
    return .good
  }

  /// Asking Unicode about each letter costs more than all else here.
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x61...0x7A, 0x41...0x5A, 0x0410...0x044F: true
    case 0x00..<0x80: false
    default: scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark
    }
  }

  /// Enough words of Bulgarian to be taken for it.
  static func isBulgarian(_ text: String) -> Bool {
    let words = text.prefix(utf8Bytes: 64 << 10).lowercased().split { !$0.isLetter }
    let known = words.count(where: bulgarianWords.contains)
    return known >= 3 && known * 50 >= words.count
  }

  private static func isScrambled(_ word: Substring) -> Bool {
    var hasCyrillic = false
    var hasLatin = false
    var isDigitInside = false
    var wasLetter = false
    var pending = false
    for scalar in word.unicodeScalars {
      if scalar.isDigit {
        pending = wasLetter
      } else {
        if pending { isDigitInside = true }
        wasLetter = true
        pending = false
      }
      if scalar.isCyrillic { hasCyrillic = true }
      if scalar.isLatinLetter, !Homoglyphs.isLookAlike(scalar) { hasLatin = true }
    }
    return hasCyrillic && (hasLatin || isDigitInside)
  }
}
