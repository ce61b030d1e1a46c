/// All of `Samples/` through the real programs once, watched from every side; the tests of the samples and of privacy look at different things.
struct WholeRun: Sendable {
  let expectations: [Int64: Expectation]
  let data: PersonalData
  /// The first run, with the log at its most talkative.
  let trace: ProcessTrace
  let ends: Ends
  let metrics: String
  /// What every command that looks printed, by its words.
  let shown: [(words: String, text: String)]
  /// The same after a second run.
  let second: Finished
  let endsAfter: Ends
  let exportsAreEqual: Bool

  static func value() async throws -> WholeRun { try await shared.value }

  private static let shared = Task {
    var settings = Service.Settings()
    settings.rules = .asp
    return try await Scene.play([""], settings: settings) { scene in
      let trace = try await ProcessTrace.run(
        Installation.program("intake-robot"), ["run", "--until-idle", "--config", scene.service.configuration], environment: ["INTAKE_LOG": "debug"],
        in: scene.folder, limit: .seconds(180))
      let ends = try await scene.ends()
      let exports = try ["entries.csv", "events.csv"].map { try Files.read("\(scene.folder)/export/\($0)") }
      var shown: [(words: String, text: String)] = []
      for words in [["status"], ["messages", "list"], ["jobs", "list"], ["jobs", "list", "--json"], ["check"]] {
        let finished = try await scene.service.robot(words)
        shown.append((words.joined(separator: " "), finished.output + finished.error))
      }
      let second = try await scene.service.runUntilIdle(limit: .seconds(120))
      let endsAfter = try await scene.ends()
      let exportsAfter = try ["entries.csv", "events.csv"].map { try Files.read("\(scene.folder)/export/\($0)") }
      return WholeRun(
        expectations: scene.expectations, data: try await PersonalData.inSamples(scratch: scene.folder), trace: trace, ends: ends,
        metrics: (try? Files.text("\(scene.service.state)/metrics.prom")) ?? "", shown: shown, second: second, endsAfter: endsAfter,
        exportsAreEqual: exports == exportsAfter)
    }
  }
}
