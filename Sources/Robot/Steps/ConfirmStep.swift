import Mailbox
import Model
import Registry
import Runtime

/// registered → confirmed: sends the frozen reply once, whatever crashes or times out (design.md 3, contract section 7.4).
struct ConfirmStep: Sendable {
  let desk: Desk

  func run(_ job: Job) async throws(OperatorError) {
    let reply = try await desk.registry.reply(for: job)
    switch reply.state {
    case .sent, .abandoned: try await desk.registry.complete(job)
    case .intended: try await send(reply, job)
    case .sending, .uncertain: try await settle(reply, job)
    }
  }

  private func send(_ reply: PendingReply, _ job: Job) async throws(OperatorError) {
    let recipient = job.message.recipient
    try await desk.outboxes.checkMaySend(recipient)
    let client = try desk.client(job.message)
    try client.checkAvailable()
    try await recordSending(reply, job)
    try desk.surroundings.reach(RobotFault.beforeSend)
    let outcome = await client.send(
      OutgoingMessage(
        recipientProfileIds: reply.frozen.recipientProfileIds, subject: reply.frozen.subject, rnu: reply.frozen.rnu,
        templateId: reply.frozen.templateId, fields: reply.frozen.fields))
    try desk.surroundings.reach(RobotFault.afterSend)
    switch outcome {
    case .sent(let messageId):
      try await desk.registry.recordSent(job, ssevMessageId: messageId, evidence: .answered)
      desk.surroundings.log.info("reply.sent", ["message": .message(job.message), "reply": .number(messageId)])
    case .notSent(let error):
      try await desk.registry.recordNotSent(job, error)
      desk.surroundings.log.warning("reply.not-sent", ["message": .message(job.message), "code": .code(error.code)])
    case .uncertain(let error):
      let lookAt = desk.surroundings.time.now() + desk.configuration.replies.waits.firstLook
      try await desk.registry.recordUncertain(job, error, lookAt: lookAt)
      desk.surroundings.log.warning("reply.uncertain", ["message": .message(job.message), "code": .code(error.code)])
    }
  }

  /// Counting the sender's replies and entering this one is one step: two confirmations at once would each find room for one more.
  private func recordSending(_ reply: PendingReply, _ job: Job) async throws(OperatorError) {
    await desk.sending.enter()
    do throws(OperatorError) {
      if let profile = reply.frozen.recipientProfileIds.first, reply.state == .intended {
        let sent = try await desk.registry.repliesInLastHour(senderProfileId: profile)
        let storm = StormGuard(perSenderAndHour: desk.configuration.replies.perSenderAndHour)
        if let refusal = storm.refusal(alreadySent: sent, senderProfile: profile) {
          desk.surroundings.log.error("reply.storm", ["message": .message(job.message), "sent": .count(sent)])
          throw refusal
        }
      }
      try await desk.registry.recordSending(job)
      await desk.sending.leave()
    } catch {
      await desk.sending.leave()
      throw error
    }
  }

  private func settle(_ reply: PendingReply, _ job: Job) async throws(OperatorError) {
    let waits = desk.configuration.replies.waits
    let time = desk.surroundings.time
    // Where the database has not kept an uptime the waits begin anew.
    let uncertain =
      reply.uncertainUptime.map { UncertainReply(since: $0, looks: reply.lookups, lastLook: reply.lookedUpUptime) }
      ?? UncertainReply(since: desk.started)
    switch uncertain.step(now: time.uptime(), waits: waits) {
    case .wait(let left):
      try await desk.registry.snooze(job, until: time.now() + left, reason: "reply-uncertain")
    case .look:
      try await look(reply, uncertain, job)
    case .sendAgain:
      desk.surroundings.log.warning("reply.sent-again", ["message": .message(job.message), "looks": .count(reply.lookups)])
      try await send(reply, job)
    }
  }

  private func look(_ reply: PendingReply, _ uncertain: UncertainReply, _ job: Job) async throws(OperatorError) {
    let client = try desk.client(job.message)
    let since = (reply.sendingAt ?? reply.createdAt) - desk.configuration.replies.outboxMargin
    let found = try await client.findInOutbox(subject: reply.frozen.subject, since: since, pageSize: desk.configuration.ssev.pageSize)
    guard let first = found.min(by: { $0.messageId < $1.messageId }) else {
      let (now, uptime) = (desk.surroundings.time.now(), desk.surroundings.time.uptime())
      let next = UncertainReply(since: uncertain.since, looks: uncertain.looks + 1, lastLook: uptime)
      let left: Duration = if case .wait(let left) = next.step(now: uptime, waits: desk.configuration.replies.waits) { left } else { .zero }
      try await desk.registry.recordNotFound(job, next: now + left)
      return
    }
    if found.count > 1 {
      // It cannot be undone, so it is told as loudly as possible and never made worse.
      desk.surroundings.log.error("reply.doubled", ["message": .message(job.message), "copies": .count(found.count)])
    }
    let sent = try await client.view(first.messageId)
    guard sent.recipients.map(\.profileId) == reply.frozen.recipientProfileIds else {
      throw OperatorError(
        "reply.other-recipient", "the reply found in the outbox went to another profile than intended",
        remedy: "look at both messages in the portal; then `jobs discard` this one", context: [.init("found", String(first.messageId))])
    }
    try await desk.registry.recordSent(job, ssevMessageId: first.messageId, evidence: .found)
    desk.surroundings.log.info("reply.found", ["message": .message(job.message), "reply": .number(first.messageId)])
  }
}
