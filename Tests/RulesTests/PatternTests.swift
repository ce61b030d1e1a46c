import Foundation
import Model
import Testing

@testable import Rules

/// The engine of patterns beside a reference that is slow and plainly right, at random; and what the worst texts cost.
@Suite struct PatternTests {
  /// `INTAKE_LONG` asks for millions.
  static let isLong = ProcessInfo.processInfo.environment["INTAKE_LONG"] != nil

  private static func units(_ text: [Character]) -> [UInt16] { Array(String(text).utf16) }

  private static func firstEnd(of forms: [[UInt16]], in units: [UInt16]) -> Int? {
    (0...units.count).first { end in forms.contains { $0.count <= end && units[(end - $0.count)..<end].elementsEqual($0) } }
  }

  /// One table of states for all texts of a pattern, as in a robot that decides one message after the other.
  @Test(arguments: [UInt64(1), 2, 3, 4]) func `agrees with the reference`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var (compared, found, captured, required, skipped) = (0, 0, 0, 0, 0)
    let patterns = Self.isLong ? 60_000 : 700
    for _ in 0..<patterns {
      let oracle = OraclePattern.random(&random, depth: Int(random.next() % 4))
      let pattern: Pattern
      do {
        pattern = try Pattern.compile(oracle.text)
      } catch {
        #expect(error.kind == .empty && oracle.mayBeEmpty || error.message == "a place cannot be repeated", "\(oracle.text): \(error)")
        continue
      }
      #expect(!oracle.mayBeEmpty, "\(oracle.text)")
      var states = PatternStates(pattern)
      for _ in 0..<12 {
        let text = (0..<Int(random.next() % 9)).map { _ in OraclePattern.alphabet[Int(random.next() % 7)] }
        let limit = random.next() % 4 == 0 ? Int(random.next() % 9) : Int.max
        let ends = text.indices.map { oracle.ends(text, from: $0).filter { $0 <= limit } }
        let earliest = ends.flatMap(\.self).min()
        let end = states.end(of: pattern, in: Self.units(text), limit: limit)
        #expect(end == earliest, "\(oracle.text) in \(String(text)) within \(limit)")
        let groups = PatternCapture.first(of: pattern, in: Self.units(text), limit: limit)
        #expect(groups?[0]?.lowerBound == ends.firstIndex { !$0.isEmpty }, "\(oracle.text) in \(String(text)) within \(limit)")
        compared += 1
        found += earliest == nil ? 0 : 1
        // What it requires is there, and nothing is lost by beginning behind what is too far before it.
        if earliest != nil, limit == .max, TextNormalisation.normalise(String(text)).units == Self.units(text) {
          var start = 0
          for required in pattern.required {
            let end = Self.firstEnd(of: required.forms, in: Self.units(text))
            #expect(end != nil, "\(oracle.text) in \(String(text))")
            if let end, let reach = required.reach { start = max(start, end - reach - required.longest) }
          }
          if let digits = pattern.requiredDigits {
            let end = Self.firstEnd(of: [[UInt16](repeating: 0x31, count: digits.count)], in: Self.units(text))
            #expect(end != nil, "\(oracle.text) in \(String(text))")
            if let end, let reach = digits.reach { start = max(start, end - reach - digits.count) }
          }
          #expect(states.end(of: pattern, in: Self.units(text), from: start, limit: limit) == earliest, "\(oracle.text) in \(String(text))")
          required += pattern.required.isEmpty ? 0 : 1
          skipped += start > 0 ? 1 : 0
        }
        if limit == .max, let groups, !oracle.repeatsNothing, let start = groups[0]?.lowerBound {
          var steps = 0
          guard let wanted = oracle.tryAll(text, start, [:], number: 1, &steps, { end, groups, _ in (end, groups) }) else { continue }
          let expected = [start..<wanted.0] + (0..<oracle.groupCount).map { wanted.1[$0 + 1] }
          #expect(groups == expected, "\(oracle.text) in \(String(text))")
          captured += groups.count > 1 ? 1 : 0
        }
      }
    }
    #expect(required > 3 && skipped > 10, "\(required) \(skipped)")
    #expect(compared > patterns * 4 && found > compared / 10 && captured > compared / 100, "\(compared) \(found) \(captured)")
  }

  // MARK: The worst

  /// Patterns on which an engine that backtracks, or one that keeps every state, is lost.
  static let hostile = [
    "(а+)+б", "(а|а)*б", "(а|аа)+б", "(.*)(.*)(.*)(.*)(.*)б", "а{0,60}а{60}б", "(а?){50}а{50}б", "[аб]*а[аб]{18}в", "(а*)*в", ".*.*=.*в",
    "(аб|ба|а|б){1,200}в",
  ]

  @Test(arguments: hostile) func `the worst costs in proportion to the text`(_ text: String) throws {
    let pattern = try Pattern.compile(text)
    func misses(_ count: Int) -> Int {
      var states = PatternStates(pattern)
      var random = SeededRandom(seed: 7)
      let units = (0..<count).map { _ in UInt16(random.next() % 8 == 0 ? 0x431 : 0x430) }.map { text.contains("[") ? $0 : 0x430 }
      #expect(states.end(of: pattern, in: units, limit: .max) == nil)
      #expect(states.bytes < 4 << 20)
      return states.misses
    }
    let (small, large) = (misses(2_000), misses(20_000))
    // A step is computed at most once for each unit; what it costs is bounded by the size of the pattern.
    #expect(small <= 2_001)
    #expect(large <= 20_001)
    #expect(pattern.steps(units: 20_000) <= 11 * pattern.steps(units: 2_000))
    print("pattern \(text): \(pattern.instructions.count) instructions, \(small) steps computed for 2000 units, \(large) for 20000")
  }

  @Test func `a table that is full begins anew and finds the same`() throws {
    let pattern = try Pattern.compile("[аб]*а[аб]{16}в")
    var states = PatternStates(pattern)
    var random = SeededRandom(seed: 3)
    for round in 0..<4 {
      var units = (0..<40_000).map { _ in UInt16(0x430 + random.next() % 2) }
      if round % 2 == 1 {
        units[39_000] = 0x432
        units[39_000 - 17] = 0x430
        #expect(states.end(of: pattern, in: units, limit: .max) == 39_001)
      } else {
        #expect(states.end(of: pattern, in: units, limit: .max) == nil)
      }
    }
    #expect(states.misses > 70_000)
    #expect(states.bytes < 4 << 20)
  }

  // MARK: What they mean

  private func matches(_ pattern: String, _ text: String) throws -> Bool {
    let compiled = try Pattern.compile(pattern)
    var states = PatternStates(compiled)
    return states.end(of: compiled, in: TextNormalisation.normalise(text).units, limit: .max) != nil
  }

  @Test func `texts are prepared, and patterns fit them`() throws {
    #expect(try matches("ЗСПД/[А-Я]{1,3}", "зспд/д-в"))
    #expect(try matches("чл. 24", "Чл.24"))
    #expect(try matches("чл. 24", "чл.   24"))
    #expect(try !matches("чл 24", "чл24"))
    #expect(try matches("№ ?[0-9]+", "№5"))
    #expect(try matches("„отказ“ срещу", "отказ  срещу"))
    #expect(try matches("BG[0-9]{2}[A-Z]{4}", "IBAN: ВG80ВNBG96611020345678"))
    #expect(try matches("[A-Z]{2}[0-9]", "ВС1"))
    #expect(try !matches("[А-Я]{4}", "road"))
    #expect(try matches("\\p{Cyrillic}+ \\p{Latin}+", "жалба complaint"))
    #expect(try !matches("\\bжалба\\b", "жалбата"))
    #expect(try matches("\\bжалба\\b", "(жалба)"))
    #expect(try matches("^жалба$", " Ж А Л Б А "))
    #expect(try matches("[^0-9]{3}", "абв"))
    #expect(try matches("й", "и\u{0306}"))
    #expect(try !matches("й", "и"))
  }

  @Test func `groups say where they stand`() throws {
    let pattern = try Pattern.compile("изх. № (?<номер>[0-9-]+)(/(?<ден>[0-9.]+))?")
    let text = TextNormalisation.normalise("Ваш изх. № 94-17 от вчера")
    let groups = try #require(PatternCapture.first(of: pattern, in: text.units, limit: .max))
    #expect(pattern.groups == ["номер", "", "ден"])
    #expect(groups.map { $0.map { String(decoding: text.units[$0], as: UTF16.self) } } == ["изх.№94-17", "94-17", nil, nil])
  }

  @Test func `every mistake says where and what to write`() {
    func mistake(_ text: String) -> String {
      do {
        _ = try Pattern.compile(text)
        return "none"
      } catch {
        return "\(error.kind) \(error.offset)+\(error.length): \(error.message)"
      }
    }
    #expect(mistake("а(б") == "malformed 1+1: this group is not closed")
    #expect(mistake("аб)") == "malformed 2+1: `)` closes no group")
    #expect(mistake("а[бв") == "malformed 1+1: this class is not closed")
    #expect(mistake("*а") == "malformed 0+1: `*` repeats nothing")
    #expect(mistake("а**") == "malformed 2+1: a repetition is repeated")
    #expect(mistake("а{3,2}") == "malformed 1+5: 2 is less than 3")
    #expect(mistake("(?=а)б") == "malformed 0+3: a group `(?` of this kind cannot be matched in linear time")
    #expect(mistake("(а)\\1") == "malformed 3+2: a pattern cannot refer back to a group: that cannot be matched in linear time")
    #expect(mistake("\\p{Lu}") == "malformed 0+6: there is no property `Lu`")
    #expect(mistake("\\q") == "malformed 0+2: `\\q` means nothing")
    #expect(mistake("[я-а]") == "malformed 1+3: `я-а` is no range")
    #expect(mistake("а{1001}").hasPrefix("tooLarge 1+6: "))
    #expect(mistake("((а{1,100}){1,100})").hasPrefix("tooLarge 0+19: "))
    #expect(mistake(String(repeating: "(", count: 60)).hasPrefix("tooLarge 40+1: "))
    #expect(mistake(String(repeating: "а", count: 1_001)).hasPrefix("tooLarge 0+1: "))
    #expect(mistake("а*").hasPrefix("empty 0+2: "))
    #expect(mistake("а|").hasPrefix("empty 0+2: "))
    #expect(mistake("").hasPrefix("empty"))
  }

  @Test func `what a pattern requires is known`() throws {
    func required(_ text: String) throws -> [String] {
      let pattern = try Pattern.compile(text)
      return pattern.required.map { requirement in
        requirement.forms.map { String(decoding: $0, as: UTF16.self) }.joined(separator: "|") + " \(requirement.reach.map(String.init) ?? "-")"
      } + (pattern.requiredDigits.map { ["\($0.count) digits \($0.reach.map(String.init) ?? "-")"] } ?? [])
    }
    #expect(try required("чл\\. 17, ?ал\\. [0-9]+") == ["чл.17, 0", "ал.|\u{61}л. 8", "2 digits 4"])
    #expect(try required("щъщ[а-я]+ дъжд") == ["дъжд -", "щъщ 0"])
    #expect(try required("\\b\\d{10}\\b") == ["10 digits 0"])
    #expect(try required("[0-9]{3,8}[а-я]{2}[0-9]{2}") == ["3 digits 0"])
    #expect(try required("а+|б+") == [])
  }
}

/// Patterns as rules use them.
@Suite struct PatternRuleTests {
  private func ruleset(_ when: String) throws -> Ruleset {
    try Make.ruleset("rule \"а\" in \"писма\" { when \(when); then { journal \"ЗСПД\"; type \"zspd-6b\" } }")
  }

  @Test func `the explanation quotes what was found`() throws {
    let rules = try ruleset("text contains pattern `заповед № ?[0-9]+-[0-9]+`")
    let decision = rules.decide(try Make.letter("Получих от Вас ЗАПОВЕД\u{00A0}№ 12–345 от миналата година и не съм съгласна с нея."))
    #expect(decision.short == "ЗСПД/zspd-6b")
    #expect(decision.explanation.decided.first?.evidence.first?.quote == "Получих от Вас ЗАПОВЕД № 12–345 от миналата година и не съм съгласна с …")
  }

  @Test func `a pattern that is not met is named when its rule came nearest`() throws {
    let rules = try ruleset("all { text contains \"жалба\"; text contains pattern `заповед № [0-9]+` }")
    #expect(rules.decide(try Make.letter("Моята жалба")).explanation.nearest?.contains("съдържа нещо по образец „заповед № [0-9]+“") == true)
  }

  @Test func `unread stays unknown, and what was read is enough`() throws {
    let rules = try ruleset("not text contains pattern `[0-9]{4}`")
    #expect(rules.decide(try Make.submission(body: Make.reading("много думи", quality: .poor))).short == "Входящ/unknown review(otherwise)")
    #expect(rules.decide(try Make.letter("много думи")).short == "ЗСПД/zspd-6b")
    #expect(rules.decide(try Make.letter("през 2026")).short == "Входящ/unknown review(otherwise)")
  }

  @Test func `only the beginning counts when the rule says so, and nothing is cut inside`() throws {
    let rules = try ruleset("text contains pattern `\\bдело\\b` within first 10")
    #expect(rules.decide(try Make.letter("ново дело тук")).short == "ЗСПД/zspd-6b")
    #expect(rules.decide(try Make.letter("новото дело")).short == "Входящ/unknown review(otherwise)")
    #expect(rules.decide(try Make.letter("новот делото")).short == "Входящ/unknown review(otherwise)")
  }

  @Test func `the budget ends a search, always at the same place`() throws {
    let rules = try ruleset("text contains pattern `[а-я]{50,300}№`")
    let letter = try Make.letter(String(repeating: "аб", count: 20_000))
    for _ in 0..<3 {
      #expect(rules.decide(letter, budget: 500_000).short == "Входящ/unknown review(budget)")
      #expect(rules.decide(letter, budget: 5_000_000).short == "Входящ/unknown review(otherwise)")
    }
  }

  @Test func `every value and any document take patterns too`() throws {
    let every = try ruleset("every files.names contains pattern `^файл[0-9]+\\.pdf$`")
    #expect(every.decide(try Make.submission(documents: [Make.reading("а"), Make.reading("б")])).short == "ЗСПД/zspd-6b")
    let document = try ruleset("any document { kind is text; text contains pattern `№ [0-9]{3}` }")
    #expect(document.decide(try Make.submission(documents: [Make.reading("без", kind: .pdf), Make.reading("№ 123")])).short == "ЗСПД/zspd-6b")
    #expect(document.decide(try Make.submission(documents: [Make.reading("№ 123", kind: .pdf)])).short == "Входящ/unknown review(otherwise)")
  }
}
