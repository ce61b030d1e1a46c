import Crypto
import FoundationEssentials
import HTTPTransport
import Model
import Registry
import Runtime
import Simulator
import Testing

@testable import Robot

@Suite("The daily statement", .timeLimit(.minutes(8)))
struct StatementTests {
  private static let day = "2026-07-03"

  private func statement(_ installation: TestInstallation) async throws -> Statement {
    let day = try #require(CivilDate(iso8601: StatementTests.day))
    let registry = try Registry(installation.configuration.registry, surroundings: installation.surroundings())
    let maker = StatementMaker(configuration: installation.configuration, surroundings: installation.surroundings()) {
      (recipient, from, to, shown) async throws(OperatorError) in try await registry.account(recipient, from: from, to: to, shown: shown)
    }
    let made = try await maker.make(day, now: SystemTime().now())
    try await registry.close()
    return made
  }

  /// One of every end that a message of the day can have.
  private func filled() async throws -> (TestInstallation, Ends) {
    let installation = try TestInstallation()
    let registered = try installation.send()
    let duplicate = try installation.send()
    let refused = try installation.send(subject: "автоматичен отговор")
    let opened = try installation.send(subject: "Молба отворена")
    try installation.simulator.markOpened(opened)
    let broken = try installation.send(subject: "Молба счупена", extra: #", "open": "fails""#)
    try await installation.run()
    return (installation, Ends(registered: registered, duplicate: duplicate, refused: refused, opened: opened, broken: broken))
  }

  private struct Ends { var registered, duplicate, refused, opened, broken: Int }

  @Test("shown = registered + waiting + not to be registered, with every reason")
  func balanced() async throws {
    let (installation, ends) = try await filled()
    let made = try await statement(installation)
    let mailbox = try #require(made.mailboxes.first)
    #expect(made.isBalanced && mailbox.shown == 5 && mailbox.accounted == 5)
    #expect(mailbox.registered == 1)
    #expect(mailbox.waiting == ["opened-by-person": 1, "open-failed": 1])
    #expect(mailbox.notRegistered["duplicate"] == 1 && mailbox.notRegistered.count == 2)
    #expect(Set(mailbox.waitingMessages.map(\.message)) == [Int64(ends.opened), Int64(ends.broken)])
    let text = StatementText.text(made)
    #expect(text.contains("Дневно извлечение за 03.07.2026 г.") && text.contains("Всички съобщения са отчетени."))
    #expect(text.contains("отворено от служител преди робота: 1") && text.contains("\(ends.broken): ССЕВ не може да го отвори, от "))
    let rows = try #require(CSV.parse(StatementText.csv(made)))
    #expect(rows.count == 2 && rows[1][3] == "5" && rows[1][9] == "5")
    #expect(try JSONText.decode(Statement.self, from: JSONText.compact(made), what: "it") == made)
  }

  @Test("a message that the mailbox shows and the robot does not know is named")
  func unknown() async throws {
    let (installation, _) = try await filled()
    let unseen = try installation.send(subject: "Молба невидяна")
    let made = try await statement(installation)
    #expect(!made.isBalanced && made.mailboxes.first?.unknown == [Int64(unseen)])
    #expect(StatementText.text(made).contains("показани и неизвестни на робота: \(unseen)"))
  }

  @Test("a message that the robot knows and the mailbox no longer shows is named")
  func vanished() async throws {
    let (installation, _) = try await filled()
    let gone: Int64 = 999_999
    try await installation.look { registry in
      let sent = try #require(Timestamp(iso8601: "2026-07-03T12:00:00+03:00"))
      _ = try registry.start()
      _ = try registry.recordListing(
        TestInstallation.recipient,
        rows: [ListedRow(messageId: gone, dateSent: sent, dateReceived: nil, subject: "x", senderName: "x")])
    }
    let made = try await statement(installation)
    #expect(!made.isBalanced && made.mailboxes.first?.vanished == [gone])
  }

  @Test("a mailbox that cannot be listed is not called balanced")
  func unread() async throws {
    let (installation, _) = try await filled()
    try installation.simulator.setFaults(["503:route=inbox"])
    let made = try await statement(installation)
    #expect(!made.isBalanced && made.mailboxes.first?.unread == "mailbox.gateway")
    #expect(StatementText.text(made).contains("не може да бъде получен"))
  }

  @Test("the service makes it by itself once a day, signs it, keeps it as an event and as files, and alarms when it does not add up")
  func byItself() async throws {
    let installation = try TestInstallation(settings: "statements \"statements\"")
    _ = try installation.send()
    try await installation.run()
    try await installation.run()
    #expect(installation.log.count(of: "statement.made") == 1)
    let yesterday = SofiaTime.date(of: SystemTime().now()).adding(days: -1)
    #expect(try await installation.look { try $0.statementDay() } == yesterday)
    let text = try TextFile.read(installation.folder + "/statements/\(yesterday).json")
    let kept = try JSONText.decode(Statement.self, from: text, what: "statement")
    #expect(kept.day == yesterday.description && kept.isBalanced)
    for suffix in ["txt", "csv"] { #expect(TextFile.exists(installation.folder + "/statements/\(yesterday).\(suffix)")) }
    let snapshot = try RegistrySnapshot(installation.configuration.registry)
    #expect(try await snapshot.verify().findings == [])
  }
}
