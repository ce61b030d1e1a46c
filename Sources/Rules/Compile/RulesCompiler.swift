/// A file of a ruleset that could not be loaded; `message` in English, without the path.
package struct LoadError: Error, Sendable, Equatable {
  package let message: String
  package init(_ message: String) { self.message = message }
}

/// The sources of a ruleset. `load` gets a path exactly as an `include` or a table declares it (relative to the folder of the main file).
package struct RulesetFiles: Sendable {
  package let main: SourceText
  package let load: @Sendable (String) -> Result<String, LoadError>

  package init(main: SourceText, load: @escaping @Sendable (String) -> Result<String, LoadError>) {
    self.main = main
    self.load = load
  }
}

/// A ruleset, or why there is none. `ruleset` is `nil` exactly when a diagnostic is an error.
package struct Compilation: Sendable {
  package let ruleset: Ruleset?
  package let diagnostics: [Diagnostic]
}

/// Sources to an immutable ruleset. After it has succeeded, no decision can fail on a mistake in the rules.
package enum RulesCompiler {
  /// `digest` is the SHA-256 over all sources, made by the caller, and goes into every explanation.
  /// `isThorough` adds advice, which takes longer.
  package static func compile(_ files: RulesetFiles, digest: String, isThorough: Bool = false) -> Compilation {
    compile(files, digest: digest, analysisBudget: Analysis.defaultBudget, isThorough: isThorough)
  }

  static func compile(_ files: RulesetFiles, digest: String, analysisBudget: Int, isThorough: Bool = false) -> Compilation {
    let context = CompileContext(load: files.load)
    let statements = SourceCollector(context).collect(files.main)
    let sorted = TopLevel(statements, context)
    HeaderCompiler(context).compile(sorted, main: files.main)
    JournalCompiler(context).compile(sorted.journals)
    TableCompiler(context).compile(sorted.tables)
    DeclarationCompiler(context).compile(lists: sorted.lists, conditions: sorted.conditions)
    let rules = RuleCompiler(context).compile(sorted)
    Analysis(context, budget: analysisBudget).check(rules, sorted)
    guard !context.diagnostics.hasErrors, let otherwise = rules.otherwise else {
      return Compilation(ruleset: nil, diagnostics: context.diagnostics.sorted)
    }
    let program = Program(context, rules: rules.rules, otherwise: otherwise, digest: digest)
    if isThorough { Advice(context, rules, program).check(sorted) }
    return Compilation(ruleset: Ruleset(program), diagnostics: context.diagnostics.sorted)
  }
}

/// Parses the main file and everything it includes.
private struct SourceCollector {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func collect(_ main: SourceText) -> [Statement] {
    var loaded: Set<String> = []
    return parse(main, &loaded, depth: 0)
  }

  private func parse(_ source: SourceText, _ loaded: inout Set<String>, depth: Int) -> [Statement] {
    var result: [Statement] = []
    for statement in Syntax.parse(SourceFile(source), context.diagnostics) {
      guard statement.keyword == "include" else {
        result.append(statement)
        continue
      }
      guard statement.words.count == 2, statement.words[1].kind == .string, statement.block == nil else {
        context.report(.includeFailed, at: statement.head, "`include` takes one path", help: "write `include \"common.rules\"`")
        continue
      }
      let path = statement.words[1].text
      guard loaded.insert(path).inserted, depth < 20 else {
        context.report(.includeFailed, at: statement.words[1].span, "\"\(path)\" is included already", help: "remove this line")
        continue
      }
      switch context.load(path) {
      case .success(let text): result += parse(SourceText(path: path, text: text), &loaded, depth: depth + 1)
      case .failure(let error):
        context.report(
          .includeFailed, at: statement.words[1].span, "\"\(path)\" cannot be read: \(error.message)",
          help: "paths are relative to the folder of the main file")
      }
    }
    return result
  }
}

/// The statements of all files by what they declare.
struct TopLevel {
  var rulesets: [Statement] = []
  var journals: [Statement] = []
  var units: [Statement] = []
  var tables: [Statement] = []
  var lists: [Statement] = []
  var conditions: [Statement] = []
  var rules: [Statement] = []
  var marks: [Statement] = []
  var otherwise: [Statement] = []
  /// `mailbox "…" { … }`: rules and marks for the messages of some mailboxes.
  var mailboxes: [Statement] = []

  static let keywords = ["ruleset", "include", "journal", "unit", "table", "list", "condition", "rule", "mark", "mailbox", "otherwise"]

  init(_ statements: [Statement], _ context: CompileContext) {
    for statement in statements {
      switch statement.keyword {
      case "ruleset": rulesets.append(statement)
      case "journal": journals.append(statement)
      case "unit": units.append(statement)
      case "table": tables.append(statement)
      case "list": lists.append(statement)
      case "condition": conditions.append(statement)
      case "rule": rules.append(statement)
      case "mark": marks.append(statement)
      case "otherwise": otherwise.append(statement)
      case "mailbox": mailboxes.append(statement)
      default:
        let word = statement.words.first?.shown ?? ""
        context.report(
          .unknownStatement, at: statement.position, "`\(word)` begins no declaration",
          help: NearestName.help(for: word, among: TopLevel.keywords) ?? "known are: " + TopLevel.keywords.joined(separator: ", "))
      }
    }
  }
}
