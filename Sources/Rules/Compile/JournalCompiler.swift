import Model

/// `journal "…" { … }`.
struct JournalCompiler {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func compile(_ statements: [Statement]) {
    for statement in statements {
      guard statement.words.count == 2, statement.words[1].kind == .string, let inner = statement.block else {
        context.report(.malformedRule, at: statement.head, "a journal has a name and a block", help: "write `journal \"ЗСПД\" {`")
        continue
      }
      let name = statement.words[1]
      if let first = context.journalSpans[name.text] {
        context.reportDuplicate("journal", name.text, at: name.span, first: first)
        continue
      }
      context.journalSpans[name.text] = name.span
      let block = SettingsBlock(inner, title: "`journal`", head: statement.head, diagnostics: context.diagnostics)
      if let journal = compile(name.text, block) { context.journals.append(journal) }
      block.finish()
    }
    NumberCollisions(context).check()
  }

  private func compile(_ name: String, _ block: SettingsBlock) -> JournalDefinition? {
    let title = block.text("title", required: true)
    let system = block.text("system", required: true)
    let numbers = block.word("numbers by", of: ["robot", "target"], required: true)
    let byRobot = numbers?.value != "target"
    let counter = block.statement("counter", required: byRobot).map { compileCounter($0.values, at: $0.statement.head) }
    let number = block.text("number", required: byRobot)
    guard let title, let system, let numbers else { return nil }
    guard byRobot else {
      if let span = number?.span ?? block.all("counter").first?.statement.head {
        context.report(
          .targetNumbers, at: span, "the target system makes the numbers of this journal, so it has no counter and no template",
          help: "remove `counter` and `number`, or write `numbers by robot`")
      }
      guard let plain = try? NumberTemplate("{seq}") else { return nil }
      return JournalDefinition(
        name: name, title: title.value, system: system.value, numbering: .byTarget, counter: CounterScope(perUnit: false, perYear: false),
        template: plain)
    }
    _ = numbers
    guard let counter = counter ?? nil, let number else { return nil }
    context.numberSpans[name] = number.span
    let template: NumberTemplate
    do {
      template = try NumberTemplate(number.value)
    } catch {
      let start = number.span.start + 1 + number.value.prefix(error.offset).utf8.count
      context.report(.badTemplate, at: Span(file: number.span.file, start: min(start, number.span.end - 1), end: number.span.end - 1), error.message)
      return nil
    }
    if counter.perUnit, !template.usesUnit {
      context.report(
        .templateLacksUnit, at: number.span,
        "each unit has its own counter, but the number does not show the unit: two units would print the same number",
        help: "add `{unit.index}` to the template, or write `counter per year`")
    }
    if counter.perYear, !template.usesYear {
      context.report(
        .templateLacksYear, at: number.span, "the counter begins anew each year, but the number does not show the year: it would be printed again",
        help: "add `{year}` or `{date:dd.MM.yyyy}` to the template, or write `counter per unit`")
    }
    return JournalDefinition(
      name: name, title: title.value, system: system.value, numbering: .byRobot, counter: counter, template: template)
  }

  /// `per unit and year, starts at 1`, `per year`, `per unit`, `single`.
  private func compileCounter(_ tokens: ArraySlice<Token>, at head: Span) -> CounterScope? {
    var cursor = TokenCursor(tokens, after: head)
    var scope = CounterScope(perUnit: false, perYear: false)
    let help = "write `counter per unit and year, starts at 1`; also `per unit`, `per year`, `single`"
    func refuse(_ cursor: TokenCursor) -> CounterScope? {
      context.report(.wrongValue, at: cursor.peek?.span ?? cursor.last, "this is no counter", help: help)
      return nil
    }
    if cursor.accept("per") {
      repeat {
        if cursor.accept("unit") { scope.perUnit = true } else if cursor.accept("year") { scope.perYear = true } else { return refuse(cursor) }
      } while cursor.accept("and")
    } else if !cursor.accept("single") {
      return refuse(cursor)
    }
    if cursor.isAtEnd { return scope }
    guard cursor.acceptSymbol(","), cursor.accept("starts"), cursor.accept("at"), let start = cursor.next()?.integer, start > 0, cursor.isAtEnd else {
      return refuse(cursor)
    }
    scope.start = start
    return scope
  }
}
