/// The block syntax that rules, journals and `robot.conf` share: statements of words, strings, numbers and dates, each with an optional block.
///
/// ```
/// statement = part { part } [ "{" { statement } "}" ] ( line end | ";" | end of the block around it )
/// ```
package enum Syntax {
  /// Deeper blocks are refused: no person writes them, and a parser must not run out of stack on them.
  package static let maximumDepth = 50
  /// Larger files are refused.
  package static let maximumBytes = 16 << 20

  /// Parses everything that can be parsed; all mistakes are reported, in the order of the text.
  package static func parse(_ source: SourceText) -> (statements: [Statement], diagnostics: [Diagnostic]) {
    let collector = DiagnosticCollector()
    let statements = parse(SourceFile(source), collector)
    return (statements, collector.sorted)
  }

  static func parse(_ file: SourceFile, _ diagnostics: DiagnosticCollector) -> [Statement] {
    guard file.size <= maximumBytes else {
      diagnostics.report(
        .fileTooLarge, at: Span(file: file, start: 0, end: 0), "the file has \(file.size) bytes; at most \(maximumBytes) are read",
        help: "split it and use `include`")
      return []
    }
    var parser = Parser(lexemes: Lexer.lex(file, diagnostics), diagnostics: diagnostics)
    return parser.statements()
  }
}

private struct Parser {
  let lexemes: [Lexer.Lexeme]
  let diagnostics: DiagnosticCollector
  var position = 0

  init(lexemes: [Lexer.Lexeme], diagnostics: DiagnosticCollector) {
    self.lexemes = lexemes
    self.diagnostics = diagnostics
  }

  /// The whole file: a `}` too many is reported and passed over.
  mutating func statements() -> [Statement] {
    var result: [Statement] = []
    while position < lexemes.count {
      result += block(depth: 0)
      if position < lexemes.count, case .close(let span) = lexemes[position] {
        diagnostics.report(.unopenedBlock, at: span, "this `}` closes nothing", help: "remove it, or look for a `}` too many above")
        position += 1
      }
    }
    return result
  }

  /// Statements up to the `}` of this block, which is left unread, or to the end.
  private mutating func block(depth: Int) -> [Statement] {
    var result: [Statement] = []
    while position < lexemes.count {
      switch lexemes[position] {
      case .end: position += 1
      case .close: return result
      case .token, .open: if let statement = statement(depth: depth) { result.append(statement) }
      }
    }
    return result
  }

  private mutating func statement(depth: Int) -> Statement? {
    var words: [Token] = []
    while position < lexemes.count, case .token(let token) = lexemes[position] {
      words.append(token)
      position += 1
    }
    if let last = words.last, last.isSymbol(",") {
      diagnostics.report(.danglingComma, at: last.span, "nothing follows this comma", help: "remove it or add the next value")
      words.removeLast()
    }
    // `{` may stand on the next line.
    var ahead = position
    while ahead < lexemes.count, case .end = lexemes[ahead] { ahead += 1 }
    guard ahead < lexemes.count, case .open(let open) = lexemes[ahead] else {
      guard let last = words.last else { return nil }
      return Statement(words: words, block: nil, end: last.span)
    }
    position = ahead + 1
    if words.isEmpty {
      diagnostics.report(
        .namelessBlock, at: open, "a block needs a word before its `{`", help: "say what it is: `all {`, `any {`, `then {` …")
    }
    guard depth < Syntax.maximumDepth else {
      diagnostics.report(.tooDeep, at: open, "blocks are nested deeper than \(Syntax.maximumDepth)", help: "use named conditions")
      skipBlock()
      return nil
    }
    let inner = block(depth: depth + 1)
    var end = open
    if position < lexemes.count, case .close(let close) = lexemes[position] {
      end = close
      position += 1
    } else {
      diagnostics.report(.unclosedBlock, at: open, "this block is never closed", help: "add `}` where it ends")
    }
    return words.isEmpty ? nil : Statement(words: words, block: inner, end: end)
  }

  /// Passes over a block whose `{` has been read.
  private mutating func skipBlock() {
    var open = 1
    while position < lexemes.count, open > 0 {
      switch lexemes[position] {
      case .open: open += 1
      case .close: open -= 1
      case .token, .end: break
      }
      position += 1
    }
  }
}
