import Model

/// What can be said about a ruleset as a whole: rules that can never decide, orders that are missing, things nobody uses.
struct Analysis {
  private let context: CompileContext
  private let budget: Int

  /// Comparisons of conditions before the rest is given up, which is reported.
  static let defaultBudget = 1_000_000

  init(_ context: CompileContext, budget: Int) {
    self.context = context
    self.budget = budget
  }

  func check(_ rules: CompiledRules, _ top: TopLevel) {
    // A mistake leaves parts uncompiled, so that what they use would look unused.
    if !context.diagnostics.hasErrors {
      checkUse(top)
      checkJournals(rules)
    }
    let inclusion = LiteralInclusion(context.literals)
    let implication = Implication(context, inclusion, budget: budget)
    for (index, rule) in rules.rules.enumerated() where isContradiction(rule.condition, implication) {
      context.report(
        .neverTrue, at: rules.spans[index], "the condition of this rule can never be true: two of its tests exclude each other",
        help: "remove one of them, or use `any { … }`")
    }
    compare(rules, implication, RivalIndex(context, rules.rules, inclusion))
  }

  // MARK: Unused names

  private func checkUse(_ top: TopLevel) {
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

  private func checkJournals(_ rules: CompiledRules) {
    var reached: Set<String> = []
    for outcome in rules.rules.map(\.outcome) + [rules.otherwise].compactMap(\.self) {
      switch outcome.journal {
      case .constant(let name): reached.insert(name)
      case .column(let binding, let column): reached.formUnion(context.tables[binding.table].rows.map { $0[column] })
      case nil: break
      }
    }
    for (name, span) in context.journalSpans where !reached.contains(name) {
      context.report(.journalUnreached, at: span, "no rule puts anything into the journal \"\(name)\"", help: "add a rule, or remove the journal")
    }
  }

  // MARK: Conditions against each other

  private func isContradiction(_ node: Int, _ implication: Implication) -> Bool {
    guard case .all(let children) = context.nodes[node] else { return false }
    for (index, child) in children.enumerated() {
      if isContradiction(child, implication) { return true }
      for earlier in children[..<index] where implication.excludes(earlier, child) { return true }
    }
    return false
  }

  private func compare(_ rules: CompiledRules, _ implication: Implication, _ index: RivalIndex) {
    var found: Set<Int> = []
    for higher in rules.rules.indices where !rules.rules[higher].description.isMark {
      for lower in index.rules(thatMayImply: higher) where lower != higher && !rules.rules[lower].description.isMark {
        guard implication.stepsLeft > 0 else { return giveUp(rules, higher) }
        let (mine, other) = (rules.rules[lower], rules.rules[higher])
        let isBeaten = other.stage < mine.stage || other.beats.contains(lower)
        if isBeaten, !found.contains(lower), implication.implies(mine.condition, other.condition) {
          found.insert(lower)
          context.report(
            .deadRule, at: rules.spans[lower],
            "this rule never decides: whenever it is true, \"\(other.description.name)\" is true too and beats it",
            help: "remove it, narrow \"\(other.description.name)\" (\(other.description.place)), or change their order")
        } else if !isBeaten, mine.stage == other.stage, !mine.beats.contains(higher), mine.outcome != other.outcome,
          implication.implies(mine.condition, other.condition),
          !(higher < lower && implication.implies(other.condition, mine.condition))
        {
          context.report(
            .undeclaredOrder, at: rules.spans[lower],
            "whenever this rule is true, \"\(other.description.name)\" is true too, and the two want different things",
            help: "add `outranks \"\(other.description.name)\"` to this rule")
        }
      }
    }
  }

  private func giveUp(_ rules: CompiledRules, _ index: Int) {
    context.report(
      .analysisIncomplete, at: rules.spans[index], "from this rule on, no rule was compared with it: there are too many",
      help: "nothing is wrong; dead rules and missing orders may stay unreported")
  }
}

/// Which rules could imply another: only those that mention what it cannot be true without. Keeps the comparison far from all pairs.
struct RivalIndex {
  private let triggers: [Trigger?]
  /// Rules by a literal that occurs whenever one of theirs does.
  private var byLiteral: [Int32: [Int]] = [:]
  private let all: [Int]

  init(_ context: CompileContext, _ rules: [CompiledRule], _ inclusion: LiteralInclusion) {
    var finder = TriggerFinder(
      nodes: context.nodes, atoms: context.atoms, literals: context.literals, patternLiterals: context.patternLiterals)
    triggers = rules.map { finder.trigger($0.condition) }
    all = Array(rules.indices)
    for (index, rule) in rules.enumerated() {
      var reached: Set<Int32> = []
      for literal in finder.mentioned(rule.condition) { reached.formUnion(inclusion.all(literal)) }
      for literal in reached { byLiteral[literal, default: []].append(index) }
    }
  }

  func rules(thatMayImply rule: Int) -> [Int] {
    guard let trigger = triggers[rule], trigger.nodes.isEmpty, trigger.equals.isEmpty else { return all }
    return Set(trigger.literals.flatMap { byLiteral[Int32($0)] ?? [] }).sorted()
  }
}
