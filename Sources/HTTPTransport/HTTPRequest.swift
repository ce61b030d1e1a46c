/// One HTTP/1.1 request. A value; nothing is checked before it is performed.
package struct HTTPRequest: Sendable {
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  package var method: Method
  /// Absolute: `https://…`, or `http://…` to a loopback host. May hold a secret (download links do): never put it into an error or the log.
  package var url: String
  package var headers: [(name: String, value: String)]
  /// Sent with `Content-Length`, never chunked, and in one piece with the headers while it is under 64 KiB (contract section 7.2). Ignored
  /// for GET.
  package var body: [UInt8]
  package var limits: TransferLimits
  package var tls: TLSSettings

  package init(
    _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
    limits: TransferLimits = TransferLimits(), tls: TLSSettings = TLSSettings()
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.limits = limits
    self.tls = tls
  }
}

/// What one transfer may take. Every one of these ends a transfer; none has "unlimited".
package struct TransferLimits: Sendable, Equatable {
  /// Name, TCP and TLS together.
  package var connect: Duration
  /// The whole transfer, from its start on the wire (time spent waiting for a free connection does not count).
  package var total: Duration
  /// Below `slowestRate` bytes a second for this long ends the transfer; waiting for a first byte counts as zero. Whole seconds, at least 1.
  package var slowFor: Duration
  package var slowestRate: Int
  /// Bytes of body: an answer with more is refused, not cut.
  package var body: Int

  package init(
    connect: Duration = .seconds(15), total: Duration = .seconds(60), slowFor: Duration = .seconds(45), slowestRate: Int = 16,
    body: Int = 16 << 20
  ) {
    self.connect = connect
    self.total = total
    self.slowFor = slowFor
    self.slowestRate = slowestRate
    self.body = body
  }
}

/// Who we are to a server that asks for a client certificate, and whom we believe. Paths of PEM files.
package struct TLSSettings: Sendable, Hashable {
  /// Certificate with its chain; `nil` to present none.
  package var certificate: String?
  package var key: String?
  /// Authorities that may have signed the server's certificate; `nil` for those of the machine.
  package var authorities: String?

  package init(certificate: String? = nil, key: String? = nil, authorities: String? = nil) {
    self.certificate = certificate
    self.key = key
    self.authorities = authorities
  }
}
