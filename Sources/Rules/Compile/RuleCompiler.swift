import Model

/// Everything `rule`, `mark` and `otherwise` declare.
struct CompiledRules {
  var rules: [CompiledRule] = []
  /// The place of each rule's name, for reports.
  var spans: [Span] = []
  var otherwise: OutcomeTemplate?
}

/// `rule "…" in "…" { when … then { … } }`, `mark "…" { … }`, `otherwise { … }`.
struct RuleCompiler {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func compile(_ top: TopLevel) -> CompiledRules {
    var result = CompiledRules()
    var byName: [String: Int] = [:]
    var names: [String: Span] = [:]
    var orders: [(rule: Int, names: ArraySlice<Token>, head: Span)] = []
    for (statement, part) in (top.rules + top.marks).map({ ($0, nil) }) + MailboxPart.statements(of: top, context) {
      guard let (rule, name, outranks) = compile(statement, part, &names) else { continue }
      byName[rule.description.name] = result.rules.count
      for (tokens, head) in outranks { orders.append((result.rules.count, tokens, head)) }
      result.rules.append(rule)
      result.spans.append(name.span)
    }
    result.otherwise = compileOtherwise(top)
    for name in context.conditions.keys.sorted() { _ = ConditionCompiler(context).compileNamed(name) }
    Precedence(context).apply(orders, byName, names, to: &result)
    return result
  }

  private typealias Parts = [String: [(statement: Statement, values: ArraySlice<Token>)]]

  private func compile(
    _ statement: Statement, _ part: MailboxPart?, _ names: inout [String: Span]
  ) -> (CompiledRule, Token, [(ArraySlice<Token>, Span)])? {
    let isMark = statement.keyword == "mark"
    guard statement.words.count >= 2, statement.words[1].kind == .string, !statement.words[1].text.isEmpty, let block = statement.block else {
      let example = isMark ? "mark \"…\" {" : "rule \"…\"\(context.stages.first.map { " in \"\($0)\"" } ?? "") {"
      context.report(.malformedRule, at: statement.head, "a rule has a name and a block", help: "write `\(example)`")
      return nil
    }
    let name = statement.words[1]
    if let first = names[name.text] {
      context.reportDuplicate("rule", name.text, at: name.span, first: first)
    } else {
      names[name.text] = name.span
    }
    let stage = isMark ? noStage(statement) : stage(of: statement)
    let parts = parts(of: block, isMark: isMark)
    var conditions = ConditionCompiler(context)
    var condition: Int?
    if let when = parts["when"]?.first {
      let head =
        when.values.isEmpty && when.statement.block == nil
        ? when.statement.head
        : Span(
          file: when.statement.position.file, start: when.values.first?.span.start ?? when.statement.position.start, end: when.statement.head.end)
      condition = conditions.compileTop(when.values, when.statement.block, at: head)
      if let part { condition = condition.flatMap { part.restrict($0, conditions) } }
    } else {
      context.report(.malformedRule, at: name.span, "this rule has no `when`", help: "add `when …` before `then`")
    }
    var outcome: OutcomeTemplate?
    if let then = parts["then"]?.first, let inner = then.statement.block, then.values.isEmpty {
      outcome = OutcomeCompiler(context: context, conditions: conditions, place: isMark ? .mark : .rule).compile(inner, at: then.statement.head)
    } else {
      context.report(
        .malformedRule, at: parts["then"]?.first?.statement.head ?? name.span, "this rule has no `then { … }`",
        help: isMark ? "add `then { tag \"…\" }`" : "add `then { journal \"…\"; type \"…\" }`")
    }
    func samples(_ key: String) -> [String] {
      (parts[key] ?? []).flatMap { part in
        ListOfValues.read(part.values, after: part.statement.head, context.diagnostics) { $0.kind == .string ? $0.text : nil }
      }
    }
    let description = RuleDescription(
      name: name.text, stage: isMark ? "" : context.stages.isEmpty ? "" : stage.map { context.stages[$0] } ?? "", isMark: isMark,
      matches: samples("matches"), fires: samples("fires"), ignores: samples("ignores"), place: "\(name.span.file.path):\(name.span.line)")
    let outranks = (parts["outranks"] ?? []).map { ($0.values, $0.statement.head) }
    guard let condition, let outcome, let stage else { return nil }
    return (CompiledRule(description: description, stage: stage, condition: condition, outcome: outcome), name, outranks)
  }

  private func noStage(_ statement: Statement) -> Int? {
    guard let extra = statement.words.dropFirst(2).first else { return 0 }
    context.report(.tooMuch, at: extra.span, "a `mark` rule stands in no stage: it never competes", help: "write `mark \"…\" {`")
    return nil
  }

  private func stage(of statement: Statement) -> Int? {
    let tail = statement.words.dropFirst(2)
    if tail.isEmpty, context.stages.isEmpty { return 0 }
    guard tail.count == 2, tail.first?.isWord("in") == true, let stage = tail.last, stage.kind == .string else {
      context.report(
        .malformedRule, at: tail.first?.span ?? statement.head, "a rule stands in one stage",
        help: "write `rule \"…\" in \"\(context.stages.first ?? "…")\" {`")
      return nil
    }
    guard let index = context.stages.firstIndex(of: stage.text) else {
      context.report(
        .unknownStage, at: stage.span, "there is no stage \"\(stage.text)\"",
        help: NearestName.help(for: stage.text, among: context.stages, otherwise: "declare it in `ruleset { stages … }`"))
      return nil
    }
    return index
  }

  private func parts(of block: [Statement], isMark: Bool) -> Parts {
    var parts: Parts = [:]
    let known = ["when", "then", "matches", "fires", "ignores"] + (isMark ? [] : ["outranks"])
    for statement in block {
      let keyword = statement.keyword
      guard known.contains(keyword) else {
        if TopLevel.keywords.contains(keyword) {
          context.report(.malformedRule, at: statement.position, "`\(keyword)` stands inside a rule", help: "a `}` is missing above this line")
          return parts
        }
        context.report(
          .malformedRule, at: statement.position, "a rule has no part `\(statement.words.first?.shown ?? "")`",
          help: NearestName.help(for: keyword, among: known))
        continue
      }
      if ["when", "then"].contains(keyword), let first = parts[keyword]?.first {
        context.report(
          .repeatedSetting, at: statement.head, "`\(keyword)` is already given in line \(first.statement.position.line)",
          help: keyword == "when" ? "join the conditions: `when all { … }`" : "keep one of the two")
        continue
      }
      parts[keyword, default: []].append((statement, statement.words.dropFirst()))
    }
    return parts
  }

  private func compileOtherwise(_ top: TopLevel) -> OutcomeTemplate? {
    guard let statement = top.otherwise.first else {
      if let place = top.rulesets.first?.head ?? top.rules.first?.head {
        context.report(
          .otherwiseMissing, at: place, "there is no `otherwise { … }`: what no rule knows would be lost",
          help: "add `otherwise { journal \"…\"; review }`")
      }
      return nil
    }
    for other in top.otherwise.dropFirst() {
      context.report(
        .otherwiseMissing, at: other.head, "a second `otherwise`; the first is in \(statement.position.file.path):\(statement.position.line)",
        help: "remove one of the two")
    }
    guard let block = statement.block, statement.words.count == 1 else {
      context.report(.blockExpected, at: statement.head, "`otherwise` needs a block", help: "write `otherwise { journal \"…\"; review }`")
      return nil
    }
    var outcome = OutcomeCompiler(context: context, conditions: ConditionCompiler(context), place: .otherwise).compile(block, at: statement.head)
    if outcome != nil, outcome?.type == nil, context.declaresTypes {
      let unknown = context.typeCodes.filter { context.types[$0]?.group == "unknown" }
      guard unknown.count == 1 else {
        context.report(.badOutcome, at: statement.head, "`otherwise` needs a type", help: "add `type \"…\"`, or keep one type of the class `unknown`")
        return nil
      }
      outcome?.type = .constant(unknown[0])
    }
    return outcome
  }
}
