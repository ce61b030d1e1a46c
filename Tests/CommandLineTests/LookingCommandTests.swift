import CommandLine
import Foundation
import Testing

@Suite("Commands on an installation")
struct LookingCommandTests {
  private func withConfiguration(_ settings: String = "", _ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("commands-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = """
      environment test
      administration "АСП"
      database "r.db"
      archive "a"
      mirror "m/m.jsonl"
      rules "rules.rules"
      ssev { api "http://127.0.0.1:9" }
      mailbox "1210150561306" { name "ДСП"; serve from 2026-07-01T00:00:00+03:00; credential { oid "2.16.1"; cn "x" } }
      \(settings)
      """
    try text.write(toFile: folder + "/robot.conf", atomically: true, encoding: .utf8)
    try await body(folder)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(left == ["robot.conf"], "a command that looks wrote \(left)")
  }

  @Test(
    "without a database they say so, with the remedy, and write nothing",
    arguments: [["status"], ["messages", "list"], ["jobs", "list"], ["journal", "list"], ["journal", "verify"], ["explain", "700101"]])
  func noDatabase(words: [String]) async throws {
    try await withConfiguration { folder in
      let program = TestProgram(workingDirectory: folder)
      let code = await RobotProgram().run(words + ["--config", "robot.conf"], context: program.context)
      #expect(code != .ok && program.error.contains("error[registry.missing]") && program.error.contains("  try: "))
    }
  }

  @Test("a wrong configuration is shown with every place, and ends with 78")
  func wrongConfiguration() async throws {
    try await withConfiguration("polll every 3 s\nworkers 0") { folder in
      let program = TestProgram(workingDirectory: folder)
      #expect(await program.run("status", "--config", "robot.conf") == .configuration)
      #expect(program.error.contains("robot.conf:9:1: error[syntax.E020]") && program.error.contains("robot.conf:10:9: error[syntax.E024]"))
      #expect(program.error.contains("error[config.invalid]: 2 mistakes"))
    }
  }

  @Test("a missing configuration and missing rules end with 78")
  func missingFiles() async throws {
    let program = TestProgram(workingDirectory: "/nonexistent")
    #expect(await program.run("check", "--config", "robot.conf") == .configuration)
    #expect(program.error.contains("error[file.unreadable]"))
    try await withConfiguration { folder in
      let program = TestProgram(workingDirectory: folder)
      #expect(await program.run("run", "--once", "--config", "robot.conf") == .configuration)
      #expect(program.error.contains("rules.rules"))
    }
  }

  @Test("wrong values of options are usage errors, told before anything is opened")
  func usage() async throws {
    try await withConfiguration { folder in
      for words in [
        ["run", "--once", "--until-idle"], ["run", "--until-idle", "--patience", "soon"], ["journal", "list", "--from", "yesterday"],
        ["jobs", "discard", "x", "--reason", "y"], ["jobs", "discard", "1"],
      ] {
        let program = TestProgram(workingDirectory: folder)
        #expect(await RobotProgram().run(words + ["--config", "robot.conf"], context: program.context) == .usage, "\(words)")
      }
    }
  }

  @Test("an error is JSON too when JSON is asked for")
  func jsonError() async throws {
    try await withConfiguration { folder in
      let program = TestProgram(workingDirectory: folder)
      _ = await program.run("status", "--json", "--config", "robot.conf")
      #expect(program.standard.contains("\"code\" : \"registry.missing\""))
    }
  }
}
