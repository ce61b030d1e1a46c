import Model
import Registry
import Runtime

/// Carries out what a person asked for, on an open registry.
struct ManualActs: Sendable {
  let registry: Registry
  let configuration: RobotConfiguration
  let rulesets: RulesetShelf?
  /// Of the robot that carries it out; `nil` when none runs.
  var live: LiveRulesets?
  /// Likewise.
  var outboxes: OutboxWatch?
  let surroundings: Surroundings

  private var now: Timestamp { surroundings.time.now() }

  func perform(_ request: ManualRequest) async -> ManualAnswer {
    do {
      return ManualAnswer(text: try await act(request))
    } catch {
      return ManualAnswer(error)
    }
  }

  private func act(_ request: ManualRequest) async throws(OperatorError) -> String {
    let (actor, reason) = (request.actor, request.reason)
    switch request.act {
    case .pause(let mailbox):
      try await registry.setPaused(try await known(mailbox), true, actor: actor, reason: reason)
      return "mailbox \(mailbox) is paused"
    case .resume(let mailbox):
      try await registry.setPaused(try await known(mailbox), false, actor: actor, reason: reason)
      return "mailbox \(mailbox) is served again"
    case .stopNumbering:
      try await registry.setNumbering(false, actor: actor, reason: reason)
      return "numbering is stopped; messages are still opened, stored and read"
    case .startNumbering:
      try await registry.setNumbering(true, actor: actor, reason: reason)
      return "numbering goes on"
    case .retry(let job):
      try await registry.retry(job, actor: actor, reason: reason)
      return "job \(job) is due now"
    case .discard(let job):
      try await registry.discard(job, actor: actor, reason: reason)
      return "job \(job) is given up"
    case .release(let message):
      try await registry.release(message, actor: actor, reason: reason)
      return "message \(message) goes on"
    case .amend(let number, let amendment):
      return try await entries.amend(number, amendment, actor: actor, reason: reason)
    case .erase(let message):
      let report = try await registry.erase(message, actor: actor, reason: reason)
      guard !report.isNothing else { return "message \(message): the content was erased before" }
      return "message \(message): erased \(report.fields) fields and \(report.objects) originals; the journal row stays"
        + (report.isFinished ? "" : "; mirror and archive follow when the steps under way have ended")
    case .registerFromListing(let message):
      return try await entries.registerFromListing(message, actor: actor, reason: reason)
    case .registeredByHand(let message, let number):
      try await registry.recordRegisteredByHand(message, number: number, actor: actor, reason: reason)
      return "message \(message) is registered by hand as \(number); nothing more is done about it"
    case .void(let journal, let unit, let year, let last):
      return try await entries.void(journal, unit: unit, year: year, through: last, actor: actor, reason: reason)
    case .activateRules(let digests):
      let shelf = try RulesetTrial.load(configuration)
      guard shelf.digests == digests else {
        throw OperatorError(
          "rules.changed-since-trial", "the files of the rules have changed since they were tried", remedy: "run `rules activate` again",
          disposition: .misconfigured)
      }
      try await registry.recordRulesActivated(shelf.shown, actor: actor, reason: reason)
      live?.replace(shelf)
      return "in force: \(shelf.shown)" + (live == nil ? " (no robot runs: from its next start)" : "")
    case .recover(outbox: true):
      guard let rulesets else { throw EntryActs.noRules }
      let text = try await OutboxRecovery(registry: registry, configuration: configuration, rulesets: rulesets, surroundings: surroundings).run(
        actor: actor, reason: reason)
      await outboxes?.forget()
      return text
    case .recover(outbox: false):
      let report = try await registry.recover(actor: actor, reason: reason)
      return
        "taken over from the mirror: \(report.events) events, \(report.entries) entries, \(report.messages) messages, \(report.replies) replies; "
        + "epoch \(report.epoch)"
    }
  }

  private var entries: EntryActs { EntryActs(registry: registry, configuration: configuration, rulesets: rulesets, now: now) }

  private func known(_ mailbox: String) async throws(OperatorError) -> String {
    guard try await registry.mailbox(mailbox) == nil else { return mailbox }
    throw OperatorError(
      "robot.mailbox-unknown", "the database knows no such mailbox", remedy: "`intake-robot status` lists them by identifier",
      context: [.init("mailbox", mailbox)])
  }
}
