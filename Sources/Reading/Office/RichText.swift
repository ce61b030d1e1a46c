import Model

/// `.rtf`, read by ourselves: of Debian's tools one loses every Cyrillic letter written as `\'e7` and the other prints the fallback after each
/// `\u1079?`; both are what Bulgarian documents consist of.
struct RichText {
  /// Groups inside each other; deeper ones are left out.
  private static let maximumDepth = 400

  /// Groups that hold no text of the document. An unknown group marked `\*` is left out as well.
  private static let withoutText: Set<String> = [
    "colortbl", "stylesheet", "info", "pict", "objdata", "fldinst", "nonshppict", "shprslt", "sn", "sv", "listtable", "revtbl", "rsidtbl",
    "generator", "xmlnstbl", "themedata", "colorschememapping", "datastore", "latentstyles", "filetbl", "template", "private", "objclass",
    "objname", "bkmkstart", "bkmkend", "atnid", "atnauthor", "annotation", "tc", "xe", "rxe", "txe", "pgptbl", "ffname", "ffdeftext",
  ]
  /// Marked `\*` and yet holding text: a text box, and the Unicode form of what stands before it.
  private static let starredWithText: Set<String> = ["shpinst", "shptxt", "ud"]

  private struct Group {
    var isSkipped = false
    var isFontTable = false
    var isHidden = false
    var font = -1
    /// Characters to leave out after `\u`.
    var fallback = 1
    /// `\*` was the last thing read.
    var isStarred = false
    var isText: Bool { !isSkipped && !isFontTable && !isHidden }
  }

  private let bytes: [UInt8]
  private var position = 0
  private var group = Group()
  private var outer: [Group] = []
  private var ignoredDepth = 0
  private var codepage = 1252
  private var fonts: [Int: Int] = [:]
  private var fontInTable = -1
  private var toSkip = 0
  private var pendingBytes: [UInt8] = []
  private var pendingUnits: [UInt16] = []
  private var text = ""
  private var cells: [String] = []
  private var cell = ""
  private var inTable = false
  private var guessed = false

  static func read(_ bytes: [UInt8]) -> DocumentReading {
    var reader = RichText(bytes)
    reader.run()
    return DocumentReading.letter(.rtf, reader.text, notes: reader.guessed ? ["encoding-guessed-windows-1251"] : [], isCertain: !reader.guessed)
  }

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  private mutating func run() {
    while position < bytes.count, text.utf8.count <= 2 * ReadingLimits.textBytes {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "{"): open()
      case UInt8(ascii: "}"): close()
      case UInt8(ascii: "\\"): control()
      case 0x0D, 0x0A: continue
      default: add(byte)
      }
    }
    flush()
    endRow()
  }

  private mutating func open() {
    flush()
    toSkip = 0
    guard outer.count < Self.maximumDepth else {
      ignoredDepth += 1
      return
    }
    outer.append(group)
    group.isStarred = false
  }

  private mutating func close() {
    flush()
    toSkip = 0
    guard ignoredDepth == 0 else {
      ignoredDepth -= 1
      return
    }
    if let last = outer.popLast() { group = last }
  }

  private mutating func control() {
    guard position < bytes.count else { return }
    let byte = bytes[position]
    position += 1
    guard (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) else { return symbol(byte) }
    var word = String(Unicode.Scalar(byte))
    while position < bytes.count, word.utf8.count < 32, (0x61...0x7A).contains(bytes[position] | 0x20), bytes[position] != 0x20 {
      word.unicodeScalars.append(Unicode.Scalar(bytes[position]))
      position += 1
    }
    var number: Int?
    var isNegative = false
    if position + 1 < bytes.count, bytes[position] == UInt8(ascii: "-"), (0x30...0x39).contains(bytes[position + 1]) {
      isNegative = true
      position += 1
    }
    var digits = 0
    while position < bytes.count, digits < 10, (0x30...0x39).contains(bytes[position]) {
      number = (number ?? 0) * 10 + Int(bytes[position] - 0x30)
      position += 1
      digits += 1
    }
    if position < bytes.count, bytes[position] == 0x20 { position += 1 }
    let value = number.map { isNegative ? -$0 : $0 }
    if toSkip > 0, word != "u" {
      toSkip -= 1
      return
    }
    if word == "bin" {
      position = min(bytes.count, position + max(0, min(value ?? 0, bytes.count)))
      return
    }
    act(on: word, value)
  }

  private mutating func symbol(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "'"):
      guard position + 2 <= bytes.count, let value = UInt8(String(decoding: bytes[position..<(position + 2)], as: UTF8.self), radix: 16) else {
        return
      }
      position += 2
      add(value)
    case UInt8(ascii: "*"): group.isStarred = true
    case UInt8(ascii: "~"): write("\u{A0}")
    case UInt8(ascii: "_"): write("-")
    case UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): add(byte)
    case 0x0D, 0x0A: endParagraph()
    default: return
    }
  }

  private mutating func act(on word: String, _ value: Int?) {
    let isStarred = group.isStarred
    group.isStarred = false
    if isStarred, !Self.starredWithText.contains(word) || Self.withoutText.contains(word) {
      flush()
      group.isSkipped = true
      return
    }
    if Self.withoutText.contains(word) {
      flush()
      group.isSkipped = true
      return
    }
    switch word {
    case "fonttbl": group.isFontTable = true
    case "ansicpg": if let value, value > 0 { codepage = value }
    case "mac": codepage = 10_000
    case "pc", "pca": codepage = 866
    case "deff": if group.font < 0, let value { group.font = value }
    case "f":
      flush()
      if group.isFontTable { fontInTable = value ?? 0 } else { group.font = value ?? -1 }
    case "fcharset": if group.isFontTable, let value { fonts[fontInTable] = value }
    case "plain": (group.isHidden, group.font) = (false, group.font)
    case "v", "deleted":
      flush()
      group.isHidden = value != 0
    case "uc": group.fallback = max(0, min(value ?? 1, 16))
    case "u": unicode(value ?? 0)
    default: layout(word)
    }
  }

  private mutating func layout(_ word: String) {
    switch word {
    case "par", "sect", "page": endParagraph()
    case "line", "column": write("\n")
    case "tab": write("\t")
    case "pard":
      flush()
      inTable = false
    case "intbl", "trowd":
      flush()
      inTable = true
    case "cell", "nestcell": endCell()
    case "row", "nestrow": endRow()
    case "emdash": write("—")
    case "endash": write("–")
    case "lquote": write("‘")
    case "rquote": write("’")
    case "ldblquote": write("“")
    case "rdblquote": write("”")
    case "bullet": write("•")
    case "emspace", "enspace", "qmspace": write(" ")
    case "footnote", "shptxt", "header", "footer", "headerl", "headerr", "headerf", "footerl", "footerr", "footerf": endParagraph()
    default: return
    }
  }

  // MARK: text

  private mutating func add(_ byte: UInt8) {
    guard toSkip == 0 else {
      toSkip -= 1
      return
    }
    guard group.isText else { return }
    if !pendingUnits.isEmpty { flush() }
    pendingBytes.append(byte)
  }

  private mutating func unicode(_ value: Int) {
    toSkip = group.fallback
    guard group.isText else { return }
    if !pendingBytes.isEmpty { flush() }
    var unit = UInt16(truncatingIfNeeded: value)
    // Symbol fonts put their letters into the private area.
    if (0xF020...0xF0FF).contains(unit) { unit -= 0xF000 }
    pendingUnits.append(unit)
  }

  private mutating func write(_ string: String) {
    flush()
    guard group.isText else { return }
    put(string)
  }

  private mutating func put(_ string: String) { if inTable { cell += string } else { text += string } }

  private mutating func flush() {
    if !pendingUnits.isEmpty {
      put(String(decoding: pendingUnits, as: UTF16.self))
      pendingUnits = []
    }
    guard !pendingBytes.isEmpty else { return }
    put(decode(pendingBytes))
    pendingBytes = []
  }

  private mutating func decode(_ run: [UInt8]) -> String {
    guard run.contains(where: { $0 >= 0x80 }) else { return String(decoding: run, as: UTF8.self) }
    let charset = fonts[group.font].flatMap { $0 == 0 || $0 == 1 ? nil : $0 }
    switch charset ?? codepage {
    case 204, 1251: return SingleByteEncoding.windows1251.decode(run)
    case 866: return SingleByteEncoding.cp866.decode(run)
    case 28_595: return SingleByteEncoding.iso88595.decode(run)
    case 20_866: return SingleByteEncoding.koi8r.decode(run)
    case 65_001: return String(decoding: run, as: UTF8.self)
    default:
      // Programs without Unicode wrote Cyrillic and said western: a run of letters with accents only is no language.
      let letters = run.filter { $0 >= 0xC0 }
      if letters.count >= 2 || run.count == letters.count { guessed = true }
      return SingleByteEncoding.windows1251.decode(run)
    }
  }

  private mutating func endParagraph() {
    flush()
    guard group.isText else { return }
    put("\n")
  }

  private mutating func endCell() {
    flush()
    guard group.isText else { return }
    cells.append(String(cell[...].trimmingSpaces()))
    cell = ""
  }

  private mutating func endRow() {
    flush()
    while cells.last?.isEmpty == true { cells.removeLast() }
    if !cells.isEmpty { text += cells.joined(separator: cells.contains { $0.contains("\n") } ? "\n" : "\t") + "\n" }
    text += cell
    (cells, cell) = ([], "")
  }
}
