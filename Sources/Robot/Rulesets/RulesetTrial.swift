package import Model
import ReaderPool
import Rules
package import Runtime

/// Tries rulesets before they are put in force: compiled, fit for this installation, and right about all their samples.
package struct RulesetTrial: Sendable {
  private let configuration: RobotConfiguration
  private let surroundings: Surroundings

  package init(configuration: RobotConfiguration, surroundings: Surroundings) {
    self.configuration = configuration
    self.surroundings = surroundings
  }

  /// The rulesets of the configured files, or why they are not put in force: `rules.invalid`, `rules.samples-missing`, `rules.samples-wrong`. `progress`
  /// gets how many samples have been read.
  package func run(progress: @escaping @Sendable (Int) -> Void = { _ in }) async throws(OperatorError) -> RulesetShelf {
    let shelf = try RulesetTrial.load(configuration)
    var samples: [Sample] = []
    for path in configuration.rules {
      guard let folder = try RulesetShelf.load([path]).shelf?.rulesets.first?.samples else { continue }
      let resolved = TextFile.resolve(folder, besideFile: path)
      guard TextFile.isFolder(resolved) else {
        throw OperatorError(
          "rules.samples-missing", "the samples that the rules name are not at `\(resolved)`, so the rules cannot be tried",
          remedy: "install them there, or correct `samples` in the ruleset; the old rules stay in force", disposition: .misconfigured)
      }
      samples += try Sample.find(in: resolved)
    }
    let dryRun = DryRun(
      readers: ReaderPool(configuration: configuration.reader.pool, concurrency: configuration.reader.concurrency, surroundings: surroundings),
      rulesets: shelf, environment: configuration.environment)
    let outcomes = try await dryRun.run(samples, progress: progress)
    let wrong = outcomes.filter { !$0.mismatches.isEmpty }.map(\.name) + RuleClaims.check(shelf.rulesets, outcomes).map { "\($0.rule) (\($0.place))" }
    guard wrong.isEmpty else {
      throw OperatorError(
        "rules.samples-wrong", "\(wrong.count) samples or claims are not as expected, the first: \(wrong.prefix(3).joined(separator: ", "))",
        remedy: "see `intake-robot test-rules`; the old rules stay in force", disposition: .misconfigured)
    }
    return shelf
  }

  /// The rulesets of the configured files, compiled and fit for this installation.
  static func load(_ configuration: RobotConfiguration) throws(OperatorError) -> RulesetShelf {
    let loading = try RulesetShelf.load(configuration.rules)
    guard let shelf = loading.shelf else {
      let first = loading.diagnostics.first { $0.severity == .error }.map { "\($0.file):\($0.line):\($0.column): \($0.code)" }
      throw OperatorError(
        "rules.invalid", "the rules have mistakes\(first.map { ", the first at \($0)" } ?? "")",
        remedy: "`intake-robot rules check` shows all; the old rules stay in force", disposition: .misconfigured)
    }
    if let mistake = RulesetCheck.mistakes(configuration, shelf).first { throw mistake }
    return shelf
  }
}
