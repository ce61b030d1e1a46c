import Model
import Runtime

/// Bulgarian words for generated rules and letters: common ones as they occur in letters to a social assistance office, the first more often,
/// and rare ones made of syllables.
struct BenchWords {
  private let random: SeededRandom

  init(_ random: SeededRandom) { self.random = random }

  mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(1, bound))) }

  mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// The first words of the list come more often.
  mutating func common() -> String {
    let count = Self.words.count
    return Self.words[below(below(count) + 1)]
  }

  /// Three to five syllables: some ten million words.
  mutating func rare() -> String {
    (0..<(3 + below(3))).map { _ in pick(Self.syllables) }.joined() + pick(["", "н", "т", "к", "ец", "ост"])
  }

  mutating func rareStem() -> String { (0..<4).map { _ in pick(Self.syllables) }.joined() }

  mutating func phrase() -> String { "\(common()) \(below(3) == 0 ? common() : rare())" }

  /// RE2 for whole words; its `\b` knows only Latin letters.
  static func bounded(_ phrases: [String]) -> String {
    "(?:^|[^\\p{L}\\p{N}])(?:\(phrases.joined(separator: "|")))(?:$|[^\\p{L}\\p{N}])"
  }

  private static let syllables = [
    "ба", "ве", "ги", "до", "жу", "за", "ка", "ле", "ми", "но", "пу", "ра", "се", "ти", "фо", "ха", "це", "чи", "шо", "ща", "бре", "вла", "гро",
    "дра", "кли", "кру", "при", "ско", "сти", "тро", "мъ", "лъ", "въ", "ню", "ля",
  ]

  private static let words = split(
    """
    на да за от и се в с по не че са ще ми ви си до ли тя той към при след преди през като това което които моля дете майка баща семейство помощ
    молба заявление жалба сигнал заповед решение документ удостоверение писмо справка отговор искане право срок закон правилник член точка
    алинея дирекция агенция директор служител социално подпомагане отдел закрила грижа настаняване приемно роднини близки осиновяване раждане
    бременност отглеждане училище първи клас ученик стипендия отопление сезон целева месечна еднократна сума лева банкова сметка изплащане отказ
    отпускане получаване подаване разглеждане произнасяне уведомление подпис печат дата година месец седмица ден адрес град село община област
    улица блок вход етаж апартамент телефон поща електронна личен лекар болница увреждане оценка потребности асистент подкрепа финансова лична
    помощно средство протеза количка слухов апарат експертна комисия тежест процент доход имот работа трудов договор безработица осигуряване пенсия
    наем издръжка съд дело присъда съдия прокуратура полиция насилие риск безопасност проверка доклад становище експерт мнение препоръка срещу
    относно съгласно основание приложено представям прилагам декларирам желая искам обжалвам възразявам оттеглям допълвам променям потвърждавам
    уведомявам съобщавам изпращам получих разбрах зная мога трябва има няма беше били стана прави живее живея работя гледам грижа обстоятелства
    """)

  private static func split(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }
}
