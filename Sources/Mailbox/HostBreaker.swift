import HTTPTransport
import Model
package import Runtime
import Synchronization

/// Leaves a host alone that does not answer: after `failures` calls in a row without an answer of ССЕВ itself it rests, then one call is let
/// through as a probe, and the rest doubles each time the probe fails. A host that names a time (`Retry-After`) is left alone for that long.
///
/// One for the whole process, so that what one mailbox has learnt all mailboxes know. A call refused here never left the machine.
package final class HostBreaker: Sendable {
  package struct Policy: Sendable, Equatable {
    /// Calls in a row that brought no answer.
    package var failures: Int
    /// The first rest, and the longest.
    package var first: Duration
    package var longest: Duration

    package init(failures: Int = 5, first: Duration = .seconds(10), longest: Duration = .seconds(300)) {
      self.failures = failures
      self.first = first
      self.longest = longest
    }
  }

  /// What one call told about its host.
  enum Sign: Sendable, Equatable {
    case well
    case ill
    /// `Retry-After`.
    case asked(Duration)
    /// The call ended for a reason of its own; it says nothing.
    case nothing
  }

  private struct Host {
    var failures = 0
    /// Rests in a row.
    var rests = 0
    var until: Duration?
    var isProbing = false
  }

  private let policy: Policy
  private let time: any TimeSource
  private let hosts = Mutex<[String: Host]>([:])

  package init(_ policy: Policy = Policy(), time: any TimeSource) {
    self.policy = policy
    self.time = time
  }

  /// How much longer the host of this address rests; `nil` when it does not.
  package func rest(of address: String) -> Duration? {
    let now = time.elapsed()
    return hosts.withLock { $0[Self.key(address)]?.until }.flatMap { $0 > now ? $0 - now : nil }
  }

  /// `nil` lets a call through, which must be followed by `note`; otherwise how long to wait.
  func admit(_ address: String) -> Duration? {
    let now = time.elapsed()
    return hosts.withLock { hosts in
      guard var host = hosts[Self.key(address)], let until = host.until else { return nil }
      if until > now { return until - now }
      if host.isProbing { return policy.first }
      host.isProbing = true
      hosts[Self.key(address)] = host
      return nil
    }
  }

  func note(_ address: String, _ sign: Sign) {
    let now = time.elapsed()
    hosts.withLock { hosts in
      let key = Self.key(address)
      var host = hosts[key] ?? Host()
      let wasProbing = host.isProbing
      host.isProbing = false
      switch sign {
      case .well: host = Host()
      case .nothing: break
      case .asked(let wait): host.until = max(host.until ?? .zero, now + wait)
      case .ill:
        host.failures += 1
        if wasProbing || host.failures >= policy.failures {
          var rest = policy.first
          for _ in 0..<host.rests where rest < policy.longest { rest = rest * 2 }
          host.until = max(host.until ?? .zero, now + min(rest, policy.longest))
          host.rests += 1
          host.failures = 0
        }
      }
      hosts[key] = host
    }
  }

  private static func key(_ address: String) -> String { HTTPTransport.origin(of: address) ?? address }
}

extension HostBreaker.Sign {
  init(_ response: HTTPResponse, now: Timestamp) {
    switch response.status {
    case 429, 502, 503, 504: self = MailboxErrors.wait(response, now: now).map { .asked($0) } ?? .ill
    default: self = .well
    }
  }

  init(_ failure: HTTPFailure) {
    switch failure.kind {
    case .nameNotFound, .connectionRefused, .tlsFailed, .timedOut: self = .ill
    default: self = .nothing
    }
  }
}
