import Model

/// `list name "…", "…"` or `list name { "…" … }`, and the names of conditions.
struct DeclarationCompiler {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func compile(lists: [Statement], conditions: [Statement]) {
    for statement in lists {
      guard let name = name(of: statement, "list", "write `list weak \"молба\", \"заявление\"`") else { continue }
      var values: [Located<String>] = []
      if let block = statement.block {
        for line in block { values += read(line.words[...], at: line.head) }
        if block.isEmpty { context.report(.emptyBlock, at: statement.head, "the list is empty") }
      } else {
        values = read(statement.words.dropFirst(2), at: statement.head)
      }
      context.lists[name.text] = CompileContext.ListDeclaration(values: values, span: name.span)
    }
    for statement in conditions {
      guard let name = name(of: statement, "condition", "write `condition complaint any { … }`") else { continue }
      if FactCatalogue.definition(named: name.text) != nil || ConditionCompiler.reserved.contains(name.text) {
        context.report(.duplicateName, at: name.span, "`\(name.text)` is a word of the language", help: "give the condition another name")
        continue
      }
      context.conditions[name.text] = CompileContext.ConditionDeclaration(
        statement: statement, tokens: statement.words.dropFirst(2), span: name.span)
    }
  }

  private func name(of statement: Statement, _ what: String, _ help: String) -> Token? {
    guard statement.words.count >= 2, statement.words[1].kind == .word else {
      context.report(.malformedRule, at: statement.head, "a \(what) needs a name that is one word", help: help)
      return nil
    }
    let name = statement.words[1]
    let first = what == "list" ? context.lists[name.text]?.span : context.conditions[name.text]?.span
    if let first {
      context.reportDuplicate(what, name.text, at: name.span, first: first)
      return nil
    }
    return name
  }

  private func read(_ tokens: ArraySlice<Token>, at head: Span) -> [Located<String>] {
    ListOfValues.read(tokens, after: head, context.diagnostics) { token in
      guard token.kind == .string else {
        context.report(.wrongLiteral, at: token.span, "\(token.kindName) stands where a string is expected", help: "write \"\(token.text)\"")
        return nil
      }
      return Located(token.text, token.span)
    }
  }
}
