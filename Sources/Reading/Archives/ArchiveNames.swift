/// The encoding of names in an archive. Without the flag that says UTF-8, Windows writes the old DOS code page of its language: cp866 here, and
/// some programs windows-1251 (submissions.md 5). One program wrote the whole archive, so all its names are judged together.
struct ArchiveNames {
  private let fallback: SingleByteEncoding?

  init(_ names: [[UInt8]]) {
    let foreign = names.filter { String(validating: $0, as: UTF8.self) == nil }
    fallback = foreign.isEmpty ? nil : ArchiveNames.likeliest(Array(foreign.prefix(200).joined(separator: [0x2F])))
  }

  /// The name as text, and a note when its encoding was guessed.
  func text(_ name: [UInt8]) -> (text: String, notes: [String]) {
    if let text = String(validating: name, as: UTF8.self) { return (text, []) }
    guard let fallback else { return (String(decoding: name, as: UTF8.self), []) }
    return (fallback.decode(name), ["name-guessed-\(fallback.rawValue)"])
  }

  private static func likeliest(_ bytes: [UInt8]) -> SingleByteEncoding? {
    [.cp866, .windows1251].max { score($0.decode(bytes)) < score($1.decode(bytes)) }
  }

  /// Bulgarian letters speak for an encoding; frames, signs and capitals within words against it.
  private static func score(_ text: String) -> Int {
    var score = 0
    var wasSmall = false
    for scalar in text.unicodeScalars {
      let isSmall = (0x0430...0x044F).contains(scalar.value)
      let isCapital = (0x0410...0x042F).contains(scalar.value)
      if isSmall || isCapital { score += 2 } else if scalar.value >= 0x80 { score -= 3 }
      if isCapital, wasSmall { score -= 3 }
      wasSmall = isSmall
    }
    return score
  }
}
