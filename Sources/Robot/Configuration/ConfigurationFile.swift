package import Model
package import Rules

/// The configuration as the commands find it.
package enum ConfigurationFile {
  package static let defaultPath = "/etc/intake-robot/robot.conf"

  /// Where the file is: what `--config` says, else `$INTAKE_ROBOT_CONFIG`, else the default.
  package static func path(option: String?, environment: [String: String], workingDirectory: String) -> String {
    TextFile.resolve(option ?? environment["INTAKE_ROBOT_CONFIG"] ?? defaultPath, in: workingDirectory)
  }

  /// Reads and checks it. Throws only when the file itself cannot be read; mistakes in it are diagnostics.
  package static func load(_ path: String, environment: [String: String], programs: String) throws(OperatorError)
    -> ConfigurationReader.Result
  {
    let text = try TextFile.read(path)
    return ConfigurationReader.read(
      SourceText(path: path, text: text),
      places: .init(file: path, credentials: environment["CREDENTIALS_DIRECTORY"], programs: programs))
  }

  /// What a command says after it has printed the diagnostics.
  package static func invalid(_ path: String, _ diagnostics: [Diagnostic]) -> OperatorError {
    let errors = diagnostics.filter { $0.severity == .error }.count
    return OperatorError(
      "config.invalid", "\(errors) \(errors == 1 ? "mistake" : "mistakes") in the configuration",
      remedy: "correct the lines shown and run `intake-robot check`",
      context: [.init("file", path)], disposition: .misconfigured)
  }
}
