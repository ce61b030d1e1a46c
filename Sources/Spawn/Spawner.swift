import Runtime

/// Runs programs one at a time on a thread of its own, so that waiting for them blocks nothing else. Make one per program that may run at once.
///
/// The thread lives as long as the spawner: a child that asks for a signal at its parent's death means this thread.
package actor Spawner {
  private let executor: ThreadExecutor

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  package init(name: String) { executor = ThreadExecutor(name: name) }

  deinit { executor.stop() }

  /// Starts the program and waits for its end, at most until its deadline. Cancelling the task kills the child.
  package func run(_ command: Command) async throws -> SpawnResult {
    try Task.checkCancellation()
    let child = try ChildProcess(command)
    return await withTaskCancellationHandler {
      waitHere(child)
    } onCancel: {
      child.signal(9)
    }
  }

  /// A method of the actor, and not `child.wait()` above: a closure that names nothing of the actor leaves its thread, and the wait would sit
  /// on Swift's pool.
  private func waitHere(_ child: ChildProcess) -> SpawnResult { child.wait() }
}
