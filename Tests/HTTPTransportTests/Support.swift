import HTTPTransport
import LoopbackServer
import Model
import Synchronization
import Testing

/// Collects what it is given.
final class CollectingSink: ByteSink {
  struct Full: Error {}

  private let stored = Mutex<[UInt8]>([])
  private let largest = Mutex(0)
  private let capacity: Int

  /// Throws `Full` at the first piece that goes beyond the capacity.
  init(capacity: Int = .max) { self.capacity = capacity }

  var bytes: [UInt8] { stored.withLock { $0 } }
  var largestPiece: Int { largest.withLock { $0 } }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    largest.withLock { $0 = max($0, bytes.count) }
    try stored.withLock { stored in
      guard stored.count + bytes.count <= capacity else { throw Full() }
      stored.append(contentsOf: bytes)
    }
  }
}

/// The failure of a transfer that must fail.
func failure(_ run: () async throws(HTTPFailure) -> HTTPResponse, _ location: SourceLocation = #_sourceLocation) async throws -> HTTPFailure {
  do {
    _ = try await run()
  } catch {
    return error
  }
  Issue.record("the transfer succeeded", sourceLocation: location)
  throw CollectingSink.Full()
}

/// Limits short enough for a test that must run into them.
let impatient = TransferLimits(connect: .milliseconds(300), total: .milliseconds(300))

extension HTTPFailure {
  /// The kind's name, for comparing.
  var word: String { "\(kind)".split(separator: "(").first.map(String.init) ?? "" }
}
