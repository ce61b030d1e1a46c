import Model

/// Conditions: groups, negation, named conditions, tests on facts and on table columns.
struct ConditionCompiler {
  let context: CompileContext
  /// Rows of tables by the name given with `as`.
  var bindings: [String: RowBinding] = [:]
  /// Inside `any document { … }`.
  var inDocument = false

  static let groups = ["all", "any", "none"]
  static let reserved: Set<String> = [
    "all", "any", "none", "not", "every", "in", "as", "is", "exists", "contains", "starts", "ends", "with", "within", "first", "near", "part",
    "stem", "pattern", "document", "when", "then",
  ]

  init(_ context: CompileContext) { self.context = context }

  /// The condition of a rule. `F in T as r` may stand in its top-level `all`, or alone; the rows are then known to `bindings`.
  mutating func compileTop(_ tokens: ArraySlice<Token>, _ block: [Statement]?, at head: Span) -> Int? {
    if tokens.count == 1, tokens.first?.isWord("all") == true, let block {
      var found: [Int: Int?] = [:]
      for (index, statement) in block.enumerated() where isRow(statement.words[...]) {
        found[index] = compileRow(statement.words[...], at: statement.head)
      }
      return checkDepth(group("all", block, at: head, known: found), at: head)
    }
    if isRow(tokens) { return compileRow(tokens, at: head) }
    return checkDepth(compile(tokens, block, at: head), at: head)
  }

  private func checkDepth(_ node: Int?, at head: Span) -> Int? {
    guard let node, context.nodeDepths[node] > CompileContext.maximumNodeDepth else { return node }
    context.report(
      .tooLarge, at: head, "this condition is nested deeper than \(CompileContext.maximumNodeDepth), with the conditions it names",
      help: "split the rule")
    return nil
  }

  /// Any condition: `tokens` are its words, `block` what follows in braces.
  func compile(_ tokens: ArraySlice<Token>, _ block: [Statement]?, at head: Span) -> Int? {
    guard let first = tokens.first else {
      context.report(
        .malformedTest, at: head, "a condition is missing here", help: "write `all { … }`, `any { … }` or a test like `title contains \"жалба\"`")
      return nil
    }
    guard first.kind == .word else {
      context.report(
        .malformedTest, at: first.span, "\(first.kindName) begins no condition", help: "a test begins with a fact: `title contains \"жалба\"`")
      return nil
    }
    switch first.text {
    case "any" where tokens.dropFirst().first?.isWord("document") == true: return anyDocument(tokens, block, at: head)
    case "all", "any", "none":
      if let extra = tokens.dropFirst().first {
        context.report(.malformedTest, at: extra.span, "`\(extra.shown)` is too much here", help: "write `\(first.text) { … }`")
        return nil
      }
      guard let block else {
        context.report(.blockExpected, at: first.span, "`\(first.text)` needs a block", help: "write `\(first.text) { … }`")
        return nil
      }
      return group(first.text, block, at: head, known: [:])
    case "not":
      let rest = tokens.dropFirst()
      return compile(rest, block, at: rest.isEmpty ? first.span : head).map { context.node(.not($0)) }
    default: break
    }
    if let block {
      if tokens.count == 1, let near = NearestName.of(first.text, among: ConditionCompiler.groups) {
        context.report(.unknownFact, at: first.span, "`\(first.text)` begins no group of conditions", help: "write `\(near) {`")
      } else {
        context.report(.blockUnexpected, at: block.first?.position ?? first.span, "a test has no block", help: "end the line before the `{`")
      }
      return nil
    }
    return leaf(tokens, at: head)
  }

  private func group(_ kind: String, _ block: [Statement], at head: Span, known: [Int: Int?]) -> Int? {
    guard !block.isEmpty else {
      context.report(.emptyBlock, at: head, "`\(kind) { }` is empty", help: "put at least one test into it, or remove it")
      return nil
    }
    var children: [Int] = []
    var failed = false
    for (index, statement) in block.enumerated() {
      let child: Int?
      if let done = known[index] { child = done } else { child = compile(statement.words[...], statement.block, at: statement.head) }
      guard let child else {
        failed = true
        continue
      }
      if children.contains(child) {
        context.report(.repeatedTest, at: statement.head, "the same condition stands above in this block", help: "remove it")
      } else {
        children.append(child)
      }
    }
    guard !failed else { return nil }
    switch kind {
    case "all": return children.count == 1 ? children[0] : context.node(.all(children))
    case "any": return children.count == 1 ? children[0] : context.node(.any(children))
    default: return context.node(.not(children.count == 1 ? children[0] : context.node(.any(children))))
    }
  }

  private func anyDocument(_ tokens: ArraySlice<Token>, _ block: [Statement]?, at head: Span) -> Int? {
    guard tokens.count == 2, let block else {
      context.report(
        .blockExpected, at: head, "`any document` needs a block", help: "write `any document { … }`; all tests in it hold for one document")
      return nil
    }
    guard !inDocument else {
      context.report(.wrongScope, at: head, "`any document` cannot stand inside another", help: "its tests already mean one document")
      return nil
    }
    var inner = self
    inner.inDocument = true
    return inner.group("all", block, at: head, known: [:]).map { context.node(.anyDocument($0)) }
  }

  // MARK: Tests

  private func leaf(_ tokens: ArraySlice<Token>, at head: Span) -> Int? {
    var cursor = TokenCursor(tokens, after: head)
    let every = cursor.accept("every")
    guard let name = cursor.next(), name.kind == .word else {
      context.report(.malformedTest, at: cursor.last, "`every` needs a fact", help: "write `every files.names ends with \".pdf\"`")
      return nil
    }
    if let binding = row(name.text) { return columnTest(name, binding, &cursor) }
    if let index = FactIndex.index(of: name.text) { return factTest(name, index, every: every, &cursor) }
    if context.conditions[name.text] != nil {
      guard cursor.isAtEnd, !every else {
        context.report(
          .malformedTest, at: cursor.peek?.span ?? name.span, "`\(name.text)` is a condition and stands alone",
          help: "write `\(name.text)` or `not \(name.text)`")
        return nil
      }
      return named(name)
    }
    let names = FactCatalogue.all.map(\.name) + context.conditions.keys + ConditionCompiler.groups + ["not", "every"]
    context.report(
      .unknownFact, at: name.span, "there is no fact and no condition `\(name.text)`",
      help: NearestName.help(for: name.text, among: names, otherwise: "`intake-robot rules facts` lists all facts"))
    return nil
  }

  private func named(_ name: Token) -> Int? {
    guard let declaration = context.conditions[name.text] else { return nil }
    context.usedNames.insert("condition " + name.text)
    if declaration.isBeingCompiled {
      context.report(
        .conditionCycle, at: name.span, "the condition `\(name.text)` refers to itself",
        help: "a condition may only use conditions that do not use it")
      return nil
    }
    return compileNamed(name.text)
  }

  /// A named condition knows no rows, and means the document of the place where it is used.
  func compileNamed(_ name: String) -> Int? {
    guard var declaration = context.conditions[name] else { return nil }
    if let known = inDocument ? declaration.inDocument : declaration.inMessage { return known }
    guard context.conditionDepth < CompileContext.maximumConditionDepth else {
      context.report(
        .tooLarge, at: declaration.span, "conditions name each other more than \(CompileContext.maximumConditionDepth) deep",
        help: "name fewer conditions, one inside the other")
      return nil
    }
    context.conditionDepth += 1
    defer { context.conditionDepth -= 1 }
    declaration.isBeingCompiled = true
    context.conditions[name] = declaration
    var inner = ConditionCompiler(context)
    inner.inDocument = inDocument
    let node = checkDepth(
      inner.compile(declaration.tokens, declaration.statement.block, at: declaration.statement.head), at: declaration.statement.head)
    declaration.isBeingCompiled = false
    if inDocument { declaration.inDocument = .some(node) } else { declaration.inMessage = .some(node) }
    context.conditions[name] = declaration
    return node
  }

  private func factTest(_ name: Token, _ index: Int, every: Bool, _ cursor: inout TokenCursor) -> Int? {
    let fact = FactCatalogue.all[index]
    if every, !fact.isSet {
      context.report(.wrongTest, at: name.span, "`\(name.text)` has one value, so `every` means nothing here", help: "remove `every`")
      return nil
    }
    if inDocument, !fact.ofDocument {
      context.report(
        .wrongScope, at: name.span, "`\(name.text)` is a fact of the message, not of a document", help: "put this test outside `any document { … }`")
      return nil
    }
    return TestCompiler(context).test(name, fact, &cursor).map {
      context.node(Atom(subject: .fact(index), every: every, test: $0))
    }
  }

  // MARK: Rows of tables

  private func isRow(_ tokens: ArraySlice<Token>) -> Bool {
    tokens.count == 5 && tokens.dropFirst().first?.isWord("in") == true && tokens.dropFirst(3).first?.isWord("as") == true
  }

  private mutating func compileRow(_ tokens: ArraySlice<Token>, at head: Span) -> Int? {
    let words = Array(tokens)
    guard let fact = FactIndex.index(of: words[0].text) else { return leaf(tokens.prefix(1), at: head) }
    guard let table = TestCompiler(context).table(words[2]), words[4].kind == .word else { return nil }
    guard table >= 0 else { return nil }
    let definition = FactCatalogue.all[fact]
    guard definition.type == .text, !definition.isSet, !definition.ofDocument else {
      context.report(
        .wrongTest, at: words[0].span, "`\(words[0].text)` cannot be looked up with `as`",
        help: "the fact must be a text of the message with one value")
      return nil
    }
    guard bindings[words[4].text] == nil, FactIndex.index(of: words[4].text) == nil, !ConditionCompiler.reserved.contains(words[4].text) else {
      context.reportDuplicate("row", words[4].text, at: words[4].span, first: nil)
      return nil
    }
    let binding = RowBinding(fact: fact, table: table)
    bindings[words[4].text] = binding
    return context.node(Atom(subject: .fact(fact), every: false, test: .inTable(table)))
  }

  /// `s.term` where `s` is a row: the binding, without its column.
  private func row(_ name: String) -> RowBinding? {
    guard let dot = name.firstIndex(of: ".") else { return nil }
    return bindings[String(name[..<dot])]
  }

  /// The column that `s.column` means; reports an unknown one.
  func column(_ token: Token) -> (RowBinding, Int)? {
    guard token.kind == .word, let dot = token.text.firstIndex(of: "."), let binding = bindings[String(token.text[..<dot])] else { return nil }
    let name = String(token.text[token.text.index(after: dot)...])
    let columns = context.tables[binding.table].columns
    guard let column = columns.firstIndex(of: name) else {
      context.report(
        .unknownColumn, at: token.span, "the table `\(context.tables[binding.table].name)` has no column `\(name)`",
        help: NearestName.help(for: name, among: columns))
      return nil
    }
    return (binding, column)
  }

  private func columnTest(_ name: Token, _ binding: RowBinding, _ cursor: inout TokenCursor) -> Int? {
    guard let (_, column) = column(name) else { return nil }
    return TestCompiler(context).columnTest(name, &cursor).map {
      context.node(Atom(subject: .column(binding, column), every: false, test: $0))
    }
  }
}

/// Facts by their place in the catalogue.
enum FactIndex {
  private static let byName = Dictionary(uniqueKeysWithValues: FactCatalogue.all.enumerated().map { ($1.name, $0) })

  static func index(of name: String) -> Int? { byName[name] }
}
