import LoopbackServer
import Mailbox
import Model
import Runtime
import Testing

/// Reading listings to their end while rows move in them.
@Suite(.timeLimit(.minutes(8))) struct ListingTests {
  private static let start: Int64 = 1_770_000_000

  /// `unopened` messages with the highest ids, then `opened` ones.
  private func inbox(
    unopened: Int, opened: Int, disturb: @escaping @Sendable (Int, inout [ScriptedInbox.Message]) -> Void = { _, _ in }
  ) -> ScriptedInbox {
    let start = ListingTests.start
    let old = (0..<opened).map { ScriptedInbox.Message(id: Int64($0), sent: start + Int64($0), opened: start + 100_000 + Int64($0)) }
    let new = (0..<unopened).map { ScriptedInbox.Message(id: Int64(10_000 + $0), sent: start + 50_000 + Int64($0), opened: nil) }
    return ScriptedInbox(old + new, disturb: disturb)
  }

  @Test func topStopsBehindTheUnopenedOnes() async throws {
    let inbox = inbox(unopened: 25, opened: 500)
    let rows = try await makeClient(inbox.server()).inboxTop(pageSize: 10)
    #expect(Set(rows.filter { $0.dateReceived == nil }.map(\.messageId)) == inbox.unopened)
    #expect(Set(rows.map(\.messageId)).count == rows.count)
    // 25 rows in steps of nine, and the page that shows the end of the block: history is not read.
    #expect(inbox.requests == 4)
  }

  @Test func topOfAnEmptyAndOfAReadMailbox() async throws {
    let empty = inbox(unopened: 0, opened: 0)
    #expect(try await makeClient(empty.server()).inboxTop().isEmpty)
    #expect(empty.requests == 1)
    let read = inbox(unopened: 0, opened: 300)
    _ = try await makeClient(read.server()).inboxTop(pageSize: 10)
    #expect(read.requests == 1)
  }

  @Test func newMessagesWhileReadingMakeNoDoubles() async throws {
    let inbox = inbox(unopened: 45, opened: 10) { request, messages in
      for extra in 0..<3 {
        messages.append(.init(id: Int64(20_000 + request * 10 + extra), sent: ListingTests.start + 60_000 + Int64(request * 10 + extra)))
      }
    }
    let rows = try await makeClient(inbox.server()).inboxTop(pageSize: 10)
    let ids = rows.map(\.messageId)
    #expect(Set(ids).count == ids.count)
    #expect(Set(ids).isSuperset(of: (10_000..<10_045).map { Int64($0) }))
  }

  /// A person opens a message of the first page while the second is fetched: everything after it moves up.
  @Test func openingsWhileReadingSkipNobody() async throws {
    let inbox = inbox(unopened: 40, opened: 10) { request, messages in
      guard [2, 4].contains(request) else { return }
      for index in messages.indices where messages[index].opened == nil && messages[index].id >= 10_038 - Int64(request) {
        messages[index].opened = ListingTests.start + 200_000 + messages[index].id
      }
    }
    let rows = try await makeClient(inbox.server()).inboxTop(pageSize: 10)
    #expect(Set(rows.map(\.messageId)).isSuperset(of: inbox.unopened))
    #expect(Set(rows.map(\.messageId)).isSuperset(of: (10_000..<10_040).map { Int64($0) }))
    // What was opened meanwhile shows so.
    #expect(rows.first { $0.messageId == 10_039 }?.dateReceived != nil)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>) func sinceIsCompleteUnderRandomDisturbance(seed: UInt64) async throws {
    let random = SeededRandom(seed: seed)
    let inbox = inbox(unopened: 30, opened: 60) { request, messages in
      guard request < 12 else { return }
      switch random.below(4) {
      case 0:
        messages.append(.init(id: Int64(20_000 + request), sent: ListingTests.start + 60_000 + Int64(request)))
      case 1:
        let index = Int(random.below(UInt64(messages.count)))
        if messages[index].opened == nil { messages[index].opened = ListingTests.start + 200_000 + Int64(request) }
      default: break
      }
    }
    let before = inbox.ids
    do {
      let rows = try await makeClient(inbox.server()).inboxSince(Timestamp(seconds: ListingTests.start), pageSize: 7)
      #expect(Set(rows.map(\.messageId)).isSuperset(of: before))
      #expect(Set(rows.map(\.messageId)).count == rows.count)
    } catch let error as OperatorError {
      #expect(error.code == "mailbox.listing-moved")
    }
  }

  @Test func sinceBeginsAtTheWatermarkInclusive() async throws {
    let inbox = inbox(unopened: 3, opened: 20)
    let rows = try await makeClient(inbox.server()).inboxSince(Timestamp(seconds: ListingTests.start + 10), pageSize: 4)
    #expect(Set(rows.map(\.messageId)) == Set((10..<20).map { Int64($0) } + [10_000, 10_001, 10_002]))
  }

  /// Somebody opens a message before every page: rather fail than let a watermark pass over what was skipped.
  @Test func listingThatNeverRestsIsAnError() async throws {
    let inbox = inbox(unopened: 400, opened: 0) { request, messages in
      if let index = messages.lastIndex(where: { $0.opened == nil }) { messages[index].opened = ListingTests.start + 200_000 + Int64(request) }
    }
    let error = try await failure { try await makeClient(inbox.server()).inboxSince(Timestamp(seconds: 0), pageSize: 10) }
    #expect(error.code == "mailbox.listing-moved")
    #expect(error.disposition == .retry)
    #expect(try await !makeClient(inbox.server()).inboxTop(pageSize: 10).isEmpty)
  }

  @Test func serverThatIgnoresOffsetIsAnErrorNotAnEndlessLoop() async throws {
    let row = "{\"messageId\":1,\"dateSent\":\"2026-02-03T14:05:09\",\"dateReceived\":null}"
    let server = try LoopbackServer { _ in [.answer(200, "{\"result\":[\(row)],\"length\":1000000}")] }
    let error = try await failure { try await makeClient(server).inboxSince(Timestamp(seconds: 0), pageSize: 10) }
    #expect(error.code == "mailbox.bad-response")
    #expect(server.requests.count < 200)
  }

  @Test func serverThatIgnoresTheLimitIsReadOnce() async throws {
    let rows = (1...50).map { "{\"messageId\":\($0),\"dateSent\":\"2026-02-03T14:05:09\",\"dateReceived\":null}" }.joined(separator: ",")
    let server = try LoopbackServer { _ in [.answer(200, "{\"result\":[\(rows)],\"length\":50}")] }
    #expect(try await makeClient(server).inboxTop(pageSize: 10).count == 50)
    #expect(server.requests.count == 1)
  }

  // MARK: Outbox

  @Test func outboxFindsTheExactSubject() async throws {
    let start = ListingTests.start
    let wanted = "Потвърждение за получаване – вх. № ЗСПД/Д-В/7/03.02.2026 [ir1-test-1xk3f9qa-7-a-00]"
    var messages = (0..<60).map { ScriptedInbox.Message(id: Int64($0), sent: start + Int64($0), opened: nil, subject: "Друго \($0)") }
    messages[3].subject = wanted
    messages[4].subject = wanted + " "
    messages[5].subject = "RE: " + wanted
    messages[58].subject = wanted
    let client = try makeClient(ScriptedInbox(messages).server())
    #expect(try await client.findInOutbox(subject: wanted, since: Timestamp(seconds: start), pageSize: 7).map(\.messageId) == [58, 3])
    #expect(try await client.findInOutbox(subject: wanted, since: Timestamp(seconds: start + 4), pageSize: 7).map(\.messageId) == [58])
    #expect(try await client.findInOutbox(subject: "няма такава", since: Timestamp(seconds: start), pageSize: 7).isEmpty)
  }

  @Test func outboxMarksOfAnyRobot() async throws {
    let start = ListingTests.start
    let environment = try #require(EnvironmentName("production"))
    let own = Mark(environment: environment, epoch: Epoch(ordinal: 1, random: 7), messageId: 500123, reply: .confirmation)
    let foreign = Mark(environment: environment, epoch: Epoch(ordinal: 2, random: 9), messageId: 500124, reply: .duplicate)
    let subjects = ["Потвърждение \(own)", "RE: Потвърждение \(foreign) край", "Без белег", "[ir1-production-1x000000-5-a-zz]"]
    let messages = subjects.enumerated().map {
      ScriptedInbox.Message(id: Int64($0.offset), sent: start + Int64($0.offset), opened: nil, subject: $0.element)
    }
    let marked = try await makeClient(ScriptedInbox(messages).server()).outboxMarks(since: Timestamp(seconds: start), pageSize: 2)
    #expect(marked.map(\.mark) == [foreign, own])
    #expect(marked.map(\.row.messageId) == [1, 0])
  }
}
