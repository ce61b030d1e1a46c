import Crypto
import Database
import Glibc
import Model

extension JournalExport {
  /// Signed checkpoints made since the beginning of the period, all of them up to the newest event: what a later one says of a chain vouches for
  /// everything before it.
  static func writeCheckpoints(_ request: ExportRequest, _ connection: Connection, _ report: inout ExportReport) throws {
    let file = try ExportFile(report.checkpointsFile)
    try file.write(CSV.byteOrderMark + CSV.line(["Ден", "Събитие №", "Текст", "Подпис"]))
    let last = request.upTo[robotChain] ?? .max
    var count = 0
    try connection.query(
      "SELECT id, sequence FROM event WHERE kind = 'checkpoint' AND at >= ? AND sequence <= ? ORDER BY id",
      request.from ?? Timestamp(microseconds: .min), last
    ) { row in
      let fields = try connection.all("SELECT name, value FROM event_field WHERE event = ?", row.integer(0)) {
        ($0.text(0), $0.optionalText(1) ?? "")
      }
      let values = Dictionary(fields, uniquingKeysWith: { first, _ in first })
      try file.write(
        CSV.line(
          [values[EventField.day] ?? "", String(row.integer(1)), values[EventField.checkpoint] ?? "", values[EventField.signature] ?? ""]))
      count += 1
    }
    try file.finish()
    report.checkpoints = count
  }

  /// `export.json`: the question and what the answer should hold, for whoever verifies it. Written last.
  static func writeManifest(_ request: ExportRequest, _ environment: EnvironmentName, _ report: ExportReport) throws {
    let manifest = Manifest(
      checkpoints: report.checkpoints, entries: report.entries, environment: environment.description, events: report.events, format: 1,
      from: request.from?.iso8601, journal: request.journal, profile: request.profile.rawValue,
      sha256: [
        "entries.csv": try SHA256.digest(file: report.entriesFile).hex, "events.csv": try SHA256.digest(file: report.eventsFile).hex,
        "checkpoints.csv": try SHA256.digest(file: report.checkpointsFile).hex,
      ], to: request.to?.iso8601, upTo: report.upTo)
    let file = try ExportFile(request.folder + "/export.json")
    try file.write(try JSONText.encode(manifest) + "\n")
    try file.finish()
  }

  private struct Manifest: Encodable {
    var checkpoints: Int
    var entries: Int
    var environment: String
    var events: Int
    var format: Int
    var from: String?
    var journal: String?
    var profile: String
    var sha256: [String: String]
    var to: String?
    var upTo: [String: Int64]
  }
}

extension SHA256 {
  /// Of a whole file, read in pieces.
  static func digest(file path: String) throws(OperatorError) -> Digest {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw DurableFile.failure("open", path) }
    defer { close(file) }
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw DurableFile.failure("read", path) }
      if count == 0 { return hash.finish() }
      buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}
