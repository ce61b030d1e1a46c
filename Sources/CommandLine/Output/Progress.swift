import Model
import Runtime
import Synchronization

/// How far a command is, shown on a terminal once it has taken two seconds, and wiped at its end.
final class Progress: Sendable {
  private let context: CommandContext
  private let total: Int
  private let start: Duration
  private let isShown = Mutex(false)

  init(_ context: CommandContext, of total: Int) {
    self.context = context
    self.total = total
    start = context.surroundings.time.elapsed()
  }

  func show(_ done: Int) {
    guard context.output.showsProgress, context.surroundings.time.elapsed() - start > .seconds(2) else { return }
    isShown.withLock { $0 = true }
    context.output.progress("\(done) of \(total)")
  }

  func clear() { if isShown.withLock({ $0 }) { context.output.progress("") } }
}
