import Database
package import Model
package import Runtime

/// The store: journals, numbers, events, messages, jobs and replies in one database with one writer.
///
/// Every method is one transaction and blocks on the disk, on a thread of the actor's own. After an error with disposition `restart` the
/// registry refuses everything: the process must end, and the next one finds what was committed.
package actor Registry {
  package nonisolated let configuration: RegistryConfiguration
  package nonisolated let archive: Archive
  let surroundings: Surroundings
  private let executor: any WorkExecutor
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  let connection: Connection
  var mirror: Mirror
  private var lock: ExclusiveLock?
  /// What ended the use of this database in this process.
  private var failure: OperatorError?
  /// Set by `start`: what keeps anything from being written until `recover`.
  var blocked: MirrorState?
  /// The newest event that the kept position of the mirror covers.
  var savedMirrorID: Int64 = 0
  /// Known from `start` on.
  var currentEpoch: Epoch?
  /// Jobs that may run only alone, found at the start.
  var suspects: Set<Int64> = []
  /// Something that was erased may still stand in mirror, archive or the database's log.
  var isErasing = false
  /// Where the last claim stopped, by kind, so that mailboxes take turns.
  var turns: [JobKind: Int64] = [:]

  /// Takes the exclusive lock (`registry.locked` names the holder), checks environment and schema, migrates after a backup. `start` comes next.
  /// Errors: `registry.locked`, `registry.newer`, `registry.other-environment`, `registry.not-ours`, `registry.corrupt`, ….
  package init(_ configuration: RegistryConfiguration, surroundings: Surroundings) throws(OperatorError) {
    self.configuration = configuration
    self.surroundings = surroundings
    try DurableFile.createFolder(DurableFile.folder(of: configuration.database))
    lock = try ExclusiveLock(path: configuration.database + ".lock", since: surroundings.time.now())
    do {
      connection = try Connection(path: configuration.database, mode: .readWrite)
      try Schema.migrate(connection, environment: configuration.environment)
    } catch {
      throw Registry.operatorError(error)
    }
    archive = try Archive(
      folder: configuration.archive, maximumObject: configuration.maximumObject, minimumFree: configuration.minimumFree,
      surroundings: surroundings)
    mirror = try Mirror(path: configuration.mirror, faults: surroundings.faults)
    // Last, because nothing would stop the thread of an opening that fails.
    executor = surroundings.executor("registry")
  }

  deinit { executor.stop() }

  var now: Timestamp { surroundings.time.now() }

  /// Flushes the mirror, closes the database and gives the lock up. Nothing may be called afterwards.
  package func close() throws(OperatorError) {
    if failure == nil, blocked == nil, currentEpoch != nil {
      try mirrorFlush()
      try saveMirrorPosition()
    }
    connection.close()
    lock = nil
    failure =
      failure ?? OperatorError("registry.closed", "the registry is closed", remedy: "none needed: the process is ending", disposition: .restart)
  }

  /// The one way to write. Whatever it throws with disposition `restart` it throws for ever.
  func write<Result>(_ step: DurableStep, _ body: (borrowing Transaction) throws -> Result) throws(OperatorError) -> Result {
    if let failure { throw failure }
    do {
      let result = try connection.transaction { transaction in
        let result = try body(transaction)
        try surroundings.faults.reach(step.before)
        return result
      }
      try surroundings.faults.reach(step.after)
      return result
    } catch {
      throw remember(Registry.operatorError(error))
    }
  }

  /// Reading, outside a transaction of one's own.
  func read<Result>(_ body: (Connection) throws -> Result) throws(OperatorError) -> Result {
    if let failure { throw failure }
    do {
      return try body(connection)
    } catch {
      throw remember(Registry.operatorError(error))
    }
  }

  /// Keeps an error that ends the use of the database.
  func remember(_ error: OperatorError) -> OperatorError {
    if error.disposition == .restart { failure = error }
    return error
  }

  /// Appends an event; refused while database and mirror disagree, because it would make them disagree for ever.
  func append(_ draft: EventDraft, _ transaction: borrowing Transaction) throws {
    if let blocked { throw blocked.operatorError }
    guard let currentEpoch else { throw Registry.notStarted }
    // A machine rolled back to a snapshot while running meets here what it has mirrored since, before it gives the same number twice.
    try mirror.checkUntouched()
    try EventStore.append(
      draft, environment: configuration.environment, epoch: currentEpoch, random: surroundings.random, transaction)
  }

  static let notStarted = OperatorError(
    "registry.not-started", "the registry was not compared with its mirror yet", remedy: "report this: it is an error of the program")

  static func operatorError(_ error: any Error) -> OperatorError {
    switch error {
    case let error as OperatorError: error
    case let error as DatabaseError: error.operatorError
    case let error as InjectedFault:
      OperatorError(
        "registry.fault-injected", "a test made this step fail", remedy: "none needed: unset INTAKE_FAULT",
        context: [.init("point", error.point)], disposition: .restart)
    default:
      OperatorError("registry.failed", "\(type(of: error))", remedy: "report this: it is an error of the program")
    }
  }
}
