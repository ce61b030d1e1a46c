import Model
import Testing

@testable import Rules

/// Leaving a condition out: which messages notice.
@Suite struct MutationCheckTests {
  private static let body = """
    rule "жалба" in "жалби" {
      when all {
        any { title contains "жалба"; text contains "обжалвам" }
        not form is eform
      }
      then { journal "Входящ"; type "zhalba" }
      ignores "формуляр"
    }
    rule "сигнал" in "писма" { when text contains "сигнал"; then { journal "Входящ"; type "zzd-7" } }
    """

  @Test func `each message gives away what it depends on, and only that`() throws {
    let ruleset = try Make.ruleset(Self.body)
    let mutants = ruleset.mutants
    #expect(mutants.map(\.rule) == ["жалба", "жалба", "жалба", "жалба"])
    func broken(_ submission: Submission, _ sample: String = "") -> [String] {
      ruleset.mutantsBroken(by: submission, sample: sample).sorted().map { mutants[$0].dropped }
    }
    // Only the alternative of the text is true: without it the rule is not.
    #expect(broken(try Make.letter("обжалвам")) == ["текст на документа съдържа „обжалвам“"])
    // Both are: neither is missed.
    #expect(broken(try Make.letter("обжалвам", title: "Жалба")) == [])
    // Without any of them, the whole `any` is missed, since every letter would be a complaint.
    #expect(broken(try Make.letter("сигнал")).count == 1)
    let eform = try Make.submission(documents: [Make.reading("обжалвам", form: .eform)])
    #expect(broken(eform) == ["да не е вярно, че форма на документа е eform"])
    // Nothing decided otherwise, and yet the claim of the rule breaks.
    let beaten = try Make.ruleset(
      Self.body + "rule \"номер\" in \"спешно\" { when service.number exists; then { journal \"Входящ\"; type \"sad\" } }")
    let decided = try Make.submission(documents: [Make.reading("обжалвам", form: .eform)], facts: [("service.number", .text("1"))])
    #expect(beaten.mutantsBroken(by: decided, sample: "друг").isEmpty)
    #expect(beaten.mutantsBroken(by: decided, sample: "формуляр").count == 1)
  }

  @Test func `the trace says which conditions were true`() throws {
    let ruleset = try Make.ruleset(Self.body)
    #expect(ruleset.conditions.map(\.count) == [3, 1])
    #expect(ruleset.trace(try Make.letter("обжалвам")).map(\.conditions) == [[false, true, true], [false]])
  }
}
