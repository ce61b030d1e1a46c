import Testing

@testable import Rules

@Suite struct TextNormalisationTests {
  @Test(
    arguments: [
      ("ЖАЛБА", "жалба"), ("ЗAЯBЛEHИE", "заявление"), ("жaлбa", "жалба"), ("MОЛБА", "молба"), ("fоrmаt", "format"),
      ("Skia PDF, тест", "skia pdf,тест"), ("THE the ТНЕ", "тне тне тне"),
      ("Ж А Л Б А", "жалба"), ("Ж А Л Б А   С Р Е Щ У", "жалба срещу"), ("Ж А Л Б А срещу заповед", "жалба срещу заповед"),
      ("от С И Г Н А Л", "от сигнал"), ("а и в село", "а и в село"), ("Ж\u{00A0}А\u{00A0}Л\u{00A0}Б\u{00A0}А", "жалба"),
      ("3 А Я В Л Е Н И Е", "3 аявление"),
      ("подпо-\nмагане", "подпомагане"), ("ПОДПО-\r\n  МАГАНЕ", "подпомагане"), ("гр. Балчик -\nжалба", "гр.балчик-жалба"),
      ("социално\u{00AD}подпомагане", "социалноподпомагане"),
      ("Дирекция „Социално подпомагане“ – гр. Балчик", "дирекция социално подпомагане-гр.балчик"),
      ("чл. 24,  ал. 2", "чл.24,ал.2"), ("и\u{0306}", "й"), ("край ѝм и\u{0300}м Ѝм", "край им им им"), ("café cafe\u{0301}", "cafe cafe"),
      ("  два\t\n реда  ", "два реда"), ("вх. № 5", "вх.№5"), ("\u{FB01}n", "fin"), ("", ""), ("А", "а"), ("12 345", "12 345"),
      ("дете \u{202E}в риск", "дете в риск"), ("😀 жалба", "\u{FFFD}жалба"),
    ])
  func `a text has one form`(_ original: String, _ expected: String) {
    #expect(TextNormalisation.normalise(original).string == expected)
  }

  @Test(
    arguments: [
      ("Моля, ЖАЛБА срещу", "жалба", "ЖАЛБА"), ("а Ж А Л Б А Т А! б", "жалбата", "Ж А Л Б А Т А"),
      ("за подпо-\nмагане 2026", "подпомагане", "подпо-\nмагане"),
      ("чл. 24, ал. 2", "24,ал.2", "24, ал. 2"), ("ЗAЯBЛEHИE", "заявление", "ЗAЯBЛEHИE"),
    ])
  func `a match leads back to the original`(_ original: String, _ wanted: String, _ quote: String) throws {
    let text = TextNormalisation.normalise(original)
    let needle = Array(wanted.utf16)
    let start = try #require((0...(text.units.count - needle.count)).first { Array(text.units[$0..<($0 + needle.count)]) == needle })
    let range = text.originalRange(start..<(start + needle.count), in: Array(original.utf8))
    #expect(String(decoding: Array(original.utf8)[range], as: UTF8.self) == quote)
  }

  @Test func `every unit has its place in the original, whatever the text`() {
    var random = SeededRandom(seed: 20260722)
    let pieces = [
      "Ж", "а", "A", "h", "-", "\n", " ", "  ", "„", "й", "и", "\u{0306}", "\u{0301}", "9", ".", "é", "Щ", "\u{00AD}", "z", "№", "😀", "ﬁ", "В",
    ]
    for _ in 0..<3000 {
      let text = (0..<(random.next() % 24)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      let normal = TextNormalisation.normalise(text)
      #expect(normal.starts.count == normal.units.count)
      #expect(zip(normal.starts, normal.starts.dropFirst()).allSatisfy { $0 <= $1 }, "\(text.debugDescription)")
      #expect(normal.starts.allSatisfy { Int($0) < text.utf8.count })
      #expect(normal.units.first != 0x20 && normal.units.last != 0x20)
    }
  }

  @Test func `one pass finds what a search for each literal finds`() {
    var random = SeededRandom(seed: 7)
    let letters = Array("абв ".utf16)
    for _ in 0..<400 {
      let patterns = (0..<(1 + random.next() % 12)).map { index in
        (units: (0..<(1 + random.next() % 5)).map { _ in letters[Int(random.next() % 4)] }, literal: Int32(index))
      }
      let text = (0..<(random.next() % 60)).map { _ in letters[Int(random.next() % 4)] }
      var found: Set<[Int32]> = []
      LiteralAutomaton(patterns).scan(text) {
        found.insert([$0.literal, $0.start, $0.end])
        return true
      }
      var expected: Set<[Int32]> = []
      for pattern in patterns where pattern.units.count <= text.count {
        for start in 0...(text.count - pattern.units.count) where Array(text[start..<(start + pattern.units.count)]) == pattern.units {
          expected.insert([pattern.literal, Int32(start), Int32(start + pattern.units.count)])
        }
      }
      #expect(found == expected)
    }
  }
}

/// SplitMix64: the same numbers in every run.
struct SeededRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
