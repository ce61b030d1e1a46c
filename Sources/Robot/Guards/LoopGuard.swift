package import Model

/// Two robots that confirm each other's confirmations would never stop: an incoming subject that carries the mark of any intake-robot, also
/// behind `RE:`, gets no reply. The message itself is registered like any other.
package enum LoopGuard {
  package static func allowsReply(toSubject subject: String) -> Bool { Mark.first(in: subject) == nil }
}

/// At most so many confirmations to one sender profile in an hour: a stuck machine on the other side must not be answered for ever.
package struct StormGuard: Sendable, Equatable {
  package let perSenderAndHour: Int

  package init(perSenderAndHour: Int) { self.perSenderAndHour = perSenderAndHour }

  /// `nil` when one more may go; otherwise the job is parked with this and alarmed.
  package func refusal(alreadySent: Int, senderProfile: Int64) -> OperatorError? {
    guard alreadySent >= perSenderAndHour else { return nil }
    return OperatorError(
      "reply.storm", "\(alreadySent) confirmations went to one sender profile within an hour; the bound is \(perSenderAndHour)",
      remedy:
        "look at this sender's messages; then `intake-robot jobs retry` for the parked replies, or raise `replies { per sender and hour }`",
      context: [.init("profile", String(senderProfile))], disposition: .park)
  }
}
