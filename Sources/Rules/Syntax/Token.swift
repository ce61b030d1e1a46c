package import Model

/// The smallest piece of the block syntax.
package struct Token: Sendable {
  /// What a token is, by its form alone.
  package enum Kind: Sendable, Equatable {
    /// A reserved word or a name: letters of any script, digits, `_`, and `-` or `.` between them.
    case word
    /// The content of a `"…"`, escapes resolved.
    case string
    /// A whole number; `text` keeps leading zeros.
    case number
    /// `2026-07-01`.
    case date
    /// `2026-07-01T09:00:00+03:00`; without an offset it is local time of Sofia.
    case time
    /// `09:30`.
    case clock
    /// `,`, `>`, `<`, `>=`, `<=`, `=`, `!=`, `(`, `)`.
    case symbol
    /// The content of a `` `…` ``, nothing resolved: a backslash in it belongs to the pattern.
    case pattern
    /// Not a value; the lexer has reported why, so nothing else need complain about it.
    case malformed
  }

  package let kind: Kind
  /// The content of a string; anything else as written.
  package let text: String
  package let span: Span

  /// Whether it is this very word.
  package func isWord(_ word: String) -> Bool { kind == .word && text == word }
  /// Whether it is this very symbol.
  package func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }

  /// Its value, when it is of that kind.
  package var integer: Int64? { kind == .number ? Int64(text) : nil }
  package var date: CivilDate? { kind == .date ? CivilDate(iso8601: text) : nil }
  package var time: Timestamp? { kind == .time ? Timestamp(iso8601: text) : nil }

  /// As it stands in a diagnostic: `"жалба"` with quotes, the rest as written.
  package var shown: String {
    switch kind {
    case .string: "\"\(text)\""
    case .pattern: "`\(text)`"
    default: text
    }
  }

  /// What it is, for “… stands where … is expected”.
  var kindName: String {
    switch kind {
    case .word: "a word"
    case .string: "a string"
    case .number: "a number"
    case .date: "a date"
    case .time: "a time"
    case .clock: "a time of day"
    case .pattern: "a pattern"
    case .symbol, .malformed: "`\(text)`"
    }
  }
}

/// One statement of the block syntax: what stands on its line, and its block if it has one.
package struct Statement: Sendable {
  package let words: [Token]
  package let block: [Statement]?
  /// The closing `}` of the block, or the last word.
  package let end: Span

  package init(words: [Token], block: [Statement]?, end: Span) {
    self.words = words
    self.block = block
    self.end = end
  }

  /// The first word's place (a statement always has one).
  package var position: Span { words.first?.span ?? end }

  /// From the first word to the last one before the block.
  package var head: Span { position.through(words.last?.span ?? end) }

  /// The first word when it is one, else empty.
  package var keyword: String { words.first.map { $0.kind == .word ? $0.text : "" } ?? "" }
}
