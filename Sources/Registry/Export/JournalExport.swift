import Crypto
import Database
package import Model

package enum ExportProfile: String, Sendable, CaseIterable {
  /// Everything, salts included.
  case service = "служебен"
  /// Personal data masked; chain and commitments still verify.
  case audit = "одит"
}

package struct ExportRequest: Sendable, Equatable {
  /// `nil` for all.
  package var journal: String?
  /// Entries registered at or after, and before.
  package var from: Timestamp?
  package var to: Timestamp?
  /// Per journal the newest event to take into account; a journal not named counts to its newest.
  package var upTo: [String: Int64]
  package var profile: ExportProfile
  /// Exists already.
  package var folder: String

  package init(
    journal: String? = nil, from: Timestamp? = nil, to: Timestamp? = nil, upTo: [String: Int64] = [:], profile: ExportProfile, folder: String
  ) {
    self.journal = journal
    self.from = from
    self.to = to
    self.upTo = upTo
    self.profile = profile
    self.folder = folder
  }
}

package struct ExportReport: Sendable, Equatable {
  package var entriesFile: String
  package var eventsFile: String
  package var checkpointsFile: String
  package var entries: Int
  package var events: Int
  package var checkpoints = 0
  /// Per journal the newest event taken into account: with it the same export can be made again.
  package var upTo: [String: Int64]
}

/// `entries.csv`, `events.csv` and `checkpoints.csv` of journals: a function of period, profile and the newest event, so that the same question gives the same bytes.
///
/// `events.csv` holds, per journal, an unbroken stretch of its chain: from the first event of the period to the last one of the period or of an
/// entry of the period. Cost grows with what is exported; memory does not.
enum JournalExport {
  static func run(_ request: ExportRequest, _ environment: EnvironmentName, _ connection: Connection) throws -> ExportReport {
    var report = ExportReport(
      entriesFile: request.folder + "/entries.csv", eventsFile: request.folder + "/events.csv",
      checkpointsFile: request.folder + "/checkpoints.csv", entries: 0, events: 0, upTo: [:])
    let entries = try ExportFile(report.entriesFile)
    let events = try ExportFile(report.eventsFile)
    try entries.write(CSV.byteOrderMark + CSV.line(ExportColumns.entries.map(\.title)))
    try events.write(CSV.byteOrderMark + CSV.line(ExportColumns.events))
    // The chain of what concerns no journal goes along when everything is asked for.
    let chains = try connection.all("SELECT name, sequence FROM chain ORDER BY name") { ($0.text(0), $0.integer(1)) }
    for (journal, newest) in chains where request.journal == nil || request.journal == journal {
      let last = min(request.upTo[journal] ?? newest, newest)
      report.upTo[journal] = last
      let latest = try write(journal, upTo: last, request, environment, connection, to: entries, &report)
      try writeEvents(journal, upTo: last, latestOfEntries: latest, request, connection, to: events, &report)
    }
    try entries.finish()
    try events.finish()
    try writeCheckpoints(request, connection, &report)
    try writeManifest(request, environment, report)
    return report
  }

  /// Gives the newest event of any of the entries.
  private static func write(
    _ journal: String, upTo last: Int64, _ request: ExportRequest, _ environment: EnvironmentName, _ connection: Connection,
    to file: ExportFile, _ report: inout ExportReport
  ) throws -> Int64 {
    var latest: Int64 = 0
    try connection.query(
      Looking.entryColumns + " WHERE journal = ? AND registered_at >= ? AND registered_at < ? ORDER BY registered_at, entry.id", journal,
      request.from ?? Timestamp(microseconds: .min), request.to ?? Timestamp(microseconds: .max)
    ) { row in
      let entry = Looking.entry(row, environment)
      let history = try EntryViews.history(of: entry.id, upTo: last, connection)
      guard history.contains(where: { [EventKind.register, .void].map(\.rawValue).contains($0.kind) }) else { return }
      let view = EntryViews.view(entry, history) { ExportColumns.isMasked($0, request.profile) }
      try file.write(CSV.line(ExportColumns.entries.map { $0.text(view) }))
      latest = max(latest, history.last?.sequence ?? 0)
      report.entries += 1
    }
    return latest
  }

  private static func writeEvents(
    _ journal: String, upTo last: Int64, latestOfEntries latest: Int64, _ request: ExportRequest, _ connection: Connection,
    to file: ExportFile, _ report: inout ExportReport
  ) throws {
    let bounds = try connection.one(
      "SELECT min(sequence), max(sequence) FROM event WHERE chain = ? AND sequence <= ? AND at >= ? AND at < ?", journal, last,
      request.from ?? Timestamp(microseconds: .min), request.to ?? Timestamp(microseconds: .max)
    ) { ($0.optionalInteger(0), $0.optionalInteger(1)) }
    guard case (let first?, let newest?)? = bounds else { return }
    try connection.query(
      "SELECT id, sequence, previous, hash FROM event WHERE chain = ? AND sequence BETWEEN ? AND ? ORDER BY sequence", journal, first,
      max(newest, latest)
    ) { row in
      let sequence = row.integer(1)
      let place = [journal, String(sequence), row.digest(2).hex, row.digest(3).hex]
      for field in try EventStore.fields(of: row.integer(0), chain: journal, sequence: sequence, connection) {
        var cells = ["", ""]
        if case .open(let value, let salt) = field.content, !ExportColumns.isMasked(field.name, request.profile) {
          cells = [value, Hex.text(of: salt)]
        }
        try file.write(CSV.line(place + [field.name] + cells + [field.commitment.hex]))
      }
      report.events += 1
    }
  }
}
