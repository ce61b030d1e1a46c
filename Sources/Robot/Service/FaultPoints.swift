import Model
import Runtime

/// The two sides of every call of this module that leaves a mark outside the database.
enum RobotFault {
  static let beforeOpen = FaultPoint("robot.open.before")
  static let afterOpen = FaultPoint("robot.open.after")
  static let beforeSend = FaultPoint("robot.send.before")
  static let afterSend = FaultPoint("robot.send.after")
  static let beforeHandOff = FaultPoint("robot.handoff.before")
  static let afterHandOff = FaultPoint("robot.handoff.after")
}

extension Surroundings {
  /// An injected failure looks like any other failed step.
  func reach(_ point: FaultPoint) throws(OperatorError) {
    do {
      try faults.reach(point)
    } catch let error as OperatorError {
      throw error
    } catch {
      throw OperatorError("robot.injected-fault", "a fault was injected at `\(point.name)`", remedy: "none needed: tests only", disposition: .retry)
    }
  }
}
