/// Messages per second end to end.
struct MessageBench {
  let count: Int
  let samples: String
  let rules: String
  let folder: String

  func run() async throws -> [Figure] { throw BenchError("the robot cannot be started yet") }
}
