import FoundationEssentials
import Model
import Reading
import Robot
import Rules
import Testing

/// `Rules/asp` over every message of `Samples/`.
@Suite("Ruleset АСП") struct RulesetTests {
  /// The folder of the package.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  static let samples = Result { try Sample.all(in: root + "/Samples") }

  static let compilation = RulesCompiler.compile(
    RulesetFiles(main: SourceText(path: "ruleset.rules", text: (try? source("ruleset.rules")) ?? "")) { name in
      Result { try source(name) }.mapError { _ in LoadError("it cannot be read") }
    }, digest: "asp")

  private static func source(_ name: String) throws -> String { try String(contentsOfFile: root + "/Rules/asp/" + name, encoding: .utf8) }

  /// Every sample read, once for all tests.
  static let submissions = Result {
    let reader = DocumentReader(hasPrivateRoot: false)
    return try Dictionary(uniqueKeysWithValues: samples.get().map { ($0.name, try $0.submission(reader)) })
  }

  @Test("compiles without a finding")
  func compiles() throws {
    #expect(RulesetTests.compilation.diagnostics.map(\.rendered) == [])
    #expect(RulesetTests.compilation.ruleset != nil)
  }

  @Test("decides every sample as expected")
  func decides() throws {
    let ruleset = try #require(RulesetTests.compilation.ruleset)
    let submissions = try RulesetTests.submissions.get()
    var decided = 0
    for sample in try RulesetTests.samples.get() where sample.isDecidedByRulesAlone {
      let decision = ruleset.decide(try #require(submissions[sample.name]))
      #expect(
        Verdict(decision, to: sample.message.subject) == Verdict(sample.expected),
        "\(sample.name): \(decision.explanation.decided.map(\.rule)) \(decision.review?.code ?? "")")
      decided += 1
    }
    #expect(decided >= 60)
  }

  @Test("reaches every document type with some sample")
  func reachesEveryType() throws {
    let ruleset = try #require(RulesetTests.compilation.ruleset)
    let reached = try RulesetTests.submissions.get().values.reduce(into: Set<String>()) { types, submission in
      if case .register(let registration) = ruleset.decide(submission).outcome { types.insert(registration.type) }
    }
    #expect(ruleset.types.map(\.code).filter { !reached.contains($0) } == [])
  }

  @Test("keeps what its rules say of samples: matches, fires, ignores")
  func keepsReferences() throws {
    let ruleset = try #require(RulesetTests.compilation.ruleset)
    let submissions = try RulesetTests.submissions.get()
    for rule in ruleset.rules {
      for name in rule.matches + rule.fires + rule.ignores {
        let submission = try #require(submissions[name], "\(rule.place): there is no sample \(name)")
        let trace = try #require(ruleset.trace(submission).first { $0.rule == rule.name })
        if rule.matches.contains(name) { #expect(trace.decides, "\(rule.place) does not decide \(name)") }
        if rule.fires.contains(name) { #expect(trace.isTrue && !trace.decides, "\(rule.place) is not beaten at \(name)") }
        if rule.ignores.contains(name) { #expect(!trace.isTrue && trace.touches, "\(rule.place) does not come near \(name) or is true") }
      }
      #expect(rule.isMark || !rule.matches.isEmpty, "\(rule.place) decides no sample")
    }
  }

  @Test("urgent classes are urgent and get no automatic reply where the table says so")
  func urgentClasses() throws {
    let ruleset = try #require(RulesetTests.compilation.ruleset)
    let submissions = try RulesetTests.submissions.get()
    for (name, type) in [("institutions/sad-prizovka", "sad"), ("institutions/zapor", "zapor"), ("institutions/prokuratura", "prokuratura")] {
      guard case .register(let registration) = ruleset.decide(try #require(submissions[name])).outcome else {
        Issue.record("\(name) is not registered")
        continue
      }
      #expect(registration.type == type)
      #expect(registration.urgent)
      #expect(registration.reply == nil)
    }
    guard case .register(let child) = ruleset.decide(try #require(submissions["children/nasilie-kratko"])).outcome else {
      Issue.record("a child at risk is not registered")
      return
    }
    #expect(child.urgent)
  }

  @Test("numbers follow the formats seen in court decisions")
  func numbers() throws {
    let ruleset = try #require(RulesetTests.compilation.ruleset)
    let varna = try #require(ruleset.units["1210150560386"])
    let day = try #require(Timestamp(iso8601: "2026-07-10T12:00:00+03:00"))
    func print(_ journal: String, _ sequence: Int64) throws -> String {
      try #require(ruleset.journals.first { $0.name == journal }).template.render(sequence: sequence, unit: varna, registeredAt: day)
    }
    #expect(try print("ЗСПД", 10504) == "ЗСПД/Д-В/10504/10.07.2026")
    #expect(try print("ЗСП", 7) == "ЗСП/Д-В/7/10.07.2026")
    #expect(try print("ЗД", 118) == "ЗД/Д-В-118/10.07.2026")
    #expect(try print("ЗД", 5) == "ЗД/Д-В-005/10.07.2026")
  }

  @Test("units without a known index have an obviously fictitious one")
  func fictitiousIndexes() throws {
    let ruleset = try #require(RulesetTests.compilation.ruleset)
    #expect(ruleset.units.count == 176)
    #expect(ruleset.units["1210150561306"]?.index == "Д-?1306")
    #expect(ruleset.units["1210150561306"]?.hasFictitiousIndex == true)
    for mailbox in Set(try RulesetTests.samples.get().compactMap(\.message.mailbox)) {
      #expect(ruleset.units[mailbox]?.hasFictitiousIndex == false)
    }
  }
}

extension Sample {
  /// No person, earlier message or guard has a say in its end.
  var isDecidedByRulesAlone: Bool {
    let needsMore = ["duplicates/usluga-3-drugi-baytove", "duplicates/usluga-4-drug-podatel"]
    return ["registered", "not-registered"].contains(expected.end) && expected.reason != "duplicate" && !needsMore.contains(name)
  }
}

/// What a decision and an expectation can be compared by.
private struct Verdict: Equatable {
  var end: String
  var journal: String?
  var type: String?
  var reason: String?
  var isForReview = false
  var replies = 0

  init(_ expected: Sample.Expected) {
    end = expected.end
    journal = expected.journal
    type = expected.type
    reason = expected.reason
    isForReview = expected.review ?? false
    replies = expected.replies
  }

  /// The rules' reply, as far as the loop guard lets it go.
  init(_ decision: Decision, to subject: String) {
    switch decision.outcome {
    case .register(let registration):
      end = "registered"
      journal = registration.journal
      type = registration.type
      isForReview = decision.review != nil
      replies = registration.reply != nil && LoopGuard.allowsReply(toSubject: subject) ? 1 : 0
    case .notRegistered(let why):
      end = "not-registered"
      reason = why
    }
  }
}
