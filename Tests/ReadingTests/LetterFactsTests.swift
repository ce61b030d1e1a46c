import Model
import Testing

@testable import Reading

struct LetterFactsTests {
  private func facts(_ text: String) -> DocumentReading { reading(of: text) }

  @Test func partiesOfALetter() {
    let letter = facts(
      "ДО\nДИРЕКТОРА НА ДСП\nГР. БАЛЧИК\n\nМОЛБА\nот Проба Тестова Пробева, ЕГН 0001010003\nот гр. Балчик, ул. Примерна 5\n\nМоля от 1 юли 2026 г. да ми бъдат върнати 1 234,50 лв. и 20 евро."
    )
    #expect(letter.values("letter.to") == ["ДИРЕКТОРА НА ДСП ГР. БАЛЧИК"])
    #expect(letter.values("letter.from") == ["Проба Тестова Пробева"])
    #expect(letter.values("letter.date") == ["2026-07-01"])
    #expect(letter.values("letter.sum") == ["1234.50 BGN", "20.00 EUR"])
    #expect(letter.values("letter.settlement") == ["гр. БАЛЧИК", "гр. Балчик"])
    #expect(letter.facts.first { $0.name == "identifier" }?.source.place == "line 6, label")
    #expect(letter.facts.first { $0.name == "letter.sum" }?.source.place == "line 9")
    #expect(facts("до скоро, от мен").values("letter.to").isEmpty)
  }

  @Test(arguments: [
    ("03.02.2026 г.", ["2026-02-03"]), ("3.2.26", ["2026-02-03"]), ("на 2026-02-03.", ["2026-02-03"]), ("3 февруари 2026 г.", ["2026-02-03"]),
    ("роден 12.5.87 г.", ["1987-05-12"]), ("12. 05. 2026", ["2026-05-12"]), ("31.02.2026", []), ("вх. № 5/01.07.2026", []), ("192.168.1.10", []),
    ("0888.12.34", []), ("12.05.2026/7", []), ("1 МАРТ 2026", ["2026-03-01"]),
  ])
  func dates(text: String, expected: [String]) { #expect(DatesAndSums.dates(in: Array(text.unicodeScalars)).map(\.value.description) == expected) }

  @Test(arguments: [
    ("100 лв.", ["100.00 BGN"]), ("1 234,50 лв.", ["1234.50 BGN"]), ("1.234,50 лева", ["1234.50 BGN"]), ("0,50лв", ["0.50 BGN"]),
    ("€ 20", ["20.00 EUR"]), ("20€", ["20.00 EUR"]), ("15.5 EUR", ["15.50 EUR"]), ("5 деца", []), ("12 34 лв.", ["34.00 BGN"]), ("1,2,3 лв.", []),
    ("до 2026 100 лв.", ["100.00 BGN"]),
  ])
  func sums(text: String, expected: [String]) { #expect(DatesAndSums.sums(in: Array(text.unicodeScalars)).map(\.value) == expected) }

  /// Letters for digits: a zero anywhere, rarer ones where the check digit agrees.
  @Test(arguments: [
    ("ЕГН ОО0101ООО3", "0001010003"), ("ЕГН 00 0101 0003", "0001010003"), ("ЕГН: 0001010 003", "0001010003"), ("ЕГН 000I0I0003", "0001010003"),
    ("ЕГН 000101000З", "0001010003"), ("ЕГН 0001010OO4", "0001010004"),
  ])
  func repairedIdentifiers(text: String, value: String) {
    let found = LabelledIdentifier.find(in: text)
    #expect(found.map(\.value) == [value])
    #expect(found.first?.isRepaired == text.contains { "ОOIЗ".contains($0) && !text.hasPrefix("ЕГН: ") && $0 != "Е" })
  }

  @Test func unconfirmedRepairsAreNone() { #expect(LabelledIdentifier.find(in: "ЕГН 000I0I0004").isEmpty) }

  /// Every shape that domain.md 5.1 has seen, behind a label in running text.
  @Test(arguments: [
    "ЗСПД/Д-В/10504/10.07.2023", "ЗСПД/Д-К/3197/21.07.2025", "ЗСП/Д-А/4819/20.10.2020", "ЗСП/Д-ЕН-ДМ/1197/08.08.2023", "ЗД/Д-В-118/13.06.2025",
    "ЗД/Д-ВН-165/29.10.2025", "ЗД/Д-Н-ВП-050/03.10.2025", "ЗД/Д-РВ-СТ-002/13.02.2024", "ЗД/Д-Т-032", "ЗД/Д-ЕН-ЧБ-020/31.05.2022",
    "07-94Ц-00-1294#1/12.12.2019", "СДА-01-1947", "РД09/0134/08.07.2013", "ЛС-04-320/22.05.2018", "72-В44/26.01.2012", "9000-000123-05.01.2026",
    "000099-123-05.01.2026", "123/05.01.2026",
  ])
  func citedShapes(number: String) {
    #expect(facts("Във връзка с вх. № \(number) г. моля за отговор.").values("cited.number") == [number])
    #expect(facts("по преписка №\(number.lowercased()), моля").values("cited.number") == [number])
  }
}
