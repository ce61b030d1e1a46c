/// Why a text is not JSON, and where.
package struct JSONError: Error, Sendable, CustomStringConvertible {
  package var message: String
  /// From 1; the column counts bytes.
  package var line: Int
  package var column: Int

  package var description: String { "\(line):\(column): \(message)" }
}

extension JSON {
  /// Reads one JSON value that fills the whole of `bytes` (UTF-8, a byte order mark is skipped); nesting at most 128 deep.
  package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON {
    var parser = JSONParser(bytes: bytes)
    return try parser.whole()
  }

  package static func parse(_ text: String) throws(JSONError) -> JSON { try parse(Array(text.utf8)) }
}

/// A strict reader of RFC 8259. Strictness is a service to whoever writes sample files by hand.
struct JSONParser {
  private let bytes: [UInt8]
  private var position: Int
  private var depth = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  mutating func whole() throws(JSONError) -> JSON {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw error("unexpected text after the value") }
    return value
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func error(_ message: String) -> JSONError {
    let before = bytes[..<min(position, bytes.count)]
    let line = before.count { $0 == 10 } + 1
    let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
    return JSONError(message: message, line: line, column: position - start + 1)
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
  }

  private mutating func value() throws(JSONError) -> JSON {
    skipSpace()
    guard let byte = current else { throw error("a value is missing") }
    switch byte {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let wanted = Array("\(text)".utf8)
    guard bytes[position...].starts(with: wanted) else { throw error("expected \(text)") }
    position += wanted.count
    return value
  }

  private mutating func enter() throws(JSONError) {
    position += 1
    depth += 1
    guard depth <= 128 else { throw error("nested too deeply") }
    skipSpace()
  }

  private mutating func object() throws(JSONError) -> JSON {
    try enter()
    var members: [JSON.Member] = []
    if current == UInt8(ascii: "}") {
      position += 1
      depth -= 1
      return .object([])
    }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error("expected a member name in quotes") }
      let name = try string()
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw error("expected a colon after the member name") }
      position += 1
      members.append(.init(name, try value()))
      if try !more(until: UInt8(ascii: "}")) { return .object(members) }
    }
  }

  private mutating func array() throws(JSONError) -> JSON {
    try enter()
    if current == UInt8(ascii: "]") {
      position += 1
      depth -= 1
      return .array([])
    }
    var items: [JSON] = []
    while true {
      items.append(try value())
      if try !more(until: UInt8(ascii: "]")) { return .array(items) }
    }
  }

  /// After an item: true past a comma, false past the closing bracket.
  private mutating func more(until close: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    switch current {
    case UInt8(ascii: ","):
      position += 1
      return true
    case close:
      position += 1
      depth -= 1
      return false
    default: throw error("expected a comma or a closing bracket")
    }
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = position
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (48...57).contains($0) } ?? false }
    if current == UInt8(ascii: "-") { position += 1 }
    guard isDigit(current) else { throw error("expected a value") }
    if current == 48 { position += 1 } else { while isDigit(current) { position += 1 } }
    if current == UInt8(ascii: ".") {
      position += 1
      guard isDigit(current) else { throw error("a digit must follow the decimal point") }
      while isDigit(current) { position += 1 }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard isDigit(current) else { throw error("a digit must follow the exponent sign") }
      while isDigit(current) { position += 1 }
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else { throw error("the string is not valid UTF-8") }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        text += Array(String(try escape()).utf8)
      case 0..<0x20: throw error("a control character must be escaped in a string")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw error("the string does not end")
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = current else { throw error("the string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try hex4()
      if let scalar = Unicode.Scalar(first) { return scalar }
      guard (0xD800..<0xDC00).contains(first), bytes[position...].starts(with: [0x5C, 0x75]) else { throw error("a lone surrogate") }
      position += 2
      let second = try hex4()
      guard (0xDC00..<0xE000).contains(second), let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) else {
        throw error("a lone surrogate")
      }
      return scalar
    default: throw error("an unknown escape")
    }
  }

  private mutating func hex4() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count, let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16) else {
      throw error("four hexadecimal digits must follow \\u")
    }
    position += 4
    return value
  }
}
