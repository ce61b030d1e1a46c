import Model
import Registry
import Rules
import Runtime

/// read → decided: the rules in force on the day of receipt. Pure computation over the stored submission.
struct DecideStep: Sendable {
  let desk: Desk

  func run(_ job: Job) async throws(OperatorError) {
    guard let record = try await desk.registry.message(job.message) else { throw OperatorError.unknownMessage(job.message) }
    guard let submission = record.submission else {
      throw OperatorError("robot.message-not-read", "the message has not been read yet", remedy: "report this: a step ran before its predecessor")
    }
    let ruleset = try desk.rulesets.ruleset(for: submission.receivedAt)
    let decision = await desk.judge.decide(submission, by: ruleset)
    try await desk.registry.recordDecision(job, decision)
    desk.surroundings.log.info(
      "message.decided",
      ["message": .message(job.message), "outcome": .code(decision.outcomeWord), "review": .code(decision.review?.code ?? "none")])
  }
}

/// The evaluator on a thread of its own: the text of a large message takes its time, and the cooperative pool has two threads.
actor Judge {
  private let executor: any WorkExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(executor: any WorkExecutor = ThreadExecutor(name: "rules")) { self.executor = executor }

  deinit { executor.stop() }

  func trace(_ submission: Submission, by ruleset: Ruleset) -> [RuleTrace] { ruleset.trace(submission) }

  func mutantsBroken(by submission: Submission, sample: String, _ ruleset: Ruleset) -> Set<Int> {
    ruleset.mutantsBroken(by: submission, sample: sample)
  }

  func decide(_ submission: Submission, by ruleset: Ruleset) -> Decision { ruleset.decide(submission) }
}

extension Decision {
  /// `registered` or `not-registered`, for logs and reports.
  package var outcomeWord: String {
    switch outcome {
    case .register: "registered"
    case .notRegistered: "not-registered"
    }
  }
}
