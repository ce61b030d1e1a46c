import Model
import Rules
import Testing

@testable import Robot

/// What `test-rules` says of many messages together.
@Suite struct DryRunReportTests {
  private func outcome(_ name: String, _ journal: String, _ type: String, before: String?, rules: [String] = ["б"]) -> DryRun.Outcome {
    var outcome = DryRun.Outcome(name: name, end: "registered", journal: journal, type: type, review: false, why: ["защото"], traces: [])
    outcome.rules = rules
    if let before { outcome.expectation = SampleExpectation(end: "registered", journal: before, type: "x", review: false) }
    if before != journal { outcome.mismatches = ["journal"] }
    return outcome
  }

  @Test func `what would go elsewhere is grouped by where from, where to and by which rule`() {
    let outcomes =
      (1...5).map { outcome("а\($0)", "Жалби", "x", before: "Общ") } + [outcome("б", "Жалби", "x", before: "Общ", rules: ["в"])]
      + [outcome("в", "Общ", "x", before: "Общ")]
    let groups = ArchiveDifference(outcomes).groups
    #expect(groups.map(\.count) == [5, 1])
    #expect(groups.map(\.from) == ["Общ/x", "Общ/x"])
    #expect(groups.map(\.to) == ["Жалби/x", "Жалби/x"])
    #expect(groups.map(\.rule) == ["б", "в"])
    #expect(groups[0].examples == ["а1", "а2", "а3"])
    #expect(groups[0].why == ["защото"])
  }

  @Test func `coverage counts rules and conditions, and says what never was`() throws {
    let text = """
      ruleset "Проба" { version "1"; effective 2026-01-01 }
      journal "А" { title "А"; system "Б"; numbers by robot; counter per year; number "А-{seq}/{year}" }
      otherwise { journal "А"; review }
      rule "едно" { when any { subject contains "жалба"; subject contains "молба" }; then { journal "А"; type "x" } }
      rule "две" { when subject contains "отказ, \\"кавички\\""; then { journal "А"; type "x" } }
      """
    let compilation = RulesCompiler.compile(
      RulesetFiles(main: SourceText(path: "a.rules", text: text)) { _ in .failure(LoadError("none")) }, digest: "1")
    let ruleset = try #require(compilation.ruleset, "\(compilation.diagnostics.map(\.rendered))")
    let environment = try #require(EnvironmentName("test"))
    let received = try #require(Timestamp(iso8601: "2026-07-03T10:00:00Z"))
    let submission = Submission(
      key: MessageKey(environment: environment, recipient: "1", messageId: 1), receivedAt: received, subject: "Жалба", senderProfileId: 1,
      senderName: "", documents: [], facts: [])
    var decided = outcome("а", "А", "x", before: nil)
    decided.traces = ruleset.trace(submission)
    let coverage = RuleCoverage([ruleset], [decided, decided])
    #expect(coverage.rules.map(\.decided) == [2, 0])
    #expect(coverage.rules[0].conditions.map(\.timesTrue) == [2, 0])
    #expect(coverage.neverTrue.map(\.name) == ["две"])
    #expect(coverage.conditionsNeverTrue == 2)
    let lines = coverage.csv.components(separatedBy: "\r\n")
    #expect(lines.count == 7)
    #expect(lines[0] == "rule,place,condition,decided,true")
    #expect(lines[1] == "\"едно\",\"a.rules:4\",,2,2")
    #expect(lines[5].contains("„отказ, \"\"кавички\"\"“"))
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
