/// Decisions per second.
struct DecisionBench {
  let samples: String
  let rules: String

  func run() async throws -> [Figure] { throw BenchError("the rules cannot be loaded yet") }
}
