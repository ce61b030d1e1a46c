/// Text that a sender controls (a subject, a file name), made fit to stand inside our own sentence in a reply.
package enum SenderText {
  /// One line without control, bidirectional or invisible characters, runs of white space made one space, at most `limit` characters (then
  /// ending in `…`), and with every identifier-like run of ten digits masked to its last four: a reply never carries an ЕГН (domain.md 6.2).
  package static func clean(_ text: String, limit: Int) -> String {
    let plain = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      if scalar.properties.isWhitespace || isLineBreak(scalar) { return " " }
      return isUnwanted(scalar) ? "\u{0}" : scalar
    }
    var line = String.UnicodeScalarView()
    line.append(contentsOf: plain.filter { $0 != "\u{0}" })
    let words = String(line).split(separator: " ").joined(separator: " ")
    return cut(maskIdentifiers(words), limit: limit)
  }

  /// Masks each run of exactly ten digits: `******1234`. More or fewer digits stay, since they are no ЕГН or ЛНЧ.
  package static func maskIdentifiers(_ text: String) -> String {
    var result = ""
    var digits = ""
    func flush() {
      result += digits.count == 10 ? "******" + digits.suffix(4) : digits
      digits = ""
    }
    for character in text {
      if character.isASCII, character.isNumber {
        digits.append(character)
      } else {
        flush()
        result.append(character)
      }
    }
    flush()
    return result
  }

  private static func cut(_ text: String, limit: Int) -> String {
    guard text.count > limit else { return text }
    return text.prefix(max(0, limit - 1)) + "…"
  }

  private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
    (0x0A...0x0D).contains(scalar.value) || scalar.value == 0x85 || scalar.value == 0x2028 || scalar.value == 0x2029
  }

  /// Control and format characters (which include every bidirectional override and isolate, zero-width ones and the byte order mark),
  /// private use, and code points without a character.
  private static func isUnwanted(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }
}
