package import HTTPTransport
package import Model
package import Runtime
import Synchronization

/// One mailbox of ССЕВ: one profile, one credential (reference: the integrator's contract of the ESB API).
///
/// Each method is one exchange (two when a token had to be renewed) and never repeats a failed one: repeating is the job queue's business.
/// Every failure is an `OperatorError` with a stable code; see `MailboxErrors`.
package struct MailboxClient: Sendable {
  let caller: MailboxCaller

  /// - Parameter recipient: the mailbox's identifier, for errors; ССЕВ knows us by the credential.
  /// - Parameter breaker: shared by all clients of one process.
  package init(
    recipient: String, endpoint: MailboxEndpoint, authentication: MailboxAuthentication, transport: any HTTPCarrier,
    breaker: HostBreaker? = nil, surroundings: Surroundings
  ) {
    caller = MailboxCaller(
      recipient: recipient, endpoint: endpoint, authentication: authentication, transport: transport,
      breaker: breaker ?? HostBreaker(time: surroundings.time), surroundings: surroundings)
  }

  /// Throws `mailbox.host-resting` while ССЕВ is left alone: asked before something is recorded as begun.
  package func checkAvailable() throws(OperatorError) {
    if let rest = caller.breaker.rest(of: caller.endpoint.api) { throw caller.errors(.send).resting(rest) }
  }

  /// The newest clock reading of the API; `nil` before the first answer with a `Date`.
  package var serverClock: ServerClock? { get async { caller.clock.last.withLock { $0 } } }

  /// Opens a message: the legal moment of service when it is the first time, harmless afterwards. Gives fresh download links.
  package func open(_ messageId: Int64) async throws(OperatorError) -> OpenedMessage {
    let errors = caller.errors(.open, messageId)
    let message: OpenedMessage = try await get("messages/\(messageId)/open", errors)
    guard message.messageId == messageId else { throw errors.badResponse("messageId") }
    return message
  }

  /// The message inside a forwarded one. Has no effect on either.
  package func openForwarded(_ messageId: Int64, forwarded: Int64) async throws(OperatorError) -> OpenedMessage {
    let errors = caller.errors(.openForwarded, messageId)
    let message: OpenedMessage = try await get("messages/\(messageId)/open-forwarded/\(forwarded)", errors)
    guard message.messageId == forwarded else { throw errors.badResponse("messageId") }
    return message
  }

  /// A message that this mailbox has sent.
  package func view(_ messageId: Int64) async throws(OperatorError) -> SentMessage {
    let errors = caller.errors(.view, messageId)
    let message: SentMessage = try await get("messages/\(messageId)/view", errors)
    guard message.messageId == messageId else { throw errors.badResponse("messageId") }
    return message
  }

  package func template(_ id: Int64) async throws(OperatorError) -> TemplateDefinition {
    try await get("templates/\(id)", caller.errors(.template))
  }

  /// Templates linked to the profile; being listed does not mean that it may send with them.
  package func templates() async throws(OperatorError) -> [TemplateSummary] { try await get("templates", caller.errors(.templates)) }

  package func targetGroups() async throws(OperatorError) -> [TargetGroup] { try await get("target-groups", caller.errors(.targetGroups)) }

  /// `nil` when there is no such profile.
  package func profile(_ id: Int64) async throws(OperatorError) -> Profile? {
    let errors = caller.errors(.profile)
    let response = try await answer("profiles/\(id)", errors)
    // Only ССЕВ itself says so in JSON: an empty or an HTML 404 is a wrong address (contract section 3.4).
    if response.status == 404, response.headers["content-type"]?.contains("json") ?? false { return nil }
    let profile: Profile = try read(response, errors)
    guard profile.profileId == id else { throw errors.badResponse("profileId") }
    return profile
  }

  /// The one active profile of a target group that has this identifier; `nil` when there is none. Tells a company from an administration
  /// (contract section 8.4). The identifier stands in the address, so never ask for an ЕГН or ЛНЧ; everything but ASCII letters and digits is
  /// dropped, since ССЕВ compares with `LIKE`.
  package func profile(identifier: String, targetGroup: Int64) async throws(OperatorError) -> Profile? {
    let plain = identifier.filter { $0.isASCII && ($0.isNumber || $0.isLetter) }
    let errors = caller.errors(.profile)
    let response = try await answer("profiles/search" + Query([("identifier", plain), ("targetGroupId", String(targetGroup))]).text, errors)
    if response.status == 404, response.headers["content-type"]?.contains("json") ?? false { return nil }
    return try read(response, errors)
  }

  // MARK: Plumbing

  func get<Value: Decodable>(_ path: String, _ errors: MailboxErrors) async throws(OperatorError) -> Value {
    try read(try await answer(path, errors), errors)
  }

  private func answer(_ path: String, _ errors: MailboxErrors) async throws(OperatorError) -> HTTPResponse {
    do { return try await caller.exchange(MailboxCaller.Call(path: path), errors) } catch { throw error.error }
  }

  private func read<Value: Decodable>(_ response: HTTPResponse, _ errors: MailboxErrors) throws(OperatorError) -> Value {
    guard response.status == 200 else { throw errors.status(response, now: caller.now) }
    do { return try Wire.decode(Value.self, from: response) } catch { throw errors.badResponse(error.place) }
  }
}
