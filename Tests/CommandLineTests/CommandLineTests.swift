import CommandLine
import Testing

@Suite("The command line")
struct CommandLineTests {
  @Test("no command prints the help; every command is in it")
  func programHelp() async {
    let program = TestProgram()
    #expect(await program.run() == .ok)
    for command in RobotProgram.commands { #expect(program.standard.contains("  \(command.name) ")) }
  }

  @Test("every command explains itself with an example that names it", arguments: RobotProgram.commands.map(\.name))
  func commandHelp(name: String) async throws {
    let program = TestProgram()
    let words = name.split(separator: " ").map(String.init) + ["--help"]
    #expect(await RobotProgram().run(words, context: program.context) == .ok)
    #expect(program.standard.hasPrefix("Usage: intake-robot \(name)"))
    let example = try #require(program.standard.components(after: "Example:\n  "))
    #expect(example.hasPrefix("intake-robot \(name)"))
  }

  @Test(
    "wrong words get the right ones",
    arguments: [
      (["chek"], "intake-robot check"), (["check", "--jsno"], "--json"), (["version", "--json=1"], "--json"),
      (["check", "--config"], "--config FILE"), (["verson"], "intake-robot version"),
    ])
  func suggestions(words: [String], expected: String) async {
    let program = TestProgram()
    #expect(await RobotProgram().run(words, context: program.context) == .usage)
    #expect(program.error.hasPrefix("error[command-line.usage]: "))
    #expect(program.error.contains("try: \(expected)"))
    #expect(program.standard.isEmpty)
  }

  @Test("what is not meant by anybody gets no suggestion")
  func noSuggestion() async {
    let program = TestProgram()
    #expect(await program.run("xyzzyxyzzy") == .usage)
    #expect(program.error.contains("try: intake-robot --help"))
    #expect(await program.run("version", "extra") == .usage)
  }

  @Test("version as text and as JSON")
  func version() async {
    let program = TestProgram()
    #expect(await program.run("version") == .ok)
    #expect(program.standard.hasPrefix("intake-robot "))
    let json = TestProgram()
    #expect(await json.run("version", "--json") == .ok)
    #expect(json.standard.contains("\"mark\" : \"ir1\""))
  }
}

extension String {
  /// What follows the first occurrence of a text.
  func components(after text: String) -> String? {
    var rest = Substring(self)
    while !rest.isEmpty {
      if rest.hasPrefix(text) { return String(rest.dropFirst(text.count)) }
      rest = rest.dropFirst()
    }
    return nil
  }
}
