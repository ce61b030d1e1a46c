import Runtime

/// Messages that arrive while the robot runs and dies: made by seed, each with what must become of it.
struct Arrivals {
  /// That of the sample `letters/osmi-klas`, which must be among the messages from the beginning.
  static let mailbox = "1210150560386"

  private let folder: String
  private let random: SeededRandom
  /// Below those of the samples: the simulator numbers what the robot sends from the highest number on.
  private var next: Int64 = 300_001
  private(set) var expectations: [Int64: Expectation] = [:]
  /// What must lie in the archive, byte for byte.
  private(set) var originals: Set<[UInt8]> = []
  private var letters: [(sender: Int, text: String)] = []

  init(in folder: String, random: SeededRandom) {
    self.folder = folder
    self.random = random
  }

  /// Makes the next message and hands it to the simulator: a letter, one with files, a machine's, or an earlier letter once more.
  mutating func send(to simulator: SimulatorProcess) async throws {
    let id = next
    next += 1
    let place = "\(folder)/\(id)"
    try Files.makeFolder(place)
    var sender = 56_000 + Int(random.below(4))
    var text = "Моля за справка по преписка \(id), подадена в дирекцията през юни тази година."
    var subject = "Запитване \(id)"
    var files: [(name: String, bytes: [UInt8])] = []
    var expectation = Expectation(end: "registered", replies: 1, template: "А", document: "")
    switch random.below(8) {
    case 0:
      subject = "Автоматичен отговор: отсъствие \(id)"
      expectation = Expectation(end: "not-registered", reason: "avtomatichno", replies: 0, document: "")
    case 1 where !letters.isEmpty:
      let again = letters[Int(random.below(UInt64(letters.count)))]
      (sender, text, subject) = (again.sender, again.text, "Отново")
      expectation = Expectation(end: "not-registered", reason: "duplicate", replies: 1, template: "Д", document: "")
    case 2, 3:
      for number in 1...(1 + Int(random.below(3))) {
        let size = Int(random.below(40_000))
        files.append(("файл-\(number).txt", Array("Приложение \(number) към \(id)\n".utf8) + random.bytes(size).map { 0x20 + $0 % 64 }))
      }
    default:
      // May come again, so all of them have one subject.
      subject = "Отново"
      letters.append((sender, text))
    }
    expectation.document = "\(sender) \(text)"
    for file in files {
      try Files.write(file.bytes, to: "\(place)/\(file.name)")
      originals.insert(file.bytes)
    }
    let attachments = files.map { #"{"file": "\#($0.name)", "fileName": "\#($0.name)"}"# }.joined(separator: ", ")
    try Files.write(
      """
      {"mailbox": "\(Arrivals.mailbox)", "messageId": \(id), "sender": {"profileId": \(sender), "name": "Тест Тестов Пробев",
       "identifier": "000101\(sender % 10_000)", "kind": "person"}, "subject": "\(subject)", "templateId": 1, "body": "\(text)",
       "attachments": [\(attachments)]}
      """, to: "\(place)/message.json")
    try await simulator.add(messageIn: place)
    expectations[id] = expectation
  }
}
