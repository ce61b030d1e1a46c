/// Looks for personal data in text that must hold none.
struct LeakScanner: Sendable {
  struct Leak: Sendable, Hashable, CustomStringConvertible {
    /// What leaked, as it stands in the samples.
    let original: String
    /// Where it was found: the words around it, in the plain form.
    let surroundings: String

    var description: String { "\(original) in “\(surroundings)”" }
  }

  private struct Needle: Sendable {
    let original: String
    let bytes: [UInt8]
    /// Found only as words of its own: a short name may be part of an English word.
    let isWord: Bool
  }

  /// The first bytes of a needle; every needle has at least as many.
  private static let keyLength = 5

  private let needles: [[UInt8]: [Needle]]
  private let joinedNeedles: [[UInt8]: [Needle]]

  init(_ data: PersonalData) {
    var needles: [Needle] = []
    var joined: [Needle] = []
    for identifier in data.identifiers {
      let bytes = PlainText.withoutSeparators(PlainText.of(identifier))
      needles.append(Needle(original: identifier, bytes: bytes, isWord: false))
      joined.append(Needle(original: identifier, bytes: bytes, isWord: false))
    }
    for text in data.texts.union(data.names) {
      let plain = PlainText.of(text)
      needles.append(Needle(original: text, bytes: plain, isWord: true))
      let together = PlainText.withoutSeparators(plain)
      if together.count >= 10 { joined.append(Needle(original: text, bytes: together, isWord: false)) }
    }
    for word in data.nameWords { needles.append(Needle(original: word, bytes: PlainText.of(word), isWord: true)) }
    self.needles = LeakScanner.byKey(needles)
    joinedNeedles = LeakScanner.byKey(joined)
  }

  /// Every needle at most once.
  func leaks(in text: String) -> [Leak] {
    var found: [String: Leak] = [:]
    let forms = PlainText.forms(of: text)
    for form in forms { search(form, needles, &found) }
    search(PlainText.withoutSeparators(forms[0]), joinedNeedles, &found)
    return found.values.sorted { $0.original < $1.original }
  }

  private static func byKey(_ needles: [Needle]) -> [[UInt8]: [Needle]] {
    Dictionary(grouping: needles.filter { $0.bytes.count >= keyLength }) { Array($0.bytes.prefix(keyLength)) }
  }

  private func search(_ text: [UInt8], _ needles: [[UInt8]: [Needle]], _ found: inout [String: Leak]) {
    guard text.count >= LeakScanner.keyLength else { return }
    for start in 0...(text.count - LeakScanner.keyLength) {
      guard let candidates = needles[Array(text[start..<start + LeakScanner.keyLength])] else { continue }
      for needle in candidates where found[needle.original] == nil {
        let end = start + needle.bytes.count
        guard end <= text.count, text[start..<end].elementsEqual(needle.bytes) else { continue }
        if needle.isWord, (start > 0 && isAlphanumeric(text[start - 1])) || (end < text.count && isAlphanumeric(text[end])) { continue }
        let around = text[max(0, start - 40)..<min(text.count, end + 40)]
        found[needle.original] = Leak(original: needle.original, surroundings: String(decoding: around, as: UTF8.self))
      }
    }
  }

  private func isAlphanumeric(_ byte: UInt8) -> Bool { byte != UInt8(ascii: " ") }
}
