/// A text string of a PDF, decoded: UTF-16 and UTF-8 by their marks, else PDFDocEncoding, or what writers put there instead.
struct PDFString: Equatable {
  var text: String
  /// The encoding was guessed against the book.
  var isRepaired: Bool

  init(text: String, isRepaired: Bool) {
    self.text = text
    self.isRepaired = isRepaired
  }

  init(bytes: [UInt8]) {
    let hasMark = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xEF, 0xBB, 0xBF])
    if hasMark {
      let decoded = TextDecoding.decode(bytes)
      self.init(text: decoded?.text ?? PDFString.pdfDoc(bytes), isRepaired: !(decoded?.isCertain ?? false))
    } else {
      self.init(unmarked: bytes)
    }
  }

  /// As qpdf's JSON writes it: `u:` and characters, or `b:` and hexadecimal bytes. `nil` when it is not a string.
  init?(json: String) {
    if json.hasPrefix("u:") {
      self.init(characters: String(json.dropFirst(2)))
    } else if json.hasPrefix("b:"), let bytes = Hexadecimal.bytes(json.utf8.dropFirst(2)), let decoded = TextDecoding.decode(bytes) {
      self.init(text: decoded.text, isRepaired: true)
    } else {
      return nil
    }
  }

  /// A string without a byte order mark is PDFDocEncoding by the book, but some writers put UTF-8 or windows-1251 there: Latin letters with
  /// accents where Cyrillic is meant.
  private init(unmarked bytes: [UInt8]) {
    let plain = PDFString.pdfDoc(bytes)
    let hasForeign = bytes.contains { $0 >= 0x80 }
    if hasForeign, let decoded = TextDecoding.decode(bytes)?.text, PDFString.isCyrillicText(decoded) {
      self.init(text: decoded, isRepaired: true)
    } else {
      self.init(text: plain, isRepaired: false)
    }
  }

  /// The same where the bytes are already read as PDFDocEncoding: they are recovered and read again.
  private init(characters: String) {
    let foreign = characters.unicodeScalars.contains { (0xA1...0xFF).contains($0.value) }
    if foreign, !characters.unicodeScalars.contains(where: \.isCyrillic), let bytes = PDFString.pdfDocBytes(characters) {
      self.init(unmarked: bytes)
    } else {
      self.init(text: characters, isRepaired: false)
    }
  }

  /// Cyrillic letters in words of their own: in „Café“ the last letter alone would be one.
  private static func isCyrillicText(_ text: String) -> Bool {
    var cyrillic = 0
    var mixed = 0
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      if scalar.isCyrillic { cyrillic += 1 }
      let isSeam = scalar.isCyrillic && previous.isLatinLetter || scalar.isLatinLetter && previous.isCyrillic
      if isSeam { mixed += 1 }
      previous = scalar
    }
    return cyrillic > 0 && mixed * 10 <= cyrillic
  }

  private static func pdfDoc(_ bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes {
      switch byte {
      case 0x80..<(0x80 + UInt8(high.count)): text.append(high[Int(byte) - 0x80])
      case 0xA0: text.append("€")
      case 0x9F: text.append("\u{FFFD}")
      default: text.append(Unicode.Scalar(byte))
      }
    }
    return String(text)
  }

  /// PDFDocEncoding, reversed (PDF 32000-1, annex D.2). `nil` when a character is none of its.
  private static func pdfDocBytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = pdfDocByte(scalar) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func pdfDocByte(_ scalar: Unicode.Scalar) -> UInt8? {
    if scalar.value < 0x80 || (0xA1...0xFF).contains(scalar.value) { return UInt8(scalar.value) }
    if scalar == "€" { return 0xA0 }
    // Bytes that the encoding does not have: 0x9F, the end of „П“ in UTF-8, or far less often 0xAD.
    if scalar == "\u{FFFD}" { return 0x9F }
    return high.firstIndex(of: scalar).map { UInt8(0x80 + $0) }
  }

  private static let high: [Unicode.Scalar] = Array("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž".unicodeScalars)
}

extension Unicode.Scalar {
  var isCyrillic: Bool { (0x0400...0x04FF).contains(value) }
  var isLatinLetter: Bool { (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value) }
}
