import Mailbox
import Model
import Synchronization

/// Download links of opened messages, in memory only: they are secrets and live for an hour. Losing one costs another `open`.
final class LinkMemory: Sendable {
  private struct State {
    var blobs: [MessageKey: [Int: Blob]] = [:]
    var order: [MessageKey] = []
  }

  private let state = Mutex(State())
  /// Messages whose links are kept at most; the oldest go first.
  private static let capacity = 2_000

  /// Takes the links of one opened message; ordinals are from 1.
  func keep(_ blobs: [Blob], of message: MessageKey) {
    guard !blobs.isEmpty else { return }
    state.withLock { state in
      if state.blobs[message] == nil { state.order.append(message) }
      state.blobs[message] = Dictionary(uniqueKeysWithValues: blobs.enumerated().map { ($0.offset + 1, $0.element) })
      if state.order.count > LinkMemory.capacity { state.blobs[state.order.removeFirst()] = nil }
    }
  }

  /// The link of one attachment, once: the second try asks for a fresh one.
  func take(_ ordinal: Int, of message: MessageKey) -> Blob? {
    state.withLock { state in
      let blob = state.blobs[message]?.removeValue(forKey: ordinal)
      if state.blobs[message]?.isEmpty == true {
        state.blobs[message] = nil
        state.order.removeAll { $0 == message }
      }
      return blob
    }
  }
}
