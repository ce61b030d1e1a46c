import Testing

/// The annotated example is a configuration the robot accepts, and it leaves no setting out.
@Suite struct ExampleConfigurationTests {
  private static let example = "\(Installation.root)/Deploy/robot.conf"

  @Test func isAccepted() async throws {
    try await withTemporaryFolder { folder in
      let checked = try await run(Installation.program("intake-robot"), ["check", "--config", Self.example], in: folder)
      #expect(!checked.error.contains("robot.conf:"), "\(checked.error)")
      #expect(!checked.error.contains("config."), "\(checked.error)")
    }
  }

  /// Names of settings as the program's reader of configurations asks for them.
  private static func settings() throws -> Set<String> {
    let folder = "\(Installation.root)/Sources/Robot/Configuration"
    var names: Set<String> = []
    for file in Files.names(in: folder) where file.hasPrefix("ConfigurationReader") {
      let text = try Files.text("\(folder)/\(file)")
      for match in text.matches(of: /\.(?:text|word|duration|integer|size|time|block|blocks|statement|flag)\("([a-z ]+)"/) {
        names.insert(String(match.1))
      }
      for match in text.matches(of: /(?:path|address)\([a-z]+, "([a-z ]+)"/) { names.insert(String(match.1)) }
    }
    return names
  }

  @Test func explainsEverySetting() throws {
    let known = try Self.settings()
    #expect(known.count > 35)
    let lines = try Files.text(Self.example).split(separator: "\n").map { $0.drop { $0 == " " || $0 == "#" } }
    #expect(known.filter { name in !lines.contains { $0.hasPrefix(name + " ") } }.sorted() == [])
  }
}
