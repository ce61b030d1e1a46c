package import Runtime

/// Everything a command gets from outside, so that tests call one without a process.
package struct CommandContext: Sendable {
  package let environment: [String: String]
  package let output: Output
  package let surroundings: Surroundings
  /// Asked while a service runs: each element is one SIGTERM or SIGINT.
  package let signals: @Sendable () -> AsyncStream<Void>
  /// Asked while a service runs: each element is one SIGHUP.
  package let reloads: @Sendable () -> AsyncStream<Void>
  /// Where relative paths on the command line start.
  package let workingDirectory: String
  /// The folder of the running program.
  package let programs: String
  /// Who is logged in: by the kernel's login uid, else by `SUDO_USER`; `nil` when neither says.
  package let login: String?

  package init(
    environment: [String: String], output: Output, surroundings: Surroundings, signals: @escaping @Sendable () -> AsyncStream<Void>,
    reloads: @escaping @Sendable () -> AsyncStream<Void> = { AsyncStream { _ in } }, workingDirectory: String, programs: String, login: String?
  ) {
    self.environment = environment
    self.output = output
    self.surroundings = surroundings
    self.signals = signals
    self.reloads = reloads
    self.workingDirectory = workingDirectory
    self.programs = programs
    self.login = login
  }
}

/// Where a command writes. Nothing is coloured, so piped output equals what a terminal shows; progress appears on terminals only.
package struct Output: Sendable {
  private let standard: @Sendable (String) -> Void
  private let error: @Sendable (String) -> Void
  /// Whether standard error is a terminal, where progress may be shown.
  package let showsProgress: Bool

  /// Both closures receive text exactly as it is to be written.
  package init(standard: @escaping @Sendable (String) -> Void, error: @escaping @Sendable (String) -> Void, showsProgress: Bool) {
    self.standard = standard
    self.error = error
    self.showsProgress = showsProgress
  }

  package func line(_ text: String = "") { standard(text + "\n") }
  package func raw(_ text: String) { standard(text) }
  package func errorLine(_ text: String) { error(text + "\n") }
  package func progress(_ text: String) { if showsProgress { error("\r\u{1B}[K" + text) } }
}
