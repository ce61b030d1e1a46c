import Database
import FoundationEssentials
import Glibc
import Model
import Robot
import Runtime
import Testing

@testable import LifeSimulation

/// A simulation that found nothing proves something only if it would have found it.
@Suite struct OracleTests {
  /// What the triggers forbid, tried by hand on the database of a world that was lived.
  @Test func aBrokenInvariantIsRefused() async throws {
    let lived = try await LivedWorld(messages: 40)
    defer { lived.remove() }
    let connection = try Connection(path: lived.world.configuration.database, mode: .readWrite)
    defer { connection.close() }
    for statement in Self.forbidden {
      let error = #expect(throws: DatabaseError.self) { try connection.execute(statement) }
      #expect(error?.text.contains(Invariants.mark) == true, "\(statement): \(error?.text ?? "accepted")")
    }
  }

  private static let forbidden = [
    "UPDATE job SET state = 'available', finished_at = NULL WHERE state = 'done'",
    "UPDATE job SET token = token - 1",
    """
    INSERT INTO entry (journal, counter_unit, counter_year, sequence, number, registered_at, received_at, unit_identifier, unit_name, unit_index,
      unit_phone) SELECT journal, counter_unit, counter_year, max(sequence) + 2, 'X', 1, 1, 'a', 'b', 'c', 'd' FROM entry
    """,
    "UPDATE message SET state = 'opened' WHERE state = 'settled'",
    "UPDATE reply SET state = 'intended', sent_at = NULL WHERE state = 'sent'",
    """
    INSERT INTO reply (message, kind, mark, subject, frozen, sender_profile, state, created_at)
      SELECT id, 'g', 'm', 's', '{}', 1, 'intended', 1 FROM message WHERE state = 'not-registered' AND duplicate_of IS NULL
    """,
  ]

  /// What the oracle must find, made behind the robot's back.
  @Test func whatIsWrongIsFound() async throws {
    let lived = try await LivedWorld(messages: 40)
    defer { lived.remove() }
    #expect(try lived.world.result().problems == [])
    let connection = try Connection(path: lived.world.configuration.database, mode: .readWrite)
    defer { connection.close() }
    try connection.execute("DROP TRIGGER simulation_job_state; UPDATE job SET state = 'parked', finished_at = NULL WHERE id = 1")
    #expect(try lived.world.result().problems.contains { $0.contains("1 jobs are stuck") })
    try connection.execute(
      "DROP TRIGGER entry_fixed; UPDATE entry SET sequence = sequence + 100, number = number || '0' WHERE sequence = (SELECT max(sequence) FROM entry)"
    )
    let problems = try lived.world.result().problems
    #expect(problems.contains { $0.contains("should be") }, "\(problems)")
    #expect(problems.contains { $0.contains("does not tell the number") }, "\(problems)")
  }
}

/// A world of its own, lived to its end.
struct LivedWorld {
  let world: World
  private let place: String

  /// In memory where there is such a file system, as the command does.
  static let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"

  init(seed: UInt64 = 5, messages: Int) async throws {
    place = "\(LivedWorld.folder)/life-simulation-\(getpid())-\(UUID())"
    try FileManager.default.createDirectory(atPath: "\(place)/world", withIntermediateDirectories: true)
    let scheduler = SeededScheduler(seed: seed)
    let world = try World(seed: seed, messages: messages, folder: "\(place)/world", rules: try WorldFiles.rules(in: place), scheduler: scheduler)
    try await world.configuration.prepareDatabase(
      Surroundings(time: world.time, random: SeededRandom(seed: seed), log: .disabled(time: world.time)))
    Task(executorPreference: scheduler) { await world.live() }
    #expect(scheduler.run(world.time) { world.isOver })
    self.world = world
  }

  func remove() { try? FileManager.default.removeItem(atPath: place) }
}
