import Foundation
import Model
import Registry
import Rules
import Runtime
import Testing

@testable import Robot

/// Other rules in a running robot: tried first, recorded with digest and who; bad ones leave the old ones in force.
@Suite struct ActivationTests {
  private static func write(_ installation: TestInstallation, _ change: (String) -> String) throws {
    let path = installation.folder + "/test.rules"
    let text = TestInstallation.header + TestInstallation.rules
    try change(text).write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Whether the database or the mirror holds this text.
  private static func isRecorded(_ text: String, in installation: TestInstallation) throws -> Bool {
    let wanted = Data(text.utf8)
    for name in try FileManager.default.contentsOfDirectory(atPath: installation.folder) where !name.hasSuffix(".rules") {
      guard let data = FileManager.default.contents(atPath: installation.folder + "/" + name) else { continue }
      if data.range(of: wanted) != nil { return true }
    }
    return false
  }

  private static let more = "\nmark \"нов\" { when subject contains \"нов\"; then { tag \"нов\" } }\n"

  @Test func `new rules are taken up and recorded, bad ones are not`() async throws {
    let installation = try TestInstallation()
    let surroundings = installation.surroundings()
    let opened = try await RobotStart(
      configuration: installation.configuration, rulesets: installation.rulesets, outside: .real(installation.configuration, surroundings),
      surroundings: surroundings
    ).open()
    let desk = opened.desk
    let session = Session(desk: desk, notifier: SystemdNotifier(environment: [:]))
    let old = desk.rulesets.shelf.digests
    #expect(old == installation.rulesets.digests)

    try Self.write(installation) { $0 + "\nrule \"сгрешено" }
    await session.reloadRules(actor: "SIGHUP")
    #expect(desk.rulesets.shelf.digests == old)
    #expect(try !Self.isRecorded("rules-activated", in: installation))

    try Self.write(installation) { $0 + Self.more }
    await session.reloadRules(actor: "SIGHUP")
    let new = desk.rulesets.shelf.digests
    #expect(new != old)
    #expect(try Self.isRecorded("rules-activated", in: installation))
    #expect(try Self.isRecorded(new[0], in: installation))

    // By request: only what was tried.
    try Self.write(installation) { $0 + Self.more + Self.more.replacingOccurrences(of: "нов", with: "друг") }
    let acts = ManualActs(
      registry: desk.registry, configuration: installation.configuration, rulesets: desk.rulesets.shelf, live: desk.rulesets,
      surroundings: installation.surroundings())
    let stale = await acts.perform(ManualRequest(.activateRules(digests: new), actor: "Иванова", reason: "Заповед № 5"))
    #expect(stale.error?.code == "rules.changed-since-trial")
    #expect(desk.rulesets.shelf.digests == new)
    let tried = try await RulesetTrial(configuration: installation.configuration, surroundings: installation.surroundings()).run()
    let done = await acts.perform(ManualRequest(.activateRules(digests: tried.digests), actor: "Иванова", reason: "Заповед № 5"))
    #expect(done.error == nil)
    #expect(desk.rulesets.shelf.digests == tried.digests)
    #expect(try Self.isRecorded(tried.digests[0], in: installation))
    try await desk.registry.close()
  }

  @Test func `rules whose samples are wrong or missing are refused`() async throws {
    let installation = try TestInstallation()
    let trial = RulesetTrial(configuration: installation.configuration, surroundings: installation.surroundings())
    func code() async -> String {
      do {
        _ = try await trial.run()
        return "none"
      } catch {
        return error.code
      }
    }
    #expect(await code() == "none")
    try Self.write(installation) { $0.replacingOccurrences(of: "version ", with: "samples \"samples\"; version ") }
    #expect(await code() == "rules.samples-missing")
    let folder = installation.folder + "/samples/letter"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try """
    {"mailbox": "\(TestInstallation.recipient)", "dateSent": "2026-07-03T10:15:02.337+03:00", "subject": "Молба", "body": "Моля.",
     "sender": {"profileId": 55001, "name": "Тест Пробев", "kind": "person"}}
    """.write(toFile: folder + "/message.json", atomically: true, encoding: .utf8)
    try #"{"end": "registered"}"#.write(toFile: folder + "/expected.json", atomically: true, encoding: .utf8)
    #expect(await code() == "none")
    try #"{"end": "registered", "journal": "няма такъв"}"#.write(toFile: folder + "/expected.json", atomically: true, encoding: .utf8)
    #expect(await code() == "rules.samples-wrong")
  }
}
