import Mailbox
import Model
import ReaderPool
import Registry
import Runtime
import Synchronization

/// What every step works with.
struct Desk: Sendable {
  let configuration: RobotConfiguration
  let registry: Registry
  let registrations: RegistrationDesk
  let clients: [String: MailboxClient]
  let breaker: HostBreaker
  let readers: any DocumentReaders
  let rulesets: LiveRulesets
  let archive: ArchiveDesk
  let links: LinkMemory
  let senders: SenderDirectory
  let outboxes: OutboxWatch
  let judge: Judge
  let handOff: HandOffFolder?
  let clock: ClockState
  let calendar: WorkCalendar
  let counters: Counters
  /// One at a time: the bound on replies to a sender is checked and used up together.
  let sending = Gate(1)
  /// Uptime of the machine when this process began.
  let started: Duration
  let surroundings: Surroundings

  /// The client of a message's mailbox. A mailbox that has left the configuration parks its jobs.
  func client(_ message: MessageKey) throws(OperatorError) -> MailboxClient {
    guard let client = clients[message.recipient] else {
      throw OperatorError(
        "robot.mailbox-not-configured", "the mailbox of this message is no longer in the configuration",
        remedy: "put its `mailbox` block back (with `mode paused` if it is not to be served) and `jobs retry`",
        context: [.init("mailbox", message.recipient)], disposition: .park)
    }
    return client
  }
}

/// What the newest comparison with ССЕВ's clock said; while it refuses, nothing is registered.
final class ClockState: Sendable {
  private let state = Mutex<OperatorError?>(nil)

  var refusal: OperatorError? { state.withLock { $0 } }

  /// Returns whether the verdict changed between good and bad.
  func note(_ refusal: OperatorError?) -> Bool {
    state.withLock { state in
      let changed = (state == nil) != (refusal == nil)
      state = refusal
      return changed
    }
  }
}
