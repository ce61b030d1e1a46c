import Glibc
import Model
import Testing

/// Copies of the database from an earlier time, and two robots at once: no number is ever issued twice.
@Suite(.serialized) struct RestoreTests {
  private static let first = ["letters/osmi-klas", "eforms/otoplenie", "duplicates/pismo-1"]
  private static let later = ["letters/bremennost", "duplicates/pismo-3-drug-podatel"]

  /// The expectations of the samples that come later, beside those of the scene.
  private func all(_ scene: Scene) throws -> [Int64: Expectation] {
    try Self.later.reduce(into: scene.expectations) { all, sample in
      all.merge(try Expectation.below("\(Installation.samples)/\(sample)")) { $1 }
    }
  }

  private func restore(_ copy: String, over state: String, names: (String) -> Bool) throws {
    for name in Files.names(in: state) where names(name) { Files.removeTree("\(state)/\(name)") }
    for name in Files.names(in: copy) where names(name) { try Files.copyTree("\(copy)/\(name)", to: "\(state)/\(name)") }
  }

  /// Works through the first messages, copies what `names` selects, works through the later ones, puts the copy back.
  private func playRestored(_ names: @escaping @Sendable (String) -> Bool, _ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
    try await Scene.play(Self.first) { scene in
      let copy = "\(scene.folder)/copy"
      try await scene.service.runUntilIdle()
      try Files.copyTree(scene.service.state, to: copy)
      for sample in Self.later { try await scene.simulator.add(messageIn: "\(Installation.samples)/\(sample)") }
      try await scene.service.runUntilIdle()
      let before = try await scene.ends().problems(all(scene))
      try #require(before == [])
      try restore(copy, over: scene.service.state, names: names)
      try await body(scene)
    }
  }

  @Test func anOlderDatabaseNumbersNothingUntilItHasRecovered() async throws {
    try await playRestored({ $0.hasPrefix("registry.db") }) { scene in
      let sent = try scene.simulator.sent()
      let stopped = try await scene.service.runUntilIdle()
      #expect(stopped.error.contains("registry.mirror-ahead"), "\(stopped.error)")
      #expect(try scene.simulator.sent() == sent)

      let recovered = try await scene.service.robot(["recover", "--actor", "тест", "--reason", "restored"])
      #expect(recovered.end == .exited(0), "\(recovered.error)")
      let resumed = try await scene.service.runUntilIdle()
      #expect(resumed.end == .exited(0), "\(resumed.error)")
      let problems = try await scene.ends().problems(all(scene))
      #expect(problems == [])
      #expect(try scene.simulator.sent() == sent)
    }
  }

  /// A snapshot of the whole machine takes the mirror back as well; then only the outbox knows.
  @Test func anOlderMachineNumbersNothingThatTheOutboxContradicts() async throws {
    try await playRestored({ $0.hasPrefix("registry.db") || $0 == "mirror" }) { scene in
      let sent = try scene.simulator.sent()
      let stopped = try await scene.service.runUntilIdle()
      #expect(stopped.error.contains("robot.outbox-unknown-mark"), "\(stopped.error)")
      #expect(try scene.simulator.sent() == sent)
      try await recoverFromOutbox(scene, sentBefore: sent)
    }
  }

  /// Nothing is left but the archive and what ССЕВ shows.
  @Test func whenAllIsLostTheOutboxTellsWhichNumbersWereGiven() async throws {
    try await playRestored({ _ in false }) { scene in
      let sent = try scene.simulator.sent()
      Files.removeTree(scene.service.state)
      for path in [scene.service.state, "\(scene.service.state)/mirror"] { try Files.makeFolder(path) }
      let stopped = try await scene.service.runUntilIdle()
      #expect(stopped.error.contains("robot.outbox-unknown-mark"), "\(stopped.error)")
      #expect(try scene.simulator.sent() == sent)
      try await recoverFromOutbox(scene, sentBefore: sent)
    }
  }

  /// `recover --outbox` lets the robot go on: nobody is answered twice, no number is given twice, and what comes next gets the next number.
  private func recoverFromOutbox(_ scene: Scene, sentBefore sent: [SimulatorProcess.Sent]) async throws {
    let recovered = try await scene.service.robot(["recover", "--outbox", "--actor", "тест", "--reason", "загубена база"])
    #expect(recovered.end == .exited(0), "\(recovered.error)")
    let quiet = try await scene.service.runUntilIdle()
    #expect(quiet.end == .exited(0), "\(quiet.error)")
    #expect(try scene.simulator.sent() == sent, "nothing new has come, so nothing is sent")
    try await scene.simulator.add(messageIn: "\(Installation.samples)/letters/do-20-godini")
    let resumed = try await scene.service.runUntilIdle()
    #expect(resumed.end == .exited(0), "\(resumed.error)")
    let all = try scene.simulator.sent()
    #expect(all.count == sent.count + 1)
    let answered = all.compactMap { Mark.first(in: $0.subject)?.messageId }
    #expect(Set(answered).count == answered.count && answered.count == all.count, "one reply for each message")
    let ends = try await scene.ends()
    #expect(ends.verification == "")
    #expect(Set(ends.entries.map(\.number)).count == ends.entries.count)
    let told = all.filter { $0.subject.contains("вх. №") }.map { String($0.subject.split(separator: " ")[6]) }
    let known = ends.entries.map(\.number)
    #expect(Set(told).isSubset(of: Set(known)), "\(told) \(known)")
    for series in Dictionary(grouping: ends.entries, by: \.series).values {
      #expect(series.map(\.sequence).sorted() == Array(1...series.count), "a gap")
    }
  }

  /// The second robot on one database ends at once, names the holder, and disturbs nothing.
  @Test func aSecondRobotEndsAtOnce() async throws {
    try await Scene.play(Self.first) { scene in
      let log = "\(scene.folder)/first.log"
      let holder = try scene.service.start(log: log)
      try await eventually { try scene.simulator.sent().count == Self.first.count }
      let second = try await scene.service.runUntilIdle()
      #expect(second.end == .exited(75))
      #expect(second.error.contains("error[registry.locked]"), "\(second.error)")
      #expect(second.error.contains("\(holder.pid)"), "the holder is not named: \(second.error)")
      holder.signal(SIGTERM)
      let end = try await holder.wait().end
      #expect(end == .exited(0))
      let problems = try await scene.problems()
      #expect(problems == [])
    }
  }

  /// A forgotten copy of the installation with a database of its own serves the same mailboxes.
  @Test func aSecondDatabaseForTheSameMailboxesSendsNothing() async throws {
    try await Scene.play(Self.first) { scene in
      try await scene.service.runUntilIdle()
      let sent = try scene.simulator.sent()
      let other = "\(scene.folder)/other"
      try Files.makeFolder(other)
      let credentials = try await SimulatorProcess.credentials(messages: ["\(scene.folder)/messages"], in: other)
      let twin = try Service(in: other, address: scene.simulator.address, credentials: credentials)
      let refused = try await twin.runUntilIdle()
      #expect(refused.error.contains("robot.outbox-unknown-mark"), "\(refused.error)")
      #expect(try scene.simulator.sent() == sent)
    }
  }

  /// SIGTERM drains, and the next run goes on.
  @Test func aStoppedRobotGoesOn() async throws {
    try await Scene.play(["letters"]) { scene in
      let child = try scene.service.start(log: "\(scene.folder)/log")
      try await eventually { try !scene.simulator.sent().isEmpty }
      child.signal(SIGTERM)
      let end = try await child.wait().end
      #expect(end == .exited(0))
      #expect(try scene.simulator.sent().count < scene.expectations.count, "it had finished before it was stopped")
      let resumed = try await scene.service.runUntilIdle()
      #expect(resumed.end == .exited(0))
      let problems = try await scene.problems()
      #expect(problems == [])
    }
  }
}
