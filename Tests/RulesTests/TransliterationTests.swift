import Model
import Testing

@testable import Rules

@Suite struct TransliterationTests {
  private static func readings(_ text: String) -> [String] { Transliteration.readings(of: text).map { TextNormalisation.normalise($0.text).string } }

  @Test(arguments: [
    ("Zdraveite", "здравейте"), ("zayavlenie", "заявление"), ("zaqvlenie", "заявление"), ("zaiavlenie", "заявление"), ("Lichna karta", "лична карта"),
    ("pomosht za otoplenie", "помощ за отопление"), ("jalba", "жалба"), ("zhalba", "жалба"), ("purvi klas", "първи клас"),
    ("pyrvi klas", "първи клас"),
    ("uvrejdane", "увреждане"), ("uchenik", "ученик"), ("semeini pomoshti", "семейни помощи"), ("socialno podpomagane", "социално подпомагане"),
    ("4ovek", "човек"), ("6te pratq", "ще пратя"), ("pensia", "пенсия"), ("raion Lozenec", "район лозенец"), ("period", "период"),
    ("det. gradina 14", "дет.градина 14"), ("moite deca", "моите деца"), ("buletin", "булетин"), ("xartiq", "хартия"), ("vyprosi", "въпроси"),
  ])
  func whatPeopleTypeIsAmongTheReadings(_ typed: String, _ meant: String) { #expect(Self.readings(typed).contains(meant), "\(Self.readings(typed))") }

  @Test(arguments: ["Молба", "Молба за GDPR", "ДСП – Пловдив, e-mail: ivanov@example.bg, тел. 0888 000 000", "12.10.2026", "", "№ 4"])
  func textInCyrillicIsLeftAlone(_ text: String) { #expect(Transliteration.readings(of: text).isEmpty) }

  private static let rules = """
    rule "отопление" in "услуги" {
      when text contains "помощ за отопление" within first 60
      then { journal "ЗСПД"; type "zspd-6b" }
    }
    """

  private static func outcome(_ text: String, transliterates: Bool) throws -> Decision {
    let header = transliterates ? Make.header.replacing("version \"1\"", with: "version \"1\"; transliterate yes") : Make.header
    let compilation = Make.compile(header + rules)
    let ruleset = try #require(compilation.ruleset, "\(compilation.diagnostics.map(\.rendered))")
    return try ruleset.decide(Make.submission(documents: [Make.reading(text)]))
  }

  /// On request alone; and the explanation quotes what was typed.
  @Test func aRulesetThatAsksForItFindsTheWords() throws {
    let typed = "Zdraveite, iskam pomosht za otoplenie, sama sym s dve deca."
    let read = try Self.outcome(typed, transliterates: true)
    #expect(read.registration?.type == "zspd-6b")
    let quotes = read.explanation.decided.flatMap(\.evidence).map(\.quote)
    #expect(quotes.contains { $0.contains("pomosht za otoplenie") }, "\(quotes)")
    #expect(try Self.outcome(typed, transliterates: false).registration?.type != "zspd-6b")
  }

  /// The window counts in the reading, not behind the text as it was typed.
  @Test func aWindowHolds() throws {
    let early = String(repeating: "da ", count: 10) + "pomosht za otoplenie"
    let late = String(repeating: "da ", count: 40) + "pomosht za otoplenie"
    #expect(try Self.outcome(early, transliterates: true).registration?.type == "zspd-6b")
    #expect(try Self.outcome(late, transliterates: true).registration?.type != "zspd-6b")
  }

  /// What a rule forbids is forbidden in Latin letters, too.
  @Test func absenceIsAbsenceInEveryReading() throws {
    let header = Make.header.replacing("version \"1\"", with: "version \"1\"; transliterate yes")
    let compilation = Make.compile(
      header
        + #"rule "друго" in "услуги" { when all { text contains "молба"; not text contains "отопление" } then { journal "ЗСПД"; type "zspd-6b" } }"#)
    let ruleset = try #require(compilation.ruleset, "\(compilation.diagnostics.map(\.rendered))")
    #expect(try ruleset.decide(Make.submission(documents: [Make.reading("molba za sina mi")])).registration?.type == "zspd-6b")
    #expect(try ruleset.decide(Make.submission(documents: [Make.reading("molba za otoplenie")])).registration?.type != "zspd-6b")
  }

  /// All of a text's bytes lead back into it, whatever it holds.
  @Test func placesStayInsideTheText() {
    for text in ["sht", "shtq, 4ovek 😀 ia", "Ia ia aia", "io", "x", "aaaaaaaaaa\u{301}", "zhzhzh\n\n-\nzh"] {
      for reading in Transliteration.readings(of: text) {
        #expect(reading.places.count == reading.text.utf8.count)
        #expect(reading.places.allSatisfy { (0..<Int32(text.utf8.count)).contains($0) })
        #expect(reading.places == reading.places.sorted())
      }
    }
  }
}
