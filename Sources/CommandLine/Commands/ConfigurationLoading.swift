import Model
import Robot
import Rules

extension Invocation {
  /// The configuration that `--config`, the environment or the default names, checked. Prints every mistake before it throws.
  func configuration() throws(OperatorError) -> (path: String, value: RobotConfiguration) {
    let path = ConfigurationFile.path(option: value(.config), environment: context.environment, workingDirectory: context.workingDirectory)
    let result = try ConfigurationFile.load(path, environment: context.environment, programs: context.programs)
    guard let configuration = result.configuration else {
      for diagnostic in result.diagnostics { context.output.errorLine(diagnostic.rendered) }
      throw ConfigurationFile.invalid(path, result.diagnostics)
    }
    for diagnostic in result.diagnostics { context.output.errorLine(diagnostic.rendered) }
    return (path, configuration)
  }

  /// The rulesets that the configuration or the command line names, compiled. Prints every mistake before it throws.
  func rulesets(_ paths: [String]) throws(OperatorError) -> RulesetShelf {
    let loading = try RulesetShelf.load(paths)
    for diagnostic in loading.diagnostics where loading.shelf == nil || diagnostic.severity == .error {
      context.output.errorLine(diagnostic.rendered)
    }
    for mistake in loading.mistakes { context.output.errorLine(mistake.description) }
    guard let shelf = loading.shelf else {
      let errors = loading.diagnostics.filter { $0.severity == .error }.count + loading.mistakes.count
      throw OperatorError(
        "rules.invalid", "\(errors) \(errors == 1 ? "mistake" : "mistakes") in the rules",
        remedy: "correct the lines shown and run `intake-robot check`",
        context: paths.map { .init("file", $0) }, disposition: .misconfigured)
    }
    return shelf
  }
}
