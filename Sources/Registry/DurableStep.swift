import Runtime

/// A step whose outcome lasts: where tests make the process die, on both sides of it.
struct DurableStep: Sendable {
  let before: FaultPoint
  let after: FaultPoint

  private init(_ before: StaticString, _ after: StaticString) {
    self.before = FaultPoint(before)
    self.after = FaultPoint(after)
  }

  static let mailboxes = DurableStep("registry.mailboxes.before-commit", "registry.mailboxes.after-commit")
  static let switches = DurableStep("registry.switches.before-commit", "registry.switches.after-commit")
  static let start = DurableStep("registry.start.before-commit", "registry.start.after-commit")
  static let epoch = DurableStep("registry.epoch.before-commit", "registry.epoch.after-commit")
  static let listing = DurableStep("registry.listing.before-commit", "registry.listing.after-commit")
  static let claim = DurableStep("registry.claim.before-commit", "registry.claim.after-commit")
  static let finish = DurableStep("registry.finish.before-commit", "registry.finish.after-commit")
  static let openIntent = DurableStep("registry.open-intent.before-commit", "registry.open-intent.after-commit")
  static let opened = DurableStep("registry.opened.before-commit", "registry.opened.after-commit")
  static let fetched = DurableStep("registry.fetched.before-commit", "registry.fetched.after-commit")
  static let readings = DurableStep("registry.readings.before-commit", "registry.readings.after-commit")
  static let decision = DurableStep("registry.decision.before-commit", "registry.decision.after-commit")
  static let register = DurableStep("registry.register.before-commit", "registry.register.after-commit")
  static let sending = DurableStep("registry.sending.before-commit", "registry.sending.after-commit")
  static let sent = DurableStep("registry.sent.before-commit", "registry.sent.after-commit")
  static let handedOff = DurableStep("registry.handed-off.before-commit", "registry.handed-off.after-commit")
  static let amending = DurableStep("registry.amending.before-commit", "registry.amending.after-commit")
  static let erasing = DurableStep("registry.erasing.before-commit", "registry.erasing.after-commit")
  static let erased = DurableStep("registry.erased.before-commit", "registry.erased.after-commit")
  static let mirrorRewrite = DurableStep("registry.mirror-rewrite.before-rename", "registry.mirror-rewrite.after-rename")
  static let closing = DurableStep("registry.closing.before-commit", "registry.closing.after-commit")
  static let recover = DurableStep("registry.recover.before-commit", "registry.recover.after-commit")
  static let mirrorPosition = DurableStep("registry.mirror-position.before-commit", "registry.mirror-position.after-commit")
  static let mirror = DurableStep("registry.mirror.before-append", "registry.mirror.after-append")
  static let object = DurableStep("registry.object.before-rename", "registry.object.after-rename")

  /// For tests that go through all of them.
  static let all = [
    mailboxes, switches, start, epoch, listing, claim, finish, openIntent, opened, fetched, readings, decision, register, sending, sent,
    handedOff, amending, erasing, erased, mirrorRewrite, closing, recover, mirrorPosition, mirror, object,
  ]
}
