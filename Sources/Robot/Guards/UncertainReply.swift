package import Model

/// What to do about a reply of which nobody knows whether ССЕВ has committed it (design.md 3 "confirmed", contract section 7.4).
///
/// Uncertain → wait → look in the outbox for the exact subject → none → wait → look again → none, and horizon H passed → send again. After a
/// crash `since` is the start of this process, so that the waits count anew.
package struct UncertainReply: Sendable, Equatable {
  /// When the uncertainty began (or was found).
  package var since: Timestamp
  /// Looks at the outbox that found nothing, and when the last one was.
  package var looks: Int
  package var lastLook: Timestamp?

  package init(since: Timestamp, looks: Int = 0, lastLook: Timestamp? = nil) {
    self.since = since
    self.looks = looks
    self.lastLook = lastLook
  }

  package enum Step: Sendable, Equatable {
    case wait(until: Timestamp)
    case look
    case sendAgain
  }

  /// The next step at `now`. Sending again needs two looks in vain, the last of them at or after the horizon.
  package func step(now: Timestamp, waits: ConfirmationWaits) -> Step {
    guard let lastLook, looks > 0 else { return now >= since + waits.firstLook ? .look : .wait(until: since + waits.firstLook) }
    if looks >= 2, lastLook >= since + waits.horizon { return .sendAgain }
    // The second look is the one that counts, so it waits for the horizon too.
    let due = max(lastLook + waits.secondLook, since + waits.horizon)
    return now >= due ? .look : .wait(until: due)
  }
}

/// The waits of an uncertain confirmation, all settings.
package struct ConfirmationWaits: Sendable, Equatable {
  /// Before the first look; longer than every timeout on the way.
  package var firstLook: Duration
  /// Between two looks.
  package var secondLook: Duration
  /// H: ССЕВ has committed or dropped a request by then. Nothing is sent again before.
  package var horizon: Duration

  package init(firstLook: Duration, secondLook: Duration, horizon: Duration) {
    self.firstLook = firstLook
    self.secondLook = secondLook
    self.horizon = horizon
  }
}
