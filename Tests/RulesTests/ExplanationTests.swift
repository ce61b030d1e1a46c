import Model
import Testing

@testable import Rules

/// What a clerk and a court read.
@Suite struct ExplanationTests {
  private static let rules = """
    list риск "дете в риск", "насилие"
    table services "services.csv" key register_no, skip empty key
    rule "дете в риск" in "спешно" { when text contains риск; then { journal "Входящ"; type "zzd-7" } }
    rule "жалба" in "жалби" {
      when all { text contains "обжалвам" within first 1500; text contains stem "заповед"; not form is eform }
      then { journal "Входящ"; type "zhalba"; term 14 days }
    }
    rule "услуга" in "услуги" { when service.number in services as s; then { journal s.journal; type s.type; term s.term } }
    rule "покана" in "писма" { when subject contains "покана"; then { journal "Входящ"; type "zhalba"; review "Покана от неизвестен подател" } }
    rule "реклама" in "писма" { when subject contains "оферта"; then { not registered "реклама" } }
    """

  private func sentences(_ submission: Submission) throws -> [String] { try Make.ruleset(Self.rules).decide(submission).explanation.sentences }

  @Test func `a rule with the words it found`() throws {
    let letter = try Make.letter(
      "До Директора на ДСП – Балчик.\nС настоящото обжалвам изцяло\nЗаповедта от 3 юли и моля да бъде отменена като незаконосъобразна.")
    let actual = try sentences(letter)
    #expect(
      actual == [
        "Решението е по правило „жалба“ от правилата „Проба“, редакция 1.",
        "Документът се вписва в дневник „Входящ“ като „Жалба“, звено „ДСП – Балчик“.",
        "Основание („жалба“): текст на документа (текст на съобщението): „До Директора на ДСП – Балчик. С настоящото обжалвам изцяло Заповедта от 3 юли и моля да …“.",
        "Основание („жалба“): текст на документа (текст на съобщението): „… ДСП – Балчик. С настоящото обжалвам изцяло Заповедта от 3 юли и моля да бъде отменена като …“.",
      ])
  }

  @Test func `a rule that was beaten is named`() throws {
    let decision = try Make.ruleset(Self.rules).decide(Make.letter("Насилие! Обжалвам заповед."))
    #expect(decision.explanation.decided.map(\.rule) == ["дете в риск"])
    #expect(decision.explanation.beaten.map(\.rule) == ["жалба"])
    #expect(decision.explanation.sentences.last == "Изпълнено е и правило „жалба“, но с по-ниско предимство.")
  }

  @Test func `the nearest rule and what it lacked`() throws {
    let decision = try Make.ruleset(Self.rules).decide(Make.letter("Обжалвам отказа на директора."))
    #expect(
      decision.explanation.nearest
        == "Най-близо беше правило „жалба“; не е изпълнено: текст на документа съдържа „заповед“.")
    #expect(
      decision.explanation.sentences == [
        "Никое правило не определи документа еднозначно.",
        "Документът се вписва в дневник „Входящ“ като „Неопределен документ“, звено „ДСП – Балчик“.",
        "За преглед от служител: Никое правило не разпозна документа.",
        "Най-близо беше правило „жалба“; не е изпълнено: текст на документа съдържа „заповед“.",
      ])
  }

  @Test func `a document that could not be read`() throws {
    let unread = Make.reading(nil, kind: .pdf, status: .unread, reason: "damaged", form: .none, quality: .none)
    let decision = try Make.ruleset(Self.rules).decide(Make.submission(documents: [unread, unread]))
    #expect(decision.review == ReviewReason(code: "otherwise", text: "Никое правило не разпозна документа; 2 приложения не са прочетени."))
  }

  @Test func `a dispute, a review by a rule, a refusal`() throws {
    let dispute = try Make.ruleset(Self.rules).decide(
      Make.submission(body: Make.reading("писмо"), facts: [("service.number", .text("1"))], disagreements: ["service.number"]))
    #expect(
      dispute.review?.text
        == "Източниците си противоречат за данните за „номер на услугата в Административния регистър“, а от това зависи правило „услуга“.")
    let review = try Make.ruleset(Self.rules).decide(Make.submission(subject: "Покана"))
    #expect(review.explanation.sentences.last == "За преглед от служител: Покана от неизвестен подател.")
    #expect(
      try sentences(Make.submission(subject: "Изгодна оферта"))[0]
        == "Съобщението не подлежи на регистриране по правило „реклама“ от правилата „Проба“, редакция 1. Причина: реклама.")
  }

  @Test func `a conflict names all`() throws {
    let decision = try Make.ruleset(Self.rules).decide(Make.submission(subject: "Покана и оферта"))
    #expect(decision.short == "Входящ/unknown review(conflict)")
    #expect(decision.review?.text == "Правилата „покана“ и „реклама“ са изпълнени едновременно, а водят до различен резултат.")
  }

  @Test func `the quote shows what the sender wrote, not what was compared`() throws {
    let decision = try Make.ruleset(Self.rules).decide(
      Make.letter("Моля! Н А С И Л И Е в семейството, а също и ДETE B РИCК: помогнете."))
    #expect(
      decision.explanation.decided[0].evidence == [
        Evidence(fact: "text", document: "body", quote: "Моля! Н А С И Л И Е в семейството, а също и ДETE B РИCК: помогнете.")
      ])
  }

  @Test func `evidence never copies a whole text`() throws {
    let ruleset = try Make.ruleset("rule \"а\" in \"писма\" { when body exists; then { journal \"Входящ\"; type \"zhalba\" } }")
    let decision = ruleset.decide(try Make.letter(String(repeating: "много думи\n", count: 500)))
    #expect(decision.explanation.decided[0].evidence[0].quote == String(repeating: "много думи ", count: 11).dropLast() + " …")
  }

  @Test func `the explanation carries the ruleset that made it`() throws {
    let explanation = try Make.ruleset(Self.rules).decide(Make.letter("Обжалвам заповедта")).explanation
    #expect([explanation.ruleset, explanation.version, explanation.digest] == ["Проба", "1", "00"])
  }
}
