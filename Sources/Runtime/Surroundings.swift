/// Everything that comes from outside the program's own logic, passed down from `main`.
package struct Surroundings: Sendable {
  package var time: any TimeSource
  package var random: any RandomSource
  package var faults: any FaultInjector
  package var log: Log
  /// Makes the executor of an actor that blocks on the disk; the name is for `top -H`.
  package var executor: @Sendable (_ name: String) -> any WorkExecutor

  package init(
    time: any TimeSource, random: any RandomSource, faults: any FaultInjector = NoFaults(), log: Log,
    executor: @escaping @Sendable (_ name: String) -> any WorkExecutor = { ThreadExecutor(name: $0) }
  ) {
    self.executor = executor
    self.time = time
    self.random = random
    self.faults = faults
    self.log = log
  }

  /// The real machine, with `INTAKE_FAULT` (tests of crashes only) honoured.
  package static func system(fault: String?, minimum: Log.Level = .info) -> Surroundings {
    let time = SystemTime()
    return Surroundings(
      time: time, random: SystemRandom(), faults: fault.flatMap(FaultPlan.init) ?? NoFaults(),
      log: .standardError(time: time, minimum: minimum))
  }
}
