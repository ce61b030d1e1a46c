/// What can be said about a ruleset as a whole.
struct Analysis {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func check(_ rules: CompiledRules, _ top: TopLevel) {
    for (name, declaration) in context.lists where !context.usedNames.contains("list " + name) {
      context.report(.unused, at: declaration.span, "the list `\(name)` is used nowhere", help: "remove it")
    }
    for (name, declaration) in context.conditions where !context.usedNames.contains("condition " + name) {
      context.report(.unused, at: declaration.span, "the condition `\(name)` is used nowhere", help: "remove it")
    }
    for statement in top.tables where statement.words.count > 1 && !context.usedNames.contains("table " + statement.words[1].text) {
      context.report(.unused, at: statement.words[1].span, "the table `\(statement.words[1].text)` is used nowhere", help: "remove it")
    }
  }
}
