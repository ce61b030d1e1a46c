import HTTPTransport
import Model

extension MailboxClient {
  /// Sends a message, once. ССЕВ has no idempotency key: the outcome says exactly how much is known, and after `uncertain` the outbox has to
  /// be asked (`findInOutbox`) before another attempt.
  package func send(_ message: OutgoingMessage) async -> SendOutcome {
    let errors = caller.errors(.send)
    if let mistake = message.mistake(errors) { return .notSent(mistake) }
    guard let body = try? Wire.encode(message.wire) else {
      return .notSent(errors.unsendable("unsendable", "the message cannot be written as JSON", remedy: "report it"))
    }
    let response: HTTPResponse
    do {
      response = try await caller.exchange(
        MailboxCaller.Call(method: .post, path: "messages", contentType: "application/json", body: body), errors)
    } catch {
      return error.requestMayHaveLeft ? .uncertain(error.error) : .notSent(error.error)
    }
    switch response.status {
    case 200:
      // A bare number could be the beginning of a longer one: it counts only when the framing proves that it is whole.
      guard response.isFramed, let id = (try? Wire.decode(JSONValue.self, from: response))?.integer, id > 0 else {
        return .uncertain(errors.badResponse("messageId"))
      }
      return .sent(messageId: id)
    case 400, 401, 403, 413, 415:
      return .notSent(errors.status(response, now: caller.now))
    default:
      return .uncertain(errors.status(response, now: caller.now))
    }
  }
}
