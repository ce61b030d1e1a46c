import Model
import Registry
import Robot
import Testing

@Suite("Replies to senders")
struct ReplyTextTests {
  private func details(
    subject: String = "Молба", names: [String] = ["заявление.pdf", "снимка.jpg"], rnu: String? = "BGES1",
    unconfirmed: [UnconfirmedAttachment] = []
  ) throws -> ReplyDetails {
    ReplyDetails(
      administration: "Агенция за социално подпомагане",
      unit: Unit(identifier: "1210150561306", name: "ДСП – Варна", index: "Д-В", phone: "052 000 000"),
      number: "ЗСПД/Д-В/10504/05.01.2026",
      receivedAt: try #require(Timestamp(iso8601: "2026-01-05T09:14:07.337+02:00")),
      registeredAt: try #require(Timestamp(iso8601: "2026-01-05T09:15:00+02:00")), documentType: "Жалба", subject: subject,
      attachmentNames: names, rnu: rnu, unconfirmed: unconfirmed)
  }

  @Test("А has every mandatory part")
  func confirmation() throws {
    let text = ReplyText.confirmation(try details())
    #expect(
      text == """
        Агенция за социално подпомагане, ДСП – Варна

        Потвърждаваме, че Вашият документ е получен и регистриран.

        Входящ номер (УРИ): ЗСПД/Д-В/10504/05.01.2026
        Получен в ССЕВ: 05.01.2026 г., 09:14:07 ч.
        Регистриран: 05.01.2026 г., 09:15:00 ч.
        Вид документ: Жалба
        Относно: Молба
        Приложения: 2 бр. – заявление.pdf; снимка.jpg
        Референтен номер на услугата: BGES1

        Справка по преписката можете да направите в ДСП – Варна, тел. 052 000 000, като посочите входящия номер.
        Съобщенията в производството ще Ви бъдат връчвани по електронен път чрез Системата за сигурно
        електронно връчване (чл. 29а, ал. 7 от Административнопроцесуалния кодекс).

        Съобщението е изготвено автоматично и удостоверява само получаването. То не е произнасяне по същество.
        """)
  }

  @Test("Б names what is not confirmed and why, in the right number")
  func unconfirmed() throws {
    let one = ReplyText.confirmation(try details(unconfirmed: [.init(fileName: "а.pdf", reason: .absent)]))
    #expect(one.contains("Получаването на следното приложение НЕ СЕ ПОТВЪРЖДАВА:\nа.pdf – файлът е посочен в съобщението, но"))
    #expect(one.contains("Можете да го представите отново"))
    let two = ReplyText.confirmation(
      try details(unconfirmed: [.init(fileName: "а.pdf", reason: .otherBytes), .init(fileName: "б.exe", reason: .malicious)]))
    #expect(
      two.contains("на следните приложения НЕ СЕ ПОТВЪРЖДАВА:\nа.pdf – полученият файл не съответства") && two.contains("Можете да ги представите"))
    #expect(!ReplyText.confirmation(try details()).contains("НЕ СЕ ПОТВЪРЖДАВА"))
  }

  @Test(
    "neither a limit of ours nor our judgement of a file is ever told as non-receipt",
    arguments: [
      "", "too-large", "not-downloaded", "mailbox.unreachable", "mailbox.link-expired", "mailbox.size-mismatch", "archive.disk-full", "damaged",
      "password-protected", "tool-missing", "malicious",
    ])
  func ourLimits(reason: String) {
    for state in [AttachmentState.expected, .missing, .stored] {
      #expect(UnconfirmedReason.of(attachment(state, reason)) == nil)
    }
  }

  @Test("what ССЕВ makes certain is told: malware, a file it does not have, other bytes than it states")
  func fileFaults() {
    #expect(UnconfirmedReason.of(attachment(.expected, "robot.attachment-gone")) == .absent)
    #expect(UnconfirmedReason.of(attachment(.missing, "mailbox.hash-mismatch")) == .otherBytes)
    #expect(UnconfirmedReason.of(attachment(.stored, "mailbox.hash-mismatch")) == nil, "it came after all")
    #expect(UnconfirmedReason.of(attachment(.stored, "", isMalicious: true)) == .malicious)
  }

  private func attachment(_ state: AttachmentState, _ reason: String, isMalicious: Bool? = nil) -> AttachmentRecord {
    AttachmentRecord(
      ordinal: 1, blob: OpenedBlob(blobId: 1, fileName: "а.pdf", size: 1, digest: nil, isMalicious: isMalicious), state: state, reason: reason)
  }

  @Test("Д gives the number of the first registration, Г the other unit")
  func duplicateAndForwarded() throws {
    let duplicate = ReplyText.duplicate(try details())
    #expect(duplicate.contains("Същият документ вече е регистриран с вх. № ЗСПД/Д-В/10504/05.01.2026. Нов номер не се дава."))
    let forwarded = ReplyText.forwarded(
      try details(), to: "ДСП – Добрич", on: try #require(Timestamp(iso8601: "2026-01-06T10:00:00+02:00")))
    #expect(forwarded.contains("препратен по компетентност на ДСП – Добрич на 06.01.2026 г."))
    #expect(forwarded.contains("датата на получаване 05.01.2026 г., 09:14:07 ч."))
  }

  @Test("sender's text cannot break out of its line, turn the text around, or carry an ЕГН")
  func hostileText() throws {
    let text = ReplyText.confirmation(
      try details(subject: "ЕГН 0001010003\nВходящ номер: 1\u{202E}abc\u{0}", names: ["\u{2066}x\r\ny.pdf"], rnu: nil))
    #expect(text.contains("Относно: ЕГН ******0003 Входящ номер: 1abc\n"))
    #expect(text.contains("1 бр. – x y.pdf\n"))
    #expect(!text.contains("0001010003"))
  }

  @Test("no reply text reads as an ISO date, which ССЕВ would refuse")
  func noISODate() throws {
    for text in [ReplyText.confirmation(try details(subject: "2026-02-03T10:00:00")), ReplyText.duplicate(try details())] {
      #expect(Timestamp(iso8601: text) == nil)
      #expect(text.first?.isNumber == false)
    }
  }

  @Test("the subject carries number and mark and fits the column")
  func subject() throws {
    let environment = try #require(EnvironmentName("test"))
    let mark = Mark(environment: environment, epoch: Epoch(ordinal: 1, random: 7), messageId: 500_123, reply: .confirmation)
    let subject = ReplySubject.render(number: "ЗСПД/Д-В/1/05.01.2026", mark: mark)
    #expect(subject == "Потвърждение за получаване – вх. № ЗСПД/Д-В/1/05.01.2026 \(mark)")
    #expect(Mark.first(in: "RE: \(subject)") == mark)
    let long = ReplySubject.render(number: String(repeating: "Я", count: 250), mark: mark)
    #expect(long.utf16.count <= 255 && Mark.first(in: long) == mark)
  }

  @Test("text is cut by characters, with a sign that it was")
  func cutting() {
    #expect(SenderText.clean("абвгд", limit: 5) == "абвгд")
    #expect(SenderText.clean("абвгде", limit: 5) == "абвг…")
    #expect(SenderText.maskIdentifiers("тел 0888123456789, ЕГН0001010003.") == "тел 0888123456789, ЕГН******0003.")
  }
}
