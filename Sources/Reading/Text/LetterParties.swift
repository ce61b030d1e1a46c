/// Whom a letter is for and whom it is from: the blocks „ДО …“ and „ОТ …“ at its head (domain.md 12).
enum LetterParties {
  struct Block: Equatable {
    var text: String
    /// 1-based.
    var line: Int
  }

  static let maximumLength = 300
  private static let maximumLines = 5

  /// The first block of each kind within the reach of a title.
  static func find(in text: String) -> (to: Block?, from: Block?) {
    let lines = text.prefix(LetterTitle.reach).split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    var to: Block?
    var from: Block?
    for (index, line) in lines.enumerated() where LetterTitle.startsBlock(line) {
      let isTo = line.prefix(2).lowercased() == "до"
      let block = Block(text: block(from: index, lines), line: index + 1)
      guard !block.text.isEmpty else { continue }
      if isTo { to = to ?? block } else { from = from ?? Block(text: name(in: block.text), line: block.line) }
    }
    return (to, from.flatMap { $0.text.isEmpty ? nil : $0 })
  }

  /// The line without its first word, and those below it, to an empty line, the next block or the title.
  private static func block(from index: Int, _ lines: [String]) -> String {
    var parts = [String(lines[index].dropFirst(2).drop { ":., ".contains($0) })]
    for line in lines[(index + 1)...].prefix(maximumLines - 1) {
      if line.isEmpty || LetterTitle.startsBlock(line) || LetterTitle.isTitleWord(line) { break }
      parts.append(line)
    }
    return String(parts.filter { !$0.isEmpty }.joined(separator: " ").prefix(maximumLength))
  }

  /// What stands before the first comma, identifier or address.
  private static func name(in block: String) -> String {
    var end = block.endIndex
    for mark in [",", ";", " ЕГН", " ЛНЧ", " ЕИК", " БУЛСТАТ", " живущ", " адрес", " тел", " с адрес", " от гр.", " от с.", "(", "…", "..."] {
      if let place = block.firstRange(of: mark)?.lowerBound, place < end { end = place }
    }
    return String(block[..<end].trimmingSpaces())
  }
}
