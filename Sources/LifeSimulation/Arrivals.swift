import Model
import Runtime
import Simulator

/// What a world's people and machines send, by seed, and what must become of it.
struct Arrivals {
  /// Messages that are the same document: exactly one of them is registered, and the others are answered with its number.
  struct Document: Sendable {
    var mailbox: Int
    var sender: Int
    var text: String
    /// Answered and registered, or known for a machine's and left alone.
    var isLetter: Bool
    var messages: [Int64] = []
  }

  private let random: SeededRandom
  private let mailboxes: [String]
  private var next: Int64 = 300_001
  private(set) var documents: [Document] = []
  /// Those without files, which may come again.
  private var repeatable: [Int] = []

  init(mailboxes: [String], random: SeededRandom) {
    self.mailboxes = mailboxes
    self.random = random
  }

  /// Hands the next message to the simulator.
  mutating func send(to simulator: SimulatorServer) throws {
    let id = next
    next += 1
    var index = documents.count
    var attachments = ""
    var subject = "Запитване"
    switch random.below(20) {
    case 0:
      subject = "Автоматичен отговор: отсъствие"
      documents.append(document("Няма ме до понеделник (\(id)).", isLetter: false))
    case 1 where !repeatable.isEmpty, 2 where !repeatable.isEmpty: index = repeatable[Int(random.below(UInt64(repeatable.count)))]
    case 3, 4, 5:
      documents.append(document("Прилагам документи по преписка \(id).", isLetter: true))
      let files = (1...(1 + random.below(3))).map { number in
        #"{"fileName": "документ-\#(number).txt", "text": "Приложение \#(number) към писмо \#(id), страница едно."}"#
      }
      attachments = files.joined(separator: ", ")
    default:
      repeatable.append(index)
      documents.append(document("Моля за справка по преписка \(id), подадена в дирекцията през юни тази година.", isLetter: true))
    }
    documents[index].messages.append(id)
    let document = documents[index]
    let letter = """
      {"mailbox": "\(mailboxes[document.mailbox])", "messageId": \(id), "sender": {"profileId": \(document.sender), "name": "Тест Тестов Пробев",
       "identifier": "000101\(document.sender % 10_000)", "kind": "person"}, "subject": "\(subject)", "templateId": 1,
       "body": "\(document.text)", "attachments": [\(attachments)]}
      """
    try simulator.addMessage(letter)
  }

  private func document(_ text: String, isLetter: Bool) -> Document {
    Document(mailbox: Int(random.below(UInt64(mailboxes.count))), sender: 51_000 + Int(random.below(5_000)), text: text, isLetter: isLetter)
  }

  /// Until the next: mostly a moment, at times a crowd at once, at times minutes, once in a long while the night.
  func pause() -> Duration {
    switch random.below(20_000) {
    case 0: .seconds(Int64(3_600 + random.below(30_000)))
    case 1..<40: .seconds(Int64(60 + random.below(300)))
    case 40..<15_000: .zero
    default: .milliseconds(Int64(random.below(2_500)))
    }
  }
}
