package import HTTPTransport

/// Where one ССЕВ installation is reached and how long we wait for it. Upload is another web application than the API (contract section 1).
package struct MailboxEndpoint: Sendable {
  /// Base address of the API without `/api/v1`, e.g. `https://host:5051/path`; plain `http://` to loopback only.
  package var api: String
  /// Base address of the blob service for uploads.
  package var upload: String
  /// PEM file of the authorities that sign the servers' certificates; `nil` for those of the machine.
  package var certificateAuthority: String?
  package var limits: Limits

  package init(api: String, upload: String, certificateAuthority: String? = nil, limits: Limits = Limits()) {
    self.api = MailboxEndpoint.withoutSlash(api)
    self.upload = MailboxEndpoint.withoutSlash(upload)
    self.certificateAuthority = certificateAuthority
    self.limits = limits
  }

  package struct Limits: Sendable {
    /// Of one call of the API; `body` caps its JSON.
    package var call: TransferLimits
    /// Of one download; `body` is the largest attachment that is fetched at all.
    package var download: TransferLimits
    /// Of one upload: the answer comes only after the scan for malware (contract section 6.3: 10 to 30 s).
    package var upload: TransferLimits

    package init(
      call: TransferLimits = TransferLimits(total: .seconds(60), slowFor: .seconds(55), slowestRate: 1, body: 8 << 20),
      download: TransferLimits = TransferLimits(total: .seconds(1800), slowFor: .seconds(30), slowestRate: 1024, body: 256 << 20),
      upload: TransferLimits = TransferLimits(total: .seconds(600), slowFor: .seconds(120), slowestRate: 1, body: 1 << 20)
    ) {
      self.call = call
      self.download = download
      self.upload = upload
    }
  }

  private static func withoutSlash(_ base: String) -> String { base.hasSuffix("/") ? String(base.dropLast()) : base }
}

/// How a mailbox proves who it is (contract section 2). One credential is one profile is one mailbox.
package enum MailboxAuthentication: Sendable {
  /// The header that ССЕВ trusts blindly: for a test installation or a network where nobody else can reach it.
  case direct(oid: String, clientId: String)
  /// Through the state integration bus: client certificate and bearer token.
  case gateway(GatewayCredential)
}

package struct GatewayCredential: Sendable {
  /// Base address of the token service, without `/token`.
  package var tokenService: String
  package var oid: String
  package var clientId: String
  package var scope: String
  /// PEM files.
  package var certificate: String
  package var key: String

  package init(tokenService: String, oid: String, clientId: String, scope: String, certificate: String, key: String) {
    self.tokenService = tokenService.hasSuffix("/") ? String(tokenService.dropLast()) : tokenService
    self.oid = oid
    self.clientId = clientId
    self.scope = scope
    self.certificate = certificate
    self.key = key
  }
}
