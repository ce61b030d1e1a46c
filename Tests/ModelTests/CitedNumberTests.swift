import Model
import Testing

/// The shapes of domain.md 5.1 and the tolerance of 5.2.
struct CitedNumberTests {
  @Test(arguments: [
    ("ЗСПД/Д-В/10504/10.07.2023", "ЗСПД/Д-В/10504/10.07.2023"),
    ("ЗСП/Д-ЕН-ДМ/1197 / 08.08.2023", "ЗСП/Д-ЕН-ДМ/1197/08.08.2023"),
    ("вх. № ЗСП/Д-ЕН-ДМ/1197 / 08.08.2023 г.", "ЗСП/Д-ЕН-ДМ/1197/08.08.2023"),
    ("3СП", "3СП"),
    ("ЗД/Д-В-118/13.06.2025", "ЗД/Д-В-118/13.06.2025"),
    ("ЗД/Д-Т-032", "ЗД/Д-Т-032"),
    ("07-94Ц-00-1294#1 от 12.12.2019", "07-94Ц-00-1294#1/12.12.2019"),
    ("СДА-01-1947", "СДА-01-1947"), ("CДA-01-1947", "СДА-01-1947"),
    ("РД 09/0134 от 08.07.2013 г.", "РД09/0134/08.07.2013"),
    ("ЛС-04-320/22.05.2018", "ЛС-04-320/22.05.2018"), ("72-В44/26.01.2012", "72-В44/26.01.2012"), ("72-B44/26.1.2012г.", "72-В44/26.01.2012"),
    ("9000-000123-05.01.2026", "9000-000123-05.01.2026"), ("123/05.01.26", "123/05.01.2026"), ("No 123/05.01.2026", "123/05.01.2026"),
    ("зспд/д-в/5/1.7.2026", "ЗСПД/Д-В/5/01.07.2026"), ("ЗСПД/Д-?1306/12/03.07.2026", "ЗСПД/Д-?1306/12/03.07.2026"),
  ])
  func oneForm(text: String, normal: String) { #expect(CitedNumber.normalise(text) == normal) }

  @Test(arguments: ["", "без номер", "///", String(repeating: "1", count: 300)])
  func noNumber(text: String) { #expect(CitedNumber.normalise(text) == nil) }

  @Test func inText() {
    let text = """
      Обжалвам Заповед № ЗСПД/Д-В/10504/12.07.2023 г. по молба вх.№ ЗСПД/Д-В/10504/10.07.2023 г.,
      вх. No 94-123/05.01.2026. Живея на ул. „Примерна“ 12/3, тел. 0888/000000, на 05.01.2026 г. съм 1/2 собственик.
      Към № 55-1/02.02.2026 прилагам. Към 5 деца се грижа. ЗД/Д-Т-032.
      """
    #expect(
      CitedNumber.find(in: text) == [
        CitedNumber("ЗСПД/Д-В/10504/12.07.2023", .none), CitedNumber("ЗСПД/Д-В/10504/10.07.2023", .incoming),
        CitedNumber("94-123/05.01.2026", .incoming), CitedNumber("55-1/02.02.2026", .incoming), CitedNumber("ЗД/Д-Т-032", .none),
      ])
  }

  @Test func ownAndOtherNumbers() {
    #expect(CitedNumber.find(in: "Изх. № 12-5/01.07.2026 г.") == [CitedNumber("12-5/01.07.2026", .outgoing)])
    #expect(CitedNumber.find(in: "На Ваш изх. № 12-5/01.07.2026 г.") == [CitedNumber("12-5/01.07.2026", .incoming)])
    #expect(CitedNumber.find(in: "Отговор на Ваш № 07-188/2026") == [CitedNumber("07-188/2026", .incoming)])
    #expect(CitedNumber.find(in: "документът съществува от вчера, вход Б, регистрация 5").isEmpty)
  }

  @Test func longTextsAreReadOnce() {
    let text = String(repeating: "вх. № 1/01.01.2026 и още текст ", count: 20_000)
    #expect(CitedNumber.find(in: text).count == 1)
  }
}

extension CitedNumber {
  fileprivate init(_ normal: String, _ label: Label) { self.init(normal: normal, label: label) }
}
