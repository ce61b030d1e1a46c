/// Base64 as strangers write it. Ours and not Foundation's, which refuses a line end or gives up on a whole text for one letter of it.
enum Base64 {
  /// White space anywhere; `nil` for a text with anything else that does not belong.
  static func decode(_ text: String) -> [UInt8]? { decode(text.utf8) { whiteSpaceAndPadding.contains($0) } }

  /// What does not belong is left out, as mail programs do.
  static func decodeLeniently(_ text: some Sequence<UInt8>) -> [UInt8] { decode(text) { _ in true } ?? [] }

  private static let whiteSpaceAndPadding: [UInt8] = Array("= \n\r\t".utf8)

  private static func decode(_ text: some Sequence<UInt8>, leavingOut isLeftOut: (UInt8) -> Bool) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.underestimatedCount / 4 * 3)
    var buffer: UInt32 = 0
    var count = 0
    for character in text {
      let value: UInt32
      switch character {
      case 0x41...0x5A: value = UInt32(character) - 0x41
      case 0x61...0x7A: value = UInt32(character) - 0x61 + 26
      case 0x30...0x39: value = UInt32(character) - 0x30 + 52
      case 0x2B: value = 62
      case 0x2F: value = 63
      case _ where isLeftOut(character): continue
      default: return nil
      }
      buffer = buffer << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(count)))
      }
    }
    return bytes
  }
}
