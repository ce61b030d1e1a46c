import Model
import Runtime
import Synchronization

/// How often what goes wrong, by seed, until the sky clears. Also the place where a step of the robot is made to fail.
final class Weather: FaultInjector {
  struct Rates: Sendable {
    /// Of each passage of a fault point: the write or the call there fails, as on a dying disk; most of these end the process.
    var stepFails = 0.0
    /// Of each reading.
    var readerFails = 0.0
    /// Of each run of the process: the machine went down with it.
    var machineRestarts = 0.0
    /// Of each run of the process: the clock of the machine is set wrong during it, by up to half an hour either way.
    var clockJumps = 0.0
    /// What the other side and the way there do, in the words of `ssev-simulator --fault`.
    var network: [String] = []
  }

  private struct State {
    var rates: Rates
    var failures = 0
  }

  private let state: Mutex<State>
  private let random: SeededRandom

  init(_ rates: Rates, random: SeededRandom) {
    state = Mutex(State(rates: rates))
    self.random = random
  }

  var rates: Rates { state.withLock { $0.rates } }

  /// Steps that were made to fail so far.
  var failures: Int { state.withLock { $0.failures } }

  /// Nothing goes wrong any more.
  func clear() { state.withLock { $0.rates = Rates() } }

  func strikes(_ rate: KeyPath<Rates, Double>) -> Bool {
    let rate = rates[keyPath: rate]
    return rate > 0 && random.fraction() < rate
  }

  func reach(_ point: FaultPoint) throws {
    guard strikes(\.stepFails) else { return }
    state.withLock { $0.failures += 1 }
    throw InjectedFault(point: point.name.description)
  }

  /// What may be the weather of a world: fair, one thing that often goes wrong, or everything together.
  static func rates(_ random: SeededRandom) -> Rates {
    var rates = Rates()
    let kind = random.below(8)
    if kind == 0 { return rates }
    if [1, 4, 5, 6, 7].contains(kind) { rates.stepFails = [0.000_2, 0.000_7, 0.002][Int(random.below(3))] }
    if [2, 5, 7].contains(kind) { rates.readerFails = 0.02 }
    if [1, 6, 7].contains(kind) { rates.machineRestarts = 0.3 }
    if [3, 6, 7].contains(kind) { rates.clockJumps = 0.5 }
    if [4, 5, 6, 7].contains(kind) {
      let count = 1 + Int(random.below(5))
      for _ in 0..<count {
        let rate = ["0.01", "0.05", "0.2"][Int(random.below(3))]
        rates.network.append(network[Int(random.below(UInt64(network.count)))].replacing("RATE", with: rate))
      }
    }
    return rates
  }

  /// Every kind of the simulator's that only delays, damages or repeats; those after which another end is right (a file that is gone for ever, a
  /// person who opens a message first) are told apart by tests of their own.
  private static let network = [
    "reset-before:rate=RATE", "close-before:rate=RATE", "reset-after:rate=RATE", "cut-after:rate=RATE", "stall-before:rate=RATE",
    "stall:rate=RATE", "cut-body:rate=RATE", "malformed-json:rate=RATE", "truncated-json:rate=RATE", "corrupt-body:rate=RATE", "500:rate=RATE",
    "502:rate=RATE,when=after", "503:rate=RATE,retry-after=120", "429:rate=RATE,retry-after=30", "504:rate=RATE,when=after", "redirect:rate=RATE",
    "wrong-date:rate=RATE,by=900", "duplicate-rows:rate=RATE", "swap-ties:rate=RATE", "late-row:rate=RATE,seconds=90", "link-expired:rate=RATE",
    "late-commit:rate=RATE,answer=cut", "late-commit:rate=RATE,answer=stall", "late-commit:rate=RATE,answer=504",
    "late-commit:rate=RATE,answer=ok", "late-commit:rate=RATE,answer=405", "late-commit:rate=RATE,answer=reset",
  ]
}

extension SeededRandom {
  /// At least 0, below 1.
  func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}
