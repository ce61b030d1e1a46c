import Model
import Runtime
import Testing

@testable import Registry

/// A job that kills its process each time must not be tried for ever, and a job that was only there must not be blamed.
@Suite struct SuspectTests {
  /// What a SIGKILL leaves: the registry goes away with its claims running.
  private func dies(_ store: Store, claiming limit: Int) async throws -> [Int64] {
    let registry = try await store.started()
    return try await registry.claim([.open], limit: limit).map(\.message.messageId)
  }

  private func listed(_ count: Int64) async throws -> Store {
    let store = try Store()
    let registry = try await store.started()
    try await registry.listed((1...count).map { store.row($0) })
    try await registry.close()
    return store
  }

  @Test func aJobThatKillsItsProcessIsParkedAndTheOthersAreNot() async throws {
    let store = try await listed(3)
    // Message 2 kills the process whenever it runs; the others run only beside it.
    var deaths = 0
    while deaths < 20 {
      let registry = try await store.started()
      let jobs = try await registry.claim([.open], limit: 3)
      guard jobs.contains(where: { $0.message.messageId == 2 }) else {
        for job in jobs { try await registry.complete(job) }
        if jobs.isEmpty { break }
        try await registry.close()
        continue
      }
      deaths += 1
      if jobs.count == 1 { #expect(try await registry.claim([.open], limit: 3).isEmpty, "nothing runs beside a suspect") }
    }
    #expect(deaths == store.configuration.deathsBeforeParking)
    let registry = try await store.started()
    let parked = try await registry.jobs(JobFilter(states: [.parked]))
    #expect(parked.map(\.message.messageId) == [2])
    #expect(parked.map(\.lastCode) == ["registry.job-ends-process"])
    #expect(try await registry.jobs(JobFilter(states: [.available, .running])).isEmpty, "the innocent ones are done")
  }

  @Test func powerCutsBlameNobody() async throws {
    let store = try await listed(1)
    for _ in 0..<20 {
      store.time.restartMachine()
      store.time.advance(by: .seconds(40))
      #expect(try await dies(store, claiming: 3) == [1])
    }
    store.time.restartMachine()
    store.time.advance(by: .seconds(40))
    let registry = try await store.started()
    #expect(try await registry.claim([.open], limit: 1).first?.attempt == 1)
  }

  @Test func powerCutsBetweenDeathsDoNotHideAKiller() async throws {
    let store = try await listed(1)
    for _ in 0..<store.configuration.deathsBeforeParking {
      _ = try await dies(store, claiming: 1)
      // Its claim was ended by the process; this one is ended by the machine.
      _ = try await dies(store, claiming: 1)
      store.time.restartMachine()
      store.time.advance(by: .seconds(40))
    }
    let registry = try await store.started()
    #expect(try await registry.jobs(JobFilter(states: [.parked])).count == 1)
  }

  @Test func aFailureOrASuccessInBetweenClearsTheJob() async throws {
    let store = try await listed(1)
    for _ in 0..<5 {
      for _ in 1..<store.configuration.deathsBeforeParking { _ = try await dies(store, claiming: 1) }
      let registry = try await store.started()
      let job = try #require(try await registry.claim([.open], limit: 1).first)
      _ = try await registry.fail(job, OperatorError("x.y", "x", remedy: "x", disposition: .retryAfter(.zero)))
      try await registry.close()
    }
    let registry = try await store.started()
    #expect(try await registry.jobs(JobFilter(states: [.parked])).isEmpty)
  }

  @Test func aParkedKillerThatAPersonRetriesHasAllItsTriesAgain() async throws {
    let store = try await listed(1)
    for _ in 0..<store.configuration.deathsBeforeParking { _ = try await dies(store, claiming: 1) }
    let registry = try await store.started()
    let parked = try #require(try await registry.jobs(JobFilter(states: [.parked])).first)
    try await registry.retry(parked.id, actor: "op", reason: "поправено")
    try await registry.close()
    _ = try await dies(store, claiming: 1)
    #expect(try await dies(store, claiming: 1) == [1])
  }

  @Test func aSuspectWaitsUntilNothingElseRuns() async throws {
    let store = try await listed(2)
    for _ in 0..<2 { _ = try await dies(store, claiming: 1) }
    let registry = try await store.started()
    #expect(try await registry.claim([.open], limit: 2).map(\.message.messageId) == [1], "alone")
    #expect(try await registry.nextRunAt([.open]) == nil, "nobody is asked to hurry")
    try await registry.close()
  }
}
