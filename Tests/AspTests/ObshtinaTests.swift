import FoundationEssentials
import Model
import Reading
import Robot
import Rules
import Testing

/// `Rules/obshtina`: another administration needs rules only.
@Suite("Ruleset of a municipality") struct ObshtinaTests {
  private static let folder = RulesetTests.root + "/Rules/obshtina/"

  private static let compilation = RulesCompiler.compile(
    RulesetFiles(main: SourceText(path: "ruleset.rules", text: (try? source("ruleset.rules")) ?? "")) { name in
      Result { try source(name) }.mapError { _ in LoadError("it cannot be read") }
    }, digest: "obshtina")

  private static func source(_ name: String) throws -> String { try String(contentsOfFile: folder + name, encoding: .utf8) }

  @Test("compiles without a finding")
  func compiles() {
    #expect(ObshtinaTests.compilation.diagnostics.map(\.rendered) == [])
    #expect(ObshtinaTests.compilation.ruleset != nil)
  }

  @Test("decides every sample as expected, by the rule that names it, in journals of its own")
  func decides() throws {
    let ruleset = try #require(ObshtinaTests.compilation.ruleset)
    let reader = DocumentReader(hasPrivateRoot: false)
    let names = try FileManager.default.contentsOfDirectory(atPath: ObshtinaTests.folder + "samples").sorted()
    #expect(names.count >= 12)
    for name in names {
      let sample = try Sample(name, in: ObshtinaTests.folder + "samples")
      let submission = try sample.submission(reader)
      let decision = ruleset.decide(submission)
      guard case .register(let registration) = decision.outcome else {
        Issue.record("\(name) is not registered")
        continue
      }
      #expect(registration.journal == sample.expected.journal, "\(name)")
      #expect(registration.type == sample.expected.type, "\(name)")
      #expect((decision.review != nil) == sample.expected.review, "\(name)")
      #expect((registration.reply == nil) == (sample.expected.replies == 0), "\(name)")
      for rule in ruleset.rules {
        let trace = try #require(ruleset.trace(submission).first { $0.rule == rule.name })
        if rule.matches.contains(name) { #expect(trace.decides, "\(rule.place) does not decide \(name)") }
        if rule.ignores.contains(name) { #expect(!trace.isTrue && trace.touches, "\(rule.place) does not come near \(name) or is true") }
      }
    }
    #expect(Set(ruleset.rules.flatMap { $0.matches + $0.ignores }).isSubset(of: names))
  }

  @Test("its samples are as their script writes them")
  func samples() async throws {
    try await GeneratorTests.check([ObshtinaTests.folder + "make-samples.py", "--check"])
  }
}
