package import Model
import Registry
package import Runtime

/// Where a command brings its request: to the registry itself when no robot runs, else to the robot that holds it.
package struct ManualDesk: Sendable {
  private let configuration: RobotConfiguration
  private let rulesets: RulesetShelf?
  private let surroundings: Surroundings
  /// How long a command waits for the robot's answer.
  private static let patience: Duration = .seconds(15)

  /// `rulesets` for the acts that need them, when no robot runs.
  package init(configuration: RobotConfiguration, rulesets: RulesetShelf? = nil, surroundings: Surroundings) {
    self.configuration = configuration
    self.rulesets = rulesets
    self.surroundings = surroundings
  }

  /// The sentence that says what was done. `robot.no-answer`: the robot that holds the database has not answered; the request stays.
  package func perform(_ request: ManualRequest) async throws(OperatorError) -> String {
    let registry: Registry
    do {
      registry = try Registry(configuration.registry, surroundings: surroundings)
    } catch  where error.code == "registry.locked" {
      return try await askRobot(request)
    }
    _ = try await registry.start()
    let acts = ManualActs(registry: registry, configuration: configuration, rulesets: rulesets, surroundings: surroundings)
    let answer = await acts.perform(request)
    try await registry.close()
    return try answer.result()
  }

  private func askRobot(_ request: ManualRequest) async throws(OperatorError) -> String {
    let spool = RequestSpool(database: configuration.database, surroundings: surroundings)
    let id = "\(surroundings.time.now().microseconds)-\(surroundings.random.hex(bytes: 4))"
    try await spool.ask(request, id: id)
    let start = surroundings.time.elapsed()
    while surroundings.time.elapsed() - start < ManualDesk.patience {
      if let answer = try await spool.answer(to: id) { return try answer.result() }
      do { try await surroundings.time.sleep(for: .milliseconds(100)) } catch { break }
    }
    throw OperatorError(
      "robot.no-answer", "the robot that holds the database has not answered within \(ManualDesk.patience.components.seconds) s",
      remedy: "the request stays and is carried out when the robot gets to it: look with `intake-robot status`", disposition: .retry)
  }
}
