import HTTPTransport
package import Model
import Runtime
import Synchronization

/// One exchange with the API: addresses, proof of identity, one renewal of a refused token. Knows nothing of what is asked.
struct MailboxCaller: Sendable {
  let recipient: String
  let endpoint: MailboxEndpoint
  let transport: any HTTPCarrier
  let breaker: HostBreaker
  let surroundings: Surroundings
  let clock = ClockReading()
  private let authentication: MailboxAuthentication
  private let tokens: TokenCache?

  struct Call: Sendable {
    var method = HTTPRequest.Method.get
    /// After the base address, with its query.
    var path: String
    var isUpload = false
    var contentType: String?
    var body: [UInt8] = []
  }

  /// No answer, and whether the request may have left.
  struct Failure: Error {
    let error: OperatorError
    let requestMayHaveLeft: Bool
  }

  init(
    recipient: String, endpoint: MailboxEndpoint, authentication: MailboxAuthentication, transport: any HTTPCarrier, breaker: HostBreaker,
    surroundings: Surroundings
  ) {
    self.recipient = recipient
    self.endpoint = endpoint
    self.transport = transport
    self.breaker = breaker
    self.surroundings = surroundings
    self.authentication = authentication
    tokens =
      if case .gateway(let credential) = authentication {
        TokenCache(credential, recipient: recipient, endpoint: endpoint, transport: transport, time: surroundings.time)
      } else { nil }
  }

  func errors(_ operation: Operation, _ messageId: Int64? = nil) -> MailboxErrors {
    MailboxErrors(recipient: recipient, operation: operation, messageId: messageId)
  }

  /// The answer, whatever its status.
  func exchange(_ call: Call, _ errors: MailboxErrors) async throws(Failure) -> HTTPResponse {
    let (response, token) = try await attempt(call, errors)
    guard response.status == 401, let token, let tokens else { return response }
    // 401 certainly changed nothing, so once more with a new token is safe even for a message.
    await tokens.discard(token)
    return try await attempt(call, errors).response
  }

  private func attempt(_ call: Call, _ errors: MailboxErrors) async throws(Failure) -> (response: HTTPResponse, token: String?) {
    var token: String?
    var request: HTTPRequest
    let address = call.isUpload ? endpoint.upload : endpoint.api
    if let rest = breaker.rest(of: address) { throw Failure(error: errors.resting(rest), requestMayHaveLeft: false) }
    do throws(OperatorError) {
      token = try await tokens?.current()
      request = try make(call, token: token, errors)
    } catch {
      throw Failure(error: error, requestMayHaveLeft: false)
    }
    if let rest = breaker.admit(address) { throw Failure(error: errors.resting(rest), requestMayHaveLeft: false) }
    do {
      let response = try await transport.perform(request)
      breaker.note(address, .init(response, now: now))
      note(response)
      return (response, token)
    } catch {
      breaker.note(address, .init(error))
      throw Failure(error: errors.transport(error), requestMayHaveLeft: error.requestMayHaveLeft)
    }
  }

  private func make(_ call: Call, token: String?, _ errors: MailboxErrors) throws(OperatorError) -> HTTPRequest {
    var headers = [(name: "Accept", value: "application/json")]
    if let token { headers.append(("Authorization", "Bearer \(token)")) }
    if case .direct(let oid, let clientId) = authentication {
      headers.append(("Dp-Miscinfo", try MailboxCaller.identity(oid: oid, clientId: clientId, errors)))
    }
    if let contentType = call.contentType { headers.append(("Content-Type", contentType)) }
    let url = (call.isUpload ? endpoint.upload : endpoint.api) + "/api/v1/" + call.path
    return HTTPRequest(
      call.method, url, headers: headers, body: call.body, limits: call.isUpload ? endpoint.limits.upload : endpoint.limits.call,
      tls: tls(for: url))
  }

  /// Our certificate goes to the configured addresses only: to a download link only when it leads to one of them.
  func tls(for url: String) -> TLSSettings {
    guard case .gateway(let credential) = authentication, [endpoint.api, endpoint.upload].contains(where: { HTTPTransport.isSameOrigin(url, $0) })
    else {
      return TLSSettings(authorities: endpoint.certificateAuthority)
    }
    return TLSSettings(certificate: credential.certificate, key: credential.key, authorities: endpoint.certificateAuthority)
  }

  /// The `Dp-Miscinfo` header (contract section 2.1). Its parts are told apart by position, so a separator inside one would shift them.
  static func identity(oid: String, clientId: String, _ errors: MailboxErrors) throws(OperatorError) -> String {
    let isPlain = { (text: String) in !text.isEmpty && !text.utf8.contains { $0 <= 0x20 || $0 >= 0x7F || [0x7C, 0x2F].contains($0) } }
    guard isPlain(oid), oid.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) else {
      throw errors.credentialInvalid("the OID of the mailbox is not digits and dots")
    }
    guard isPlain(clientId), !clientId.contains("=") else {
      throw errors.credentialInvalid("the client id of the mailbox holds a separator, a space or a letter outside ASCII")
    }
    return "dn:/C=BG/ST=OID:\(oid)/L=BG/CN=\(clientId)|representedPersonID:|correspondentOID:|operatorID:"
  }

  var now: Timestamp { surroundings.time.now() }

  func note(_ response: HTTPResponse) {
    guard let server = response.date else { return }
    let local = surroundings.time.now()
    clock.last.withLock { $0 = ServerClock(server: server, local: local) }
  }
}

/// The newest `Date` seen from the API.
final class ClockReading: Sendable {
  let last = Mutex<ServerClock?>(nil)
}

/// The server's clock (whole seconds) beside ours when its answer arrived: for the clock check.
package struct ServerClock: Sendable, Equatable {
  package let server: Timestamp
  package let local: Timestamp

  package init(server: Timestamp, local: Timestamp) {
    self.server = server
    self.local = local
  }
}
