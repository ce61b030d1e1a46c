import Model

/// `then { … }`, and the body of `otherwise`.
struct OutcomeCompiler {
  enum Place { case rule, mark, otherwise }

  let context: CompileContext
  let conditions: ConditionCompiler
  let place: Place

  private static let deciding = ["journal", "type", "unit", "system", "term", "urgent", "confirmation", "tag", "link", "review", "not registered"]
  private static let marking = ["tag", "urgent", "link"]

  func compile(_ block: [Statement], at head: Span) -> OutcomeTemplate? {
    var outcome = OutcomeTemplate()
    var seen: [String: Span] = [:]
    let errorsBefore = context.diagnostics.all.count
    for statement in block {
      let isNot = statement.keyword == "not"
      let name = isNot ? "not registered" : statement.keyword
      let allowed = place == .mark ? OutcomeCompiler.marking : OutcomeCompiler.deciding
      guard allowed.contains(name), !isNot || statement.words.dropFirst().first?.isWord("registered") == true else {
        let what = place == .mark ? "a `mark` rule decides nothing: it cannot say" : "an outcome has no word"
        context.report(
          .badOutcome, at: statement.position, "\(what) `\(statement.words.first?.shown ?? "")`", help: NearestName.help(for: name, among: allowed))
        continue
      }
      if let first = seen[name], name != "tag" {
        context.report(.repeatedSetting, at: statement.head, "`\(name)` is already given in line \(first.line)", help: "keep one of the two")
        continue
      }
      seen[name] = statement.head
      if let inner = statement.block {
        context.report(.blockUnexpected, at: inner.first?.position ?? statement.head, "`\(name)` takes a value, not a block")
        continue
      }
      var cursor = TokenCursor(statement.words.dropFirst(isNot ? 2 : 1), after: statement.head)
      set(name, &outcome, &cursor, at: statement.head)
      if context.diagnostics.all.count == errorsBefore, let extra = cursor.peek {
        context.report(.tooMuch, at: extra.span, "`\(extra.shown)` is too much here")
      }
    }
    checkWhole(outcome, seen, at: head)
    return context.diagnostics.all[errorsBefore...].contains { $0.severity == .error } ? nil : outcome
  }

  private func checkWhole(_ outcome: OutcomeTemplate, _ seen: [String: Span], at head: Span) {
    switch place {
    case .mark:
      if seen.isEmpty { context.report(.emptyBlock, at: head, "this `mark` rule adds nothing", help: "add `tag \"…\"`, `urgent` or `link FACT`") }
    case .rule:
      if let refusal = seen["not registered"] {
        if let other = ["journal", "type", "unit", "system", "term", "confirmation", "link", "review"].first(where: { seen[$0] != nil }) {
          context.report(.badOutcome, at: refusal, "a document is either registered or not: `\(other)` cannot stand beside `not registered`")
        }
      } else {
        for needed in ["journal", "type"] where seen[needed] == nil {
          context.report(.badOutcome, at: head, "this outcome has no `\(needed)`", help: "add `\(needed) \"…\"`, or say `not registered \"why\"`")
        }
      }
    case .otherwise:
      if let refusal = seen["not registered"] {
        context.report(.badOutcome, at: refusal, "what no rule knows is always registered", help: "write `journal \"…\"` and `review`")
      } else if seen["journal"] == nil {
        context.report(.badOutcome, at: head, "`otherwise` needs a journal", help: "add `journal \"…\"`")
      }
    }
  }

  // MARK: One line each

  private func set(_ name: String, _ outcome: inout OutcomeTemplate, _ cursor: inout TokenCursor, at head: Span) {
    switch name {
    case "journal": outcome.journal = value(name, &cursor, at: head, journal)
    case "type": outcome.type = value(name, &cursor, at: head, type)
    case "system": outcome.system = value(name, &cursor, at: head) { $0.isEmpty ? (.badOutcome, "the system is empty", nil) : nil }
    case "unit": outcome.unit = unit(&cursor, at: head)
    case "term": outcome.term = term(&cursor, at: head)
    case "urgent": outcome.urgent = cursor.isAtEnd ? true : yesOrNo(name, &cursor)
    case "confirmation": outcome.reply = confirmation(&cursor)
    case "tag": outcome.tags += strings(&cursor, at: head)
    case "link": outcome.links += links(&cursor, at: head)
    case "review": outcome.review = cursor.isAtEnd ? "Правилото иска преглед от служител." : string(name, &cursor, at: head)
    default: outcome.notRegistered = string(name, &cursor, at: head)
    }
  }

  private typealias Finding = (code: DiagnosticCode, message: String, help: String?)

  private func value(_ name: String, _ cursor: inout TokenCursor, at head: Span, _ check: (String) -> Finding?) -> ValueSource<String>? {
    guard let token = cursor.next() else {
      context.report(.badOutcome, at: head, "`\(name)` has no value", help: "write `\(name) \"…\"`")
      return nil
    }
    if token.kind == .string {
      if let finding = check(token.text) {
        context.report(finding.code, at: token.span, finding.message, help: finding.help)
        return nil
      }
      return .constant(token.text)
    }
    guard let (binding, column) = column(token, name) else { return nil }
    TableCompiler(context).checkColumn(binding, column, use: name) { check($0)?.message }
    return .column(binding, column)
  }

  private func column(_ token: Token, _ name: String) -> (RowBinding, Int)? {
    if let found = conditions.column(token) { return found }
    let prefix = token.text.prefix { $0 != "." }
    if conditions.bindings[String(prefix)] == nil, token.kind != .malformed {
      context.report(
        .badOutcome, at: token.span, "`\(token.text)` is no value for `\(name)`",
        help: token.text.contains(".")
          ? "no line of a table is called `\(prefix)`: write `FACT in TABLE as \(prefix)` in the top-level `all`"
          : "write `\(name) \"\(token.text)\"`")
    }
    return nil
  }

  private func journal(_ name: String) -> Finding? {
    if context.journalSpans[name] != nil { return nil }
    return (
      .unknownJournal, "there is no journal \"\(name)\"",
      NearestName.help(for: name, among: Array(context.journalSpans.keys), otherwise: "declare it: `journal \"\(name)\" { … }`")
    )
  }

  private func type(_ code: String) -> Finding? {
    if !context.declaresTypes, !code.isEmpty { return nil }
    if context.types[code] != nil { return nil }
    return (
      .unknownType, "there is no document type \"\(code)\"",
      NearestName.help(for: code, among: context.typeCodes, otherwise: "add it to the table of types")
    )
  }

  private func unit(_ cursor: inout TokenCursor, at head: Span) -> UnitSource? {
    if let token = cursor.peek, token.kind == .word, let fact = FactIndex.index(of: token.text) {
      _ = cursor.next()
      let definition = FactCatalogue.all[fact]
      guard definition.type == .text, !definition.isSet, !definition.ofDocument else {
        context.report(
          .badOutcome, at: token.span, "`\(token.text)` cannot say the unit", help: "use `unit.identifier`, an identifier in quotes or a table")
        return nil
      }
      return .fact(fact)
    }
    let found = value("unit", &cursor, at: head) { identifier in
      if context.units[identifier] != nil { return nil }
      return (
        .unknownUnit, "there is no unit \"\(identifier)\"",
        NearestName.help(for: identifier, among: Array(context.units.keys), otherwise: "declare it in the table of units")
      )
    }
    switch found {
    case .constant(let identifier): return .constant(identifier)
    case .column(let binding, let column): return .column(binding, column)
    case nil: return nil
    }
  }

  private func term(_ cursor: inout TokenCursor, at head: Span) -> ValueSource<String>? {
    guard let first = cursor.next() else {
      context.report(.badOutcome, at: head, "`term` has no value", help: "write \(TermText.expected)")
      return nil
    }
    if first.kind == .word, first.text.contains("."), let (binding, column) = column(first, "term") {
      TableCompiler(context).checkColumn(binding, column, use: "term") { cell in
        cell.isEmpty || TermText.parse(cell) != nil ? nil : "`\(cell)` is no term: write \(TermText.expected), or leave the cell empty"
      }
      return .column(binding, column)
    }
    guard first.kind != .malformed else { return nil }
    let text = first.kind == .number ? first.text + " " + (cursor.next()?.text ?? "") : first.text
    guard TermText.parse(text) != nil else {
      context.report(.badOutcome, at: first.span.through(cursor.last), "`\(text)` is no term", help: "write \(TermText.expected)")
      return nil
    }
    return .constant(text)
  }

  private func yesOrNo(_ name: String, _ cursor: inout TokenCursor) -> Bool? {
    if cursor.accept("yes") { return true }
    if cursor.accept("no") { return false }
    context.report(.badOutcome, at: cursor.peek?.span ?? cursor.last, "`\(name)` is `yes` or `no`")
    return nil
  }

  private func confirmation(_ cursor: inout TokenCursor) -> OutcomeTemplate.Reply? {
    if cursor.accept("yes") { return .kind("А") }
    if cursor.accept("no") { return OutcomeTemplate.Reply.none }
    let letters = ReplyLetter.kinds.keys.sorted()
    guard cursor.accept("template"), let letter = cursor.next(), letter.kind == .string, ReplyLetter.kinds[letter.text] != nil else {
      context.report(
        .badOutcome, at: cursor.peek?.span ?? cursor.last, "this is no confirmation",
        help: "write `confirmation yes`, `confirmation no` or `confirmation template \"А\"` (Cyrillic: \(letters.joined(separator: ", ")))")
      return nil
    }
    return .kind(letter.text)
  }

  private func string(_ name: String, _ cursor: inout TokenCursor, at head: Span) -> String? {
    guard let token = cursor.next(), token.kind == .string, !token.text.isEmpty else {
      context.report(
        .badOutcome, at: cursor.last, "`\(name)` needs its reason as a string", help: "write `\(name) \"…\"`, in Bulgarian: clerks read it")
      return nil
    }
    return token.text
  }

  /// Facts that hold numbers of earlier documents.
  private func links(_ cursor: inout TokenCursor, at head: Span) -> [Int] {
    let tokens = cursor.rest
    while cursor.next() != nil {}
    return ListOfValues.read(tokens, after: head, context.diagnostics) { token in
      guard token.kind == .word, let fact = FactIndex.index(of: token.text) else {
        context.report(
          .unknownFact, at: token.span, "`link` takes a fact, and `\(token.text)` is none",
          help: NearestName.help(for: token.text, among: FactCatalogue.all.map(\.name), otherwise: "write `link cited.number`"))
        return nil
      }
      let definition = FactCatalogue.all[fact]
      guard definition.type == .text, !definition.ofDocument else {
        context.report(.badOutcome, at: token.span, "`\(token.text)` holds no incoming numbers", help: "write `link cited.number`")
        return nil
      }
      return fact
    }
  }

  private func strings(_ cursor: inout TokenCursor, at head: Span) -> [String] {
    let tokens = cursor.rest
    while cursor.next() != nil {}
    return ListOfValues.read(tokens, after: head, context.diagnostics) { token in
      guard token.kind == .string, !token.text.isEmpty else {
        context.report(.badOutcome, at: token.span, "a tag is a string", help: "write `tag \"\(token.text)\"`")
        return nil
      }
      return token.text
    }
  }
}
