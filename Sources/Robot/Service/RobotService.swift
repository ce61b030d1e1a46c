package import HTTPTransport
package import Model
package import ReaderPool
import Registry
package import Runtime

/// What the service reaches beyond its own process.
package struct Outside: Sendable {
  package var carrier: any HTTPCarrier
  package var readers: any DocumentReaders

  package init(carrier: any HTTPCarrier, readers: any DocumentReaders) {
    self.carrier = carrier
    self.readers = readers
  }

  /// The network, and confined readers.
  static func real(_ configuration: RobotConfiguration, _ surroundings: Surroundings) -> Outside {
    Outside(
      carrier: HTTPTransport(),
      readers: ReaderPool(configuration: configuration.reader.pool, concurrency: configuration.reader.concurrency, surroundings: surroundings))
  }
}

/// The service: polls the mailboxes, works on the queue, ends in order.
package struct RobotService: Sendable {
  package enum Mode: Sendable, Equatable {
    /// Until it is told to end.
    case service
    /// One poll of each mailbox, then everything that is ready.
    case once
    /// Until a poll brings nothing new and nothing is due within this long; by default the longest of the waits in the configuration.
    case untilIdle(patience: Duration?)
  }

  private let configuration: RobotConfiguration
  private let rulesets: RulesetShelf
  private let notifier: SystemdNotifier
  private let surroundings: Surroundings
  private let outside: Outside

  package init(
    configuration: RobotConfiguration, rulesets: RulesetShelf, notifier: SystemdNotifier, outside: Outside? = nil, surroundings: Surroundings
  ) {
    self.outside = outside ?? .real(configuration, surroundings)
    self.configuration = configuration
    self.rulesets = rulesets
    self.notifier = notifier
    self.surroundings = surroundings
  }

  /// Runs to its end. The first element of `signals` drains: what is running is finished, nothing new begins. The second cancels.
  ///
  /// Each element of `reloads` tries the rules of the configured files and puts them in force.
  ///
  /// Throws what ends the process: the lock is held, the database is of another environment or newer, an error of commit or fsync; from a run
  /// that ends by itself also `robot.mailboxes-not-polled`.
  package func run(_ mode: Mode, signals: AsyncStream<Void>, reloads: AsyncStream<Void> = AsyncStream { _ in }) async throws(OperatorError) {
    let start = try await RobotStart(configuration: configuration, rulesets: rulesets, outside: outside, surroundings: surroundings).open()
    let session = Session(desk: start.desk, notifier: notifier)
    let result: Result<Void, OperatorError> = await withTaskGroup(of: Result<Void, OperatorError>?.self) { group in
      group.addTask { await session.result(mode) }
      group.addTask {
        for await _ in reloads { await session.reloadRules(actor: "SIGHUP") }
        return nil
      }
      group.addTask {
        var count = 0
        for await _ in signals {
          count += 1
          if count == 1 { session.beginDraining() } else { return .success(()) }
        }
        return nil
      }
      var outcome: Result<Void, OperatorError> = .success(())
      while let finished = await group.next() {
        guard let finished else { continue }
        outcome = finished
        break
      }
      group.cancelAll()
      return outcome
    }
    notifier.stopping()
    if case .failure(let error) = result, error.disposition == .restart { throw error }
    try await start.desk.registry.close()
    try result.get()
  }
}

extension RobotConfiguration {
  /// The longest time that the robot itself may wait for something on purpose.
  package var longestWait: Duration {
    [limits.poll, limits.attachmentWait, limits.orderWait, replies.waits.firstLook, replies.waits.secondLook, replies.waits.horizon].max()
      ?? limits.poll
  }
}
