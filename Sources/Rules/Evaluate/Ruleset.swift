package import Model

/// A compiled ruleset: immutable, thread-safe, and without any clock or file. The same submission always gives the same decision.
package struct Ruleset: Sendable {
  let program: Program

  init(_ program: Program) { self.program = program }

  /// As declared: `ruleset "…"`.
  package var name: String { program.name }
  package var version: String { program.version }
  /// The first day, by `receivedAt` in Europe/Sofia, on which it decides.
  package var effective: CivilDate { program.effective }
  /// The first day on which it no longer does.
  package var until: CivilDate? { program.until }
  /// The order of the head of the administration that put it in force.
  package var approved: String? { program.approved }
  package var digest: String { program.digest }
  /// The folder of its samples, as written, relative to the main file.
  package var samples: String? { program.samples }

  /// The highest first.
  package var stages: [String] { program.stages }
  package var journals: [JournalDefinition] { program.journals }
  /// In the order of their table.
  package var types: [DocumentType] { program.typeCodes.compactMap { program.types[$0] } }
  package var units: [String: Unit] { program.units }
  package var rules: [RuleDescription] { program.rules.map(\.description) }

  /// For each rule, its conditions in Bulgarian words, those of `all` and `any` one by one.
  package var conditions: [[String]] {
    let words = ConditionWords(program)
    return program.rules.indices.map { program.conditions(ofRule: $0).map { words.words($0) } }
  }

  /// Whether it decides messages received on this day.
  package func isInForce(on day: CivilDate) -> Bool { day >= effective && (until.map { day < $0 } ?? true) }

  /// Steps one decision may take: bytes of text read, tests made, occurrences met. Ends in a review, never in a wrong decision.
  package static let defaultBudget = 50_000_000

  /// What becomes of one message, and why. Never fails: what cannot be decided goes where `otherwise` says, for review. Costs time in proportion
  /// to the text, at most `budget` steps.
  package func decide(_ submission: Submission, budget: Int = defaultBudget) -> Decision {
    Deciding(Evaluation(program, submission, budget: budget)).decision()
  }

  /// What each rule says of a submission, for tests of rules.
  package func trace(_ submission: Submission, budget: Int = defaultBudget) -> [RuleTrace] {
    let evaluation = Evaluation(program, submission, budget: budget)
    let deciding = Deciding(evaluation)
    let winners = deciding.winners()
    return program.rules.indices.map { index in
      let truth = evaluation.truth(ofRule: index)
      return RuleTrace(
        rule: program.rules[index].description.name, isTrue: truth == .yes, isUnknown: truth == .unknown || truth == .disputed,
        decides: winners.contains(index), touches: evaluation.touches(program.rules[index].condition),
        conditions: program.conditions(ofRule: index).map { evaluation.truth($0) == .yes })
    }
  }
}

/// What one rule says of one submission.
package struct RuleTrace: Sendable, Equatable {
  package let rule: String
  package let isTrue: Bool
  package let isUnknown: Bool
  /// It is true and not beaten.
  package let decides: Bool
  /// At least one of its tests is true.
  package let touches: Bool
  /// Which of its conditions are true, as `Ruleset.conditions` lists them.
  package let conditions: [Bool]
}
