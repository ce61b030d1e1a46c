import Testing

/// The whole robot behind the bus in front of ССЕВ: every request over mutual TLS with the mailbox's own certificate, in the name of a bearer token.
@Suite struct GatewayTests {
  private static let samples = ["letters/osmi-klas", "eforms/otoplenie", "machines/obratna-razpiska", "delivery/prepratena-zhalba"]

  /// Certificates as the simulator's manual makes them, one a mailbox and one for the server, by one authority.
  private struct Papers {
    let folder: String

    init(_ names: [String], in folder: String) async throws {
      self.folder = folder
      try await openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.crt")
      for name in names {
        try await openssl(
          "req -newkey rsa:2048 -nodes -subj /CN=\(name) -addext subjectAltName=IP:127.0.0.1 -keyout \(name).key -out \(name).csr")
        try await openssl("x509 -req -in \(name).csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copy -out \(name).crt")
      }
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    private func openssl(_ line: String) async throws {
      let words = line.split(separator: " ").map { word in
        word.hasSuffix(".key") || word.hasSuffix(".crt") || word.hasSuffix(".csr") ? path(String(word)) : String(word)
      }
      let finished = try await run("/usr/bin/openssl", words, in: folder)
      guard finished.end == .exited(0) else { throw SupportError("openssl \(line): \(finished.error)") }
    }
  }

  private func play(
    lifetime: Int = 3_600, _ change: @Sendable (inout Service.Settings, Papers) -> Void = { _, _ in }, _ body: @Sendable (Scene) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let clients = try await SimulatorProcess.credentials(messages: Self.samples.map { "\(Installation.samples)/\($0)" }, in: folder).map(\.cn)
      let papers = try await Papers(["localhost", "stranger"] + clients, in: folder)
      var settings = Service.Settings()
      settings.ssev = ["authority \"\(papers.path("ca.crt"))\""]
      // The port is the system's choice: `{api}` stands for it.
      settings.gateway = { credential in
        [
          "token \"{api}\"", "scope \"/ssev/esb\"", "certificate \"\(papers.path(credential.cn)).crt\"",
          "key \"\(papers.path(credential.cn)).key\"",
        ]
      }
      change(&settings, papers)
      let tls = ["localhost.crt", "localhost.key", "ca.crt"].map(papers.path).joined(separator: ",")
      try await Scene.play(
        Self.samples, options: ["--auth", "bearer", "--tls", tls, "--token-lifetime", "\(lifetime)"], settings: settings, body)
    }
  }

  @Test func everyMessageComesToItsEnd() async throws {
    try await play { scene in
      let checked = try await scene.service.robot(["check"])
      #expect(checked.end == .exited(0), "\(checked.output)\(checked.error)")
      let finished = try await scene.service.runUntilIdle()
      #expect(finished.end == .exited(0), "\(finished.error)")
      #expect(try await scene.problems() == [])
      // The header that names the client proves nothing here: a token was asked for, and not for every request.
      let tokens = try scene.simulator.events().filter { $0.event == "token" }.count
      #expect((1...8).contains(tokens), "\(tokens) tokens")
    }
  }

  @Test func aTokenThatEndsIsAskedForAgain() async throws {
    try await play(lifetime: 1) { scene in
      let finished = try await scene.service.runUntilIdle()
      #expect(finished.end == .exited(0), "\(finished.error)")
      #expect(try await scene.problems() == [])
    }
  }

  @Test func aCertificateOfSomebodyElse() async throws {
    try await play {
      settings, papers in
      settings.gateway = { _ in
        ["token \"{api}\"", "scope \"/ssev/esb\"", "certificate \"\(papers.path("stranger")).crt\"", "key \"\(papers.path("stranger")).key\""]
      }
    } _: { scene in
      let checked = try await scene.service.robot(["check"])
      #expect(checked.end == .exited(78), "\(checked.output)\(checked.error)")
      #expect((checked.output + checked.error).contains("mailbox.token-refused"), "\(checked.output)\(checked.error)")
      #expect(try scene.simulator.events().filter { $0.event == "opened" || $0.event == "sent" }.isEmpty)
    }
  }
}
