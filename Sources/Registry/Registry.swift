package import Model
package import Runtime

/// The store: journals, numbers, events, messages, jobs and replies in one database with one writer.
///
/// Every method is one transaction and blocks on the disk, on a thread of the actor's own. After an error with disposition `restart` the
/// registry refuses everything: the process must end, and the next one finds what was committed.
package actor Registry {
  package nonisolated let configuration: RegistryConfiguration
  package nonisolated let archive: Archive
  private let executor: ThreadExecutor
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Takes the exclusive lock (`registry.locked` names the holder), checks environment and schema, migrates after a backup.
  /// Errors: `registry.locked`, `registry.newer`, `registry.other-environment`, `registry.not-ours`, `registry.corrupt`, ….
  package init(_ configuration: RegistryConfiguration, surroundings: Surroundings) throws(OperatorError) {
    self.configuration = configuration
    executor = ThreadExecutor(name: "registry")
    archive = try Archive(
      folder: configuration.archive, maximumObject: configuration.maximumObject, minimumFree: configuration.minimumFree,
      surroundings: surroundings)
  }

  func notYet() -> OperatorError { OperatorError("registry.unfinished", "", remedy: "") }
}
