import FoundationEssentials
import Model

/// What became of every message, from three sides: what the robot says, what its exported journal holds, what the simulator received.
struct Ends: Sendable {
  /// One message, as `messages list --json` reports it.
  struct Message: Sendable, Decodable, Equatable {
    let mailbox: String
    let messageId: Int64
    let end: String
    let reason: String?
    let journal: String?
    let type: String?
    let number: String?
    let review: Bool?
  }

  /// One row of `entries.csv`.
  struct Entry: Sendable, Equatable {
    let messageId: Int64
    let number: String
    let sequence: Int
    /// Index and year: the numbers of one counter.
    let series: String
  }

  let messages: [Message]
  let entries: [Entry]
  let sent: [SimulatorProcess.Sent]
  /// Empty when `journal verify` and `archive verify` found nothing.
  let verification: String

  static func of(_ service: Service, _ simulator: SimulatorProcess, in folder: String) async throws -> Ends {
    let listed = try await service.robot(["messages", "list", "--json"])
    guard listed.end == .exited(0) else { throw SupportError("messages list: \(listed.end) \(listed.error)") }
    let export = "\(folder)/export"
    Files.removeTree(export)
    try Files.makeFolder(export)
    let exported = try await service.robot(["journal", "export", "--profile", "служебен", "--to-folder", export])
    guard exported.end == .exited(0) else { throw SupportError("journal export: \(exported.end) \(exported.error)") }
    let verified = try await service.robot(["journal", "verify"])
    let archive = try await service.robot(["archive", "verify"])
    return Ends(
      messages: try JSONDecoder().decode([Message].self, from: Data(listed.output.utf8)).sorted { $0.messageId < $1.messageId },
      entries: try CSV.rows(try Files.text("\(export)/entries.csv")).map(entry), sent: try simulator.sent(),
      verification: [verified, archive].filter { $0.end != .exited(0) }.map { $0.output + $0.error }.joined())
  }

  private static func entry(_ row: [String: String]) throws -> Entry {
    guard let number = row["Входящ №"], let index = row["Рег. индекс"], let year = row["Година"],
      let sequence = row["Пореден №"].flatMap({ Int($0) }),
      let id = row["Идентификатор на съобщение в ССЕВ"].flatMap({ $0.isEmpty ? 0 : Int64($0) })
    else { throw SupportError("not a row of a journal: \(row.keys.sorted())") }
    return Entry(messageId: id, number: number, sequence: sequence, series: "\(index) \(year)")
  }
}

/// What must have become of a set of samples: `expected.json` of each.
struct Expectation: Sendable, Decodable {
  let end: String
  let journal: String?
  let type: String?
  let reason: String?
  let replies: Int
  let template: String?
  let review: Bool?

  /// Sender and text: equal in messages that are the same document.
  var document: String?

  init(end: String, reason: String? = nil, replies: Int, template: String? = nil, document: String) {
    (self.end, self.reason, self.replies, self.template, self.document) = (end, reason, replies, template, document)
    (journal, type, review) = (nil, nil, nil)
  }

  private struct Identity: Decodable {
    struct Sender: Decodable { let profileId: Int64? }

    let messageId: Int64
    let sender: Sender?
    let body: String?
  }

  /// By message number, for every sample below a folder.
  static func below(_ folder: String) throws -> [Int64: Expectation] {
    var expectations: [Int64: Expectation] = [:]
    for file in Files.tree(folder) where file.hasSuffix("/message.json") || file == "message.json" {
      let path = "\(folder)/\(file)"
      let identity = try JSONDecoder().decode(Identity.self, from: Data(try Files.read(path)))
      let expected = path.dropLast("message.json".count) + "expected.json"
      var expectation = try JSONDecoder().decode(Expectation.self, from: Data(try Files.read(String(expected))))
      expectation.document = "\(identity.sender?.profileId ?? 0) \(identity.body ?? "")"
      expectations[identity.messageId] = expectation
    }
    return expectations
  }
}

extension Ends {
  private static let templates: [ReplyKind: String] = [.confirmation: "А", .notConfirmed: "В", .forwarded: "Г", .duplicate: "Д"]

  /// How much of `expected.json` is demanded.
  enum Strictness {
    case exact
    /// Where a message goes may differ (an attachment may be missing, other rules may decide), that it goes somewhere once and is answered may
    /// not. Which of two equal messages becomes the other's duplicate is chance where the first could not be opened first.
    case whereverItGoes
  }

  /// Everything that is not as it must be: one number, one entry, no gap, the expected replies and no other.
  func problems(_ expectations: [Int64: Expectation], _ strictness: Strictness = .whereverItGoes) -> [String] {
    var problems = verification.isEmpty ? [] : ["verification: \(verification)"]
    let byId = Dictionary(grouping: messages) { $0.messageId }
    let entriesById = Dictionary(grouping: entries) { $0.messageId }
    let marked = sent.map { (mark: Mark.first(in: $0.subject), sent: $0) }
    let sentById = Dictionary(grouping: marked) { $0.mark?.messageId }
    let wanted = strictness == .exact ? expectations : exchangingDuplicates(in: expectations, byId)
    for (id, expected) in wanted.sorted(by: { $0.key < $1.key }) {
      guard let found = byId[id], found.count == 1, let message = found.first else {
        problems.append("message \(id): known \(byId[id]?.count ?? 0) times")
        continue
      }
      problems += differences(message, expected, entriesById[id] ?? [], sentById[id] ?? [], strictness)
    }
    for id in Set(byId.keys).union(entriesById.keys).subtracting(expectations.keys) { problems.append("message \(id) comes from nowhere") }
    for other in sentById where other.key.map({ expectations[$0] == nil }) ?? true {
      problems.append("\(other.value.count) replies to nothing we know")
    }
    for (series, entries) in Dictionary(grouping: entries, by: \.series) {
      let sequences = entries.map(\.sequence).sorted()
      if sequences != Array(1...sequences.count) { problems.append("series \(series) runs \(sequences)") }
    }
    if Set(entries.map(\.number)).count != entries.count { problems.append("a number is printed twice") }
    return problems
  }

  /// The expectations, those of a message and its duplicate exchanged where the later one was registered.
  private func exchangingDuplicates(in expectations: [Int64: Expectation], _ messages: [Int64: [Message]]) -> [Int64: Expectation] {
    var result = expectations
    for (id, expected) in expectations where expected.reason == "duplicate" && messages[id]?.first?.end == "registered" {
      guard let first = expectations.first(where: { $0.value.document == expected.document && $0.value.end == "registered" }) else { continue }
      (result[id], result[first.key]) = (first.value, expected)
    }
    return result
  }

  private func differences(
    _ message: Message, _ expected: Expectation, _ entries: [Entry], _ sent: [(mark: Mark?, sent: SimulatorProcess.Sent)],
    _ strictness: Strictness
  ) -> [String] {
    let id = message.messageId
    var problems: [String] = []
    func compare<Value: Equatable>(_ what: String, _ got: Value?, _ wanted: Value?) {
      if got != wanted {
        problems.append("message \(id): \(what) is \(got.map { "\($0)" } ?? "none"), not \(wanted.map { "\($0)" } ?? "none")")
      }
    }
    compare("end", message.end, expected.end)
    let isRegistered = expected.end == "registered"
    if isRegistered, strictness == .exact {
      compare("journal", message.journal, expected.journal)
      compare("type", message.type, expected.type)
      compare("review", message.review ?? false, expected.review ?? false)
    } else if !isRegistered, let reason = expected.reason {
      compare("reason", message.reason, reason)
    }
    compare("count of entries", entries.count, isRegistered ? 1 : 0)
    compare("number in the journal", entries.first?.number, isRegistered ? message.number : nil)
    compare("count of replies", sent.count, expected.replies)
    for (mark, reply) in sent {
      compare("template of the reply", mark.flatMap { Ends.templates[$0.reply] }, expected.template)
      if let number = entries.first?.number, !(reply.body + reply.subject).replacing("\\/", with: "/").contains(number) {
        problems.append("message \(id): the reply does not tell its number")
      }
    }
    return problems
  }
}
