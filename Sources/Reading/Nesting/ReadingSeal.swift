import Model

/// The last step of a reading: brings the whole tree within what the parent accepts (`HostileReading`), so that a document rich in files, text or
/// facts is read in part instead of being refused.
struct ReadingSeal {
  private var textBytes = ReadingLimits.treeTextBytes
  private var facts = ReadingLimits.treeFacts
  private var factBytes = ReadingLimits.treeFactBytes
  private var files = ReadingLimits.files

  static func close(_ reading: DocumentReading) -> DocumentReading {
    var seal = ReadingSeal()
    var reading = reading
    seal.close(&reading, depth: 0)
    return reading
  }

  /// The document's own text and facts count before those of the files inside it.
  private mutating func close(_ reading: inout DocumentReading, depth: Int) {
    if let text = reading.text, text.utf8.count > textBytes {
      reading.text = text.prefix(utf8Bytes: textBytes)
      reading.textIsTruncated = true
      reading.notes.append("text-truncated")
    }
    textBytes -= reading.text?.utf8.count ?? 0
    closeFacts(&reading)
    if depth >= ReadingLimits.nesting, !reading.nested.isEmpty {
      reading.nested = []
      reading.readInPart("limit-depth")
    }
    if reading.nested.count > files {
      reading.nested.removeLast(reading.nested.count - files)
      reading.readInPart("limit-files")
    }
    files -= reading.nested.count
    for index in reading.nested.indices { close(&reading.nested[index], depth: depth + 1) }
    var seen: Set<String> = []
    reading.notes = Array(reading.notes.filter { seen.insert($0).inserted }.prefix(ReadingLimits.notes))
  }

  private mutating func closeFacts(_ reading: inout DocumentReading) {
    var kept: [Fact] = []
    for fact in reading.facts.prefix(ReadingLimits.facts) {
      let size = if case .text(let value) = fact.value { value.utf8.count } else { 8 }
      guard facts > 0, size <= factBytes else { break }
      facts -= 1
      factBytes -= size
      kept.append(fact)
    }
    if kept.count < reading.facts.count {
      reading.facts = kept
      reading.readInPart("limit-facts")
    }
  }
}
