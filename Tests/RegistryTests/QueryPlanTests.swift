import Crypto
import Database
import Model
import Runtime
import Testing

@testable import Registry

/// The cost of a message must not grow with history: no statement of its life may read a whole table.
@Suite struct QueryPlanTests {
  @Test func noStatementOfAMessagesLifeReadsAWholeTable() async throws {
    let store = try Store()
    let registry = try await store.started()
    let blob = OpenedBlob(blobId: 1, fileName: "а.pdf", size: 3, digest: nil, isMalicious: nil)
    let check = DuplicateCheck(digest: SHA256.digest("x"), windowDays: 30)
    try await registry.listed([store.row(1), store.row(2)])
    for id in [1, 2] as [Int64] {
      let open = try #require(try await registry.claim([.open], limit: 1).first)
      try await registry.recordOpenIntent(open)
      try await registry.recordOpened(open, .sample(store, id, blobs: [blob]))
      let fetch = try #require(try await registry.claim([.fetch], limit: 1).first)
      try await registry.recordFetched(fetch, try registry.archive.store([1, 2, 3]))
      let read = try #require(try await registry.claim([.read], limit: 1).first)
      let reading = DocumentReading(readerVersion: 1, kind: .pdf, status: .read)
      try await registry.recordReadings(read, [(digest: SHA256.digest("x"), reading: reading)], submission: .sample(read.message, store))
      _ = try await registry.reading(of: SHA256.digest("x"), readerVersion: 1)
      try await registry.recordDecision(try #require(try await registry.claim([.decide], limit: 1).first), .sample)
      _ = try await registry.registered(.sample(duplicate: check, handsOff: true))
      let confirm = try #require(try await registry.claim([.confirm], limit: 1).first)
      let mark = try await registry.reply(for: confirm).mark
      _ = try await registry.repliesInLastHour(senderProfileId: 55001)
      try await registry.recordSending(confirm)
      let error = OperatorError("x", "x", remedy: "x", disposition: .retry)
      try await registry.recordUncertain(confirm, error, lookAt: store.time.now())
      let again = try #require(try await registry.claim([.confirm], limit: 1).first)
      try await registry.recordNotFound(again, next: store.time.now())
      let last = try #require(try await registry.claim([.confirm], limit: 1).first)
      try await registry.recordSent(last, ssevMessageId: 1, evidence: .found)
      _ = try await registry.reply(marked: mark)
      if let handoff = try await registry.claim([.handoff], limit: 1).first {
        try await registry.recordHandedOff(handoff, system: "ИИС", reference: "1")
      }
      _ = try await registry.nextRunAt(Set(JobKind.allCases))
    }
    let plans = try await registry.plans()
    #expect(plans.count > 60)
    // Tables with as many rows as there are mailboxes, journals or epochs, and indexes that hold only what is under way.
    let small = ["mailbox", "chain", "epoch", "sqlite_master"]
    let live = ["job_running", "job_due", "reply_sending"]
    for (sql, plan) in plans {
      for step in plan where step.hasPrefix("SCAN") && !step.contains("CONSTANT ROW") {
        let table = step.split(separator: " ")[1]
        #expect(small.contains(String(table)) || live.contains { step.hasSuffix("INDEX \($0)") }, "\(step): \(sql)")
      }
      for step in plan { #expect(!step.contains("TEMP B-TREE"), "\(step): \(sql)") }
    }
  }
}

extension Registry {
  func plans() throws -> [(sql: String, plan: [String])] {
    let statements = connection.preparedStatements.filter { sql in
      ["SELECT", "UPDATE", "INSERT", "DELETE"].contains { sql.hasPrefix($0) }
    }
    return try statements.map { ($0, try connection.plan(of: $0)) }
  }
}
