import Model

/// Gathers the facts of one document under one way of finding them. The document's path is the assembly's to fill in.
struct FactCollector {
  private(set) var facts: [Fact] = []
  let method: String

  init(method: String) { self.method = method }

  /// Values are trimmed, cut to `ReadingLimits.factBytes` and dropped when empty.
  mutating func add(_ name: String, _ value: String?, at place: String = "", certainty: Certainty = .stated) {
    guard let value else { return }
    let cleaned = TextLayer.clean(value)
    let trimmed = cleaned[...].trimmingSpaces()
    guard !trimmed.isEmpty, facts.count < ReadingLimits.facts else { return }
    add(name, .text(String(trimmed).prefix(utf8Bytes: ReadingLimits.factBytes)), at: place, certainty: certainty)
  }

  mutating func add(_ name: String, _ value: FactValue, at place: String = "", certainty: Certainty = .stated) {
    facts.append(
      Fact(name, value, source: FactSource(document: "", method: method, place: place), certainty: certainty))
  }

  func has(_ name: String) -> Bool { facts.contains { $0.name == name } }
}

extension String {
  /// As many whole characters from the start as fit in so many bytes of UTF-8.
  func prefix(utf8Bytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(startIndex, offsetBy: limit)
    while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
