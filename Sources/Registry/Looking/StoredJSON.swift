/// A cursor over JSON that this program wrote: no white space between its parts, known members, whole numbers. Whatever is not so is a `Surprise`.
/// For what is read a hundred thousand times in a row: stored submissions, lines of the mirror.
struct StoredJSON {
  struct Surprise: Error {}

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// Files inside files are fewer levels deep by far.
  private static let maximumDepth = 64

  init(_ text: String) { bytes = Array(text.utf8) }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  /// Calls `member` with each name, in front of its value.
  mutating func object(_ member: (inout StoredJSON, String) throws(Surprise) -> Void) throws(Surprise) {
    try enter(UInt8(ascii: "{"))
    if !skip(UInt8(ascii: "}")) {
      repeat {
        let name = try string()
        try expect(UInt8(ascii: ":"))
        try member(&self, name)
      } while skip(UInt8(ascii: ","))
      try expect(UInt8(ascii: "}"))
    }
    depth -= 1
  }

  mutating func array<Element>(_ element: (inout StoredJSON) throws(Surprise) -> Element) throws(Surprise) -> [Element] {
    try enter(UInt8(ascii: "["))
    var elements: [Element] = []
    if !skip(UInt8(ascii: "]")) {
      repeat { elements.append(try element(&self)) } while skip(UInt8(ascii: ","))
      try expect(UInt8(ascii: "]"))
    }
    depth -= 1
    return elements
  }

  mutating func string() throws(Surprise) -> String {
    try expect(UInt8(ascii: "\""))
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      default: position += 1
      }
    }
    throw Surprise()
  }

  mutating func integer() throws(Surprise) -> Int64 {
    let isNegative = skip(UInt8(ascii: "-"))
    let start = position
    var value: Int64 = 0
    while position < bytes.count, case 0x30...0x39 = bytes[position] {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(bytes[position] - 0x30))
      guard !overflow, !carry else { throw Surprise() }
      value = sum
      position += 1
    }
    guard position > start else { throw Surprise() }
    return isNegative ? -value : value
  }

  mutating func flag() throws(Surprise) -> Bool {
    if skip(word: "true") { return true }
    if skip(word: "false") { return false }
    throw Surprise()
  }

  // MARK: parts

  private mutating func enter(_ byte: UInt8) throws(Surprise) {
    try expect(byte)
    depth += 1
    guard depth <= Self.maximumDepth else { throw Surprise() }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(Surprise) { guard skip(byte) else { throw Surprise() } }

  private mutating func skip(word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func escapedString(from start: Int) throws(Surprise) -> String {
    var text = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      default: text.append(byte)
      }
    }
    throw Surprise()
  }

  private mutating func escape() throws(Surprise) -> [UInt8] {
    guard position < bytes.count else { throw Surprise() }
    position += 1
    switch bytes[position - 1] {
    case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
    case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
    case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "u"):
      // The encoder writes only control characters so.
      guard position + 4 <= bytes.count, let value = UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16),
        let scalar = Unicode.Scalar(value)
      else { throw Surprise() }
      position += 4
      return Array(String(scalar).utf8)
    default: throw Surprise()
    }
  }
}
