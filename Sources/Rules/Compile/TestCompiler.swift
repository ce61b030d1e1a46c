import Model

/// What follows a fact in a test: operator and values, checked against the fact's type.
struct TestCompiler {
  let context: CompileContext

  private static let operators = ["contains", "exists", "is", "in", "starts", "ends"]

  init(_ context: CompileContext) { self.context = context }

  func test(_ name: Token, _ fact: FactCatalogue.Definition, _ cursor: inout TokenCursor) -> Atom.Test? {
    if cursor.accept("exists") { return ended(cursor) ? .exists : nil }
    switch fact.type {
    case .flag: return flag(name, &cursor)
    case .word: return word(name, fact.words, &cursor)
    case .text: return text(name, &cursor)
    case .number: return number(name, &cursor)
    case .date: return date(name, &cursor)
    }
  }

  /// A column is text; `exists` means that the cell is not empty.
  func columnTest(_ name: Token, _ cursor: inout TokenCursor) -> Atom.Test? {
    if cursor.accept("exists") { return ended(cursor) ? .exists : nil }
    guard cursor.accept("is") else {
      context.report(
        .wrongTest, at: cursor.peek?.span ?? name.span, "a column is tested with `is` or `exists`", help: "write `\(name.text) is \"…\"`")
      return nil
    }
    guard let literals = literals(&cursor, .words), ended(cursor) else { return nil }
    return .text(TextTest(kind: .equals, literals: literals))
  }

  private func ended(_ cursor: TokenCursor) -> Bool {
    guard let extra = cursor.peek else { return true }
    if extra.kind == .malformed { return false }
    context.report(.tooMuch, at: extra.span, "`\(extra.shown)` is too much here", help: "one test stands on one line, or ends with `;`")
    return false
  }

  private func wrong(_ name: Token, _ type: String, _ cursor: TokenCursor, _ help: String) -> Atom.Test? {
    let span = cursor.peek?.span ?? name.span
    if let word = cursor.peek, word.kind == .word, let near = NearestName.of(word.text, among: TestCompiler.operators), near != word.text {
      context.report(.wrongTest, at: span, "there is no test `\(word.text)`", help: "write `\(near)`")
      return nil
    }
    let what = cursor.peek.map { "`\(name.text) \($0.shown)`: " } ?? ""
    context.report(.wrongTest, at: span, "\(what)`\(name.text)` is \(type)", help: help)
    return nil
  }

  private func flag(_ name: Token, _ cursor: inout TokenCursor) -> Atom.Test? {
    cursor.isAtEnd ? .flag : wrong(name, "yes or no", cursor, "write `\(name.text)` or `not \(name.text)`")
  }

  private func word(_ name: Token, _ words: [String], _ cursor: inout TokenCursor) -> Atom.Test? {
    guard cursor.accept("is") || cursor.accept("in") else {
      return wrong(name, "one of some words", cursor, "write `\(name.text) is \(words[0])`; known are: \(words.joined(separator: ", "))")
    }
    var found: Set<String> = []
    repeat {
      guard let token = cursor.next(), token.kind == .word || token.kind == .string else {
        context.report(.wrongLiteral, at: cursor.last, "a word is missing here", help: "known are: \(words.joined(separator: ", "))")
        return nil
      }
      guard words.contains(token.text) else {
        context.report(
          .unknownWord, at: token.span, "`\(name.text)` is never `\(token.text)`",
          help: NearestName.help(for: token.text, among: words, otherwise: "known are: \(words.joined(separator: ", "))"))
        return nil
      }
      found.insert(token.text)
    } while cursor.acceptSymbol(",")
    return ended(cursor) ? .words(found) : nil
  }

  // MARK: Text

  private func text(_ name: Token, _ cursor: inout TokenCursor) -> Atom.Test? {
    var kind = TextTest.Kind.contains
    var mode = Literal.Mode.words
    if cursor.accept("contains") {
      if cursor.accept("pattern") { return pattern(&cursor) }
      if cursor.accept("part") { mode = .part } else if cursor.accept("stem") { mode = .stem }
    } else if cursor.accept("is") {
      if let other = otherFact(cursor) {
        _ = cursor.next()
        return ended(cursor) ? .sameAs(other) : nil
      }
      kind = .equals
    } else if cursor.accept("starts"), cursor.accept("with") {
      kind = .startsWith
      mode = .part
    } else if cursor.accept("ends"), cursor.accept("with") {
      kind = .endsWith
      mode = .part
    } else if cursor.accept("in") {
      return membership(&cursor)
    } else {
      return wrong(
        name, "text", cursor,
        "tests on text: `contains`, `contains part`, `contains stem`, `contains pattern`, `is`, `in`, `starts with`, `ends with`, `exists`")
    }
    guard let literals = literals(&cursor, mode) else { return nil }
    var test = TextTest(kind: kind, literals: literals)
    if kind == .contains {
      if cursor.accept("near") {
        guard let others = self.literals(&cursor, mode), cursor.accept("within"), let words = cursor.next()?.integer, (1...200).contains(words),
          cursor.accept("words")
        else {
          context.report(
            .malformedTest, at: cursor.peek?.span ?? cursor.last, "`near` needs its distance", help: "write `near \"…\" within 10 words` (1 to 200)")
          return nil
        }
        test.near = TextTest.Near(literals: others, words: Int(words))
      }
      guard window(&cursor, &test) else { return nil }
    }
    return ended(cursor) ? .text(test) : nil
  }

  private func window(_ cursor: inout TokenCursor, _ test: inout TextTest) -> Bool {
    guard cursor.accept("within") else { return true }
    guard cursor.accept("first"), let window = cursor.next()?.integer, (1...1_000_000).contains(window) else {
      context.report(.malformedTest, at: cursor.last, "`within` needs the number of characters", help: "write `within first 1500`")
      return false
    }
    test.window = Int(window)
    return true
  }

  private func pattern(_ cursor: inout TokenCursor) -> Atom.Test? {
    var test = TextTest(kind: .pattern, literals: [])
    repeat {
      guard let token = cursor.next(), token.kind == .pattern else {
        context.report(
          .wrongLiteral, at: cursor.last, "a pattern stands in backquotes", help: "write `contains pattern` and, in backquotes, the pattern: [0-9]+")
        return nil
      }
      do {
        let pattern = try context.pattern(token.text)
        if !test.patterns.contains(pattern) { test.patterns.append(pattern) }
      } catch {
        report(error, token)
        return nil
      }
    } while cursor.acceptSymbol(",")
    guard window(&cursor, &test) else { return nil }
    return ended(cursor) ? .text(test) : nil
  }

  /// The mistake at its place inside the pattern.
  private func report(_ mistake: PatternMistake, _ token: Token) {
    let code: DiagnosticCode =
      switch mistake.kind {
      case .malformed: .malformedPattern
      case .tooLarge: .patternTooLarge
      case .empty: .emptyPattern
      }
    let scalars = Array(token.text.unicodeScalars)
    func offset(_ index: Int) -> Int { token.span.start + 1 + scalars.prefix(index).reduce(0) { $0 + UTF8.width($1) } }
    context.report(
      code, at: Span(file: token.span.file, start: offset(mistake.offset), end: offset(mistake.offset + mistake.length)), mistake.message,
      help: mistake.help)
  }

  /// `unit.identifier is mailbox`: the other fact, when the next word is one that holds text.
  private func otherFact(_ cursor: TokenCursor) -> Int? {
    guard let token = cursor.peek, token.kind == .word, context.lists[token.text] == nil, let fact = FactIndex.index(of: token.text) else {
      return nil
    }
    let definition = FactCatalogue.all[fact]
    return definition.type == .text && !definition.ofDocument ? fact : nil
  }

  private func membership(_ cursor: inout TokenCursor) -> Atom.Test? {
    if let token = cursor.peek, token.kind == .word, context.lists[token.text] == nil {
      _ = cursor.next()
      guard let table = table(token), table >= 0 else { return nil }
      if let extra = cursor.peek, extra.isWord("as") {
        context.report(
          .misplacedRow, at: extra.span, "`as` gives a name to a line of the table only in the top-level `all` of a rule, or alone behind `when`",
          help: "move this test there, or leave out `as …`")
        return nil
      }
      return ended(cursor) ? .inTable(table) : nil
    }
    guard let literals = literals(&cursor, .words), ended(cursor) else { return nil }
    return .text(TextTest(kind: .equals, literals: literals))
  }

  /// The table of this name; -1 when it is declared but could not be read; `nil` when it is unknown, which is reported.
  func table(_ token: Token) -> Int? {
    context.usedNames.insert("table " + token.text)
    if let known = context.tableByName[token.text] { return known }
    let names = Array(context.tableByName.keys) + context.lists.keys
    context.report(
      .unknownTable, at: token.span, "there is no table and no list `\(token.text)`",
      help: NearestName.help(for: token.text, among: names, otherwise: "declare it: `table \(token.text) \"….csv\" key …`"))
    return nil
  }

  /// Strings and names of lists, separated by commas.
  private func literals(_ cursor: inout TokenCursor, _ mode: Literal.Mode) -> [Int]? {
    var result: [Int] = []
    repeat {
      guard let token = cursor.next() else {
        context.report(.wrongLiteral, at: cursor.last, "a string is missing behind this", help: "write \"…\", or the name of a list")
        return nil
      }
      switch token.kind {
      case .string:
        guard let literal = literal(token.text, mode, at: token.span) else { return nil }
        result.append(literal)
      case .word:
        guard let list = context.lists[token.text] else {
          context.report(
            .wrongLiteral, at: token.span, "there is no list `\(token.text)`",
            help: NearestName.of(token.text, among: context.lists.keys).map { "write `\($0)`" } ?? "a text stands in quotes: \"\(token.text)\"")
          return nil
        }
        context.usedNames.insert("list " + token.text)
        let members = list.values.compactMap { literal($0.value, mode, at: $0.span) }
        guard members.count == list.values.count else { return nil }
        result += members
      case .malformed: return nil
      case .pattern:
        context.report(
          .wrongLiteral, at: token.span, "a pattern stands where a text is expected", help: "write `contains pattern`, or the text in \"…\"")
        return nil
      default:
        context.report(.wrongLiteral, at: token.span, "\(token.kindName) stands where a text is expected", help: "write \"\(token.text)\"")
        return nil
      }
    } while cursor.acceptSymbol(",")
    return result.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// A longer text to look for is refused: it would be a whole document.
  private static let literalLimit = 1_000

  private func literal(_ text: String, _ mode: Literal.Mode, at span: Span) -> Int? {
    guard text.utf8.count <= 2 * TestCompiler.literalLimit else {
      context.report(
        .tooLarge, at: span, "this text is longer than \(TestCompiler.literalLimit) letters", help: "a few words are enough to recognise a document")
      return nil
    }
    let id = context.literal(text, mode)
    let literal = context.literals[id]
    guard literal.variants.contains(where: { $0.contains(where: LetterTable.shared.isWord) }) else {
      context.report(.emptyLiteral, at: span, "this text has no letters and no digits, so it cannot be looked for")
      return nil
    }
    return id
  }

  // MARK: Numbers and dates

  private func comparison(_ cursor: inout TokenCursor) -> Comparison? {
    guard let token = cursor.peek, token.kind == .symbol || token.isWord("is"), let comparison = Comparison(rawValue: token.text) else { return nil }
    _ = cursor.next()
    return comparison
  }

  private func values<Value>(_ cursor: inout TokenCursor, _ comparison: Comparison, _ what: String, _ convert: (Token) -> Value?) -> [Value]? {
    var result: [Value] = []
    repeat {
      guard let token = cursor.next(), let value = convert(token) else {
        context.report(.wrongLiteral, at: cursor.last, "\(what) is expected here")
        return nil
      }
      result.append(value)
    } while comparison == .isOneOf && cursor.acceptSymbol(",")
    return ended(cursor) ? result : nil
  }

  private func number(_ name: Token, _ cursor: inout TokenCursor) -> Atom.Test? {
    guard let comparison = comparison(&cursor) else {
      return wrong(name, "a number", cursor, "write `\(name.text) > 0`; also =, !=, <, <=, >=, `is 1, 2`")
    }
    return values(&cursor, comparison, "a number", \.integer).map { .number(comparison, $0) }
  }

  private func date(_ name: Token, _ cursor: inout TokenCursor) -> Atom.Test? {
    guard let comparison = comparison(&cursor) else {
      return wrong(name, "a date", cursor, "write `\(name.text) >= 2026-07-01`; also =, !=, <, <=, >")
    }
    return values(&cursor, comparison, "a date like 2026-07-01", \.date).map { .date(comparison, $0) }
  }
}
