import Model
import Runtime

/// Rule sets and messages for `intake-bench rules`, the same for the same seed. Written before the engine they measure, and not to be tuned to it.
///
/// - friendly: a rule looks for one phrase with a rare word; hardly any rule finds anything;
/// - realistic: titles, alternatives within the beginning of the text, exclusions, stems, one pattern in ten; a few rules fire per message;
/// - hostile: literals that share long beginnings, literals of one or two letters, words that stand in every message, patterns with bounded
///   repetitions and hardly a fixed letter, over texts that nearly match most of it.
struct RuleSetGenerator {
  enum Kind: String, CaseIterable, Sendable { case friendly, realistic, hostile }

  /// One rule: as it is written, and as what RE2 has to look for in the text (all its tests of `text`, each one expression).
  struct Rule {
    let condition: String
    let expressions: [String]
  }

  let kind: Kind
  let rules: [Rule]
  let messages: [String]

  /// About this many bytes of UTF-8 in each message.
  static let messageBytes = 2_500
  static let seed: UInt64 = 20_261_124

  init(_ kind: Kind, rules count: Int, messages: Int) {
    self.kind = kind
    var words = BenchWords(SeededRandom(seed: Self.seed &+ UInt64(count) &* 31 &+ UInt64(Kind.allCases.firstIndex(of: kind) ?? 0)))
    switch kind {
    case .friendly: rules = (0..<count).map { _ in Self.friendly(&words) }
    case .realistic: rules = (0..<count).map { _ in Self.realistic(&words) }
    case .hostile: rules = (0..<count).map { Self.hostile($0, &words) }
    }
    self.messages = (0..<messages).map { kind == .hostile && $0 % 2 == 1 ? Self.nearMiss($0, &words) : Self.letter(&words) }
  }

  // MARK: Rules

  private static func friendly(_ words: inout BenchWords) -> Rule {
    let phrase = "\(words.rare()) \(words.common()) \(words.rare())"
    return Rule(condition: "text contains \"\(phrase)\"", expressions: [BenchWords.bounded([phrase])])
  }

  private static func realistic(_ words: inout BenchWords) -> Rule {
    switch words.below(20) {
    case 0, 1:
      let number = words.below(400) + 1
      let pattern = words.pick([
        "чл\\.\(number), ?ал\\.[0-9]+",
        "(заповед|решение) № ?\(number)-[0-9]{2,5}",
        "зспд/[а-я]{1,3}(-[а-я]{1,3})?/\(number)[0-9]{0,3}/",
        "\\b\(number)[0-9]{2} (лева|лв)",
        "\(words.rare().prefix(4))[а-я]{0,6} (на|от|по) [а-я]+",
      ])
      return Rule(condition: "text contains pattern `\(pattern)`", expressions: [pattern.replacing("\\b", with: "(?:^|[^\\p{L}\\p{N}])")])
    case 2, 3, 4:
      let stems = [words.rareStem(), words.rareStem()]
      return Rule(
        condition: "text contains stem \"\(stems[0])\", \"\(stems[1])\"",
        expressions: ["(?:^|[^\\p{L}\\p{N}])(?:\(stems.joined(separator: "|")))[\\p{L}\\p{N}]{0,5}(?:$|[^\\p{L}\\p{N}])"])
    case 5, 6, 7, 8, 9:
      // What an administration's letters really say: these fire.
      let (wanted, other) = ("\(words.common()) \(words.common())", words.phrase())
      let unwanted = words.phrase()
      return Rule(
        condition: "all { text contains \"\(wanted)\", \"\(other)\" within first 1500; not text contains \"\(unwanted)\" }",
        expressions: [BenchWords.bounded([wanted, other]), BenchWords.bounded([unwanted])])
    default:
      let (title, phrase, other, unwanted) = (words.phrase(), words.phrase(), "\(words.common()) \(words.rare())", words.common())
      return Rule(
        condition: "all { any { title contains \"\(title)\"; text contains \"\(phrase)\", \"\(other)\" within first 1500 }; "
          + "not text contains \"\(unwanted) \(words.common())\" }",
        expressions: [BenchWords.bounded([phrase, other]), BenchWords.bounded(["\(unwanted) \(words.common())"])])
    }
  }

  private static func hostile(_ index: Int, _ words: inout BenchWords) -> Rule {
    switch index % 10 {
    case 0, 1, 2:
      // A long beginning shared by all, which the messages repeat.
      let phrase = sharedWords.prefix(3 + words.below(6)).joined(separator: " ") + " " + words.rare()
      return Rule(condition: "text contains \"\(phrase)\"", expressions: [BenchWords.bounded([phrase])])
    case 3:
      let part = words.pick(["а", "ст", "на", "ени", "ва", "пр"]) + words.pick(["т", "а", "и", "о", ""]) + words.pick(["ъ", "щ", "ф", "ю", "ц"])
      let far = words.rare()
      return Rule(
        condition: "all { text contains part \"\(part)\"; text contains part \"\(far)\" }", expressions: [part, far])
    case 4, 5:
      // True of nearly every message but for one word.
      let (one, two, rare) = (words.common(), words.common(), words.rare())
      return Rule(
        condition: "all { text contains \"\(one)\"; text contains \"\(two)\"; any { text contains \"\(rare)\"; title contains \"\(rare)\" } }",
        expressions: [BenchWords.bounded([one]), BenchWords.bounded([two]), BenchWords.bounded([rare])])
    case 6:
      let (one, rare) = (words.common(), words.rare())
      return Rule(
        condition: "all { text contains \"\(one)\"; not text contains \"\(rare)\"; title contains \"\(rare)\" }",
        expressions: [BenchWords.bounded([one]), BenchWords.bounded([rare])])
    case 7:
      let rare = words.rare()
      let pattern = "(дете|детето|де|те){2,\(8 + words.below(8))} ?[а-я]{0,\(10 + words.below(20))}\(rare)"
      return Rule(condition: "text contains pattern `\(pattern)`", expressions: [pattern])
    case 8:
      let pattern = "\(words.pick(sharedWords)) ([а-я]+ ){0,\(3 + words.below(5))}\(words.rare())"
      return Rule(condition: "text contains pattern `\(pattern)`", expressions: [pattern])
    default:
      guard index % 50 == 49 else {
        let pattern = "\(words.rare().prefix(3))[а-я]{1,20}\(words.rare().suffix(3)) [0-9]{\(2 + words.below(8))}"
        return Rule(condition: "text contains pattern `\(pattern)`", expressions: [pattern])
      }
      // Without any fixed letter.
      let pattern = "[0-9]{\(3 + words.below(6))}[а-я]{\(2 + words.below(9))}[0-9]{\(2 + words.below(4))}"
      return Rule(condition: "text contains pattern `\(pattern)`", expressions: [pattern])
    }
  }

  private static let sharedWords = ["дете", "детето", "на", "майката", "подава", "молба", "за", "помощ", "при", "раждане"]

  // MARK: Messages

  /// A letter of common words, some rare ones, numbers and dates.
  private static func letter(_ words: inout BenchWords) -> String {
    var text = "До директора на дирекция „Социално подпомагане“\n\n"
    while text.utf8.count < messageBytes {
      var sentence: [String] = []
      for _ in 0..<(6 + words.below(12)) {
        switch words.below(40) {
        case 0: sentence.append(words.rare())
        case 1: sentence.append("чл. \(words.below(60) + 1), ал. \(words.below(5) + 1)")
        case 2: sentence.append("№ \(words.below(9_000) + 1000)-\(words.below(900) + 1)")
        case 3: sentence.append("\(words.below(28) + 1).0\(words.below(9) + 1).2026 г.")
        default: sentence.append(words.common())
        }
      }
      text += sentence.joined(separator: " ").capitalised + words.pick([". ", ".\n", ", "])
    }
    return text
  }

  /// A text that nearly matches what the hostile rules look for, over and over.
  private static func nearMiss(_ index: Int, _ words: inout BenchWords) -> String {
    var text = ""
    while text.utf8.count < messageBytes {
      switch (index / 2 + words.below(2)) % 4 {
      case 0: text += sharedWords.joined(separator: " ") + " "
      case 1: text += "дететедетедететедете" + words.pick(["", " ", "де"])
      case 2: text += "\(words.below(100_000))" + words.rare().prefix(1 + words.below(4)) + "\(words.below(1_000)) "
      default: text += words.common() + words.pick([" ", "-", "ст", "на", " Ж А Л Б А "])
      }
    }
    return text
  }
}

extension String {
  fileprivate var capitalised: String { prefix(1).uppercased() + dropFirst() }
}
