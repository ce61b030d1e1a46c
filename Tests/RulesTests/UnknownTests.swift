import Model
import Testing

@testable import Rules

/// Rule 5 of the semantics: what is not known is neither true nor false.
@Suite struct UnknownTests {
  private static let unread = Make.reading(nil, kind: .pdf, status: .unread, reason: "password-protected", form: .none, quality: .none)
  private static let photo = Make.reading(nil, kind: .image, status: .unread, reason: "no-text", form: .none, quality: .none)

  private func truth(_ condition: String, _ submission: Submission) throws -> Truth {
    let ruleset = try Make.ruleset(
      """
      rule "проба" in "писма" { when \(condition); then { journal "ЗСПД"; type "zspd-6b" } }
      """)
    return Evaluation(ruleset.program, submission, budget: Ruleset.defaultBudget).truth(ofRule: 0)
  }

  @Test(
    arguments: [
      ("text contains \"жалба\"", Truth.yes), ("text contains \"молба\"", .unknown), ("not text contains \"молба\"", .unknown),
      ("not text contains \"жалба\"", .no), ("all { text contains \"молба\"; subject contains \"няма\" }", .no),
      ("all { text contains \"молба\"; subject contains \"тема\" }", .unknown), ("any { text contains \"молба\"; subject contains \"тема\" }", .yes),
      ("none { text contains \"молба\"; subject contains \"няма\" }", .unknown), ("none { subject contains \"тема\"; text contains \"молба\" }", .no),
      ("text is \"жалба\"", .unknown), ("title exists", .unknown), ("form is letter", .yes),
    ])
  func `a text of poor quality can show what is there, never what is not`(_ condition: String, _ expected: Truth) throws {
    for quality in [TextQuality.poor, .ocr] {
      #expect(
        try truth(condition, Make.submission(subject: "тема", documents: [Make.reading("една жалба тук", kind: .pdf, quality: quality)])) == expected)
    }
    let cut = Make.reading("една жалба тук", kind: .pdf, status: .partly, reason: "page-limit", truncated: true)
    #expect(try truth(condition, Make.submission(subject: "тема", documents: [cut])) == expected)
  }

  @Test func `what stands before the cut is known`() throws {
    let cut = Make.reading(String(repeating: "дума ", count: 40), truncated: true)
    #expect(try truth("text contains \"жалба\" within first 100", Make.submission(body: cut)) == .no)
    #expect(try truth("text contains \"жалба\" within first 300", Make.submission(body: cut)) == .unknown)
  }

  @Test func `a fact from documents is absent only when all of them were opened`() throws {
    let letter = Make.reading("Това е обикновено писмо с достатъчно думи, за да бъде само то документът тук.")
    #expect(try truth("not service.number exists", Make.submission(body: letter)) == .yes)
    #expect(try truth("not service.number exists", Make.submission(body: letter, documents: [Self.photo])) == .yes)
    #expect(try truth("not service.number exists", Make.submission(body: letter, documents: [Self.unread])) == .unknown)
    #expect(
      try truth("service.number is \"1\"", Make.submission(body: letter, documents: [Self.unread], facts: [("service.number", .text("1"))])) == .yes)
    #expect(
      try truth("not service.number is \"2\"", Make.submission(body: letter, documents: [Self.unread], facts: [("service.number", .text("1"))]))
        == .yes)
  }

  @Test func `fields of the message are always known`() throws {
    for condition in [
      "not forwarded", "files.count = 1", "files.unread = 1", "not subject contains \"x\"", "received = 2026-07-03", "not rnu exists",
    ] {
      #expect(try truth(condition, Make.submission(documents: [Self.unread])) == .yes, "\(condition)")
    }
  }

  @Test func `one document or another`() throws {
    let two = try Make.submission(documents: [Make.reading("жалба", title: "а"), Make.reading("молба", title: "б")])
    #expect(try truth("any document { text contains \"молба\"; title is \"б\" }", two) == .yes)
    #expect(try truth("any document { text contains \"молба\"; title is \"а\" }", two) == .no)
    let oneUnread = try Make.submission(documents: [Make.reading("жалба", title: "а"), Self.unread])
    #expect(try truth("any document { text contains \"молба\" }", oneUnread) == .unknown)
    #expect(try truth("not any document { text contains \"молба\" }", oneUnread) == .unknown)
    #expect(try truth("any document { text contains \"жалба\" }", oneUnread) == .yes)
  }

  @Test func `evidence that disagrees is unknown to every test, and says so`() throws {
    let submission = try Make.submission(
      body: Make.reading("писмо"), facts: [("service.number", .text("1")), ("service.number", .text("2"))], disagreements: ["service.number"])
    for condition in [
      "service.number is \"1\"", "not service.number is \"1\"", "service.number exists", "any { service.number is \"1\"; subject contains \"x\" }",
    ] {
      #expect(try truth(condition, submission) == .disputed, "\(condition)")
    }
    #expect(try truth("all { service.number is \"1\"; subject contains \"x\" }", submission) == .no)
    #expect(try truth("any { service.number is \"1\"; text contains \"писмо\" }", submission) == .yes)
  }

  @Test func `a dispute matters only to a rule that could still decide`() throws {
    let rules = try Make.ruleset(
      """
      rule "риск" in "спешно" { when text contains "риск"; then { journal "Входящ"; type "zzd-7" } }
      rule "номер" in "услуги" { when service.number is "1"; then { journal "ЗСПД"; type "zspd-6b" } }
      rule "писмо" in "писма" { when text contains "писмо"; then { journal "Входящ"; type "zhalba" } }
      """)
    func decide(_ text: String, disputed: Bool) throws -> String {
      rules.decide(
        try Make.submission(
          body: Make.reading(text), facts: [("service.number", .text("2"))], disagreements: disputed ? ["service.number"] : [])
      ).short
    }
    #expect(try decide("писмо", disputed: false) == "Входящ/zhalba")
    #expect(try decide("писмо", disputed: true) == "Входящ/unknown review(unknown)")
    #expect(try decide("писмо, риск", disputed: true) == "Входящ/zzd-7")
  }

  @Test func `several values: one is enough, every wants all and at least one`() throws {
    let names = { (values: [String]) in try Make.submission(facts: values.map { ("files.names", FactValue.text($0)) }) }
    #expect(try truth("files.names ends with \".pdf\"", names(["a.pdf", "b.doc"])) == .yes)
    #expect(try truth("every files.names ends with \".pdf\"", names(["a.pdf", "b.doc"])) == .no)
    #expect(try truth("every files.names ends with \".pdf\"", names(["a.pdf", "b.PDF"])) == .yes)
    #expect(try truth("every files.names ends with \".pdf\"", names([])) == .no)
  }

  @Test func `one fact compared with another`() throws {
    let unit = { (value: String) in try Make.submission(facts: [("unit.identifier", .text(value))]) }
    #expect(try truth("unit.identifier is mailbox", unit("1210150561306")) == .yes)
    #expect(try truth("unit.identifier is mailbox", unit("1210150560123")) == .no)
    #expect(try truth("unit.identifier is mailbox", Make.submission(documents: [Self.unread])) == .unknown)
  }
}
