/// What to do about a reply of which nobody knows whether ССЕВ has committed it (design.md 3 "confirmed", contract section 7.4).
///
/// Uncertain → wait → look in the outbox for the exact subject → none → wait → look again → none, and horizon H passed → send again. All
/// times are on the monotonic clock of this process: an uncertainty found at start counts from the start.
package struct UncertainReply: Sendable, Equatable {
  /// When the uncertainty began (or was found).
  package let since: Duration
  /// Looks at the outbox that found nothing, and when the last one was.
  package private(set) var looks = 0
  package private(set) var lastLook: Duration?

  package init(since: Duration) { self.since = since }

  package enum Step: Sendable, Equatable {
    case wait(until: Duration)
    case look
    case sendAgain
  }

  package mutating func lookedInVain(at moment: Duration) {
    looks += 1
    lastLook = moment
  }

  /// The next step at `now`. A send again needs two looks in vain, the second of them at or after the horizon.
  package func step(now: Duration, waits: ConfirmationWaits) -> Step {
    guard let lastLook else { return now >= since + waits.firstLook ? .look : .wait(until: since + waits.firstLook) }
    if looks >= 2, lastLook - since >= waits.horizon { return .sendAgain }
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
