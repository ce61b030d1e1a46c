import Model
import Registry
import Testing

@testable import Robot

@Suite("What makes two messages the same document")
struct DuplicateDigestTests {
  private func record(_ recipient: String, id: Int64, subject: String = "Молба") throws -> MessageRecord {
    let environment = try #require(EnvironmentName("test"))
    let moment = Timestamp(seconds: 1_780_000_000)
    return MessageRecord(
      key: MessageKey(environment: environment, recipient: recipient, messageId: id), state: .decided, reason: "",
      listed: ListedRow(messageId: id, dateSent: moment, dateReceived: moment, subject: subject, senderName: "Тест Пробев"), seenAt: moment,
      attachments: [])
  }

  @Test("the same letter sent to two directorates is two documents, sent twice to one it is one")
  func mailboxCounts() throws {
    let first = DuplicateDigest.check(try record("1210150561306", id: 1), windowDays: 30)
    #expect(first == DuplicateDigest.check(try record("1210150561306", id: 2), windowDays: 30))
    #expect(first != DuplicateDigest.check(try record("1210150560306", id: 3), windowDays: 30))
    #expect(first != DuplicateDigest.check(try record("1210150561306", id: 4, subject: "Жалба"), windowDays: 30))
  }
}
