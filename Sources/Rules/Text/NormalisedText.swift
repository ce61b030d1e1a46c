/// A text in the one form in which texts and literals are compared, with the way back to the original.
///
/// Units are UTF-16 code units of folded characters (characters beyond the BMP become U+FFFD), so one unit is one character.
package struct NormalisedText: Sendable, Equatable {
  package let units: [UInt16]
  /// For each unit, the offset in bytes of UTF-8 where its first character stands in the original.
  package let starts: [Int32]

  /// For tests and reports.
  package var string: String { String(decoding: units, as: UTF16.self) }

  /// The bytes of the original from which a stretch of units came.
  package func originalRange(_ range: Range<Int>, in original: some Collection<UInt8>) -> Range<Int> {
    guard range.lowerBound < units.count, !range.isEmpty else { return 0..<0 }
    let start = Int(starts[range.lowerBound])
    let last = Int(starts[min(range.upperBound, units.count) - 1])
    var end = last + 1
    // To the end of the last character; its combining marks stay behind, they only decorate.
    var index = original.index(original.startIndex, offsetBy: min(end, original.count))
    while index != original.endIndex, original[index] & 0xC0 == 0x80 {
      end += 1
      index = original.index(after: index)
    }
    return start..<max(start, min(end, original.count))
  }
}
