import Foundation
import Testing

@testable import Rules

/// Pairs in `Golden/`: what is compiled (`.in`), and every diagnostic it gives, word for word (`.out`). With `RULES_REGENERATE=1` in the
/// environment the `.out` files are written anew, to be read as a change.
@Suite struct GoldenTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".in") }.map { String($0.dropLast(3)) }.sorted()

  static func compile(_ name: String) throws -> Compilation {
    let text = try String(contentsOf: folder.appendingPathComponent(name + ".in"), encoding: .utf8)
    return RulesCompiler.compile(
      RulesetFiles(main: SourceText(path: name + ".in", text: text)) { path in
        let file = folder.appendingPathComponent("files").appendingPathComponent(path)
        return (try? String(contentsOf: file, encoding: .utf8)).map { .success($0) } ?? .failure(LoadError("no such file"))
      }, digest: "", isThorough: name.hasPrefix("advice"))
  }

  @Test(arguments: names) func `diagnostics are word for word`(_ name: String) throws {
    let compilation = try Self.compile(name)
    let rendered = compilation.diagnostics.map { $0.rendered + "\n" }.joined(separator: "\n")
    let file = Self.folder.appendingPathComponent(name + ".out")
    if ProcessInfo.processInfo.environment["RULES_REGENERATE"] == "1" { try rendered.write(to: file, atomically: true, encoding: .utf8) }
    #expect(rendered == (try String(contentsOf: file, encoding: .utf8)))
    #expect((compilation.ruleset == nil) == compilation.diagnostics.contains { $0.severity == .error })
  }

  @Test func `every code has an example`() throws {
    var met: Set<String> = []
    for name in Self.names { met.formUnion(try Self.compile(name).diagnostics.map(\.code)) }
    let missing = DiagnosticCode.allCases.map(\.rawValue).filter { !met.contains($0) && !Self.elsewhere.contains($0) }
    #expect(missing == [])
  }

  /// Shown by tests of their own: they need a file of many megabytes, values that only settings have, or a thousand rules.
  static let elsewhere: Set<String> = ["syntax.E011", "syntax.E024", "rules.W204"]

  @Test func `a file that is too large is refused unread`() {
    let text = String(repeating: "# ", count: Syntax.maximumBytes / 2 + 1)
    #expect(Syntax.parse(SourceText(path: "a.rules", text: text)).diagnostics.map(\.code) == ["syntax.E011"])
  }

  @Test func `an analysis that is given up says so`() throws {
    let rules = (1...30).map {
      "rule \"\($0)\" in \"писма\" { when text contains \"общо\", \"дума\($0)\"; then { journal \"Входящ\"; type \"zhalba\"; term \($0) days } }\n"
    }
    let files = RulesetFiles(main: SourceText(path: "a.rules", text: Make.header + rules.joined())) {
      Make.tables[$0].map { .success($0) } ?? .failure(LoadError(""))
    }
    #expect(RulesCompiler.compile(files, digest: "", analysisBudget: 100).diagnostics.map(\.code) == ["rules.W202", "rules.W204"])
    #expect(RulesCompiler.compile(files, digest: "").diagnostics.map(\.code) == ["rules.W202"])
  }

  @Test func `a setting out of its range says the range`() {
    let found = DiagnosticCollector()
    let source = SourceText(path: "robot.conf", text: "readers 0; poll every 2 days; limit 3 GB")
    let block = SettingsBlock(
      Syntax.parse(source).statements, title: "robot.conf", head: Span(file: SourceFile(source), start: 0, end: 0), diagnostics: found)
    #expect(block.integer("readers", in: 1...64)?.value == nil)
    #expect(block.duration("poll every", in: .seconds(5) ... .seconds(3600))?.value == nil)
    #expect(block.size("limit", in: 1...1 << 30)?.value == nil)
    #expect(found.all.map(\.code) == ["syntax.E024", "syntax.E024", "syntax.E024"])
    #expect(found.all.map(\.help) == ["it is from 1 to 64", "it is from 5 s to 1 hours", "it is from 1 bytes to 1073741824 bytes"])
  }
}
