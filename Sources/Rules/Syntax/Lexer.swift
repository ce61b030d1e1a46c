import Model

/// Cuts a source into tokens. Works on UTF-8 bytes, never fails, reports every mistake and goes on behind it.
struct Lexer {
  enum Lexeme {
    case token(Token)
    case open(Span)
    case close(Span)
    /// A line end or `;`.
    case end
  }

  private let file: SourceFile
  private let bytes: [UInt8]
  private let diagnostics: DiagnosticCollector
  private var position = 0
  private var lexemes: [Lexeme] = []

  static func lex(_ file: SourceFile, _ diagnostics: DiagnosticCollector) -> [Lexeme] {
    var lexer = Lexer(file: file, diagnostics: diagnostics)
    lexer.run()
    return lexer.lexemes
  }

  private init(file: SourceFile, diagnostics: DiagnosticCollector) {
    self.file = file
    bytes = file.bytes
    self.diagnostics = diagnostics
    lexemes.reserveCapacity(bytes.count / 6)
  }

  private mutating func run() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while position < bytes.count {
      let start = position
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "\n"):
        position += 1
        endStatement()
      case UInt8(ascii: ";"):
        position += 1
        lexemes.append(.end)
      case UInt8(ascii: "#"):
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      case UInt8(ascii: "{"):
        position += 1
        lexemes.append(.open(span(start)))
      case UInt8(ascii: "}"):
        position += 1
        lexemes.append(.close(span(start)))
      case UInt8(ascii: "\""): string()
      case UInt8(ascii: "`"): pattern()
      case UInt8(ascii: "0")...UInt8(ascii: "9"): numberLike()
      case UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"):
        position += 1
        symbol(start)
      case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "!"): comparison()
      default: wordOrStranger()
      }
    }
  }

  private func span(_ start: Int) -> Span { Span(file: file, start: start, end: position) }

  /// A line that ends in a comma goes on in the next.
  private mutating func endStatement() {
    if case .token(let last)? = lexemes.last, last.isSymbol(",") { return }
    lexemes.append(.end)
  }

  private mutating func add(_ kind: Token.Kind, _ text: String, from start: Int) {
    lexemes.append(.token(Token(kind: kind, text: text, span: span(start))))
  }

  private mutating func symbol(_ start: Int) { add(.symbol, file.text(start..<position), from: start) }

  private mutating func comparison() {
    let start = position
    position += 1
    if position < bytes.count, bytes[position] == UInt8(ascii: "=") { position += 1 }
    switch file.text(start..<position) {
    case "!":
      diagnostics.report(.strayCharacter, at: span(start), "`!` means nothing here", help: "write `not …` or `!=`")
    case "==":
      diagnostics.report(.strayCharacter, at: span(start), "`==` is not an operator", help: "write `=`")
      add(.symbol, "=", from: start)
    default: symbol(start)
    }
  }

  private mutating func string() {
    let start = position
    position += 1
    var content: [UInt8] = []
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        add(.string, String(decoding: content, as: UTF8.self), from: start)
        return
      }
      if byte == UInt8(ascii: "\\") {
        let escape = position
        position += 1
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "\\") else {
          diagnostics.report(
            .badEscape, at: Span(file: file, start: escape, end: escape + 1), "only `\\\"` and `\\\\` can follow a backslash in a string",
            help: "write `\\\\` for a backslash itself")
          continue
        }
      }
      content.append(bytes[position])
      position += 1
    }
    var end = position
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    diagnostics.report(
      .unclosedString, at: Span(file: file, start: start, end: end), "this string is not closed on its line",
      help: "close it with `\"`; a string never goes over a line end")
    add(.string, String(decoding: content, as: UTF8.self), from: start)
  }

  private mutating func pattern() {
    let start = position
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "`"), bytes[position] != UInt8(ascii: "\n") { position += 1 }
    let content = file.text(start + 1..<position)
    if position < bytes.count, bytes[position] == UInt8(ascii: "`") {
      position += 1
    } else {
      if bytes[position - 1] == UInt8(ascii: "\r"), position > start + 1 { position -= 1 }
      diagnostics.report(
        .unclosedString, at: span(start), "this pattern is not closed on its line", help: "close it with a backquote; text stands in \"…\"")
    }
    add(.pattern, content, from: start)
  }

  /// Numbers, dates, times; and what only looks like one (`14days`, `50MB`, `2026-02-30`).
  private mutating func numberLike() {
    let start = position
    scan: while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "_"), UInt8(ascii: "%"), 0x80...:
        position += 1
      default: break scan
      }
    }
    let text = file.text(start..<position)
    if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      if text.utf8.count > 18 {
        diagnostics.report(
          .badNumber, at: span(start), "a number has at most 18 digits", help: "an identifier is text: write \"\(text)\"")
      }
      return add(text.utf8.count > 18 ? .malformed : .number, text, from: start)
    }
    if CivilDate(iso8601: text) != nil { return add(.date, text, from: start) }
    if text.contains("T"), Timestamp(iso8601: text) != nil { return add(.time, text, from: start) }
    if Lexer.isClock(text) { return add(.clock, text, from: start) }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let rest = text.dropFirst(digits.count)
    let help: String
    if let first = rest.first, first.isLetter {
      help = "write `\(digits) \(rest)`, or \"\(text)\" when it is text"
    } else if text.utf8.count == 10, text.filter({ $0 == "-" }).count == 2 {
      help = "a date is year-month-day and must exist: 2026-07-01"
    } else {
      help = "write \"\(text)\" when it is text"
    }
    diagnostics.report(.badNumber, at: span(start), "`\(text)` is neither a number, a date nor a time", help: help)
    add(.malformed, text, from: start)
  }

  private static func isClock(_ text: String) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]), let minute = Int(parts[1]) else { return false }
    return (0...23).contains(hour) && (0...59).contains(minute)
  }

  private mutating func wordOrStranger() {
    let start = position
    var end = start
    // A word's letters, and `-` or `.` when a letter or digit follows.
    while let (scalar, length) = scalar(at: end) {
      if Lexer.isWordStart(scalar) || (end > start && scalar.properties.numericType == .decimal && scalar.isASCII) {
        end += length
      } else if end > start, scalar == "-" || scalar == ".", let (next, _) = self.scalar(at: end + 1),
        Lexer.isWordStart(next) || ("0"..."9").contains(next)
      {
        end += length
      } else {
        break
      }
    }
    if end > start {
      position = end
      return add(.word, file.text(start..<end), from: start)
    }
    stranger()
  }

  private static func isWordStart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x400...0x481, 0x48A...0x52F: true
    case 0..<0x80: false
    default: scalar.properties.isAlphabetic
    }
  }

  private static let wrongQuotes: Set<Unicode.Scalar> = ["„", "“", "”", "«", "»", "‘", "’", "‚", "'"]

  private mutating func stranger() {
    let start = position
    guard let (scalar, length) = scalar(at: position) else {
      position = bytes.count
      return
    }
    position += length
    if scalar.properties.isWhitespace || scalar.value == 0xFEFF || scalar.value == 0x200B { return }
    guard Lexer.wrongQuotes.contains(scalar) else {
      let name = scalar.value < 0x20 || scalar.value == 0x7F ? "a control character" : "`\(scalar)`"
      let help = scalar == "/" || scalar == "*" ? "a comment begins with `#`; paths are strings" : nil
      diagnostics.report(.strayCharacter, at: span(start), "\(name) means nothing here", help: help)
      return
    }
    // Take what stands between as a string, so that one wrong quote is one mistake.
    let contentStart = position
    var contentEnd: Int?
    var cursor = position
    while cursor < bytes.count, bytes[cursor] != UInt8(ascii: "\n"), let (next, size) = self.scalar(at: cursor) {
      cursor += size
      if Lexer.wrongQuotes.contains(next) || next == "\"" {
        contentEnd = cursor - size
        break
      }
    }
    if let contentEnd {
      position = cursor; lexemes.append(.token(Token(kind: .string, text: file.text(contentStart..<contentEnd), span: span(start))))
    }
    diagnostics.report(.wrongQuotes, at: span(start), "strings stand in straight quotes", help: "write \"…\"; „…“ may stand inside")
  }

  private func scalar(at index: Int) -> (Unicode.Scalar, Int)? {
    guard index < bytes.count else { return nil }
    let first = bytes[index]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    // The bytes come from a `String`, so they are well-formed UTF-8.
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for offset in 1..<length where index + offset < bytes.count { value = value << 6 | UInt32(bytes[index + offset] & 0x3F) }
    return Unicode.Scalar(value).map { ($0, length) }
  }
}
