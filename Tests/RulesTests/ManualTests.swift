import Foundation
import Model
import Testing

@testable import Rules

/// The manual of the language is held to the truth: every example is compiled or run, and its lists of facts and codes are complete.
@Suite struct ManualTests {
  static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Rules/README.md")

  /// The fenced blocks: what stands behind the three backquotes, and the content.
  static func fences() throws -> [(kind: String, text: String)] {
    var result: [(String, String)] = []
    var open: (kind: String, lines: [Substring])?
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("```") else {
        open?.lines.append(line)
        continue
      }
      if let done = open {
        result.append((done.kind, done.lines.joined(separator: "\n") + "\n"))
        open = nil
      } else {
        open = (String(line.dropFirst(3)), [])
      }
    }
    return result
  }

  private func compile(_ rules: String) throws -> Compilation {
    let tables = try Self.fences().filter { $0.kind.hasPrefix("csv ") }.map { (String($0.kind.dropFirst(4)), $0.text) }
    let files = Dictionary(tables, uniquingKeysWith: { first, _ in first })
    return RulesCompiler.compile(
      RulesetFiles(main: SourceText(path: "manual.rules", text: rules)) { files[$0].map { .success($0) } ?? .failure(LoadError("no such file")) },
      digest: "")
  }

  @Test func `the small ruleset compiles alone, and all examples together`() throws {
    let rules = try Self.fences().filter { $0.kind == "rules" }.map(\.text)
    #expect(rules.count >= 8)
    #expect(try compile(rules[0]).diagnostics.map(\.rendered) == [])
    #expect(try compile(rules.joined(separator: "\n")).diagnostics.map(\.rendered) == [])
  }

  @Test func `each example of a test says yes and no as the manual does`() throws {
    let examples = try Self.fences().filter { $0.kind == "example" }
    #expect(examples.count >= 7)
    let frame = try #require(try Self.fences().first { $0.kind == "rules" }?.text)
    for example in examples {
      let lines = example.text.split(separator: "\n")
      let when = try #require(lines.first)
      let rule = "rule \"пример\" in \"спешно\" { \(when); then { journal \"Общ\"; type \"signal\" } }\n"
      let compilation = try compile(frame + rule)
      let ruleset = try #require(compilation.ruleset, "\(compilation.diagnostics.map(\.rendered))")
      for line in lines.dropFirst() {
        let expected = line.hasPrefix("yes:")
        #expect(expected || line.hasPrefix("no:"))
        let text = line.dropFirst(expected ? 4 : 3).trimmingCharacters(in: .whitespaces).replacingOccurrences(of: "⏎", with: "\n")
        let trace = ruleset.trace(try Make.letter(text, subject: text))
        #expect(trace.first { $0.rule == "пример" }?.isTrue == expected, "\(when): \(text)")
      }
    }
  }

  /// Rows of the table that begins with this head.
  private func table(_ head: String) throws -> [String] {
    let lines = try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0 == head })
    return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map(String.init)
  }

  @Test func `every code is explained`() throws {
    let rows = try table("| code | cause | remedy |")
    let codes = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    #expect(codes == DiagnosticCode.allCases.map(\.rawValue))
    for row in rows { #expect(row.split(separator: "|").count == 3, "\(row)") }
    // What `rules explain-code` says is the same.
    #expect(rows == DiagnosticCode.allCases.map { "| `\($0.rawValue)` | \($0.explanation.cause) | \($0.explanation.remedy) |" })
  }

  @Test func `every fact is listed`() throws {
    let head = "| fact | kind | meaning |"
    let expected = FactCatalogue.all.map { fact in
      let kind =
        switch fact.type {
        case .text: "text"
        case .number: "number"
        case .date: "date"
        case .flag: "yes or no"
        case .word: "one of: " + fact.words.joined(separator: ", ")
        }
      return "| `\(fact.name)` | \(kind)\(fact.isSet ? ", several" : "")\(fact.ofDocument ? ", of a document" : "") | \(fact.meaning) |"
    }
    if ProcessInfo.processInfo.environment["RULES_REGENERATE"] == "1" {
      var text = try String(contentsOf: Self.file, encoding: .utf8)
      let old = try table(head).map { $0 + "\n" }.joined()
      let top = head + "\n| --- | --- | --- |\n"
      text = text.replacingOccurrences(of: top + old, with: top + expected.map { $0 + "\n" }.joined())
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(try table(head) == expected)
  }
}
