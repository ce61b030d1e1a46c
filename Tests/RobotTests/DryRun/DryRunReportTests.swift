import Model
import Rules
import Testing

@testable import Robot

/// What `test-rules` says of many messages together.
@Suite struct DryRunReportTests {
  @Test func `what would go elsewhere is grouped by where from, where to and by which rule`() {
    func place(_ journal: String, review: Bool = false) -> ArchiveDifference.Place {
      ArchiveDifference.Place(end: "registered", journal: journal, type: "x", reason: nil, review: review)
    }
    var difference = ArchiveDifference()
    for number in 1...2 { difference.add("а\(number)", from: place("Общ"), to: place("Жалби"), rules: ["б"], why: ["защото \(number)"]) }
    var later = ArchiveDifference()
    for number in 3...5 { later.add("а\(number)", from: place("Общ"), to: place("Жалби"), rules: ["б"], why: ["защото \(number)"]) }
    later.add("б", from: place("Общ"), to: place("Жалби", review: true), rules: ["в", "г"], why: [])
    difference.merge(later)
    let groups = difference.groups
    #expect(groups.map(\.count) == [5, 1])
    #expect(groups.map(\.from) == ["Общ/x", "Общ/x"])
    #expect(groups.map(\.to) == ["Жалби/x", "Жалби/x (за преглед)"])
    #expect(groups.map(\.rule) == ["б", "в, г"])
    #expect(groups[0].examples == ["а1", "а2", "а3"])
    #expect(groups[0].why == ["защото 1"])
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
    var coverage = RuleCoverage([ruleset])
    coverage.add(ruleset.trace(submission))
    coverage.merge(coverage)
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
