import Crypto
package import Model
package import ReaderPool
package import Rules

/// Decides messages as the robot would, without a database, a mailbox or a file written: for people who write rules.
package struct DryRun: Sendable {
  private let readers: ReaderPool
  private let rulesets: RulesetShelf
  private let environment: EnvironmentName
  private let judge = Judge()
  /// Messages sent earlier are before the take-over.
  private let serveFrom: Timestamp
  /// Also find out which conditions of the rules the messages would miss.
  private let checksMutants: Bool

  package init(readers: ReaderPool, rulesets: RulesetShelf, environment: EnvironmentName, serveFrom: Timestamp? = nil, checksMutants: Bool = false) {
    self.checksMutants = checksMutants
    self.environment = environment
    self.readers = readers
    self.rulesets = rulesets
    let first = rulesets.rulesets.first.map { SofiaTime.midnight(of: $0.effective) }
    self.serveFrom = serveFrom ?? first ?? Timestamp(seconds: 0)
  }

  /// What would become of one message.
  package struct Outcome: Sendable {
    package var name: String
    package var end: String
    package var reason: String?
    package var journal: String?
    package var type: String?
    /// The number with `N` for its sequence: `ЗСПД/Д-В/N/дд.мм.гггг` filled by the day of receipt.
    package var numberShape: String?
    package var template: String?
    package var review: Bool
    package var why: [String]
    /// The rules that decided.
    package var rules: [String] = []
    /// By ruleset digest, which of its mutants this message gives away; empty unless asked for.
    package var brokenMutants: [String: Set<Int>] = [:]
    /// What each rule says, for `matches`, `fires` and `ignores`; empty when no rule was asked.
    package var traces: [RuleTrace]
    package var expectation: SampleExpectation?
    /// Where it differs from what is expected, in English; empty when it does not.
    package var mismatches: [String] = []
  }

  // MARK: Samples

  /// Decides samples one after the other in the order of their message ids, so that a repeated document is known as one.
  package func run(_ samples: [Sample], progress: @Sendable (Int) -> Void) async throws(OperatorError) -> [Outcome] {
    let read = await readAll(samples, progress: progress)
    var memory = Memory()
    var outcomes: [Outcome] = []
    for (sample, content) in read.sorted(by: { $0.sample.order < $1.sample.order }) {
      var outcome = try await decide(sample, content, &memory)
      outcome.expectation = sample.expectation
      outcome.mismatches = DryRun.mismatches(outcome)
      outcomes.append(outcome)
    }
    return outcomes.sorted { $0.name < $1.name }
  }

  /// Decides one file as if it came alone in a message from nobody known.
  package func run(file path: String, recipient: String, receivedAt: Timestamp) async throws(OperatorError) -> Outcome {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let reading = await readers.read(file: path)
    let submission = SubmissionAssembly.assemble(
      MessageEnvelope(
        key: MessageKey(environment: environment, recipient: recipient, messageId: 1), receivedAt: receivedAt, subject: "", senderProfileId: 0,
        senderName: ""),
      [SubmissionDocument(path: "1", fileName: name, size: 0, digest: nil, reading: reading)])
    return try await decide(submission, name: path, allowsReply: true)
  }

  // MARK: One message

  private struct Memory {
    var documents: Set<String> = []
    /// РНУ and the sender who used it first.
    var numbers: [String: Int64] = [:]
  }

  private func decide(_ sample: Sample, _ content: SampleContent, _ memory: inout Memory) async throws(OperatorError) -> Outcome {
    let message = sample.message
    if content.receivedAt < serveFrom { return .undecided(sample.name, end: "before-take-over", reason: nil) }
    if message.open == "fails" { return .undecided(sample.name, end: "waiting", reason: "open-failed") }
    if message.dateReceived != nil { return .undecided(sample.name, end: "waiting", reason: "opened-by-person") }
    let submission = content.submission
    var outcome = try await decide(submission, name: sample.name, allowsReply: LoopGuard.allowsReply(toSubject: message.subject))
    guard outcome.end == "registered" else { return outcome }
    if let digest = content.duplicateDigest, !memory.documents.insert("\(message.sender.profileId) \(digest)").inserted {
      outcome.end = "not-registered"
      outcome.reason = "duplicate"
      outcome.template = outcome.template == nil ? nil : "Д"
      outcome.journal = nil
      outcome.type = nil
      outcome.numberShape = nil
      outcome.review = false
      return outcome
    }
    if let rnu = submission.serviceRNU {
      if memory.numbers[rnu] != nil {
        let related = RelatedEntry(number: "N", reason: .sameRNU(isSameSender: memory.numbers[rnu] == message.sender.profileId))
        outcome.review = outcome.review || related.review(of: submission) != nil
      } else {
        memory.numbers[rnu] = message.sender.profileId
      }
    }
    return outcome
  }

  private func decide(_ submission: Submission, name: String, allowsReply: Bool) async throws(OperatorError) -> Outcome {
    let ruleset = try rulesets.ruleset(for: submission.receivedAt)
    let decision = await judge.decide(submission, by: ruleset)
    let traces = await judge.trace(submission, by: ruleset)
    let mutants = checksMutants ? [ruleset.digest: await judge.mutantsBroken(by: submission, sample: name, ruleset)] : [:]
    let why = decision.explanation.sentences
    var outcome: Outcome
    switch decision.outcome {
    case .notRegistered(let reason):
      outcome = Outcome(name: name, end: "not-registered", reason: reason, review: decision.review != nil, why: why, traces: traces)
    case .register(let registration):
      let journal = ruleset.journals.first { $0.name == registration.journal }
      outcome = Outcome(
        name: name, end: "registered", journal: registration.journal, type: registration.type,
        numberShape: journal?.template.shape(unit: registration.unit, day: submission.receivedAt),
        template: allowsReply ? registration.reply?.letter : nil, review: decision.review != nil, why: why, traces: traces)
    }
    let marks = ruleset.markNames
    outcome.rules = decision.explanation.decided.map(\.rule).filter { !marks.contains($0) }
    outcome.brokenMutants = mutants
    return outcome
  }

  // MARK: Reading

  private func readAll(_ samples: [Sample], progress: @Sendable (Int) -> Void) async -> [(sample: Sample, content: SampleContent)] {
    await withTaskGroup(of: (Int, SampleContent).self) { group in
      for (index, sample) in samples.enumerated() {
        group.addTask { (index, await SampleContent(sample, index: index, environment: environment, readers: readers)) }
      }
      var result: [(Sample, SampleContent)] = []
      for await (index, content) in group {
        result.append((samples[index], content))
        progress(result.count)
      }
      return result
    }
  }

  static func mismatches(_ outcome: Outcome) -> [String] {
    guard let expected = outcome.expectation else { return [] }
    func difference<Value: Equatable>(_ what: String, _ wanted: Value?, _ found: Value?) -> String? {
      guard let wanted, wanted != found else { return nil }
      return "\(what): - \(wanted) + \(found.map { "\($0)" } ?? "none")"
    }
    return [
      difference("end", expected.end, outcome.end), difference("reason", expected.reason, outcome.reason),
      difference("journal", expected.journal, outcome.journal), difference("type", expected.type, outcome.type),
      difference("replies", expected.replies, outcome.template == nil ? 0 : 1), difference("template", expected.template, outcome.template),
      difference("review", expected.review, outcome.review),
    ].compactMap { $0 }
  }
}

extension DryRun.Outcome {
  /// An end that no rule decides.
  static func undecided(_ name: String, end: String, reason: String?) -> DryRun.Outcome {
    DryRun.Outcome(name: name, end: end, reason: reason, review: false, why: [], traces: [])
  }
}

extension NumberTemplate {
  /// A number of this template with `N` for what the counter will say.
  package func shape(unit: Unit, day: Timestamp) -> String {
    parts.map { part in
      if case .sequence = part { return "N" }
      return NumberTemplate.render(part, unit: unit, day: day)
    }.joined()
  }

  private static func render(_ part: Part, unit: Unit, day: Timestamp) -> String {
    switch part {
    case .literal(let text): text
    case .unitIndex: unit.index
    case .unitIdentifier: unit.identifier
    case .sequence: "N"
    case .year: padded(SofiaTime.date(of: day).year, 4)
    case .date(let pattern): SofiaTime.format(day, pattern)
    }
  }
}
