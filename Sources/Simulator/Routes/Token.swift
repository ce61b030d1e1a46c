/// The token service of the bus (contract 2.2): parameters in the query, an empty body, the persons in headers.
extension World {
  mutating func token(_ request: HTTPRequest) throws(Failure) -> HTTPResponse {
    guard configuration.authentication != .direct else { throw .other(.gateway(404)) }
    guard request.query("grant_type") == "client_credentials" else { return rejected("unsupported_grant_type", 400) }
    guard let client = request.query("client_id"), !client.isEmpty, let oid = request.header("OID"), !oid.isEmpty else {
      return rejected("invalid_request", 400)
    }
    // Over mTLS the bus takes the client's name from the certificate; it must be the one that asks.
    if let certificate = request.certificateName, certificate != client { return rejected("invalid_client", 401) }
    guard profiles.values.contains(where: { $0.oid == oid && $0.clientName == client }) else { return rejected("invalid_client", 401) }
    let person = request.header("representedPersonID") ?? ""
    let correspondent = request.header("correspondentOID") ?? ""
    let user = request.header("operatorID") ?? ""
    let token = chance.token()
    tokens = tokens.filter { $0.value.expires > now }
    tokens[token] = BearerToken(
      miscinfo:
        "dn:/C=BG/ST=OID:\(oid)/L=BG/CN=\(client)|representedPersonID:\(person)|correspondentOID:\(correspondent)|operatorID:\(user)",
      expires: now.advanced(bySeconds: configuration.tokenLifetime))
    record("token", ["client": .string(client)])
    var response = HTTPResponse.json(
      .members([
        "token_type": "Bearer", "access_token": .string(token), "expires_in": .int(Int(configuration.tokenLifetime)),
        "consented_on": .int(Int(now.ticks / Instant.perSecond)), "scope": .string(request.query("scope") ?? ""),
        "grant_type": "client_credentials",
      ]))
    response.headers = [("Content-Type", "application/json")]
    response.framing = .length
    return response
  }

  private func rejected(_ error: String, _ status: Int) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("Content-Type", "application/json")],
      body: .bytes(JSON.members(["error": .string(error)]).bytes))
  }
}
