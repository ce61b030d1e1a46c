import Model
import Registry
import Runtime

/// What is due once a day: closing periods and signing the checkpoint. Doing it again on the same day does nothing.
struct DailyWork: Sendable {
  let desk: Desk

  /// Throws only what must end the process; anything else is logged and tried again.
  func run() async throws(OperatorError) {
    do throws(OperatorError) {
      if case .blocked = try await desk.registry.numbering() { return }
      guard desk.clock.refusal == nil else { return }
      guard let closing = try await desk.registry.closeDay() else { return }
      desk.surroundings.log.info("day.closed", ["periods": .count(closing.closed.count), "signed": .code(closing.isSigned ? "yes" : "no")])
    } catch  where error.disposition != .restart {
      desk.counters.failed(error.code)
      desk.surroundings.log.error("day.not-closed", ["code": .code(error.code)])
    }
  }
}
