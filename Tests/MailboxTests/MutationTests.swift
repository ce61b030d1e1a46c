import LoopbackServer
import Mailbox
import Model
import Runtime
import Synchronization
import Testing

/// Golden answers with bytes changed at random: the client may refuse them, but never trap, hang or invent a sent message.
@Suite(.timeLimit(.minutes(8))) struct MutationTests {
  private final class Answer: Sendable {
    let bytes = Mutex<[UInt8]>([])
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>) func answersOfAnyShape(seed: UInt64) async throws {
    let random = SeededRandom(seed: seed)
    let answer = Answer()
    let server = try LoopbackServer { _ in [.send(answer.bytes.withLock { $0 }), .close] }
    let client = makeClient(server)
    let names = [
      "inbox-page", "outbox-page", "open-files", "open-signatures", "view-opened", "template-1", "profile", "send", "upload-accepted",
    ]
    for name in names {
      let golden = try Golden(name).response
      for _ in 0..<12 {
        let mutated = MutationTests.mutate(golden, random)
        answer.bytes.withLock { $0 = mutated }
        do {
          switch name {
          case "inbox-page": _ = try await client.inbox(limit: 3)
          case "outbox-page": _ = try await client.outbox(limit: 3)
          case "open-files": _ = try await client.open(500123).blobs
          case "open-signatures": _ = try await client.open(500131).body
          case "view-opened": _ = try await client.view(500200)
          case "template-1": _ = try await client.template(1).verifyReplyTemplate()
          case "profile": _ = try await client.profile(7001)
          case "upload-accepted": _ = try await client.upload(fileName: "a", content: [1])
          default: break
          }
        } catch {
          #expect(error.code.hasPrefix("mailbox."))
        }
        guard name == "send" else { continue }
        if case .sent(let id) = await client.send(reply) {
          // Only a whole answer of status 200 may count, whatever number stands in it.
          let text = String(decoding: mutated, as: UTF8.self)
          #expect(text.contains(" 200 ") && text.contains(String(id)))
        }
      }
    }
  }

  private static func mutate(_ bytes: [UInt8], _ random: SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(4) where !bytes.isEmpty {
      let index = Int(random.below(UInt64(bytes.count)))
      switch random.below(5) {
      case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
      case 3: bytes.removeSubrange(index...)
      default: bytes.insert(contentsOf: Array("99999999999999999999".utf8), at: index)
      }
    }
    return bytes
  }
}
