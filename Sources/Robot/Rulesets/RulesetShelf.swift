import Crypto
package import Model
package import Rules

/// The rulesets of this installation, one for each stretch of time (design.md 6.13).
package struct RulesetShelf: Sendable {
  /// By effective date, the oldest first.
  package let rulesets: [Ruleset]

  package struct Loading: Sendable {
    /// `nil` exactly when there is an error among the diagnostics or the rulesets do not fit together.
    package let shelf: RulesetShelf?
    package let diagnostics: [Diagnostic]
    /// What is wrong between rulesets: a gap or an overlap.
    package let mistakes: [OperatorError]
  }

  /// Reads and compiles the files. Throws when a main file cannot be read; all else is in the result. Blocks on the disk.
  /// `isThorough` adds advice to the findings.
  package static func load(_ paths: [String], isThorough: Bool = false) throws(OperatorError) -> Loading {
    var rulesets: [Ruleset] = []
    var diagnostics: [Diagnostic] = []
    for path in paths {
      let compilation = try compile(path, isThorough: isThorough)
      diagnostics += compilation.diagnostics
      if let ruleset = compilation.ruleset { rulesets.append(ruleset) }
    }
    rulesets.sort { $0.effective < $1.effective }
    let mistakes = fit(rulesets)
    let isSound = rulesets.count == paths.count && !rulesets.isEmpty && mistakes.isEmpty
    return Loading(shelf: isSound ? RulesetShelf(rulesets: rulesets) : nil, diagnostics: diagnostics, mistakes: mistakes)
  }

  /// The ruleset in force on the day of receipt, Europe/Sofia.
  package func ruleset(for receivedAt: Timestamp) throws(OperatorError) -> Ruleset {
    let day = SofiaTime.date(of: receivedAt)
    guard let ruleset = inForce(on: day) else {
      throw OperatorError(
        "rules.none-in-force", "no ruleset is in force on \(day)", remedy: "add one to `rules` whose `effective` is not later; then `jobs retry`",
        disposition: .park)
    }
    return ruleset
  }

  /// The ruleset in force on a day that an operator names.
  package func ruleset(named day: CivilDate) throws(OperatorError) -> Ruleset {
    guard let ruleset = inForce(on: day) else {
      throw OperatorError(
        "rules.none-in-force", "no ruleset is in force on \(day)", remedy: "name a day from `effective` on, before `until`",
        disposition: .misconfigured)
    }
    return ruleset
  }

  package func inForce(on day: CivilDate) -> Ruleset? { rulesets.last { $0.isInForce(on: day) } }

  private static func compile(_ path: String, isThorough: Bool) throws(OperatorError) -> Compilation {
    let main = SourceText(path: path, text: try TextFile.read(path))
    let sources = SourceRecorder(folder: TextFile.folder(of: path))
    // The first pass finds which files belong to the ruleset; the digest over all of them goes into the second.
    _ = RulesCompiler.compile(RulesetFiles(main: main, load: sources.load), digest: "")
    return RulesCompiler.compile(RulesetFiles(main: main, load: sources.load), digest: sources.digest(main: main.text), isThorough: isThorough)
  }

  /// Rulesets follow one another without a day that has two or none. `until` is the first day on which a ruleset no longer decides.
  private static func fit(_ rulesets: [Ruleset]) -> [OperatorError] {
    zip(rulesets, rulesets.dropFirst()).compactMap { earlier, later in
      guard let until = earlier.until, until <= later.effective else {
        return OperatorError(
          "rules.overlap", "versions \(earlier.version) and \(later.version) are both in force on \(later.effective)",
          remedy: "set `until \(later.effective)` in version \(earlier.version)", disposition: .misconfigured)
      }
      guard until < later.effective else { return nil }
      return OperatorError(
        "rules.gap", "no ruleset is in force from \(until) to the day before \(later.effective)",
        remedy: "set `until \(later.effective)` in version \(earlier.version), or `effective \(until)` in version \(later.version)",
        disposition: .misconfigured)
    }
  }
}
