/// A value of a PDF file as `qpdf --show-object` prints it: decrypted, in the newest revision, streams as their dictionary.
indirect enum PDFObject: Equatable {
  case null
  case boolean(Bool)
  case number(Double)
  case string([UInt8])
  case name(String)
  case array([PDFObject])
  case dictionary([String: PDFObject])
  case reference(Reference)

  /// Number and generation of an indirect object.
  struct Reference: Hashable {
    var number: Int
    var generation: Int
  }

  /// `nil` when the text is no value, or one nested deeper than any file needs.
  static func parse(_ bytes: some Collection<UInt8>) -> PDFObject? {
    var parser = PDFObjectParser(bytes: Array(bytes))
    return parser.value(depth: 0)
  }

  subscript(_ key: String) -> PDFObject? {
    if case .dictionary(let entries) = self { entries[key] } else { nil }
  }

  var reference: Reference? {
    if case .reference(let reference) = self { reference } else { nil }
  }

  var string: PDFString? {
    if case .string(let bytes) = self { PDFString(bytes: bytes) } else { nil }
  }
}

/// PDF 32000-1, 7.3. What `qpdf` prints has neither comments nor line ends inside tokens, so neither is looked for.
private struct PDFObjectParser {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private static let maximumDepth = 60

  mutating func value(depth: Int) -> PDFObject? {
    guard depth <= PDFObjectParser.maximumDepth else { return nil }
    skipSpaces()
    switch peek(0) {
    case UInt8(ascii: "("): return literal()
    case UInt8(ascii: "<"): return peek(1) == UInt8(ascii: "<") ? dictionary(depth) : hexadecimal()
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "/"): return .name(name())
    case nil: return nil
    default: return numberOrWord()
    }
  }

  private mutating func dictionary(_ depth: Int) -> PDFObject? {
    position += 2
    var entries: [String: PDFObject] = [:]
    while true {
      skipSpaces()
      if peek(0) == UInt8(ascii: ">") {
        position += 2
        return .dictionary(entries)
      }
      guard peek(0) == UInt8(ascii: "/") else { return nil }
      let key = name()
      guard let value = value(depth: depth + 1) else { return nil }
      entries[key] = value
    }
  }

  private mutating func array(_ depth: Int) -> PDFObject? {
    position += 1
    var elements: [PDFObject] = []
    while true {
      skipSpaces()
      if peek(0) == UInt8(ascii: "]") {
        position += 1
        return .array(elements)
      }
      guard let element = value(depth: depth + 1) else { return nil }
      elements.append(element)
    }
  }

  /// The slash is not part of the name; `#41` is a byte.
  private mutating func name() -> String {
    position += 1
    var name: [UInt8] = []
    while let byte = peek(0), !isSpace(byte), !isDelimiter(byte) {
      if byte == UInt8(ascii: "#"), let high = nibble(peek(1)), let low = nibble(peek(2)) {
        name.append(high << 4 | low)
        position += 3
      } else {
        name.append(byte)
        position += 1
      }
    }
    return String(decoding: name, as: UTF8.self)
  }

  private mutating func hexadecimal() -> PDFObject? {
    position += 1
    var result: [UInt8] = []
    result.reserveCapacity(256)
    var high: UInt8?
    while let byte = peek(0) {
      position += 1
      if byte == UInt8(ascii: ">") {
        if let high { result.append(high << 4) }
        return .string(result)
      }
      guard let digit = nibble(byte) else {
        guard isSpace(byte) else { return nil }
        continue
      }
      if let first = high {
        result.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return nil
  }

  private mutating func literal() -> PDFObject? {
    position += 1
    var result: [UInt8] = []
    var open = 1
    while let byte = peek(0) {
      position += 1
      switch byte {
      case UInt8(ascii: "("): open += 1
      case UInt8(ascii: ")"):
        open -= 1
        if open == 0 { return .string(result) }
      case UInt8(ascii: "\\"):
        if let escaped = escape() { result.append(escaped) }
        continue
      default: break
      }
      result.append(byte)
    }
    return nil
  }

  /// After the backslash; `nil` for a line that is carried on.
  private mutating func escape() -> UInt8? {
    guard let byte = peek(0) else { return nil }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case 0x0A: return nil
    case 0x30...0x37:
      var value = UInt32(byte - 0x30)
      for _ in 0..<2 {
        guard let digit = peek(0), (0x30...0x37).contains(digit) else { break }
        value = value * 8 + UInt32(digit - 0x30)
        position += 1
      }
      return UInt8(truncatingIfNeeded: value)
    default: return byte
    }
  }

  private mutating func numberOrWord() -> PDFObject? {
    let word = token()
    switch word {
    case "": return nil
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "null": return .null
    default: break
    }
    guard let number = Double(word), number.isFinite else { return nil }
    guard let whole = Int(word), whole >= 0 else { return .number(number) }
    // `12 0 R`
    let start = position
    skipSpaces()
    if let generation = Int(token()) {
      skipSpaces()
      if token() == "R" { return .reference(PDFObject.Reference(number: whole, generation: generation)) }
    }
    position = start
    return .number(number)
  }

  private mutating func token() -> String {
    let start = position
    while let byte = peek(0), !isSpace(byte), !isDelimiter(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func skipSpaces() {
    while let byte = peek(0), isSpace(byte) { position += 1 }
  }

  private func peek(_ offset: Int) -> UInt8? { position + offset < bytes.count ? bytes[position + offset] : nil }

  private func isSpace(_ byte: UInt8) -> Bool { [0x00, 0x09, 0x0A, 0x0C, 0x0D, 0x20].contains(byte) }

  private func isDelimiter(_ byte: UInt8) -> Bool { "()<>[]{}/%".utf8.contains(byte) }

  private func nibble(_ byte: UInt8?) -> UInt8? { byte.flatMap(Hexadecimal.nibble) }
}

enum Hexadecimal {
  static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x57
    case 0x41...0x46: byte - 0x37
    default: nil
    }
  }

  /// White space between digits is passed over; `nil` for anything else, or for half a byte.
  static func bytes(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text {
      guard let digit = nibble(character) else {
        guard [0x09, 0x0A, 0x0C, 0x0D, 0x20].contains(character) else { return nil }
        continue
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return high == nil ? bytes : nil
  }
}
