/// The only source of chance in the simulator: the same seed gives the same run.
struct Chance: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// At least 0, below 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func hex(_ digits: Int) -> String {
    var text = ""
    while text.count < digits {
      let word = String(next(), radix: 16)
      text += String(repeating: "0", count: 16 - word.count) + word
    }
    return String(text.prefix(digits))
  }

  /// A random UUID, version 4, lower case: what ССЕВ puts into `rnu`.
  mutating func uuid() -> String {
    var digits = Array(hex(32))
    digits[12] = "4"
    digits[16] = "a"
    for index in [20, 16, 12, 8] { digits.insert("-", at: index) }
    return String(digits)
  }

  /// An unguessable-looking token of the base64url alphabet.
  mutating func token(_ length: Int = 43) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    return String((0..<length).map { _ in alphabet[Int(next() % 64)] })
  }
}
