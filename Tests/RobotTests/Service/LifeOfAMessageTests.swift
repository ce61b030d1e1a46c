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

  @Test("a message that cites the number of an earlier one is linked to it, where the rules say so; a number that no journal has is noted")
  func linked() async throws {
    let installation = try TestInstallation(
      rules: TestInstallation.rules + "\nmark \"цитат\" { when cited.number exists; then { link cited.number } }\n")
    let first = try installation.send()
    try await installation.run()
    let number = try #require(try await installation.message(first)?.entry?.number)
    let second = try installation.send(
      subject: "Допълнение към вх. № \(number)", body: "Моля да приложите към вх. № \(number) и към вх. № П/Д-БЧ/999/01.01.2026 тази бележка.")
    try await installation.run()
    let entry = try #require(try await installation.message(second)?.entry)
    let columns = try #require(try await installation.look { try $0.entry(number: entry.number) }?.columns)
    #expect(columns["relatedNumber"] == number)
    #expect(columns["note"] == "Цитиран е вх. № П/Д-БЧ/999/01.01.2026, който не е намерен в дневниците.")
    #expect(columns["review"]?.contains(number) != true)
    let one = try #require(try await installation.look { try $0.entry(number: number) }?.columns)
    #expect(one["relatedNumber"] == nil && one["note"] == nil)
  }
}
