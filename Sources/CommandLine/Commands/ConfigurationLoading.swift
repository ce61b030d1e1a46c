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
}
