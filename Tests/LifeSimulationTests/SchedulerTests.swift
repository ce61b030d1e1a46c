import Model
import Runtime
import Synchronization
import Testing

@testable import LifeSimulation

@Suite struct SchedulerTests {
  /// Another seed is another order; the same is the same. The tasks have nothing to do but to note when it was their turn.
  @Test func theSeedAloneDecidesWhatComesNext() {
    #expect(Self.order(seed: 3) == Self.order(seed: 3))
    #expect(Self.order(seed: 3) != Self.order(seed: 4))
  }

  private static func order(seed: UInt64) -> [Int] {
    let scheduler = SeededScheduler(seed: seed)
    let time = ManualTime(Timestamp(seconds: 0))
    let turns = Turns()
    for number in 0..<12 {
      Task(executorPreference: scheduler) {
        for _ in 0..<3 {
          turns.note(number)
          await Task.yield()
        }
        try? await time.sleep(for: .seconds(Int64(number)))
        turns.note(number)
      }
    }
    #expect(scheduler.run(time) { turns.all.count == 48 })
    return turns.all
  }

  private final class Turns: Sendable {
    private let order = Mutex<[Int]>([])

    func note(_ number: Int) { order.withLock { $0.append(number) } }

    var all: [Int] { order.withLock { $0 } }
  }

  /// What waits for something that nobody brings is found out, not waited for.
  @Test func aStandstillIsNoticed() {
    let scheduler = SeededScheduler(seed: 1)
    let door = Door()
    Task(executorPreference: scheduler) { await door.pass() }
    #expect(!scheduler.run(ManualTime(Timestamp(seconds: 0))) { door.isPassed })
    door.open()
    #expect(scheduler.run(ManualTime(Timestamp(seconds: 0))) { door.isPassed })
  }

  private final class Door: Sendable {
    private let state = Mutex((waiter: CheckedContinuation<Void, Never>?.none, isPassed: false))

    func pass() async {
      await withCheckedContinuation { waiter in state.withLock { $0.waiter = waiter } }
      state.withLock { $0.isPassed = true }
    }

    func open() { state.withLock { $0.waiter }?.resume() }

    var isPassed: Bool { state.withLock { $0.isPassed } }
  }
}
