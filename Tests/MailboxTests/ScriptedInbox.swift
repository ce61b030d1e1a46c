import LoopbackServer
import Model
import Synchronization

/// A mailbox whose listing keeps the contract's order, and in which things happen between the pages.
final class ScriptedInbox: Sendable {
  struct Message: Sendable {
    var id: Int64
    var sent: Int64
    /// Seconds; `nil` while unopened.
    var opened: Int64?
    var subject = ""
  }

  private struct State {
    var messages: [Message]
    var requests = 0
    var disturb: @Sendable (Int, inout [Message]) -> Void
  }

  private let state: Mutex<State>

  /// - Parameter disturb: called before each answer with its number from 1; may change the mailbox.
  init(_ messages: [Message], disturb: @escaping @Sendable (Int, inout [Message]) -> Void = { _, _ in }) {
    state = Mutex(State(messages: messages, disturb: disturb))
  }

  var requests: Int { state.withLock { $0.requests } }
  var ids: Set<Int64> { Set(state.withLock { $0.messages.map(\.id) }) }
  var unopened: Set<Int64> { Set(state.withLock { $0.messages.filter { $0.opened == nil }.map(\.id) }) }

  func server() throws -> LoopbackServer { try LoopbackServer { [.answer(200, self.page($0.target))] } }

  private func page(_ target: String) -> String {
    let pairs = target.split(separator: "?").last?.split(separator: "&") ?? []
    let query = Dictionary(
      pairs.map { pair in
        let parts = pair.split(separator: "=")
        return (String(parts[0]), String(parts.last ?? ""))
      }, uniquingKeysWith: { first, _ in first })
    let offset = query["offset"].flatMap { Int($0) } ?? 0
    let limit = query["limit"].flatMap { Int($0) } ?? .max
    let from = query["from"].flatMap { Timestamp(iso8601: $0.replacing("%3A", with: ":").replacing("%2B", with: "+")) }
    let rows = state.withLock { state in
      state.requests += 1
      state.disturb(state.requests, &state.messages)
      let isInbox = target.contains("/inbox")
      return state.messages.filter { message in from.map { message.sent >= $0.seconds } ?? true }.sorted { left, right in
        isInbox && (left.opened ?? .max) != (right.opened ?? .max)
          ? (left.opened ?? .max) > (right.opened ?? .max) : (left.sent, left.id) > (right.sent, right.id)
      }
    }
    let json = rows.dropFirst(offset).prefix(limit).map { message in
      let opened = message.opened.map { "\"\(SofiaTime.iso8601(Timestamp(seconds: $0)))\"" } ?? "null"
      return """
        {"messageId":\(message.id),"dateSent":"\(SofiaTime.iso8601(Timestamp(seconds: message.sent)))","dateReceived":\(opened),\
        "subject":"\(message.subject)","senderProfileName":"A","recipients":"A","recipientLoginName":"","rnu":null,"templateId":1}
        """
    }
    return "{\"result\":[\(json.joined(separator: ","))],\"length\":\(rows.count)}"
  }
}
