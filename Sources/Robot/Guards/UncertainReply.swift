import Model
import Runtime

/// What to do about a reply of which nobody knows whether ССЕВ has committed it (design.md 3 "confirmed", contract section 7.4).
///
/// Uncertain → wait → look in the outbox for the exact subject → none → wait → look again → none, and horizon H passed → send again. After a
/// crash `since` is the start of this process, so that the waits count anew.
///
/// Moments are uptimes of the machine: a wall clock that is set forward must not end a wait. After a restart of the machine only the time since
/// then counts.
package struct UncertainReply: Sendable, Equatable {
  /// When the uncertainty began (or was found).
  package var since: Duration
  /// Looks at the outbox that found nothing, and when the last one was.
  package var looks: Int
  package var lastLook: Duration?

  package init(since: Duration, looks: Int = 0, lastLook: Duration? = nil) {
    self.since = since
    self.looks = looks
    self.lastLook = lastLook
  }

  package enum Step: Sendable, Equatable {
    case wait(Duration)
    case look
    case sendAgain
  }

  /// The next step at this uptime. Sending again needs two looks in vain, the last of them at or after the horizon.
  package func step(now: Duration, waits: ConfirmationWaits) -> Step {
    let age = Uptime.atLeast(from: since, to: now)
    guard let lastLook, looks > 0 else { return age >= waits.firstLook ? .look : .wait(waits.firstLook - age) }
    if looks >= 2, Uptime.atLeast(from: since, to: lastLook) >= waits.horizon { return .sendAgain }
    // The second look is the one that counts, so it waits for the horizon too.
    let left = max(waits.secondLook - Uptime.atLeast(from: lastLook, to: now), waits.horizon - age)
    return left <= .zero ? .look : .wait(left)
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
