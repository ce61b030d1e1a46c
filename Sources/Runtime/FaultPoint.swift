import Glibc
import Synchronization

/// A place in the code where tests can make the process die or an operation fail: one on each side of every durable step.
package struct FaultPoint: Hashable, Sendable {
  package let name: StaticString

  package init(_ name: StaticString) { self.name = name }

  package static func == (left: FaultPoint, right: FaultPoint) -> Bool { left.name.description == right.name.description }

  package func hash(into hasher: inout Hasher) { hasher.combine(name.description) }
}

/// Asked at every fault point. The product's injector does nothing.
package protocol FaultInjector: Sendable {
  /// Returns, throws `InjectedFault`, or does not return because the process was killed.
  func reach(_ point: FaultPoint) throws
}

package struct InjectedFault: Error, Sendable {
  package let point: String

  package init(point: String) { self.point = point }
}

package struct NoFaults: FaultInjector {
  package init() {}

  package func reach(_ point: FaultPoint) {}
}

/// Kills the process (SIGKILL, as a power cut would) or throws at the Nth passage of one named point: `registry.register.commit:3:kill`.
package final class FaultPlan: FaultInjector {
  private let point: String
  private let passage: Int
  private let kills: Bool
  private let seen = Mutex(0)

  package init(point: String, passage: Int, kills: Bool) {
    self.point = point
    self.passage = passage
    self.kills = kills
  }

  /// Reads `point:N:kill` or `point:N:fail`; `nil` when it is not of that form.
  package convenience init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, let passage = Int(parts[1]), passage > 0, parts[2] == "kill" || parts[2] == "fail" else {
      return nil
    }
    self.init(point: String(parts[0]), passage: passage, kills: parts[2] == "kill")
  }

  package func reach(_ reached: FaultPoint) throws {
    guard reached.name.description == point else { return }
    let count = seen.withLock { seen in
      seen += 1
      return seen
    }
    guard count == passage else { return }
    if kills {
      kill(getpid(), SIGKILL)
      pause()
    }
    throw InjectedFault(point: point)
  }
}
