import Database
package import Model

extension Registry {
  /// Takes over from the mirror every event that the database lacks (entries, counters, messages; replies as uncertain) and opens a new epoch, in
  /// one transaction; then numbering may go on. Instead of `start`, or after it has found the mirror ahead.
  /// Errors: `registry.mirror-diverged` when database and mirror contradict each other, `registry.mirror-damaged`,
  /// `registry.mirror-other-environment`.
  package func recover(actor: String, reason: String) throws(OperatorError) -> RecoveryReport {
    blocked = nil
    // A mirror that is behind must not be taken for one that is whole: bring it up first.
    let state = try read { try mirror.compare($0, from: nil) }
    if case .diverged = state { throw block(state) }
    if state == .equal { try flushMirror() }
    let previous = currentEpoch
    do {
      let report = try write(.recover) { transaction in
        var recovery = Recovery(environment: configuration.environment, archive: archive, now: now, uptime: uptime)
        try mirror.events { event in try recovery.take(event, registry: self, transaction) }
        try recovery.finish(transaction)
        let last = try transaction.one("SELECT max(id) FROM event", body: { $0.integer(0) }) ?? 0
        currentEpoch = try Registry.newestEpoch(transaction.connection)
        try mirror.standAtEnd(of: last)
        let epoch = try beginEpoch(actor: actor, reason: reason, transaction)
        return RecoveryReport(
          events: recovery.events, entries: recovery.entries, messages: recovery.messages, replies: recovery.replies, epoch: epoch)
      }
      try flushMirror()
      _ = try rescue()
      try saveMirrorPosition()
      try finishErasures()
      return report
    } catch {
      currentEpoch = previous
      if blocked == nil, state != .equal { blocked = state }
      throw error
    }
  }

  private func block(_ state: MirrorState) -> OperatorError {
    blocked = state
    return state.operatorError
  }
}

package struct RecoveryReport: Sendable, Equatable {
  /// Events taken over, and what they brought.
  package var events: Int
  package var entries: Int
  package var messages: Int
  package var replies: Int
  /// The new one.
  package var epoch: Epoch
}
