import Model
import Registry
import Runtime

/// What is due once a day: closing periods, signing the checkpoint, the statement. Doing it again on the same day does nothing.
struct DailyWork: Sendable {
  let desk: Desk

  /// Throws only what must end the process; anything else is logged and tried again.
  func run() async throws(OperatorError) {
    do throws(OperatorError) {
      if case .blocked = try await desk.registry.numbering() { return }
      guard desk.clock.refusal == nil else { return }
      if let closing = try await desk.registry.closeDay() {
        desk.surroundings.log.info("day.closed", ["periods": .count(closing.closed.count), "signed": .code(closing.isSigned ? "yes" : "no")])
      }
      try await DailyStatement(desk: desk).run()
    } catch  where error.disposition != .restart {
      desk.counters.failed(error.code)
      desk.surroundings.log.error("day.not-closed", ["code": .code(error.code)])
    }
  }
}
