import Model
import Robot
import Rules

/// `rules …`: for people who write rules.
enum RulesCommands {
  private static let all = Option("all", nil, "also advice that takes longer: what may overlap, with an example; rows and types that no rule uses")

  // MARK: check

  static let check = Command(
    "rules check", summary: "compile rules and print every finding",
    operands: [Operand("RULES", .any, "rulesets: files, or folders with a ruleset.rules; those of the configuration by default")],
    options: [.config, all, .json],
    details: """
      Compiles each ruleset with its files and tables and prints all findings with their place and what to write instead. With several, also whether
      they follow one another without gap or overlap. Ends with 0 (also when there are only warnings), with 78 for mistakes.
      """,
    example: "intake-robot rules check Rules/asp"
  ) { (invocation) async throws(OperatorError) in
    let paths = invocation.operands.isEmpty ? try invocation.configuration().value.rules : invocation.operands.map { file($0, invocation) }
    let loading = try RulesetShelf.load(paths, isThorough: invocation.has(all))
    let errors = loading.diagnostics.filter { $0.severity == .error }.count + loading.mistakes.count
    let warnings = loading.diagnostics.filter { $0.severity == .warning }.count
    let lines = loading.diagnostics.flatMap { [$0.rendered, ""] } + loading.mistakes.map(\.description)
    let summary = "\(paths.count) \(paths.count == 1 ? "ruleset" : "rulesets"): \(errors) errors, \(warnings) warnings"
    invocation.print(
      json: [
        "errors": .integer(Int64(errors)), "warnings": .integer(Int64(warnings)), "findings": .array(loading.diagnostics.map(\.json)),
        "between": .array(loading.mistakes.map { ["code": .string($0.code), "summary": .string($0.summary), "remedy": .string($0.remedy)] }),
      ], lines: lines + [summary])
    return errors == 0 ? .ok : .configuration
  }

  private static func file(_ operand: String, _ invocation: Invocation) -> String {
    let path = TextFile.resolve(operand, in: invocation.context.workingDirectory)
    return TextFile.isFolder(path) ? path + "/ruleset.rules" : path
  }

  // MARK: activate

  static let activate = Command(
    "rules activate", summary: "try the rules of the configuration and put them in force", options: [.config, .actor, .reason, .json],
    details: """
      Compiles the configured rules, checks that they fit this installation, decides all their samples and checks the claims of the rules; then a running
      robot takes them up, and the journal records their versions and digests and who did it. With anything not right the old rules stay in force. Ends
      with 0, with 78 when the rules were refused.
      """,
    example: "intake-robot rules activate --reason \"Заповед № …\""
  ) { (invocation) async throws(OperatorError) in
    let configuration = try invocation.configuration().value
    let progress = Progress(invocation.context, of: 0)
    let shelf = try await RulesetTrial(configuration: configuration, surroundings: invocation.context.surroundings).run { progress.show($0) }
    progress.clear()
    return try await ManualCommands.perform(.activateRules(digests: shelf.digests), invocation)
  }

  // MARK: fmt

  private static let dryRun = Option("check", nil, "change nothing; end with 1 when a file is not laid out so")

  static let format = Command(
    "rules fmt", summary: "lay rules out in the one usual way", operands: [Operand("FILE", .atLeastOne, "files of rules, or folders of such")],
    options: [dryRun, .json],
    details: """
      Rewrites the white space of each file; comments, order and everything in quotes stay. A file with a mistake of syntax is left as it is. Ends with
      0, with 78 when a file cannot be parsed.
      """,
    example: "intake-robot rules fmt --check Rules/asp"
  ) { (invocation) async throws(OperatorError) in
    var changed: [String] = []
    var broken: [String] = []
    for operand in invocation.operands {
      let path = TextFile.resolve(operand, in: invocation.context.workingDirectory)
      for file in try TextFile.isFolder(path) ? TextFile.files(below: path).filter({ $0.hasSuffix(".rules") }) : [path] {
        let source = SourceText(path: file, text: try TextFile.read(file))
        guard let text = RulesFormat.format(source) else {
          broken.append(file)
          for diagnostic in Syntax.parse(source).diagnostics { invocation.context.output.errorLine(diagnostic.rendered) }
          continue
        }
        guard text != source.text else { continue }
        changed.append(file)
        if !invocation.has(dryRun) { try TextFile.replace(file, with: text) }
      }
    }
    let word = invocation.has(dryRun) ? "not laid out" : "rewritten"
    invocation.print(
      json: ["changed": .array(changed.map { .string($0) }), "broken": .array(broken.map { .string($0) })],
      lines: changed.map { "\(word): \($0)" } + broken.map { "cannot be parsed: \($0)" })
    return broken.isEmpty ? (invocation.has(dryRun) && !changed.isEmpty ? .failure : .ok) : .configuration
  }

  // MARK: facts

  static let facts = Command(
    "rules facts", summary: "list the facts that rules can test", operands: [Operand("FACT", .any, "only these, or those that begin so")],
    options: [.json],
    details:
      "Name, kind, meaning and an example of every fact. A fact `of a document` means the main document, or each in turn inside `any document`.",
    example: "intake-robot rules facts sender"
  ) { (invocation) async throws(OperatorError) in
    let found = FactCatalogue.all.filter { fact in
      invocation.operands.isEmpty || invocation.operands.contains { fact.name == $0 || fact.name.hasPrefix($0 + ".") || fact.name.hasPrefix($0) }
    }
    let width = (found.map(\.name.count).max() ?? 0) + 2
    invocation.print(
      json: .array(
        found.map {
          [
            "name": .string($0.name), "type": .string($0.type.rawValue), "words": .array($0.words.map { .string($0) }),
            "meaning": .string($0.meaning),
            "example": .string($0.example), "several": .bool($0.isSet), "ofDocument": .bool($0.ofDocument),
          ]
        }),
      lines: found.flatMap { fact in
        let kind = fact.type == .word ? fact.words.joined(separator: "|") : fact.type.rawValue
        let notes = (fact.isSet ? ", several" : "") + (fact.ofDocument ? ", of a document" : "")
        return ["\(HelpText.pad(fact.name, width))\(kind)\(notes)", "\(HelpText.pad("", width))\(fact.meaning); например: \(fact.example)"]
      })
    return found.isEmpty ? .failure : .ok
  }

  // MARK: explain-code

  static let explainCode = Command(
    "rules explain-code", summary: "say what a code of a finding means", operands: [Operand("CODE", .one, "rules.E168, or E168")], options: [.json],
    details:
      "Cause and remedy of one code of the rule language. Codes of other errors stand in Deploy/OPERATIONS.md. Ends with 1 for an unknown code.",
    example: "intake-robot rules explain-code rules.E168"
  ) { (invocation) async throws(OperatorError) in
    let wanted = invocation.operands[0]
    guard let code = DiagnosticCode.allCases.first(where: { $0.rawValue == wanted || $0.rawValue.hasSuffix("." + wanted.uppercased()) }) else {
      let near = Suggestion.nearest(to: wanted, in: DiagnosticCode.allCases.map(\.rawValue))
      invocation.context.output.errorLine("no finding has the code `\(wanted)`" + (near.map { "; did you mean \($0)?" } ?? ""))
      return .failure
    }
    let (cause, remedy) = code.explanation
    let effect = code.isWarning ? "a warning: the rules can be used" : "an error: the rules cannot be used"
    invocation.print(
      json: ["code": .string(code.rawValue), "warning": .bool(code.isWarning), "cause": .string(cause), "remedy": .string(remedy)],
      lines: ["\(code.rawValue), \(effect)", "  cause:  \(cause)", "  remedy: \(remedy)"])
    return .ok
  }
}
