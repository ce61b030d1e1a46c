package import Model

extension Registry {
  // MARK: recovery

  /// Takes over from the mirror every event that the database lacks (entries, counters, messages; replies as uncertain), opens a new epoch
  /// and lets numbering go on. Refused with `registry.mirror-diverged` when database and mirror contradict each other.
  package func recover(actor: String, reason: String) throws(OperatorError) -> RecoveryReport { throw Registry.notStarted }
}

package struct RecoveryReport: Sendable, Equatable {
  package var events: Int
  package var entries: Int
  package var messages: Int
  package var replies: Int
  package var epoch: Epoch
}
