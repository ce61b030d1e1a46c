import CommandLine
import Foundation
import Testing

/// `rules …` on files of a folder of its own.
@Suite struct RulesCommandTests {
  private static let rules = """
    ruleset "Проба" { version "1"; effective 2026-01-01 }
    journal "А" { title "А"; system "Б"; numbers by robot; counter per year; number "А-{seq}/{year}" }
    otherwise { journal "А"; review }
    rule "жалба" { when text contains "жалба"; then { journal "А"; type "жалба" } }
    rule "сигнал" { when text contains "сигнал"; then { journal "А"; type "сигнал" } }

    """

  private func inFolder(_ files: [String: String], _ body: (TestProgram, String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rules-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files { try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8) }
    try await body(TestProgram(workingDirectory: folder.path), folder.path)
  }

  @Test func `check prints every finding and its end says how many`() async throws {
    try await inFolder([
      "ruleset.rules": Self.rules, "bad.rules": Self.rules.replacingOccurrences(of: "journal \"А\"; type", with: "journal \"Б\"; typ"),
    ]) {
      program, _ in
      #expect(await program.run("rules", "check", ".") == .ok)
      #expect(program.standard == "1 ruleset: 0 errors, 0 warnings\n")
    }
    try await inFolder(["ruleset.rules": Self.rules.replacingOccurrences(of: "type \"жалба\"", with: "typ \"жалба\"")]) { program, _ in
      #expect(await program.run("rules", "check", ".") == .configuration)
      #expect(program.standard.contains("error[rules.E165]"))
      #expect(program.standard.hasSuffix("errors, 0 warnings\n"))
    }
  }

  @Test func `check with all advises, with an example that was tried`() async throws {
    try await inFolder(["ruleset.rules": Self.rules]) { program, _ in
      #expect(await program.run("rules", "check", "--all", ".") == .ok)
      #expect(program.standard.contains("warning[rules.W210]: this rule and \"сигнал\" may be true of one message"))
      #expect(program.standard.contains("example: text „жалба сигнал“"))
    }
  }

  @Test func `fmt rewrites once, and check says when it would`() async throws {
    try await inFolder(["a.rules": "list  думи   \"а\"\n", "b.txt": "list  думи"]) { program, folder in
      #expect(await program.run("rules", "fmt", "--check", ".") == .failure)
      #expect((try? String(contentsOfFile: folder + "/a.rules", encoding: .utf8)) == "list  думи   \"а\"\n")
      #expect(await program.run("rules", "fmt", ".") == .ok)
      #expect((try? String(contentsOfFile: folder + "/a.rules", encoding: .utf8)) == "list думи \"а\"\n")
      #expect((try? String(contentsOfFile: folder + "/b.txt", encoding: .utf8)) == "list  думи")
      #expect(await program.run("rules", "fmt", "--check", ".") == .ok)
    }
    try await inFolder(["a.rules": "list думи \"а\n"]) { program, _ in
      #expect(await program.run("rules", "fmt", "a.rules") == .configuration)
      #expect(program.error.contains("syntax.E002"))
    }
  }

  @Test func `facts and codes are explained`() async throws {
    let program = TestProgram()
    #expect(await program.run("rules", "facts", "sender.kind") == .ok)
    #expect(program.standard.contains("person|company|institution|social|unknown"))
    #expect(await program.run("rules", "facts", "няма") == .failure)
    #expect(await program.run("rules", "explain-code", "E168") == .ok)
    #expect(program.standard.contains("rules.E168, an error"))
    #expect(await program.run("rules", "explain-code", "rules.E999") == .failure)
  }
}
