/// A simulator with some of the samples and an installation of the robot that serves it, in a folder that goes when the scene ends.
struct Scene: Sendable {
  let folder: String
  let simulator: SimulatorProcess
  let service: Service
  let expectations: [Int64: Expectation]

  /// `samples` are paths below `Samples/`. The simulator is stopped and the folder removed in any case.
  static func play<Result: Sendable>(
    _ samples: [String], faults: [String] = [], options: [String] = [], settings: Service.Settings = .init(),
    _ body: (Scene) async throws -> Result
  ) async throws -> Result {
    try await withTemporaryFolder { folder in
      let messages = "\(folder)/messages"
      try Files.makeFolder(messages)
      for (index, sample) in samples.enumerated() { try Files.copyTree("\(Installation.samples)/\(sample)", to: "\(messages)/\(index)") }
      let simulator = try await SimulatorProcess.start(messages: [messages], faults: faults, options: options, in: folder)
      do {
        let credentials = try await SimulatorProcess.credentials(messages: [messages], in: folder)
        let service = try Service(in: folder, address: simulator.address, credentials: credentials, settings: settings)
        let scene = Scene(folder: folder, simulator: simulator, service: service, expectations: try Expectation.below(messages))
        let result = try await body(scene)
        try await simulator.stop()
        return result
      } catch {
        try? await simulator.stop()
        throw error
      }
    }
  }

  func ends() async throws -> Ends { try await Ends.of(service, simulator, in: folder) }

  /// What is not as it must be once everything has been done.
  func problems(_ strictness: Ends.Strictness = .whereverItGoes) async throws -> [String] { try await ends().problems(expectations, strictness) }
}
