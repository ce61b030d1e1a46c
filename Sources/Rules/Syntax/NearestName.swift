/// Finds the known name that a misspelt one most likely means.
enum NearestName {
  /// The closest of the names, when it is close enough to be worth saying: at most a third of the letters differ. A word typed with
  /// look-alike letters of the other script (`tеxt` with a Cyrillic `е`) is at distance 0.
  static func of(_ word: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(folded(word))
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    let limit = max(1, wanted.count / 3)
    var best: (name: String, distance: Int)?
    for name in names {
      let candidate = Array(folded(name))
      guard abs(candidate.count - wanted.count) <= limit, candidate.count <= 64 else { continue }
      let distance = distance(wanted, candidate)
      if distance <= limit, distance < best?.distance ?? .max || (distance == best?.distance && name < best?.name ?? name) {
        best = (name, distance)
      }
    }
    return best?.name
  }

  /// `write `x`` when there is a near name, else what may stand there.
  static func help(for word: String, among names: [String], otherwise: String? = nil) -> String? {
    if let near = of(word, among: names) { return near == word ? nil : "write `\(near)`" }
    if let otherwise { return otherwise }
    guard !names.isEmpty, names.count <= 12 else { return nil }
    return "known are: " + names.sorted().map { "`\($0)`" }.joined(separator: ", ")
  }

  private static func folded(_ text: String) -> String {
    String(text.lowercased().map { lookAlikes[$0] ?? $0 })
  }

  private static let lookAlikes: [Character: Character] = [
    "а": "a", "в": "b", "с": "c", "е": "e", "н": "h", "к": "k", "м": "m", "о": "o", "р": "p", "т": "t", "х": "x", "у": "y", "і": "i",
    "ѕ": "s", "ј": "j",
  ]

  /// Edits (insert, delete, replace, swap of neighbours) that turn one into the other.
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var before = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    var current = previous
    for i in 0..<a.count {
      current[0] = i + 1
      for j in 0..<b.count {
        var cost = min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        current[j + 1] = cost
      }
      (before, previous, current) = (previous, current, before)
    }
    return previous[b.count]
  }
}
