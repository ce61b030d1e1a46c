import FoundationEssentials
import Spawn
import Testing

/// What is committed is what the scripts write.
@Suite("Generated files") struct GeneratorTests {
  static let reference = RulesetTests.root + "/../shared/reference"
  private static let python = "/usr/bin/python3"

  @Test("Samples/ is as the generator writes it")
  func samples() async throws {
    try await GeneratorTests.check([RulesetTests.root + "/Samples/make.py", "--check"])
  }

  @Test(
    "tables of Rules/asp are as derived from the reference",
    .enabled(if: FileManager.default.fileExists(atPath: reference + "/asp-units.csv"), "corpus absent"))
  func tables() async throws {
    try await GeneratorTests.check([RulesetTests.root + "/Rules/asp/make-tables.py", GeneratorTests.reference, "--check"])
  }

  static func check(_ arguments: [String]) async throws {
    let result = try await Spawner(name: "generator").run(
      Command(GeneratorTests.python, arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"], deadline: .seconds(60)))
    let said = String(decoding: result.output + result.errorOutput, as: UTF8.self)
    #expect(result.succeeded, "\(said)")
  }
}
