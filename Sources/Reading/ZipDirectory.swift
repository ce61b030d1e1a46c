/// The list of names in a zip file, read from its central directory. Nothing is unpacked.
enum ZipDirectory {
  /// At most this many names: enough to tell what a package is.
  static let maximumNames = 4096

  /// Empty when there is no directory to read. Names as ASCII or UTF-8; other bytes become U+FFFD.
  static func names(_ bytes: [UInt8]) -> [String] {
    guard let end = endRecord(bytes) else { return [] }
    var offset = Int(number(bytes, end + 16, 4))
    var names: [String] = []
    while offset + 46 <= bytes.count, names.count < maximumNames, number(bytes, offset, 4) == 0x0201_4B50 {
      let length = Int(number(bytes, offset + 28, 2))
      let rest = Int(number(bytes, offset + 30, 2)) + Int(number(bytes, offset + 32, 2))
      guard offset + 46 + length <= bytes.count else { break }
      names.append(String(decoding: bytes[(offset + 46)..<(offset + 46 + length)], as: UTF8.self))
      offset += 46 + length + rest
    }
    return names
  }

  /// The record stands at the end, before a comment of at most 64 KiB.
  private static func endRecord(_ bytes: [UInt8]) -> Int? {
    var index = bytes.count - 22
    let lowest = max(0, bytes.count - 22 - 65_535)
    while index >= lowest {
      if number(bytes, index, 4) == 0x0605_4B50 { return index }
      index -= 1
    }
    return nil
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> UInt32 {
    bytes[offset..<(offset + length)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
