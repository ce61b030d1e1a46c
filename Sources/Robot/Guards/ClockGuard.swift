package import Model

/// Registration needs a right clock: numbers carry its date. ССЕВ's `Date` header is the second opinion (domain.md L27).
package struct ClockGuard: Sendable {
  package let bound: Duration

  package init(bound: Duration) { self.bound = bound }

  /// `nil` when the clocks agree within the bound. `server` is whole seconds, cut, so a difference of under one second is none.
  package func refusal(server: Timestamp, local: Timestamp) -> OperatorError? {
    let difference = local >= server ? local - server : server - local
    guard difference > bound + .seconds(1) else { return nil }
    return OperatorError(
      "robot.clock-off",
      "the clock of this machine is \(difference.components.seconds) s \(local > server ? "ahead of" : "behind") the clock of ССЕВ; "
        + "the bound is \(bound.components.seconds) s and nothing is registered until they agree",
      remedy: "set the clock (`timedatectl`, chrony); registration goes on by itself at the next poll",
      context: [.init("server", server.iso8601), .init("local", local.iso8601)], disposition: .retry)
  }
}
