import HTTPTransport
import Model
import Runtime

/// The bearer token of one credential: asked for once however many calls wait, kept until shortly before it expires.
actor TokenCache {
  private let credential: GatewayCredential
  private let fetch: @Sendable (HTTPRequest) async -> Result<HTTPResponse, HTTPFailure>
  private let limits: TransferLimits
  private let tls: TLSSettings
  private let time: any TimeSource
  private let errors: MailboxErrors
  private var token: (value: String, renewAt: Duration)?
  private var running: Task<Result<Token, OperatorError>, Never>?

  private struct Token: Sendable {
    let value: String
    let lifetime: Duration
  }

  init(
    _ credential: GatewayCredential, recipient: String, endpoint: MailboxEndpoint, transport: any HTTPCarrier, time: any TimeSource
  ) {
    self.credential = credential
    self.time = time
    errors = MailboxErrors(recipient: recipient, operation: .token)
    limits = endpoint.limits.call
    tls = TLSSettings(certificate: credential.certificate, key: credential.key, authorities: endpoint.certificateAuthority)
    fetch = { request in
      do throws(HTTPFailure) { return .success(try await transport.perform(request)) } catch { return .failure(error) }
    }
  }

  func current() async throws(OperatorError) -> String {
    if let token, time.elapsed() < token.renewAt { return token.value }
    let task = running ?? Task { await request() }
    running = task
    let result = await task.value
    if running == task {
      running = nil
      if case .success(let fresh) = result { token = (fresh.value, time.elapsed() + TokenCache.use(of: fresh.lifetime)) }
    }
    return try result.get().value
  }

  /// Forgets a token that was answered with 401, unless it has been replaced meanwhile.
  func discard(_ value: String) {
    if token?.value == value { token = nil }
  }

  /// A token is renewed a minute before its end, a short-lived one at half its life.
  private static func use(of lifetime: Duration) -> Duration {
    lifetime > .seconds(120) ? lifetime - .seconds(60) : lifetime / 2
  }

  private func request() async -> Result<Token, OperatorError> {
    // Parameters stand in the query and the body is empty (contract section 2.2).
    let query = Query([("grant_type", "client_credentials"), ("client_id", credential.clientId), ("scope", credential.scope)])
    let request = HTTPRequest(
      .post, "\(credential.tokenService)/token\(query.text)",
      headers: [
        ("Accept", "application/json"), ("representedPersonID", ""), ("correspondentOID", ""), ("operatorID", ""), ("OID", credential.oid),
      ], limits: limits, tls: tls)
    switch await fetch(request) {
    case .failure(let failure):
      return .failure(errors.transport(failure))
    case .success(let response) where response.status == 200:
      guard let token = try? Wire.decode(WireToken.self, from: response), !token.value.isEmpty else {
        return .failure(errors.badResponse("access_token"))
      }
      return .success(Token(value: token.value, lifetime: .seconds(token.lifetime)))
    case .success(let response) where [400, 401, 403].contains(response.status):
      return .failure(errors.tokenRefused(status: response.status))
    case .success(let response):
      return .failure(errors.status(response, now: time.now()))
    }
  }
}

private struct WireToken: Decodable {
  let value: String
  /// Seconds; five minutes when the bus does not say.
  let lifetime: Int64

  init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    value = object.text("access_token")
    lifetime = max(0, min(object.optionalInteger("expires_in") ?? 300, 86_400))
  }
}
