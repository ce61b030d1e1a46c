import HTTPTransport
import Model

/// What the client was doing: stands in errors instead of an address.
enum Operation: String, Sendable {
  case inbox, outbox, open, view, send, template, templates, profile, download, upload, token
  case openForwarded = "open-forwarded"
  case targetGroups = "target-groups"
}

/// Builds every error of this module: codes, remedies and what the program does about them stand here and nowhere else. None holds an
/// address, a token, a subject, a name or a word of a body.
struct MailboxErrors: Sendable {
  let recipient: String
  let operation: Operation
  var messageId: Int64?

  private func error(
    _ code: String, _ what: String, remedy: String, fields: [OperatorError.Field] = [], _ disposition: OperatorError.Disposition,
    budget: OperatorError.RetryBudget = .attempts
  ) -> OperatorError {
    var context = [OperatorError.Field("mailbox", recipient), .init("operation", operation.rawValue)]
    if let messageId { context.append(.init("message", String(messageId))) }
    return OperatorError("mailbox.\(code)", what, remedy: remedy, context: context + fields, disposition: disposition, budget: budget)
  }

  // MARK: No answer

  func transport(_ failure: HTTPFailure) -> OperatorError {
    let what = "\(failure)"
    switch failure.kind {
    case .sinkRefused(let cause as OperatorError):
      return cause
    case .sinkRefused:
      return error("sink-refused", what, remedy: "check the disk of the archive; the download is tried again", .retry)
    case .cancelled:
      return error("cancelled", what, remedy: "none needed: it is taken up again after the next start", .snooze(.zero))
    case .invalidRequest:
      return error(
        "invalid-address", what, remedy: "check the addresses and the credential of the mailbox in the configuration: https only",
        .misconfigured)
    case .credentialUnusable:
      return error(
        "credential-unusable", what, remedy: "check that certificate, key and authorities file exist, belong together and can be read",
        .retry, budget: .patience)
    case .tlsFailed:
      return error(
        "tls", what,
        remedy: "check that the clock is right, that `authorities` names who signed the server's certificate, and that ours has not expired",
        .retry, budget: .patience)
    case .tooLarge:
      return error("too-large", what, remedy: "none needed unless it stays: the limit stands in the configuration", .park)
    case .notHTTP:
      return error("bad-response", what, remedy: "check that the address is that of ССЕВ and not of a proxy", .retry)
    case .nameNotFound, .connectionRefused, .timedOut, .cutOff, .other:
      return error(
        "unreachable", what, remedy: "none needed, tried again; if it stays, check the network and the addresses of ССЕВ", .retry,
        budget: .patience)
    }
  }

  // MARK: An answer that is no success

  /// For every status but the one the caller wants. Texts of an answer are never repeated: they may quote what we sent.
  func status(_ response: HTTPResponse, now: Timestamp) -> OperatorError {
    let status = [OperatorError.Field("status", String(response.status))]
    let wait = MailboxErrors.wait(response, now: now)
    switch response.status {
    case 300...399:
      return error(
        "redirected", "ССЕВ sent us elsewhere, and we do not follow", remedy: "check the addresses in the configuration (https, path)",
        fields: status, .retry, budget: .patience)
    case 400:
      return error("rejected", "ССЕВ refused the request as invalid", remedy: "this needs a person: `jobs show`", fields: status, .park)
    case 401:
      return error(
        "unauthorized", "ССЕВ does not know this client",
        remedy: "check OID and client id of the mailbox, and with the administrator of ССЕВ that the integration login is active",
        fields: status, .retry, budget: .patience)
    case 403:
      return error(
        "forbidden", "ССЕВ knows us and refuses this",
        remedy: "check the rights of the integration login for this profile and template", fields: status, .park)
    case 404:
      return error(
        "not-found", "\(operation == .token ? "the token service" : "ССЕВ") has nothing at this address",
        remedy: "check the addresses in the configuration; `token` is the base address, `/token` is added to it", fields: status, .retry)
    case 405:
      return error(
        "failed-inside", "ССЕВ failed on the request (405 hides its 500)", remedy: "none needed, tried again or looked up", fields: status,
        .retry)
    case 408, 502, 503, 504:
      return error(
        "gateway", "the bus or ССЕВ is not available", remedy: "none needed, tried again", fields: status, wait.map { .retryAfter($0) } ?? .retry,
        budget: .patience)
    case 413:
      return error("too-large", "ССЕВ finds the request too large", remedy: "this needs a person: `jobs show`", fields: status, .park)
    case 415:
      return error("rejected", "ССЕВ refused the kind of the request", remedy: "report it: the contract has changed", fields: status, .park)
    case 429:
      return error(
        "rate-limited", "too many requests for the bus", remedy: "none needed, tried again later; if it stays, poll less often",
        fields: status, .retryAfter(wait ?? .seconds(60)), budget: .patience)
    case 500:
      return error(
        "not-found-or-broken", "ССЕВ failed on this; it answers so for a message that does not exist or cannot be opened",
        remedy: "none needed, tried again; if it stays, open the message in the portal and register it by hand", fields: status, .retry)
    case 501, 505...599:
      return error("server-error", "ССЕВ failed", remedy: "none needed, tried again", fields: status, .retry, budget: .patience)
    default:
      return error(
        "unexpected-status", "an answer the contract does not know", remedy: "report it if it stays: the contract may have changed",
        fields: status, .retry)
    }
  }

  /// `Retry-After` of a bus is believed up to this, and down to a second.
  private static let longestWait: Duration = .seconds(3600)

  static func wait(_ response: HTTPResponse, now: Timestamp) -> Duration? {
    response.retryAfter(now: now).map { max(.seconds(1), min($0, longestWait)) }
  }

  /// The host is left alone for a while (`HostBreaker`): nothing was asked.
  func resting(_ rest: Duration) -> OperatorError {
    error("host-resting", "ССЕВ did not answer and is left alone for a while", remedy: "none needed: asked again by itself", .snooze(rest))
  }

  // MARK: An answer that cannot be used

  /// - Parameter place: our own name of the member that is missing or wrong, never a text of the answer.
  func badResponse(_ place: String) -> OperatorError {
    error(
      "bad-response", "the answer is not as the contract says", remedy: "none needed, tried again; if it stays, compare with the contract",
      fields: [.init("at", place)], .retry)
  }

  func listingMoved() -> OperatorError {
    error(
      "listing-moved", "rows kept moving while the listing was read", remedy: "none needed, read again; if it stays, make the pages larger",
      .retry)
  }

  func linkExpired(status: Int) -> OperatorError {
    error(
      "link-expired", "the download link is no longer valid", remedy: "none needed: the message is opened again for a new link",
      fields: [.init("status", String(status))], .retry)
  }

  func sizeMismatch(expected: Int64, received: Int) -> OperatorError {
    error(
      "size-mismatch", "the attachment has another size than ССЕВ says", remedy: "none needed, fetched again",
      fields: [.init("expected", String(expected)), .init("received", String(received))], .retry)
  }

  func attachmentTooLarge(size: Int64, limit: Int) -> OperatorError {
    error(
      "too-large", "the attachment is larger than is fetched", remedy: "raise the largest attachment in the configuration and retry the job",
      fields: [.init("size", String(size)), .init("limit", String(limit))], .park)
  }

  func tokenRefused(status: Int) -> OperatorError {
    error(
      "token-refused", "the bus gives no token for this credential", remedy: "check client id, scope, OID and certificate of the mailbox",
      fields: [.init("status", String(status))], .retry, budget: .patience)
  }

  func credentialInvalid(_ what: String) -> OperatorError {
    error("credential-invalid", what, remedy: "correct the credential of the mailbox in the configuration", .misconfigured)
  }

  // MARK: Not sent at all

  func unsendable(_ code: String, _ what: String, remedy: String) -> OperatorError { error(code, what, remedy: remedy, .park) }
}
