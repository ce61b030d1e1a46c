import Database
import Model
import Simulator

/// Compares, once all has settled, what was sent with what the robot's database holds and what the other side received.
struct Oracle {
  let database: String
  let documents: [Arrivals.Document]
  let simulator: SimulatorServer

  private struct Fate {
    var state: String
    var reason: String
    var duplicateOf: Int64?
    var number: String?
  }

  private struct Reply {
    var recipient: Int
    var body: String
  }

  /// Everything that is not as it must be, at most a dozen.
  func problems() throws -> [String] {
    let connection = try Connection(path: database, mode: .readOnly)
    defer { connection.close() }
    var problems = try gaps(connection)
    let fates = try fates(connection)
    let replies = replies(&problems)
    for document in documents { problems += check(document, fates, replies) }
    let known = Set(documents.flatMap(\.messages))
    if fates.count != known.count || !known.isSuperset(of: fates.keys) {
      problems.append("\(known.count) messages were sent, \(fates.count) are known")
    }
    let open = try connection.all("SELECT kind, state, last_code FROM job WHERE state NOT IN ('done', 'discarded')") {
      "\($0.text(0)) \($0.text(1)) \($0.text(2))"
    }
    // A write that broke an invariant was refused, and the step may have gone well the next time: it is a mistake all the same.
    let refused = try connection.all("SELECT DISTINCT kind, code, text FROM attempt JOIN job ON job.id = job WHERE code = 'registry.constraint'") {
      "\($0.text(0)): \($0.text(2))"
    }
    problems += refused.map { "a write was refused: \($0)" }
    if !open.isEmpty { problems.append("\(open.count) jobs are stuck: \(Set(open).sorted().prefix(4))") }
    return Array(problems.prefix(12))
  }

  private func check(_ document: Arrivals.Document, _ fates: [Int64: [Fate]], _ replies: [Int64: [Reply]]) -> [String] {
    var problems: [String] = []
    var registered: [String] = []
    for id in document.messages {
      guard let all = fates[id], all.count == 1, let fate = all.first else {
        problems.append("message \(id) is known \(fates[id]?.count ?? 0) times")
        continue
      }
      let answers = replies[id] ?? []
      if !document.isLetter {
        if fate.state != "not-registered" || fate.reason != "avtomatichno" || !answers.isEmpty {
          problems.append("a machine's message \(id) is \(fate.state) \(fate.reason), answered \(answers.count) times")
        }
        continue
      }
      if let number = fate.number { registered.append(number) }
      if fate.number == nil, fate.duplicateOf == nil { problems.append("message \(id) is \(fate.state) \(fate.reason)") }
      if answers.count != 1 || answers.first?.recipient != document.sender {
        problems.append("message \(id) of \(document.sender) was answered \(answers.count) times, to \(answers.map(\.recipient))")
      }
    }
    guard document.isLetter else { return problems }
    if registered.count != 1 { problems.append("messages \(document.messages) are one document and have \(registered.count) numbers") }
    for id in document.messages {
      for reply in replies[id] ?? [] where !registered.contains(where: reply.body.contains) {
        problems.append("the reply to \(id) does not tell the number \(registered)")
      }
    }
    return problems
  }

  /// A message by number may stand once in each mailbox; here each stands in one.
  private func fates(_ connection: Connection) throws -> [Int64: [Fate]] {
    var fates: [Int64: [Fate]] = [:]
    try connection.query(
      "SELECT m.message_id, m.state, m.reason, m.duplicate_of, e.number FROM message m LEFT JOIN entry e ON e.message = m.id"
    ) { row in
      fates[row.integer(0), default: []].append(
        Fate(state: row.text(1), reason: row.text(2), duplicateOf: row.optionalInteger(3), number: row.isNull(4) ? nil : row.text(4)))
    }
    return fates
  }

  /// What the simulator received, by the message that it answers.
  private func replies(_ problems: inout [String]) -> [Int64: [Reply]] {
    var replies: [Int64: [Reply]] = [:]
    for entry in simulator.log("sent") {
      guard let mark = entry["subject"]?.string.flatMap({ Mark.first(in: $0) }) else {
        problems.append("a message was sent that carries no mark")
        continue
      }
      let recipient = entry["recipientProfileIds"]?.array?.first?.int ?? 0
      let body = (entry["body"]?.string ?? "").replacing("\\/", with: "/")
      replies[mark.messageId, default: []].append(Reply(recipient: recipient, body: body))
    }
    return replies
  }

  private func gaps(_ connection: Connection) throws -> [String] {
    var last: [String: Int64] = [:]
    var problems: [String] = []
    try connection.query("SELECT journal, counter_unit, counter_year, sequence FROM entry ORDER BY journal, counter_unit, counter_year, sequence") {
      row in
      let series = "\(row.text(0)) \(row.text(1)) \(row.integer(2))"
      let expected = (last[series] ?? 0) + 1
      if row.integer(3) != expected { problems.append("series \(series) has \(row.integer(3)) where \(expected) should be") }
      last[series] = row.integer(3)
    }
    return problems
  }
}
