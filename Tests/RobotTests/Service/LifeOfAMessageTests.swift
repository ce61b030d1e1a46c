import Model
import Registry
import Runtime
import Simulator
import Testing

@testable import Robot

@Suite("The life of a message", .timeLimit(.minutes(8)))
struct LifeOfAMessageTests {
  @Test("a plain-text message is listed, opened, numbered and answered; the next run changes nothing")
  func plainText() async throws {
    let installation = try TestInstallation()
    let id = try installation.send()
    try await installation.run()
    let message = try #require(try await installation.message(id))
    let entry = try #require(message.entry)
    #expect(message.state == .settled)
    #expect(entry.journal == "Писма" && entry.sequence == 1)
    #expect(entry.number.hasPrefix("П/Д-БЧ/1/"))
    #expect(entry.receivedAt == Timestamp(iso8601: "2026-07-03T10:15:02.337+03:00"))
    let sent = installation.simulator.log("sent")
    #expect(sent.count == 1)
    let subject = try #require(sent.first?["subject"]?.string)
    #expect(subject.hasPrefix("Потвърждение за получаване – вх. № \(entry.number) [ir1-test-"))
    #expect(Mark.first(in: subject)?.messageId == Int64(id))
    try await installation.run()
    #expect(installation.simulator.log("sent").count == 1)
    #expect(try await installation.look { try $0.counts() }.first?.byState == [.settled: 1])
  }
}
