import Glibc
import Model
import Registry
import Robot

/// `journal list`, `show`, `export`, `verify`.
enum JournalCommands {
  private static let journal = Option("journal", "NAME", "only this journal")
  private static let from = Option("from", "DATE", "registered on or after this day (2026-07-01)")
  private static let to = Option("to", "DATE", "registered before this day")
  private static let limit = Option("limit", "N", "at most so many (default 100)")
  private static let profile = Option("profile", "NAME", "одит (masked, the default) or служебен (everything)")
  private static let folder = Option("to-folder", "DIR", "where the files go; made if need be")

  static let list = Command(
    "journal list", summary: "show entries, the newest first", options: [.config, journal, from, to, limit, .json],
    details: "Number, time of registration and receipt, type and status of each entry; names and subjects only with `journal show`. Ends with 0.",
    example: "intake-robot journal list --journal ЗСПД --from 2026-07-01"
  ) { (invocation) async throws(OperatorError) in
    let query = EntryQuery(
      journal: invocation.value(journal), from: try invocation.day(from), to: try invocation.day(to), limit: try invocation.count(limit) ?? 100)
    try await invocation.look { (_, snapshot) async throws(OperatorError) in
      let entries = try await snapshot.entries(query)
      let lines = entries.map { view in
        "\(view.entry.number)  \(view.entry.registeredAt.shown)  (постъпил \(view.entry.receivedAt.shown))  "
          + "\(view.columns["documentType"] ?? "")  \(view.status)  \(view.entry.message)"
      }
      invocation.print(json: .array(entries.map(json)), lines: lines.isEmpty ? ["no entries"] : lines)
    }
    return .ok
  }

  static let show = Command(
    "journal show", summary: "show one entry with everything that happened to it", operands: [Operand("NUMBER", .one, "as printed")],
    options: [.config, .json],
    details: "All columns and events of one entry, with personal data: for the officer in charge. Ends with 0, with 1 when there is none.",
    example: "intake-robot journal show ЗСПД/Д-В/1/05.07.2026"
  ) { (invocation) async throws(OperatorError) in
    try await invocation.look { (_, snapshot) async throws(OperatorError) in
      guard let view = try await snapshot.entry(number: invocation.operands[0]) else {
        throw OperatorError("robot.number-unknown", "no entry has this number", remedy: "`intake-robot journal list` shows the numbers")
      }
      let events = try await snapshot.history(number: invocation.operands[0])
      guard case .object(var members) = json(view) else { return }
      members["columns"] = .object(view.columns.mapValues { .string($0) })
      members["events"] = .array(events.map(json))
      let columns = view.columns.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
      let history = events.map { "  \($0.at.shown)  \($0.kind)  \($0.actor)  \($0.chain)#\($0.sequence)" }
      invocation.print(json: .object(members), lines: ["\(view.entry.number)  \(view.status)"] + columns + ["events"] + history)
    }
    return .ok
  }

  static let export = Command(
    "journal export", summary: "write entries.csv, events.csv and checkpoints.csv", options: [.config, journal, from, to, profile, folder, .json],
    details: """
      Writes the entries of a period and every event of their journals. The same database, period and profile give the same bytes. The profile
      одит masks personal data and still verifies; служебен holds everything. export.json says what was asked; Deploy/audit/verify-journal.py
      checks the folder without this program. Ends with 0.
      """,
    example: "intake-robot journal export --from 2026-07-01 --to 2026-08-01 --profile одит --to-folder izvlechenie"
  ) { (invocation) async throws(OperatorError) in
    let word = invocation.value(profile) ?? ExportProfile.audit.rawValue
    guard let profile = ExportProfile(rawValue: word) else {
      throw OperatorError(
        "command-line.value", "there is no profile `\(word)`", remedy: "write --profile одит or --profile служебен", disposition: .misconfigured)
    }
    let path = TextFile.resolve(invocation.value(folder) ?? ".", in: invocation.context.workingDirectory)
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw OperatorError(
        "journal.folder", "the folder cannot be made: \(String(cString: strerror(errno)))", remedy: "name another with --to-folder",
        context: [.init("folder", path)])
    }
    let request = ExportRequest(
      journal: invocation.value(journal), from: try invocation.day(from), to: try invocation.day(to), profile: profile, folder: path)
    try await invocation.look { (_, snapshot) async throws(OperatorError) in
      let report = try await snapshot.export(request)
      invocation.print(
        json: [
          "entriesFile": .string(report.entriesFile), "eventsFile": .string(report.eventsFile),
          "checkpointsFile": .string(report.checkpointsFile), "checkpoints": .integer(Int64(report.checkpoints)),
          "entries": .integer(Int64(report.entries)),
          "events": .integer(Int64(report.events)), "upTo": .object(report.upTo.mapValues { .integer($0) }),
        ],
        lines: [
          "\(report.entriesFile): \(report.entries) entries", "\(report.eventsFile): \(report.events) events",
          "\(report.checkpointsFile): \(report.checkpoints) checkpoints",
        ])
    }
    return .ok
  }

  static let verify = Command(
    "journal verify", summary: "recompute every chain, counter and entry", options: [.config, .json],
    details: "Reads everything and changes nothing. Ends with 0 when the journals are sound, with 1 and every finding when they are not.",
    example: "intake-robot journal verify"
  ) { (invocation) async throws(OperatorError) in
    try await invocation.look { (_, snapshot) async throws(OperatorError) in
      let report = try await snapshot.verify()
      let findings = report.findings.map { "\($0.code): \($0.journal) #\($0.sequence): \($0.text)" }
      invocation.print(
        json: [
          "sound": .bool(report.isSound), "chains": .integer(Int64(report.chains)), "events": .integer(Int64(report.events)),
          "entries": .integer(Int64(report.entries)),
          "findings": .array(
            report.findings.map {
              ["code": .string($0.code), "journal": .string($0.journal), "sequence": .integer($0.sequence), "text": .string($0.text)]
            }),
        ],
        lines: findings + ["\(report.isSound ? "sound" : "NOT SOUND"): \(report.chains) chains, \(report.events) events, \(report.entries) entries"])
      return report.isSound ? .ok : .failure
    }
  }

  static func summary(_ journal: JournalSummary) -> JSONValue {
    [
      "journal": .string(journal.journal), "entries": .integer(Int64(journal.entries)), "events": .integer(journal.events),
      "lastNumber": journal.lastNumber.json, "lastRegisteredAt": journal.lastRegisteredAt.json, "head": .string(journal.head),
    ]
  }

  private static func json(_ view: EntryView) -> JSONValue {
    [
      "number": .string(view.entry.number), "journal": .string(view.entry.journal), "sequence": .integer(view.entry.sequence),
      "year": .integer(Int64(view.entry.year)), "unit": .string(view.entry.unit.identifier), "registeredAt": view.entry.registeredAt.json,
      "receivedAt": view.entry.receivedAt.json, "message": .string(view.entry.message.description), "status": .string(view.status),
      "type": view.columns["documentType"].json,
    ]
  }

  private static func json(_ event: EventRecord) -> JSONValue {
    [
      "chain": .string(event.chain), "sequence": .integer(event.sequence), "kind": .string(event.kind), "at": event.at.json,
      "actor": .string(event.actor), "fields": .object(event.fields.mapValues { $0.json }), "hash": .string(event.hash),
    ]
  }
}

extension Invocation {
  /// The day an option names.
  func date(_ option: Option) throws(OperatorError) -> CivilDate? {
    guard let text = value(option) else { return nil }
    guard let date = CivilDate(iso8601: text) else {
      throw OperatorError(
        "command-line.value", "`--\(option.name) \(text)` is not a day", remedy: "write --\(option.name) 2026-07-01", disposition: .misconfigured)
    }
    return date
  }

  /// Midnight in Sofia of the day an option names.
  func day(_ option: Option) throws(OperatorError) -> Timestamp? { try date(option).map { SofiaTime.midnight(of: $0) } }

  func count(_ option: Option) throws(OperatorError) -> Int? {
    guard let text = value(option) else { return nil }
    guard let count = Int(text), count > 0 else {
      throw OperatorError(
        "command-line.value", "`--\(option.name) \(text)` is not a number above 0", remedy: "write --\(option.name) 100", disposition: .misconfigured)
    }
    return count
  }
}
