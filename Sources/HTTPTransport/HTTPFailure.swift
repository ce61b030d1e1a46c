/// A transfer that brought no answer. Holds nothing of the request: no address, header or body.
package struct HTTPFailure: Error, Sendable {
  package enum Kind: Sendable {
    /// The request could not be put on the wire as written: its address, a header with a line break, plain http to another machine.
    case invalidRequest
    case nameNotFound
    case connectionRefused
    /// The TLS handshake failed, or the server is not who it should be.
    case tlsFailed
    /// Our own certificate, key or authorities file cannot be used.
    case credentialUnusable
    case timedOut
    /// The connection ended before the answer was whole.
    case cutOff
    /// The answer is not HTTP, or its headers are larger than `TransferLoop` takes.
    case notHTTP
    /// The body is larger than the request allowed.
    case tooLarge
    /// The sink refused the bytes.
    case sinkRefused(any Error)
    case cancelled
    /// Anything else libcurl knows; see `code`.
    case other
  }

  package let kind: Kind
  /// False only when no byte of the request left this machine: then, and only then, the server cannot have acted on it.
  package let requestMayHaveLeft: Bool
  /// libcurl's number (`man libcurl-errors`), 0 when the failure is ours.
  package let code: Int

  package init(_ kind: Kind, requestMayHaveLeft: Bool, code: Int = 0) {
    self.kind = kind
    self.requestMayHaveLeft = requestMayHaveLeft
    self.code = code
  }
}

extension HTTPFailure: CustomStringConvertible {
  /// What happened, in words an operator can act on, without any part of the request.
  package var description: String {
    let words =
      switch kind {
      case .invalidRequest: "the request is not valid"
      case .nameNotFound: "the host name was not found"
      case .connectionRefused: "no connection to the host"
      case .tlsFailed: "the TLS handshake failed"
      case .credentialUnusable: "the client certificate, its key or the authorities file cannot be used"
      case .timedOut: "no answer in time"
      case .cutOff: "the connection ended before the answer was whole"
      case .notHTTP: "the answer is not HTTP"
      case .tooLarge: "the answer is larger than allowed"
      case .sinkRefused: "the bytes could not be stored"
      case .cancelled: "the transfer was cancelled"
      case .other: "the transfer failed"
      }
    return code == 0 ? words : "\(words) (curl \(code))"
  }
}
