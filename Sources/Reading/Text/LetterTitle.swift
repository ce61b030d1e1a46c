/// The title of a letter: „ЖАЛБА“, „Заявление за …“, „М О Л Б А“ among its first lines. The blocks of addressee (ДО …) and sender (ОТ …) are no
/// content (domain.md 12).
enum LetterTitle {
  /// How far into a letter a title can stand.
  static let reach = 1500
  static let maximumLength = 300

  /// `nil` when none of the first lines looks like one.
  static func find(in text: String) -> String? {
    let lines = text.prefix(reach).split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }
    var inBlock = false
    var subject: String?
    for (index, line) in lines.enumerated() {
      if line.isEmpty {
        inBlock = false
        continue
      }
      if startsBlock(line) {
        inBlock = true
        continue
      }
      if subject == nil { subject = afterLabel(line) }
      if isTitleWord(line) { return whole(from: index, lines) }
      if inBlock { continue }
      if isCapitals(line), !isLetterhead(line) { return whole(from: index, lines) }
    }
    return subject
  }

  /// Trimmed, white space single, letters drawn apart for emphasis joined.
  private static func line(_ raw: String) -> String { joinSpacedLetters(raw).split(whereSeparator: \.isWhitespace).joined(separator: " ") }

  /// „Ж А Л Б А“ to „ЖАЛБА“; two or more spaces part words: „З А Я В Л Е Н И Е   З А“.
  static func joinSpacedLetters(_ line: String) -> String {
    let spaced = line.split(whereSeparator: \.isWhitespace)
    let single = spaced.count { $0.count == 1 && $0.first?.isLetter == true }
    guard single >= 4, single * 10 >= spaced.count * 8 else { return line }
    var words: [String] = [""]
    var gap = 0
    for character in line[...].trimmingSpaces() {
      if character.isWhitespace {
        gap += 1
      } else {
        if gap >= 2 { words.append("") }
        gap = 0
        words[words.count - 1].append(character)
      }
    }
    return words.joined(separator: " ")
  }

  /// „ДО“ or „ОТ“ as the first word, alone or followed by who it is.
  static func startsBlock(_ line: String) -> Bool {
    let first = line.prefix { $0.isLetter }.lowercased()
    guard first == "до" || first == "от" else { return false }
    let rest = line.dropFirst(first.count)[...].drop { $0 == ":" || $0 == " " || $0 == "." || $0 == "," }
    // „от“ inside a sentence goes on with a small letter.
    return rest.first.map { $0.isUppercase || !$0.isLetter } ?? true
  }

  private static func afterLabel(_ line: String) -> String? {
    let folded = line.lowercased()
    guard let label = ["относно", "тема"].first(where: { folded.hasPrefix($0) }) else { return nil }
    let rest = line.dropFirst(label.count).drop { $0 == ":" || $0 == " " || $0 == "-" || $0 == "–" }
    guard rest.count >= 3, line.dropFirst(label.count).first.map({ !$0.isLetter }) ?? false else { return nil }
    return String(rest.prefix(maximumLength))
  }

  private static let titleWords: Set<String> = [
    "заявление", "заявление-декларация", "заявлениe", "молба", "молба-декларация", "жалба", "сигнал", "предложение", "искане", "запитване",
    "възражение", "декларация", "уведомление", "становище", "покана", "призовка", "съобщение", "фактура", "оплакване", "отговор", "справка",
    "удостоверение", "заповед", "решение", "пълномощно", "протокол", "протест", "докладна", "обяснение", "писмо", "постановление", "експертно",
    "формуляр", "служебна", "епикриза", "допълнение", "оттегляне", "отказ", "запорно", "направление", "разрешение", "договор", "оферта",
  ]

  /// The line begins with the name of a kind of document and is no running sentence.
  static func isTitleWord(_ line: String) -> Bool {
    let first = line.prefix { $0.isLetter || $0 == "-" }
    guard titleWords.contains(Homoglyphs.cyrillic(first.lowercased())), first.first?.isUppercase == true else { return false }
    return line.count <= maximumLength && (line == String(first) || !line.hasSuffix(".") || isCapitals(String(first)))
  }

  private static func isCapitals(_ line: String) -> Bool {
    let letters = line.filter(\.isLetter)
    // A whole letter may be written in capitals; its sentences are no title.
    guard letters.count >= 5, letters.allSatisfy(\.isUppercase), line.count <= 120, !line.hasSuffix(".") else { return false }
    return letters.count * 2 >= line.count
  }

  /// Names of administrations in capitals head their letters.
  private static func isLetterhead(_ line: String) -> Bool {
    let folded = line.lowercased()
    let heads = [
      "република", "министерство", "агенция", "дирекция", "община", "регионална", "районен", "окръжен", "административен", "област", "национален",
      "прокуратура", "комисия", "отдел", "главна", "столична", "районно", "софийски", "върховен", "омбудсман", "уважаем", "инспекторат",
      "директор", "председател", "министър", "кмет", "началник", "изпълнителен", "управител", "съдебен", "частен",
    ]
    return heads.contains { folded.hasPrefix($0) }
  }

  /// The line and those that carry it on: more capitals, or what the document is for.
  private static func whole(from index: Int, _ lines: [String]) -> String {
    var title = lines[index]
    var next = index + 1
    if next < lines.count, lines[next].isEmpty { next += 1 }
    while next < lines.count, next <= index + 4, !lines[next].isEmpty, title.count < maximumLength {
      let line = lines[next]
      let first = line.prefix { $0.isLetter }.lowercased()
      let goesOn = ["за", "срещу", "против", "относно", "по", "към"].contains(first)
      guard goesOn || (isCapitals(title) && isCapitals(line) && !startsBlock(line)) else { break }
      title += " " + line
      next += 1
    }
    return String(withoutRest(title).prefix(maximumLength))
  }

  /// The title alone, where the letter goes on in the same line: up to the end of the sentence, the colon after its first word, or the name of
  /// the one it is from.
  private static func withoutRest(_ title: String) -> String {
    let words = title.split(separator: " ")
    for (index, word) in words.enumerated() {
      let next = index + 1 < words.count ? words[index + 1] : ""
      let after = index + 2 < words.count ? words[index + 2] : ""
      let isFrom = index > 0 && word.lowercased() == "от" && isName(next) && (index == 1 || isName(after))
      if isFrom { return words[..<index].joined(separator: " ") }
      // „чл.“ and „г.“ are short; a longer word before a full stop ends a sentence.
      let isEnd = word.hasSuffix(".") && word.count > 5 && next.first?.isUppercase == true || index == 0 && word.hasSuffix(":")
      if isEnd { return (words[..<index] + [word.dropLast()]).joined(separator: " ") }
    }
    return title
  }

  /// A capital and small letters: „Пробева“, not „ЗСПД“.
  private static func isName(_ word: Substring) -> Bool {
    word.first?.isUppercase == true && word.count > 1 && word.dropFirst().contains(where: \.isLowercase)
  }
}

extension Homoglyphs {
  private static let toCyrillic: [Character: Character] = Dictionary(
    uniqueKeysWithValues: zip("ABEKMHOPCTYXaeopcyx", "АВЕКМНОРСТУХаеорсух"))

  /// For words that are Bulgarian by their place: Latin letters that look Cyrillic become so.
  static func cyrillic(_ text: String) -> String { String(text.map { toCyrillic[$0] ?? $0 }) }
}
