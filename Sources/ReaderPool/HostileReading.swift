import FoundationEssentials
import Model

/// Checks a reader's output as if the document itself had written it, which it may have.
enum HostileReading {
  /// What is wrong, as a stable word.
  struct Problem: Error, Equatable {
    let word: String

    init(_ word: String) { self.word = word }
  }

  static func check(_ output: [UInt8]) -> Result<DocumentReading, Problem> {
    do throws(Problem) {
      guard output.count <= ReadingLimits.outputBytes else { throw Problem("too-large") }
      try checkShape(output)
      guard let reading = try? JSONDecoder().decode(DocumentReading.self, from: Data(output)) else { throw Problem("not-a-reading") }
      guard reading.name == nil else { throw Problem("name") }
      var total = Total()
      try check(reading, depth: 0, &total)
      return .success(reading)
    } catch {
      return .failure(error)
    }
  }

  /// Before a decoder builds anything from it: how deep and how many.
  private static func checkShape(_ output: [UInt8]) throws(Problem) {
    var depth = 0
    var tokens = 0
    var inString = false
    var escaped = false
    for byte in output {
      if inString {
        if escaped { escaped = false } else if byte == UInt8(ascii: "\\") { escaped = true } else if byte == UInt8(ascii: "\"") { inString = false }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        tokens += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ","): tokens += 1
      default: break
      }
      if depth > 24 { throw Problem("too-deep") }
      if tokens > 200_000 { throw Problem("too-many-values") }
    }
  }

  /// What the tree has so far.
  private struct Total {
    var files = 0
    var facts = 0
    var textBytes = 0
  }

  private static func check(_ reading: DocumentReading, depth: Int, _ total: inout Total) throws(Problem) {
    guard depth <= ReadingLimits.nesting else { throw Problem("nesting") }
    guard reading.readerVersion == DocumentReading.currentReaderVersion else { throw Problem("version") }
    guard reading.reason.isEmpty || isWord(reading.reason) else { throw Problem("reason") }
    guard reading.status != .unread || !reading.reason.isEmpty else { throw Problem("reason") }
    guard reading.notes.count <= ReadingLimits.notes, reading.notes.allSatisfy(isWord) else { throw Problem("notes") }
    total.files += reading.nested.count
    guard total.files <= ReadingLimits.files else { throw Problem("nested") }
    if let name = reading.name {
      guard (1...ReadingLimits.nameBytes).contains(name.utf8.count), isClean(name, allowingLines: false), !name.contains("/"), name != ".",
        name != ".."
      else { throw Problem("name") }
    }
    if let title = reading.title {
      guard title.utf8.count <= ReadingLimits.factBytes, isClean(title, allowingLines: true) else { throw Problem("title") }
    }
    if let text = reading.text {
      guard text.utf8.count <= ReadingLimits.textBytes, isClean(text, allowingLines: true) else { throw Problem("text") }
      total.textBytes += text.utf8.count
      guard total.textBytes <= ReadingLimits.treeTextBytes else { throw Problem("text") }
    }
    guard reading.facts.count <= ReadingLimits.facts else { throw Problem("facts") }
    total.facts += reading.facts.count
    guard total.facts <= ReadingLimits.treeFacts else { throw Problem("facts") }
    for fact in reading.facts { try check(fact) }
    for nested in reading.nested { try check(nested, depth: depth + 1, &total) }
  }

  private static func check(_ fact: Fact) throws(Problem) {
    guard let definition = FactCatalogue.definition(named: fact.name) else { throw Problem("fact-name") }
    guard fact.source.document.isEmpty, isWord(fact.source.method), fact.source.place.utf8.count <= 256,
      isClean(fact.source.place, allowingLines: false)
    else { throw Problem("fact-source") }
    switch (fact.value, definition.type) {
    case (.text(let value), .text):
      guard value.utf8.count <= ReadingLimits.factBytes, isClean(value, allowingLines: true) else { throw Problem("fact-text") }
    case (.text(let value), .word):
      guard definition.words.contains(value) else { throw Problem("fact-word") }
    case (.number, .number), (.date, .date), (.flag, .flag): break
    default: throw Problem("fact-type")
    }
  }

  /// Lower-case Latin letters, digits, `-` and `.`, at most 64.
  static func isWord(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E }
  }

  private static func isClean(_ text: String, allowingLines: Bool) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x09, 0x0A: allowingLines
      case 0x00..<0x20, 0x7F..<0xA0: false
      default: true
      }
    }
  }
}
