import Crypto
import Model
import Registry
import Runtime
import Simulator
import Testing

@testable import Robot

@Suite("What a mailbox shows", .timeLimit(.minutes(8)))
struct DeliveryTests {
  private let pdf = #", "attachments": [{"file": "a.txt", "fileName": "бележка.txt", "text": "Моля, прочетете това писмо внимателно."}]"#

  @Test("an attachment is stored byte for byte and counted; the hand-off folder holds it with its document")
  func attachment() async throws {
    let installation = try TestInstallation(settings: "handoff directory \"handoff\"")
    let id = try installation.send(extra: pdf)
    try await installation.run()
    let message = try #require(try await installation.message(id))
    let stored = try #require(message.attachments.first?.stored)
    #expect(
      try TextFile.read(installation.configuration.archive + "/sha256/\(stored.digest.hex.prefix(2))/\(stored.digest.hex.dropFirst(2))")
        == "Моля, прочетете това писмо внимателно.")
    let folder = installation.folder + "/handoff/test-\(TestInstallation.recipient)-\(id)"
    let document = try JSONText.decode(HandOffDocument.self, from: try TextFile.read(folder + "/document.json"), what: "document")
    #expect(document.number == message.entry?.number && document.files.map(\.fileName) == ["", "бележка.txt"])
    #expect(try TextFile.read(folder + "/" + (try #require(document.files.last)).file) == "Моля, прочетете това писмо внимателно.")
    #expect(message.state == .settled)
  }

  @Test(
    "a missing attachment holds the message up for the attachment wait, then it is registered, and the reply says that ССЕВ does not have the file")
  func missingAttachment() async throws {
    let installation = try TestInstallation()
    let id = try installation.send(
      extra: #", "attachments": [{"file": "a.txt", "fileName": "липсва.txt", "text": "x", "missing": true}]"#)
    try await installation.run()
    let message = try #require(try await installation.message(id))
    #expect(message.entry != nil && message.attachments.first?.state != .stored)
    #expect(message.submission?.documents.last?.reading.reason == "not-downloaded")
    #expect(installation.replies.count == 1 && installation.replies.joined().contains("липсва.txt – файлът е посочен в съобщението, но"))
  }

  @Test("an attachment that could not be fetched for another reason is not mentioned in the reply")
  func unreachableAttachment() async throws {
    let installation = try TestInstallation()
    let id = try installation.send(extra: #", "attachments": [{"file": "a.txt", "fileName": "бележка.txt", "text": "x"}]"#)
    try installation.simulator.setFaults(["503:route=download"])
    try await installation.run()
    let message = try #require(try await installation.message(id))
    #expect(message.entry != nil && message.attachments.first?.state != .stored)
    #expect(installation.replies.count == 1 && !installation.replies.joined().contains("НЕ СЕ ПОТВЪРЖДАВА"))
  }

  @Test("a file that ССЕВ calls malicious is stored, not read, and named in the reply")
  func malicious() async throws {
    let installation = try TestInstallation()
    let id = try installation.send(
      extra: #", "attachments": [{"file": "a.txt", "fileName": "вирус.txt", "text": "Молба молба молба", "isMalicious": true}]"#)
    try await installation.run()
    let message = try #require(try await installation.message(id))
    #expect(message.attachments.first?.state == .stored)
    #expect(message.submission?.documents.last?.reading.reason == "malicious")
    #expect(installation.replies.first?.contains("вирус.txt – съдържа вирус или друг нежелан софтуер") == true)
  }

  @Test("a message that can never be opened waits for a person, reason open-failed")
  func openFails() async throws {
    let installation = try TestInstallation()
    let id = try installation.send(extra: #", "open": "fails""#)
    try await installation.run()
    let message = try #require(try await installation.message(id))
    #expect(message.state == .waiting && message.reason == "open-failed")
    #expect(installation.simulator.log("sent").isEmpty)
  }

  @Test("a message from before the cut-over is counted and left alone; one that a person opened first waits")
  func cutOverAndPerson() async throws {
    let installation = try TestInstallation()
    let early = try installation.simulator.addMessage(
      """
      {"mailbox": "\(TestInstallation.recipient)", "dateSent": "2026-06-30T23:59:59.997+03:00", "sender": {"profileId": 55001, "name": "Тест Пробев",
       "identifier": "0001010003", "kind": "person"}, "subject": "Молба", "templateId": 1, "body": "Молба"}
      """)
    let opened = try installation.send()
    try installation.simulator.markOpened(opened)
    try await installation.run()
    #expect(try await installation.message(early)?.state == .beforeTakeOver)
    let message = try #require(try await installation.message(opened))
    #expect(message.state == .waiting && message.reason == "opened-by-person")
    #expect(installation.simulator.requestCount(.open) == 0 && installation.simulator.log("sent").isEmpty)
  }

  @Test("`opened by a person register` treats such a message like any other")
  func openedByPersonRegistered() async throws {
    let installation = try TestInstallation(mailbox: "opened by a person register")
    let id = try installation.send()
    try installation.simulator.markOpened(id)
    try await installation.run()
    #expect(try await installation.message(id)?.state == .settled)
  }

  @Test("a shadow mailbox opens nothing first, numbers nothing and sends nothing, but decides what a person has opened")
  func shadow() async throws {
    let installation = try TestInstallation(mailbox: "mode shadow")
    let unopened = try installation.send()
    let opened = try installation.send(subject: "Молба втора")
    try installation.simulator.markOpened(opened)
    try await installation.run()
    #expect(try await installation.message(unopened)?.state == .waiting)
    let message = try #require(try await installation.message(opened))
    #expect(message.state == .shadowed && message.decision?.outcomeWord == "registered" && message.entry == nil)
    #expect(installation.simulator.requestCount(.open) == 1 && installation.simulator.log("sent").isEmpty)
  }

  @Test("a forwarded message carries its content, and is registered from the outer one when that cannot be had", arguments: [true, false])
  func forwarded(works: Bool) async throws {
    let installation = try TestInstallation { $0.forwardedFilesWork = works }
    let id = try installation.send(
      subject: "Препращам",
      body: "Препращам по компетентност.",
      extra: #"""
        , "templateId": 2, "forwarded": {"dateSent": "2026-07-02T10:00:00+03:00", "sender": {"profileId": 55009, "name": "Друг Тестов",
        "identifier": "0012317774", "kind": "person"}, "subject": "Молба за помощ", "templateId": 1, "body": "Моля за помощ за отопление.",
        "attachments": [{"file": "a.txt", "fileName": "а.txt", "text": "текст"}]}
        """#)
    try await installation.run()
    let message = try #require(try await installation.message(id))
    #expect(message.entry != nil)
    guard case .register(let registration)? = message.decision?.outcome else { throw TestFailure("not registered") }
    #expect(registration.type == (works ? "molba" : "drugo"))
    #expect(message.attachments.count == (works ? 1 : 0))
    #expect(installation.simulator.log("sent").first?["recipientProfileIds"]?.array?.compactMap(\.int) == [55001])
  }

  @Test("the second message with the same subject, text and files is told the first number")
  func duplicate() async throws {
    let installation = try TestInstallation()
    let first = try installation.send(extra: pdf)
    try await installation.run()
    let second = try installation.send(extra: pdf)
    let other = try installation.send(from: 55002, extra: pdf)
    try await installation.run()
    let number = try #require(try await installation.message(first)?.entry?.number)
    let repeated = try #require(try await installation.message(second))
    #expect(repeated.state == .notRegistered && repeated.reason == "duplicate" && repeated.entry == nil)
    #expect(try await installation.message(other)?.entry?.sequence == 2)
    #expect(installation.replies.filter { $0.contains("Същият документ вече е регистриран с вх. № \(number). Нов номер не се дава.") }.count == 1)
  }

  @Test("an answer to a confirmation is registered and gets no reply; what the rules refuse gets neither")
  func guards() async throws {
    let installation = try TestInstallation()
    let first = try installation.send()
    try await installation.run()
    let subject = try #require(installation.simulator.log("sent").first?["subject"]?.string)
    let answer = try installation.send(subject: "RE: \(subject) молба", body: "Благодаря за потвърждението, имам още един въпрос по него.")
    let machine = try installation.send(subject: "Автоматичен отговор", body: "Отсъствам.")
    try await installation.run()
    #expect(try await installation.message(first)?.entry != nil)
    #expect(try await installation.message(answer)?.entry?.sequence == 2)
    #expect(try await installation.message(machine)?.state == .notRegistered)
    #expect(installation.simulator.log("sent").count == 1)
  }

  @Test("messages of one sender are numbered in the order of their ids, though the first take longer to read")
  func order() async throws {
    let installation = try TestInstallation(settings: "workers 1")
    let ids = try (0..<6).map { try installation.send(subject: "Молба \($0)", extra: $0 < 3 ? pdf : "") }
    try await installation.run()
    var sequences: [Int64] = []
    for id in ids { sequences.append(try #require(try await installation.message(id)?.entry?.sequence)) }
    #expect(sequences == [1, 2, 3, 4, 5, 6])
  }

  @Test("polls do not read history: a hundred old messages cost no page more")
  func pollCost() async throws {
    let installation = try TestInstallation(settings: "")
    for index in 0..<120 {
      let id = try installation.simulator.addMessage(
        """
        {"mailbox": "\(TestInstallation.recipient)", "dateSent": "2026-06-\(10 + index % 20)T10:00:00+03:00", "sender": {"profileId": 55001,
         "name": "Тест", "identifier": "0001010003", "kind": "person"}, "subject": "Стара \(index)", "templateId": 1, "body": "x"}
        """)
      try installation.simulator.markOpened(id)
    }
    try await installation.run(.once)
    #expect(try await installation.look { try $0.counts() }.first?.byState[.beforeTakeOver] == 120)
    let before = installation.simulator.requestCount(.inbox)
    try await installation.run(.once)
    #expect(installation.simulator.requestCount(.inbox) - before <= 3)
  }
}
