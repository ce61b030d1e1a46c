import Model
import Registry
import Runtime
import Simulator
import Testing

@testable import Robot

@Suite("What persons do about entries and messages", .timeLimit(.minutes(8)))
struct EntryActsTests {
  private func perform(_ act: ManualRequest.Act, _ installation: TestInstallation) async throws -> String {
    try await ManualDesk(configuration: installation.configuration, rulesets: installation.rulesets, surroundings: installation.surroundings())
      .perform(ManualRequest(act, actor: "ivanova", reason: "проба"))
  }

  @Test("a message that can never be opened is registered from its listing, and nobody is answered")
  func fromListing() async throws {
    let installation = try TestInstallation()
    let id = try installation.send(extra: #", "open": "fails""#)
    try await installation.run()
    let key = try #require(try await installation.message(id)).key
    let text = try await perform(.registerFromListing(message: key), installation)
    let entry = try #require(try await installation.message(id)?.entry)
    #expect(text.contains(entry.number) && entry.journal == "Писма")
    try await installation.run()
    #expect(installation.simulator.log("sent").isEmpty)
    #expect(try await installation.look { try $0.entry(number: entry.number) }?.status == "за преглед")
  }

  @Test("forwarding tells the sender once, in the words of template Г; routing anew hands on under the same number")
  func forwardAndReroute() async throws {
    let installation = try TestInstallation(settings: "handoff directory \"handoff\"")
    let id = try installation.send()
    try await installation.run()
    let number = try #require(try await installation.message(id)?.entry?.number)
    for _ in 0..<2 { _ = try await perform(.amend(number: number, .forwarding(to: "ДСП – Добрич")), installation) }
    _ = try await perform(.amend(number: number, .rerouting(system: "ИИС", type: "drugo", typeTitle: nil)), installation)
    try await installation.run()
    #expect(installation.replies.count == 2)
    #expect(installation.replies.last?.contains("препратен по компетентност на ДСП – Добрич") == true)
    let folder = installation.folder + "/handoff/test-\(TestInstallation.recipient)-\(id)"
    for (path, system, type) in [(folder, "документооборот", "molba"), (folder + "-2", "ИИС", "drugo")] {
      let document = try JSONText.decode(HandOffDocument.self, from: try TextFile.read(path + "/document.json"), what: "document")
      #expect(document.number == number && document.system == system && document.type == type)
    }
    #expect(try await installation.message(id)?.state == .settled)
    await #expect(throws: OperatorError.self) {
      _ = try await perform(.amend(number: number, .rerouting(system: nil, type: "няма", typeTitle: nil)), installation)
    }
  }

  @Test("a message that a person numbered elsewhere stays as it is; void numbers are not given again")
  func byHandAndVoid() async throws {
    let installation = try TestInstallation()
    let opened = try installation.send()
    try installation.simulator.markOpened(opened)
    try await installation.run()
    let key = try #require(try await installation.message(opened)).key
    _ = try await perform(.registeredByHand(message: key, number: "94-1"), installation)
    _ = try await perform(.void(journal: "Писма", unit: TestInstallation.recipient, year: nil, through: 3), installation)
    let next = try installation.send(subject: "Молба втора")
    try await installation.run()
    #expect(try await installation.message(opened)?.state == .notRegistered)
    #expect(try await installation.message(next)?.entry?.sequence == 4)
    #expect(installation.simulator.log("sent").count == 1)
  }
}
