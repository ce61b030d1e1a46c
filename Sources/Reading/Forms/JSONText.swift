import XMLReading

/// JSON as the e-forms platform writes it, read into the same kind of tree as its XML, so that one description of a form reads both.
///
/// An object's members become children, an array's elements children of the same name, so that one element and a list of one are alike; numbers
/// keep their digits. Lenient in one point: numbers with leading zeros, which identifiers written as numbers have.
enum JSONText {
  struct Failure: Error, Equatable { var offset: Int }

  static let maximumDepth = 64
  static let maximumNodes = 200_000

  /// The root is named `json`.
  static func parse(_ text: String) throws(Failure) -> XMLElement {
    var parser = JSONParser(Array(text.utf8))
    let elements = try parser.value(named: "json", depth: 1)
    try parser.end()
    guard elements.count == 1, let root = elements.first else {
      return XMLElement(name: "json", children: elements)
    }
    return root
  }

  /// `{` then a quote or the end of the object; `[` then a value: a letter that begins with a bracket is not JSON.
  static func looksLikeJSON(_ text: some StringProtocol) -> Bool {
    let rest = text.drop { $0.isWhitespace }
    guard let first = rest.first, let second = rest.dropFirst().first(where: { !$0.isWhitespace }) else { return false }
    if first == "{" { return second == "\"" || second == "}" }
    return first == "[" && (second == "{" || second == "[" || second == "\"" || second == "]" || second.isNumber || second == "-")
  }
}

private struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private var nodes = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// One element, or one for each member of an array.
  mutating func value(named name: String, depth: Int) throws(JSONText.Failure) -> [XMLElement] {
    nodes += 1
    guard depth <= JSONText.maximumDepth, nodes <= JSONText.maximumNodes else { throw failure }
    skipSpaces()
    guard position < bytes.count else { throw failure }
    switch bytes[position] {
    case UInt8(ascii: "{"): return [XMLElement(name: name, children: try members(depth: depth))]
    case UInt8(ascii: "["): return try elements(named: name, depth: depth)
    case UInt8(ascii: "\""): return [XMLElement(name: name, text: try string())]
    default:
      let word = literal()
      guard !word.isEmpty else { throw failure }
      return [XMLElement(name: name, text: word == "null" ? "" : word)]
    }
  }

  mutating func end() throws(JSONText.Failure) {
    skipSpaces()
    guard position == bytes.count else { throw failure }
  }

  private mutating func members(depth: Int) throws(JSONText.Failure) -> [XMLElement] {
    var children: [XMLElement] = []
    position += 1
    skipSpaces()
    if take("}") { return [] }
    while true {
      skipSpaces()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw failure }
      let name = try string()
      skipSpaces()
      guard take(":") else { throw failure }
      children += try value(named: name, depth: depth + 1)
      skipSpaces()
      if take("}") { return children }
      guard take(",") else { throw failure }
    }
  }

  private mutating func elements(named name: String, depth: Int) throws(JSONText.Failure) -> [XMLElement] {
    var result: [XMLElement] = []
    position += 1
    skipSpaces()
    if take("]") { return [] }
    while true {
      result += try value(named: name, depth: depth + 1)
      skipSpaces()
      if take("]") { return result }
      guard take(",") else { throw failure }
    }
  }

  private mutating func string() throws(JSONText.Failure) -> String {
    position += 1
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      default: text.append(byte)
      }
    }
    throw failure
  }

  private mutating func escape() throws(JSONText.Failure) -> [UInt8] {
    guard position < bytes.count else { throw failure }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"), UInt8(ascii: "f"): return [0x20]
    case UInt8(ascii: "u"):
      var units = [try unit()]
      if (0xD800..<0xDC00).contains(units[0]), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        units.append(try unit())
      }
      return Array(String(decoding: units, as: UTF16.self).utf8)
    default: return [byte]
    }
  }

  private mutating func unit() throws(JSONText.Failure) -> UInt16 {
    guard position + 4 <= bytes.count, let value = UInt16(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
    else { throw failure }
    position += 4
    return value
  }

  private mutating func literal() -> String {
    let start = position
    while position < bytes.count, !" \t\r\n,]}:\"{[".utf8.contains(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func skipSpaces() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private var failure: JSONText.Failure { JSONText.Failure(offset: position) }
}
