import Foundation
import Model
import Testing

@testable import Rules

/// Broken sources and hostile texts: every one has an answer, none ends the process.
@Suite struct FuzzTests {
  private static func sources() throws -> [String] {
    try ManualTests.fences().filter { $0.kind == "rules" }.map(\.text)
      + GoldenTests.names.map { try String(contentsOf: GoldenTests.folder.appendingPathComponent($0 + ".in"), encoding: .utf8) }
  }

  private static let pieces = [
    "{", "}", ";", "\n", "\"", ",", "#", " ", "not ", "all ", "any document ", "in ", "as s", "s.type", "contains ", "near ", "14 days", "2026-07-01",
    "99999999999999999999", "\\", "\u{0}", "„", "\u{FEFF}", "😀", "и\u{0306}", "rule \"x\" ", "when ", "then ", "<=", "!=", "outranks ", "per ",
    "{seq}", "`", "`[а-я]{2,}`", "pattern ", "(?<а>", "\\p{", "{1,1000}", "|",
  ]

  private static func mutated(_ text: String, _ random: inout SeededRandom) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0...Int(random.next() % 4) {
      let place = scalars.isEmpty ? 0 : Int(random.next() % UInt64(scalars.count))
      switch random.next() % 4 {
      case 0: scalars.removeSubrange(place..<min(scalars.count, place + 1 + Int(random.next() % 12)))
      case 1: scalars.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))].unicodeScalars, at: place)
      case 2:
        let from = scalars.isEmpty ? 0 : Int(random.next() % UInt64(scalars.count))
        scalars.insert(contentsOf: Array(scalars[from..<min(scalars.count, from + 40)]), at: place)
      default: if place < scalars.count { scalars[place] = pieces[Int(random.next() % UInt64(pieces.count))].unicodeScalars.first ?? "x" }
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  @Test(arguments: [UInt64(11), 12]) func `a broken source gets diagnostics with places that exist`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let sources = try Self.sources()
    var errors = 0
    for round in 0..<600 {
      let text = Self.mutated(sources[round % sources.count], &random)
      let compilation = Make.compile(round % 2 == 0 ? Make.header + text : text)
      let isWrong = compilation.diagnostics.contains { $0.severity == .error }
      #expect((compilation.ruleset == nil) == isWrong, "\(text)")
      errors += isWrong ? 1 : 0
      for diagnostic in compilation.diagnostics {
        #expect(diagnostic.line >= 1 && diagnostic.column >= 1 && diagnostic.length >= 1)
        #expect(diagnostic.column <= diagnostic.sourceLine.count + 1, "\(diagnostic.rendered)")
        #expect(!diagnostic.message.isEmpty)
      }
    }
    #expect(errors > 300)
  }

  @Test func `a broken table gets diagnostics`() {
    var random = SeededRandom(seed: 13)
    for _ in 0..<300 {
      var files = Make.tables
      for (name, text) in Make.tables { files[name] = Self.mutated(text, &random) }
      let rules = """
        table services "services.csv" key register_no, skip empty key
        rule "а" in "услуги" { when service.number in services as s; then { journal s.journal; type s.type; term s.term } }
        """
      let compilation = Make.compile(Make.header + rules, files: files)
      #expect((compilation.ruleset == nil) == compilation.diagnostics.contains { $0.severity == .error })
    }
  }

  @Test func `any text gets a decision, and the words it quotes stand in it`() throws {
    var random = SeededRandom(seed: 14)
    let ruleset = try Make.ruleset(
      """
      rule "а" in "писма" {
        when any {
          text contains part "а", "жал", "ел-"
          text contains stem "закон", "и" near "а", "с" within 7 words
          title starts with "за", "Ж"
          text contains pattern `жал.{0,9}[а-я]`, `[^а]й\\b`
          any document { text contains "а б", "й", "№" }
        }
        then { journal "ЗСПД"; type "zspd-6b" }
      }
      """.replacingOccurrences(of: ", \"№\"", with: ""))
    let letters = [
      "а", "А", "A", "б", "й", "и\u{0306}", "\u{0301}", " ", "  ", "\n", "-", "\u{00AD}", "жал", "№", "„", "😀", "\u{202E}", "закон", "l", "ﬁ", ".",
      "7",
    ]
    for _ in 0..<800 {
      let text = (0..<Int(random.next() % 60)).map { _ in letters[Int(random.next() % UInt64(letters.count))] }.joined()
      let decision = ruleset.decide(try Make.submission(subject: text, body: Make.reading(text, title: String(text.prefix(5)))))
      // By scalars: a mark behind a space belongs to no letter, and is quoted all the same.
      let plain = text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map { String($0) }.joined(separator: " ")
      for evidence in decision.explanation.decided.flatMap(\.evidence) where evidence.fact == "text" {
        var quote = Substring(evidence.quote)
        if quote.hasPrefix("… ") { quote = quote.dropFirst(2) }
        if quote.hasSuffix(" …") { quote = quote.dropLast(2) }
        #expect(
          plain.unicodeScalars.map(\.value).containsSequence(quote.unicodeScalars.map(\.value)), "\(text.debugDescription): \(quote.debugDescription)"
        )
      }
    }
  }
}

extension [UInt32] {
  func containsSequence(_ other: [UInt32]) -> Bool {
    guard !other.isEmpty, other.count <= count else { return other.isEmpty }
    return (0...(count - other.count)).contains { self[$0..<($0 + other.count)].elementsEqual(other) }
  }
}
