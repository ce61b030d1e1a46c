import Synchronization
import Testing

@testable import Simulator

/// Requests damaged in every way a seed can think of: they may be refused, never trap or hang the server.
struct MutationTests {
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func damagedRequests(_ seed: UInt64) throws {
    var chance = Chance(seed: seed)
    let world = try GoldenWorld()
    var answers = 0
    let names = try Golden.names().filter { !$0.hasPrefix("gateway") }.sorted()
    for _ in 0..<150 {
      let name = names[Int(chance.next() % UInt64(names.count))]
      let bytes = damage(try Golden.request(name), &chance)
      var reader = RequestReader(transport: ScriptedTransport([bytes]))
      guard let request = try? reader.next() else { continue }
      if case .answer(let delivery) = world.simulator.simulation.handle(request, wait: { _ in true }) {
        #expect((100...599).contains(delivery.response.status))
        answers += 1
      }
    }
    // Otherwise the damage was too great for the test to mean anything.
    #expect(answers > 50)
  }

  private func damage(_ bytes: [UInt8], _ chance: inout Chance) -> [UInt8] {
    var bytes = bytes
    for _ in 0...chance.next() % 4 {
      let at = Int(chance.next() % UInt64(bytes.count))
      switch chance.next() % 6 {
      case 0: bytes[at] = UInt8(truncatingIfNeeded: chance.next())
      case 1: bytes.remove(at: at)
      case 2: bytes.insert(contentsOf: Array("99999999999999999999".utf8), at: at)
      case 3: bytes.insert(contentsOf: Array("\r\n".utf8), at: at)
      case 4: bytes.insert(contentsOf: bytes.prefix(at), at: at)
      default: bytes[at] = [0x22, 0x25, 0x2D, 0x2F, 0x3D, 0x7B, 0x7C, 0x30][Int(chance.next() % 8)]
      }
    }
    return bytes
  }

  /// A chunk size near the greatest integer.
  @Test func hugeChunks() {
    let text = "POST /api/v1/blobs HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n7fffffffffffffff\r\n"
    var reader = RequestReader(transport: ScriptedTransport([Array(text.utf8)]))
    #expect(throws: RequestReader.Failure.self) { _ = try reader.next() }
  }
}

/// Gives out fixed pieces, one a read.
final class ScriptedTransport: Transport {
  private let pieces: Mutex<[[UInt8]]>
  let descriptor: Int32 = -1
  let peerName: String? = nil

  init(_ pieces: [[UInt8]]) { self.pieces = Mutex(pieces) }

  func read(limit: Int) -> [UInt8] { pieces.withLock { $0.isEmpty ? [] : $0.removeFirst() } }

  func write(_ bytes: UnsafeRawBufferPointer) -> Bool { true }

  func abort() {}

  func finish() {}

  func finishPolitely() {}
}
