import Runtime
import Synchronization

/// Runs everything that is ready, one piece at a time on the thread that calls it, and chooses by seed which is next. So one seed gives one
/// order of all that happens, and another seed another that the machine might have chosen as well.
final class SeededScheduler: TaskExecutor {
  private struct Ready {
    var job: UnownedJob
    /// The actor's executor that it is for; `nil` for what belongs to no actor with an executor of its own.
    var lane: Lane?
  }

  private struct State {
    var ready: [Ready] = []
    var steps = 0
    var random: UInt64
  }

  private let state: Mutex<State>

  init(seed: UInt64) { state = Mutex(State(random: seed)) }

  /// Pieces of work run so far: from one suspension of a task to its next.
  var steps: Int { state.withLock { $0.steps } }

  func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job), nil) }

  private func enqueue(_ job: UnownedJob, _ lane: Lane?) { state.withLock { $0.ready.append(Ready(job: job, lane: lane)) } }

  /// An executor for one actor.
  func lane() -> any WorkExecutor { Lane(self) }

  /// Runs one piece. False when nothing is ready: then only time can bring more.
  func runOne() -> Bool {
    let next = state.withLock { state -> Ready? in
      guard !state.ready.isEmpty else { return nil }
      state.steps += 1
      state.random = state.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let index = Int(truncatingIfNeeded: (state.random >> 33) % UInt64(state.ready.count))
      state.ready.swapAt(index, state.ready.count - 1)
      return state.ready.removeLast()
    }
    guard let next else { return false }
    if let lane = next.lane {
      next.job.runSynchronously(isolatedTo: lane.asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    } else {
      next.job.runSynchronously(on: asUnownedTaskExecutor())
    }
    return true
  }

  /// Runs until `isDone`, and lets time pass, up to the next thing that somebody waits for, whenever nothing is ready. False when nothing ever
  /// will be.
  func run(_ time: ManualTime, until isDone: () -> Bool) -> Bool {
    while !isDone() {
      if runOne() { continue }
      guard let next = time.untilNextSleeper else { return false }
      time.advance(by: next)
    }
    return true
  }

  /// What belongs to one actor: run by the scheduler, and told apart from the rest, so that each call of the actor is a step of its own.
  private final class Lane: WorkExecutor {
    private let scheduler: SeededScheduler

    init(_ scheduler: SeededScheduler) { self.scheduler = scheduler }

    func enqueue(_ job: consuming ExecutorJob) { scheduler.enqueue(UnownedJob(job), self) }

    func stop() {}
  }
}
