import Crypto
import Database
package import Model
import Runtime

extension Registry {
  /// Call once, before anything else: compares the mirror with the database, brings up a mirror that is behind, makes jobs left `running`
  /// available again and replies left `sending` uncertain. When mirror and database disagree the report says so, nothing is claimed any more,
  /// and whatever would append an event is refused until `recover`.
  package func start() throws(OperatorError) -> StartReport {
    let position = try read { try Registry.savedMirrorPosition($0) }
    let state: MirrorState = try read { try mirror.compare($0, from: position) }
    guard state == .equal else {
      blocked = state
      surroundings.log.error("registry.mirror-disagrees", ["code": .code(state.operatorError.code)])
      return StartReport(mirror: state, mirrored: 0, rescuedJobs: 0, uncertainReplies: 0)
    }
    blocked = nil
    currentEpoch = try read { try Registry.newestEpoch($0) }
    let mirrored = try flushMirror()
    if currentEpoch == nil { try openEpoch(actor: "intake-robot", reason: "the first start") }
    let (jobs, replies) = try rescue()
    try saveMirrorPosition()
    try finishErasures()
    return StartReport(mirror: .equal, mirrored: mirrored, rescuedJobs: jobs, uncertainReplies: replies)
  }

  /// What a process that died has left: its claims end, and what it may have sent is uncertain from now on.
  func rescue() throws(OperatorError) -> (jobs: Int, replies: Int) {
    let (jobs, replies) = try write(.start) { transaction in
      let orphans = try transaction.all("SELECT id, token FROM job WHERE state = 'running'") { ($0.integer(0), $0.integer(1)) }
      let end = try endOfLastProcess(transaction)
      for (id, token) in orphans { try rescue(job: id, token: token, end, transaction) }
      let sending = try transaction.all("SELECT id FROM reply WHERE state = 'sending'") { $0.integer(0) }
      for id in sending { _ = try makeUncertain(id, transaction) }
      return (orphans.count, sending.count)
    }
    suspects = try read { try Registry.suspects($0) }
    return (jobs, replies)
  }

  // MARK: epochs

  /// The stretch of numbering that marks made now belong to.
  package func epoch() throws(OperatorError) -> Epoch {
    guard let currentEpoch else { throw blocked?.operatorError ?? Registry.notStarted }
    return currentEpoch
  }

  /// Ends the current epoch and begins one: an event on every chain there is, durable in the mirror when it returns.
  @discardableResult
  package func openEpoch(actor: String, reason: String) throws(OperatorError) -> Epoch {
    if let blocked { throw blocked.operatorError }
    let previous = currentEpoch
    do {
      let epoch = try write(.epoch) { try beginEpoch(actor: actor, reason: reason, $0) }
      try flushMirror()
      return epoch
    } catch {
      currentEpoch = previous
      throw error
    }
  }

  /// The part inside a transaction. Whoever's transaction fails puts the old epoch back.
  /// `behind` is an ordinal that is known to have been used elsewhere.
  func beginEpoch(actor: String, reason: String, behind: Int = 0, _ transaction: borrowing Transaction) throws -> Epoch {
    let previous = currentEpoch
    let next = Epoch(ordinal: max(previous?.ordinal ?? 0, behind) + 1, random: surroundings.random.next())
    try Registry.enter(next, at: now, actor: actor, reason: reason, transaction)
    currentEpoch = next
    let chains = try transaction.all("SELECT name FROM chain ORDER BY name") { $0.text(0) }
    for chain in chains.contains(robotChain) ? chains : chains + [robotChain] {
      try append(
        EventDraft(
          .epoch, chain: chain, at: now, actor: actor,
          fields: [EventField.epoch: next.description, "previousEpoch": previous?.description, EventField.reason: reason]), transaction)
    }
    return next
  }

  static func enter(_ epoch: Epoch, at moment: Timestamp, actor: String, reason: String, _ transaction: borrowing Transaction) throws {
    try transaction.run(
      "INSERT INTO epoch (ordinal, token, opened_at, actor, reason) VALUES (?, ?, ?, ?, ?)", epoch.ordinal, epoch.token, moment, actor,
      reason)
  }

  static func newestEpoch(_ connection: Connection) throws -> Epoch? {
    try connection.one("SELECT ordinal || 'x' || token FROM epoch ORDER BY ordinal DESC LIMIT 1") { $0.text(0) }.flatMap(Epoch.init)
  }

  // MARK: mirror

  /// Appends every committed event to the mirror and makes it durable. `recordOpenIntent` and `recordSending` do it themselves.
  package func mirrorFlush() throws(OperatorError) { try flushMirror() }

  @discardableResult
  func flushMirror() throws(OperatorError) -> Int {
    if let blocked { throw blocked.operatorError }
    return try read { try mirror.flush($0) }
  }

  /// Keeps where the mirror is known to be good, so that the next start reads only what comes after.
  func saveMirrorPosition() throws(OperatorError) { try write(.mirrorPosition) { try saveMirrorPosition($0) } }

  /// The same on the way of another transaction, once enough has been added.
  func saveMirrorPosition(afterEvents count: Int64, _ transaction: borrowing Transaction) throws {
    if mirror.mirroredID >= savedMirrorID + count { try saveMirrorPosition(transaction) }
  }

  private func saveMirrorPosition(_ transaction: borrowing Transaction) throws {
    guard let position = try mirror.position(transaction.connection) else { return }
    savedMirrorID = position.eventID
    guard try Registry.savedMirrorPosition(transaction.connection) != position else { return }
    try transaction.run(
      "INSERT INTO meta (name, value) VALUES ('mirror', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      "\(position.length) \(position.eventID) \(position.hash)")
  }

  private static func savedMirrorPosition(_ connection: Connection) throws -> Mirror.Position? {
    guard let text = try connection.one("SELECT value FROM meta WHERE name = 'mirror'", body: { $0.text(0) }) else { return nil }
    let parts = text.split(separator: " ")
    guard parts.count == 3, let length = Int64(parts[0]), let id = Int64(parts[1]), let hash = Digest(hex: parts[2]) else { return nil }
    return Mirror.Position(length: length, eventID: id, hash: hash)
  }
}

/// What `start` found.
package struct StartReport: Sendable, Equatable {
  package var mirror: MirrorState
  /// Events appended to a mirror that was behind.
  package var mirrored: Int
  package var rescuedJobs: Int
  package var uncertainReplies: Int

  package init(mirror: MirrorState, mirrored: Int, rescuedJobs: Int, uncertainReplies: Int) {
    self.mirror = mirror
    self.mirrored = mirrored
    self.rescuedJobs = rescuedJobs
    self.uncertainReplies = uncertainReplies
  }
}

package enum MirrorState: Sendable, Equatable {
  /// They agree, or the mirror was behind and has been brought up.
  case equal
  /// The mirror knows events that the database does not: numbering is stopped until `recover` (code `registry.mirror-ahead`).
  case ahead(chain: String, database: Int64, mirror: Int64)
  /// Same place, different event: numbering is stopped (code `registry.mirror-diverged`).
  case diverged(chain: String, sequence: Int64)
}
