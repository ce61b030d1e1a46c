import Synchronization

/// Random bits, injected: salts, jitter, epochs, tokens.
package protocol RandomSource: Sendable {
  func next() -> UInt64
  func bytes(_ count: Int) -> [UInt8]
}

extension RandomSource {
  /// A number in `0..<bound`, by rejection, so that no value is favoured.
  package func below(_ bound: UInt64) -> UInt64 {
    precondition(bound > 0)
    let limit = UInt64.max - UInt64.max % bound
    while true {
      let value = next()
      if value < limit { return value % bound }
    }
  }

  /// Lower-case hex of `bytes` random bytes.
  package func hex(bytes count: Int) -> String {
    bytes(count).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 2 ? text : "0" + text
    }.joined()
  }
}

/// The kernel's generator.
package struct SystemRandom: RandomSource {
  package init() {}

  package func next() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }

  package func bytes(_ count: Int) -> [UInt8] {
    // The kernel is asked once for each eight bytes.
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 7)
    while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes += $0 } }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}

/// SplitMix64 from a seed: the same seed gives the same run.
package final class SeededRandom: RandomSource {
  private let state: Mutex<UInt64>

  package init(seed: UInt64) { state = Mutex(seed) }

  package func next() -> UInt64 {
    state.withLock { state in
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  package func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) } }
}
