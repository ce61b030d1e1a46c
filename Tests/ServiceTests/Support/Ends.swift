import FoundationEssentials
import Model

/// What became of every message, from three sides: what the robot says, what its exported journal holds, what the simulator received.
struct Ends: Sendable {
  /// One message, as `status --messages --json` reports it.
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
    /// Whatever the number holds beside its sequence: one counter prints one such series.
    let series: String
  }

  let messages: [Message]
  let entries: [Entry]
  let sent: [SimulatorProcess.Sent]
  /// Empty when `journal verify` found nothing.
  let verification: String

  private struct Status: Decodable { let messages: [Message] }

  static func of(_ service: Service, _ simulator: SimulatorProcess, in folder: String) async throws -> Ends {
    let status = try await service.robot(["status", "--messages", "--json"])
    guard status.end == .exited(0) else { throw SupportError("status: \(status.end) \(status.error)") }
    let export = "\(folder)/export"
    Files.removeTree(export)
    try Files.makeFolder(export)
    let exported = try await service.robot(["journal", "export", "--to", export])
    guard exported.end == .exited(0) else { throw SupportError("journal export: \(exported.end) \(exported.error)") }
    let verified = try await service.robot(["journal", "verify"])
    return Ends(
      messages: try JSONDecoder().decode(Status.self, from: Data(status.output.utf8)).messages.sorted { $0.messageId < $1.messageId },
      entries: try CSV.rows(try Files.text("\(export)/entries.csv")).map(entry), sent: try simulator.sent(),
      verification: verified.end == .exited(0) ? "" : verified.output + verified.error)
  }

  private static func entry(_ row: [String: String]) throws -> Entry {
    guard let number = row["Входящ №"], let sequence = row["Пореден №"].flatMap({ Int($0) }),
      let id = row["Идентификатор на съобщение в ССЕВ"].flatMap({ Int64($0) })
    else { throw SupportError("not a row of a journal: \(row.keys.sorted())") }
    let series = number.split(separator: "/", omittingEmptySubsequences: false).filter { Int($0) != sequence && !$0.contains(".") }
    return Entry(messageId: id, number: number, sequence: sequence, series: series.joined(separator: "/") + (row["Година"] ?? ""))
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

  private struct Identity: Decodable { let messageId: Int64 }

  /// By message number, for every sample below a folder.
  static func below(_ folder: String) throws -> [Int64: Expectation] {
    var expectations: [Int64: Expectation] = [:]
    for file in Files.tree(folder) where file.hasSuffix("/message.json") || file == "message.json" {
      let path = "\(folder)/\(file)"
      let identity = try JSONDecoder().decode(Identity.self, from: Data(try Files.read(path)))
      let expected = path.dropLast("message.json".count) + "expected.json"
      expectations[identity.messageId] = try JSONDecoder().decode(Expectation.self, from: Data(try Files.read(String(expected))))
    }
    return expectations
  }
}

extension Ends {
  private static let templates: [ReplyKind: String] = [.confirmation: "А", .notConfirmed: "В", .forwarded: "Г", .duplicate: "Д"]

  /// How much of `expected.json` is demanded.
  enum Strictness {
    case exact
    /// An attachment may be missing: where the message goes may differ, that it goes somewhere once and is answered may not.
    case whereverItGoes
  }

  /// Everything that is not as it must be: one number, one entry, no gap, the expected replies and no other.
  func problems(_ expectations: [Int64: Expectation], _ strictness: Strictness = .exact) -> [String] {
    var problems = verification.isEmpty ? [] : ["journal verify: \(verification)"]
    let byId = Dictionary(grouping: messages) { $0.messageId }
    let entriesById = Dictionary(grouping: entries) { $0.messageId }
    let marked = sent.map { (mark: Mark.first(in: $0.subject), sent: $0) }
    let sentById = Dictionary(grouping: marked) { $0.mark?.messageId }
    for (id, expected) in expectations.sorted(by: { $0.key < $1.key }) {
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
