import Model
import Testing

@testable import Rules

/// Rulesets and messages at random: what the index leaves out can never be true.
@Suite struct CandidateTests {
  private static let words = ["жалба", "молба", "заповед", "помощ", "дете", "отказ", "сигнал", "искане"]

  private struct Generator {
    var random: SeededRandom

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }

    mutating func phrase() -> String { (0...Int(random.next() % 2)).map { _ in pick(CandidateTests.words) }.joined(separator: " ") }

    mutating func test(inDocument: Bool) -> String {
      let fact = pick(inDocument ? ["text", "title"] : ["text", "title", "subject", "body", "files.names"])
      switch random.next() % 10 {
      case 9: return "\(fact) contains pattern `\(pick(["[а-м]+ба", "мо[а-я]", "(жалба|отказ) .{0,6}помощ", "[а-я]{7} [а-я]{5}"]))`"
      case 0: return "\(fact) contains part \"\(pick(CandidateTests.words).dropLast())\""
      case 1: return "\(fact) contains stem \"\(pick(CandidateTests.words).prefix(4))\", \"\(phrase())\""
      case 2: return "\(fact) is \"\(phrase())\", \"\(phrase())\""
      case 3: return "\(fact) starts with \"\(pick(CandidateTests.words))\""
      case 4: return "\(fact) contains \"\(pick(CandidateTests.words))\" near \"\(pick(CandidateTests.words))\" within \(random.next() % 5 + 1) words"
      case 5:
        return inDocument
          ? "form is letter, none"
          : pick(["form is letter", "files.count > 1", "service.number exists", "service.number is \"27\", \"28\"", "forwarded"])
      case 6: return "\(fact) contains \"\(phrase())\" within first \(random.next() % 40 + 1)"
      default: return "\(fact) contains \"\(phrase())\""
      }
    }

    mutating func condition(_ depth: Int, inDocument: Bool = false) -> String {
      guard depth > 0 else { return test(inDocument: inDocument) }
      switch random.next() % 7 {
      case 0, 1:
        return "\(pick(["all", "any", "none"])) { \(condition(depth - 1, inDocument: inDocument)); \(condition(depth - 1, inDocument: inDocument)) }"
      case 2: return "not \(condition(depth - 1, inDocument: inDocument))"
      case 3 where !inDocument: return "any document { \(condition(depth - 1, inDocument: true)) }"
      default: return test(inDocument: inDocument)
      }
    }

    mutating func reading() -> DocumentReading {
      let text = (0..<Int(random.next() % 14)).map { _ in pick(CandidateTests.words) }.joined(separator: pick([" ", ", ", "\n"]))
      if random.next() % 5 == 0 { return Make.reading(nil, kind: .pdf, status: .unread, reason: "damaged", form: .none, quality: .none) }
      return Make.reading(text, title: random.next() % 2 == 0 ? phrase() : nil, quality: random.next() % 4 == 0 ? .poor : .good)
    }
  }

  @Test(arguments: [UInt64(1), 2, 3]) func `no rule that is true is left out`(_ seed: UInt64) throws {
    var make = Generator(random: SeededRandom(seed: seed))
    var fired = 0
    var skipped = 0
    for _ in 0..<12 {
      let rules = (0..<25).map {
        "rule \"\($0)\" in \"\(make.pick(["спешно", "писма"]))\" { when \(make.condition(3)); then { journal \"Входящ\"; type \"zhalba\" } }"
      }
      let found = DiagnosticCollector()
      let compilation = Make.compile(Make.header + rules.joined(separator: "\n"))
      found.add(compilation.diagnostics)
      // Random conditions may contradict themselves or each other; those rulesets are refused, and others follow.
      guard let ruleset = compilation.ruleset else {
        #expect(found.all.allSatisfy { ["rules.E168", "rules.E170"].contains($0.code) || $0.severity == .warning })
        continue
      }
      for _ in 0..<30 {
        var documents: [DocumentReading] = []
        for _ in 0..<Int(make.random.next() % 3) { documents.append(make.reading()) }
        let submission = try Make.submission(
          subject: make.phrase(), body: make.reading(), documents: documents,
          facts: make.random.next() % 2 == 0 ? [("service.number", .text(make.pick(["27", "30"])))] : [])
        let evaluation = Evaluation(ruleset.program, submission, budget: Ruleset.defaultBudget)
        let candidates = Set(evaluation.candidates())
        for index in ruleset.program.rules.indices where evaluation.truth(ofRule: index) == .yes {
          fired += 1
          #expect(candidates.contains(index), "\(rules[index])")
        }
        skipped += ruleset.program.rules.count - candidates.count
      }
    }
    #expect(fired > 100)
    #expect(skipped > 100)
  }
}
