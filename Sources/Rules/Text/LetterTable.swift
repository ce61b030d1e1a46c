/// What the normalisation does with one character: its class, and the letter it folds to.
///
/// Letters come out in lower case and without accents; `й` keeps its breve, because it is a letter of its own and `ѝ` is not.
struct LetterTable: Sendable {
  enum Class {
    static let punctuation: UInt8 = 0
    /// A letter that only Cyrillic has.
    static let cyrillic: UInt8 = 1
    /// A letter that only Latin has.
    static let latin: UInt8 = 2
    /// A Latin letter that looks like a Cyrillic one in at least one case: `A`, `B`, `H` …
    static let latinLookAlike: UInt8 = 3
    /// A Cyrillic letter that looks like a Latin one.
    static let cyrillicLookAlike: UInt8 = 4
    static let digit: UInt8 = 5
    static let space: UInt8 = 6
    static let dash: UInt8 = 7
    /// Soft hyphens, zero-width and direction marks: as if they were not there.
    static let ignorable: UInt8 = 8
    static let combining: UInt8 = 9
    /// A letter of another script.
    static let otherLetter: UInt8 = 10
    static let newline: UInt8 = 11

    /// Whether a word may hold it.
    static func isWord(_ value: UInt8) -> Bool { value != punctuation && (value < space || value == otherLetter) }
  }

  /// Scalars below this are looked up, others computed.
  static let limit = 0x530
  static let shared = LetterTable()

  let classes: [UInt8]
  let folded: [UInt16]
  private let toCyrillic: [UInt16]
  private let toLatin: [UInt16]

  /// Lower-case pairs that look alike in one of their cases (`B`/`В`, `H`/`Н`): folding is on lower case, so that `THE` and `the` stay one word.
  private static let lookAlikes: [(latin: Character, cyrillic: Character)] = [
    ("a", "а"), ("b", "в"), ("c", "с"), ("e", "е"), ("h", "н"), ("k", "к"), ("m", "м"), ("o", "о"), ("p", "р"), ("t", "т"), ("x", "х"),
    ("y", "у"),
  ]

  /// U+00C0 … U+017F without their marks; `.` is no letter.
  private static let latinBase = Array(
    ("aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty"
      + "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
      + "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs").utf16)

  /// U+0400 … U+045F in lower case without their marks; Ukrainian `і`, `ї` and Macedonian `ј`, `ѕ` as their Latin twins.
  private static let cyrillicBase = Array(
    ("ееђгєsiijљњћкиуџ" + "абвгдежзийклмнопрстуфхцчшщъыьэюя" + "абвгдежзийклмнопрстуфхцчшщъыьэюя" + "ееђгєsiijљњћкиуџ").utf16)

  private init() {
    var classes = [UInt8](repeating: Class.punctuation, count: LetterTable.limit)
    var folded = (0..<LetterTable.limit).map { UInt16($0) }
    var toCyrillic = folded
    var toLatin = folded
    for (latin, cyrillic) in LetterTable.lookAlikes {
      guard let l = latin.utf16.first, let c = cyrillic.utf16.first else { continue }
      toCyrillic[Int(l)] = c
      toLatin[Int(c)] = l
    }
    func letter(_ code: Int, _ base: UInt16) {
      folded[code] = base
      let isLatin = base < 0x80
      let pair = isLatin ? toCyrillic[Int(base)] : toLatin[Int(base)]
      classes[code] =
        isLatin
        ? (pair != base ? Class.latinLookAlike : Class.latin) : (pair != base ? Class.cyrillicLookAlike : Class.cyrillic)
    }
    for code in 0x41...0x5A { letter(code, UInt16(code + 32)) }
    for code in 0x61...0x7A { letter(code, UInt16(code)) }
    for code in 0x30...0x39 { classes[code] = Class.digit }
    for (index, base) in LetterTable.latinBase.enumerated() where base != 0x2E { letter(0xC0 + index, base) }
    for (index, base) in LetterTable.cyrillicBase.enumerated() { letter(0x400 + index, base) }
    for code in 0..<LetterTable.limit where classes[code] == Class.punctuation {
      (classes[code], folded[code]) = LetterTable.computed(UInt32(code))
    }
    self.classes = classes
    self.folded = folded
    self.toCyrillic = toCyrillic
    self.toLatin = toLatin
  }

  /// Class and folded unit of any scalar.
  func entry(_ scalar: UInt32) -> (UInt8, UInt16) {
    let code = Int(scalar)
    return code < LetterTable.limit ? (classes[code], folded[code]) : LetterTable.computed(scalar)
  }

  /// A folded unit's class.
  func unitClass(_ unit: UInt16) -> UInt8 { entry(UInt32(unit)).0 }

  func isWord(_ unit: UInt16) -> Bool { Class.isWord(unitClass(unit)) }

  func cyrillicTwin(_ unit: UInt16) -> UInt16 { Int(unit) < LetterTable.limit ? toCyrillic[Int(unit)] : unit }
  func latinTwin(_ unit: UInt16) -> UInt16 { Int(unit) < LetterTable.limit ? toLatin[Int(unit)] : unit }

  /// For everything that is in no list above.
  private static func computed(_ value: UInt32) -> (UInt8, UInt16) {
    let space: UInt16 = 0x20
    switch value {
    case 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029: return (Class.newline, space)
    // Quotes are white space: „Социално подпомагане“ is the same with and without them.
    case 0x22, 0x27, 0x60, 0xAB, 0xB4, 0xBB, 0x2018...0x201F, 0x2032...0x2036, 0x2039, 0x203A, 0x300C...0x300F, 0x301D...0x301F:
      return (Class.space, space)
    case 0x2D, 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63, 0xFF0D: return (Class.dash, 0x2D)
    case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF, 0xFE00...0xFE0F: return (Class.ignorable, space)
    case 0..<0x20, 0x7F..<0xA0: return (Class.space, space)
    case 0x300...0x36F, 0x483...0x489: return (Class.combining, UInt16(value))
    case 0xFF01...0xFF5E: return shared.entry(value - 0xFF01 + 0x21)
    case 0x10000...: return (Unicode.Scalar(value)?.properties.isAlphabetic == true ? Class.otherLetter : Class.punctuation, 0xFFFD)
    default: break
    }
    guard let scalar = Unicode.Scalar(value) else { return (Class.punctuation, 0xFFFD) }
    let properties = scalar.properties
    if properties.isWhitespace { return (Class.space, space) }
    if properties.isAlphabetic {
      let lower = properties.lowercaseMapping.utf16.first ?? UInt16(value)
      return (Class.otherLetter, lower)
    }
    return (properties.generalCategory == .decimalNumber ? Class.digit : Class.punctuation, UInt16(value))
  }
}
