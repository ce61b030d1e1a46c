/// A SHA-256 digest.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Always 32.
  package let bytes: [UInt8]

  /// `nil` unless there are exactly 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Digest.length else { return nil }
    self.bytes = bytes
  }

  /// Reads 64 hexadecimal digits, of either case.
  package init?(hex text: some StringProtocol) {
    guard let bytes = Hex.bytes(of: text), let digest = Digest(bytes: bytes) else { return nil }
    self = digest
  }

  package static let length = 32

  /// 32 zero bytes: what the first event of a chain has for a predecessor.
  package static let zero = Digest(trusted: [UInt8](repeating: 0, count: length))

  /// For bytes that this module has counted itself.
  init(trusted bytes: [UInt8]) { self.bytes = bytes }

  package static func < (left: Digest, right: Digest) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }

  /// 64 lower-case hexadecimal digits.
  package var hex: String { Hex.text(of: bytes) }

  package var description: String { hex }
}

/// Bytes as lower-case hexadecimal digits and back.
package enum Hex {
  package static func text(of bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.underestimatedCount * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `nil` when the text has an odd length or anything but hexadecimal digits.
  package static func bytes(of text: some StringProtocol) -> [UInt8]? {
    var text = String(text)
    return text.withUTF8 { digits in
      guard digits.count % 2 == 0 else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(digits.count / 2)
      for place in stride(from: 0, to: digits.count, by: 2) {
        guard let high = value(of: digits[place]), let low = value(of: digits[place + 1]) else { return nil }
        bytes.append(high << 4 | low)
      }
      return bytes
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case 0x30...0x39: character - 0x30
    case 0x61...0x66: character - 0x57
    case 0x41...0x46: character - 0x37
    default: nil
    }
  }
}

extension Digest: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = Digest(hex: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a SHA-256 digest")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}
