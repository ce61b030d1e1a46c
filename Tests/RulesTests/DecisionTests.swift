import Model
import Testing

@testable import Rules

@Suite struct DecisionTests {
  private static let rules = """
    table services "services.csv" key register_no, skip empty key
    list complaint-words "жалба", "обжалвам"
    condition complaint any {
      title contains complaint-words
      text contains complaint-words within first 1500
    }
    rule "дете в риск" in "спешно" {
      when any { text contains "дете в риск"; any document { text contains stem "насили" } }
      then { journal "Входящ"; type "zzd-7" }
    }
    rule "жалба" in "жалби" {
      when all { complaint; not form is eform }
      then { journal "Входящ"; type "zhalba"; term 14 days }
      matches "letters/zhalba"
    }
    rule "услуга по номер" in "услуги" {
      when service.number in services as s
      then { journal s.journal; type s.type; term s.term }
    }
    rule "автоматичен отговор" in "писма" {
      when subject starts with "Автоматичен отговор"
      then { not registered "автоматичен отговор" }
    }
    mark "от институция" {
      when sender.kind is institution
      then { tag "институция" }
    }
    """

  private func decide(_ submission: Submission) throws -> Decision { try Make.ruleset(Self.rules).decide(submission) }

  @Test func `a service number decides by the table`() throws {
    let decision = try decide(Make.submission(documents: [Make.reading("нещо", form: .eform)], facts: [("service.number", .text("2753"))]))
    #expect(decision.short == "ЗСПД/zspd-6b")
    #expect(decision.registration?.term == .days(14))
    #expect(decision.registration?.system == "ИИС")
    #expect(decision.registration?.unit.index == "Д-ТХ-БЛ")
    #expect(decision.registration?.reply == .confirmation)
    #expect(decision.explanation.decided.map(\.rule) == ["услуга по номер"])
  }

  @Test func `a complaint outranks the service it quotes, by stage`() throws {
    let decision = try decide(Make.letter("Обжалвам отказа по услуга 2753 на директора", facts: [("service.number", .text("2753"))]))
    #expect(decision.short == "Входящ/zhalba")
    #expect(decision.explanation.beaten.map(\.rule) == ["услуга по номер"])
    #expect(
      decision.explanation.decided[0].evidence == [Evidence(fact: "text", document: "body", quote: "Обжалвам отказа по услуга 2753 на директора")])
  }

  @Test func `a part for a mailbox decides its messages alone, and beside the common rules`() throws {
    let ruleset = try Make.ruleset(
      """
      rule "общо" in "писма" { when text contains "покана"; then { journal "Входящ"; type "zhalba" } }
      mailbox "1210150561306" {
        rule "тук" in "жалби" { when text contains "покана"; then { journal "ЗСПД"; type "zspd-6b" } }
        mark "тук е" { when text exists; then { tag "наш" } }
      }
      """)
    var submission = try Make.letter("Покана за среща")
    #expect(submission.key.recipient == "1210150561306")
    #expect(ruleset.decide(submission).short == "ЗСПД/zspd-6b")
    #expect(ruleset.decide(submission).registration?.tags == ["наш"])
    submission.key = MessageKey(environment: submission.key.environment, recipient: "1210150562439", messageId: 1)
    #expect(ruleset.decide(submission).short == "Входящ/zhalba")
    #expect(ruleset.decide(submission).registration?.tags == [])
  }

  @Test func `links of rules and marks are put together and change no outcome`() throws {
    let ruleset = try Make.ruleset(
      """
      rule "а" in "писма" { when text contains "допълнение"; then { journal "Входящ"; type "zhalba"; link cited.number } }
      rule "б" in "писма" { when text contains "към"; then { journal "Входящ"; type "zhalba" } }
      mark "в" { when letter.reference exists; then { link letter.reference, cited.number } }
      """)
    let cited: [(String, FactValue)] = [("cited.number", .text("94-1/2026")), ("cited.number", .text("94-2/2026"))]
    let decision = ruleset.decide(try Make.letter("Допълнение към заявление", facts: cited + [("letter.reference", .text("РД-1"))]))
    #expect(decision.short == "Входящ/zhalba" && decision.review == nil)
    #expect(decision.registration?.links == ["94-1/2026", "94-2/2026", "РД-1"])
    #expect(decision.explanation.sentences.contains("Свързва се с посочените вх. № „94-1/2026“, „94-2/2026“ и „РД-1“, ако са в дневниците."))
    #expect(ruleset.decide(try Make.letter("Допълнение")).registration?.links == nil)
    var disputed = try Make.letter("Допълнение", facts: cited)
    disputed.disagreements = ["cited.number"]
    #expect(ruleset.decide(disputed).registration?.links == nil)
    let many = (0..<40).map { ("cited.number", FactValue.text("94-\($0)")) }
    #expect(ruleset.decide(try Make.letter("Допълнение", facts: many)).registration?.links?.count == Registration.maximumLinks)
  }

  @Test func `urgency comes from the type, tags from marks`() throws {
    let decision = try decide(Make.letter("Това е Д Е Т Е  В  Р И С К или НAСИЛИЕ над дете.", facts: [("sender.kind", .text("institution"))]))
    #expect(decision.short == "Входящ/zzd-7")
    #expect(decision.registration?.urgent == true)
    #expect(decision.registration?.tags == ["институция"])
  }

  @Test func `what no rule knows goes to otherwise`() throws {
    let decision = try decide(Make.letter("Здравейте, моля за съвет."))
    #expect(decision.short == "Входящ/unknown review(otherwise)")
    #expect(decision.registration?.typeTitle == "Неопределен документ")
  }

  @Test func `not registered`() throws {
    #expect(try decide(Make.letter("Няма ме", subject: "автоматичен отговор: Re")).short == "not registered: автоматичен отговор")
  }

  @Test func `a negated test on an unread document is unknown, and no rule fires`() throws {
    let unread = Make.reading(nil, kind: .pdf, status: .unread, reason: "password-protected", form: .none, quality: .none)
    let rules = try Make.ruleset(
      """
      rule "не е жалба" in "писма" { when not text contains "жалба"; then { journal "ЗСПД"; type "zspd-6b" } }
      """)
    #expect(rules.decide(try Make.submission(documents: [unread])).short == "Входящ/unknown review(otherwise)")
    #expect(rules.decide(try Make.letter("нищо")).short == "ЗСПД/zspd-6b")
  }

  @Test func `evidence that disagrees leads to review`() throws {
    let submission = try Make.submission(
      body: Make.reading("писмо"), facts: [("service.number", .text("2753"))], disagreements: ["service.number"])
    #expect(try decide(submission).short == "Входящ/unknown review(unknown)")
  }

  @Test func `different outcomes are a conflict, equal ones are not`() throws {
    let rules = try Make.ruleset(
      """
      rule "а" in "писма" { when text contains "едно"; then { journal "ЗСПД"; type "zspd-6b" } }
      rule "б" in "писма" { when text contains "две"; then { journal "ЗСПД"; type "zspd-6b"; tag "т" } }
      rule "в" in "писма" { when text contains "три"; then { journal "Входящ"; type "zhalba" } }
      rule "г" in "писма" { when text contains "четири"; then { journal "Входящ"; type "sad" }; outranks "а", "в" }
      """)
    #expect(rules.decide(try Make.letter("едно две")).short == "ЗСПД/zspd-6b")
    let conflict = rules.decide(try Make.letter("едно три"))
    #expect(conflict.short == "Входящ/unknown review(conflict)")
    #expect(conflict.explanation.decided.map(\.rule) == ["а", "в"])
    #expect(rules.decide(try Make.letter("едно три четири")).short == "Входящ/sad")
    #expect(rules.decide(try Make.letter("четири")).registration?.reply == nil)
  }

  @Test func `the budget's end is a review of its own`() throws {
    let decision = try Make.ruleset(Self.rules).decide(Make.letter(String(repeating: "жалба ", count: 200)), budget: 500)
    #expect(decision.short == "Входящ/unknown review(budget)")
  }

  @Test func `no text exceeds the budget, however often its words occur`() throws {
    let words = (1...60).map { "\"" + String(repeating: "а", count: $0) + "\"" }.joined(separator: ", ")
    let rules = try Make.ruleset(
      """
      rule "а" in "писма" { when text contains part \(words) near "аб" within 3 words; then { journal "ЗСПД"; type "zspd-6b" } }
      """)
    let text = String(repeating: "а", count: 4_000)
    let evaluation = Evaluation(rules.program, try Make.letter(text), budget: 20_000)
    _ = evaluation.candidates()
    #expect(evaluation.isExhausted)
    // One step too many for what stopped it, not the 240 000 occurrences of the text.
    #expect(evaluation.stepsLeft >= -2)
    #expect(rules.decide(try Make.letter(text), budget: 20_000).short == "Входящ/unknown review(budget)")
    #expect(rules.decide(try Make.letter(text)).short == "Входящ/unknown review(otherwise)")
  }

  @Test func `near`() throws {
    let rules = try Make.ruleset(
      """
      rule "а" in "писма" { when text contains "обжалвам" near "заповед" within 3 words; then { journal "ЗСПД"; type "zspd-6b" } }
      """)
    #expect(rules.decide(try Make.letter("Обжалвам в срок цитираната заповед")).short == "ЗСПД/zspd-6b")
    #expect(rules.decide(try Make.letter("Срещу тази заповед: обжалвам!")).short == "ЗСПД/zspd-6b")
    #expect(rules.decide(try Make.letter("Обжалвам в срок тази незаконна според мен заповед")).short != "ЗСПД/zspd-6b")
  }
}
