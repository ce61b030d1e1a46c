import Foundation
import Model
import Registry
import Testing

@testable import Robot

@Suite("The watch over changed rules", .timeLimit(.minutes(8)))
struct RulesWatchTests {
  private static let settings = "watch { messages 20; least 5; review jump 50; on jump stop-numbering }"

  /// Six messages, then other rules that know nothing of them, then six more.
  private func changed(_ settings: String) async throws -> TestInstallation {
    let installation = try TestInstallation(settings: settings)
    for number in 1...6 { _ = try installation.send(subject: "Молба \(number)", body: "Моля за справка номер \(number) по моята преписка.") }
    try await installation.run()
    let rules = try TextFile.read(installation.folder + "/test.rules")
    try rules.replacing("subject contains \"молба\"", with: "subject contains \"прошение\"")
      .write(toFile: installation.folder + "/test.rules", atomically: true, encoding: .utf8)
    guard let shelf = try RulesetShelf.load(installation.configuration.rules).shelf else { throw TestFailure("the rules") }
    for number in 7...12 { _ = try installation.send(subject: "Молба \(number)", body: "Моля за справка номер \(number) по моята преписка.") }
    try await installation.run(rulesets: shelf)
    return installation
  }

  @Test("reviews that jump raise an alarm and stop numbering, once; what a person says then stands")
  func stops() async throws {
    let installation = try await changed(Self.settings)
    #expect(installation.log.all.filter { $0.contains("rules.jump") && $0.contains("review") }.count == 1)
    guard case .stopped(RobotVersion.actor, "rules-jump", _) = try await installation.look({ try $0.numbering() }) else {
      Issue.record("numbering goes on")
      return
    }
    try await installation.look {
      _ = try $0.start()
      try $0.setNumbering(true, actor: "тест", reason: "видяно")
    }
    guard let shelf = try RulesetShelf.load(installation.configuration.rules).shelf else { throw TestFailure("the rules") }
    try await installation.run(rulesets: shelf)
    #expect(try await installation.look { try $0.numbering() } == .on)
    #expect(installation.log.all.filter { $0.contains("rules.jump") && $0.contains("review") }.count == 1)
  }

  @Test("by default it only raises the alarm")
  func alarms() async throws {
    let installation = try await changed("watch { messages 20; least 5 }")
    #expect(installation.log.all.contains { $0.contains("rules.jump") })
    #expect(try await installation.look { try $0.numbering() } == .on)
  }
}
