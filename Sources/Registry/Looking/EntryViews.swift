import Crypto
import Database
package import Model

/// Entries as they stand now, derived from events alone.
enum EntryViews {
  /// The events of one entry in the order of its chain, up to a sequence number.
  static func history(of entry: Int64, upTo last: Int64 = .max, _ connection: Connection) throws(DatabaseError) -> [EventRecord] {
    try records(
      connection.all(
        "SELECT id, chain, sequence, hash FROM event WHERE entry = ? AND sequence <= ? ORDER BY sequence", entry, last
      ) { ($0.integer(0), $0.text(1), $0.integer(2), $0.digest(3)) }, connection)
  }

  /// The events about one message on every chain, in the order they were written.
  static func history(ofMessage message: Int64, _ connection: Connection) throws(DatabaseError) -> [EventRecord] {
    try records(
      connection.all("SELECT id, chain, sequence, hash FROM event WHERE message = ? ORDER BY id", message) {
        ($0.integer(0), $0.text(1), $0.integer(2), $0.digest(3))
      }, connection)
  }

  private static func records(
    _ rows: [(id: Int64, chain: String, sequence: Int64, hash: Digest)], _ connection: Connection
  ) throws(DatabaseError) -> [EventRecord] {
    var records: [EventRecord] = []
    for row in rows {
      let fields = try connection.all("SELECT name, value FROM event_field WHERE event = ? ORDER BY name", row.id) {
        ($0.text(0), $0.optionalText(1))
      }
      let values = Dictionary(fields, uniquingKeysWith: { first, _ in first })
      records.append(
        EventRecord(
          chain: row.chain, sequence: row.sequence, kind: (values[EventField.kind] ?? nil) ?? "",
          at: ((values[EventField.at] ?? nil) ?? nil).flatMap { Timestamp(iso8601: $0) } ?? Timestamp(microseconds: 0),
          actor: (values[EventField.actor] ?? nil) ?? "", fields: values, hash: row.hash.hex))
    }
    return records
  }

  /// What the events of an entry say about it together. `isMasked` names fields whose value is not to be shown.
  static func view(_ entry: NumberedEntry, _ history: [EventRecord], isMasked: (String) -> Bool = { _ in false }) -> EntryView {
    var columns: [String: String] = [:]
    for event in history {
      let values = event.fields.reduce(into: [String: String]()) { values, field in
        values[field.key] = isMasked(field.key) ? mask : field.value ?? erased
      }
      switch EventKind(rawValue: event.kind) {
      case .register:
        columns.merge(values) { _, new in new }
        columns["rowHash"] = event.hash
      case .void:
        columns.merge(values) { _, new in new }
        columns["rowHash"] = event.hash
        columns[annulled] = "yes"
        add("Номер без документ", event, values, &columns)
      case .correction:
        for (name, value) in values where correctable.contains(name) { columns[name] = value }
        add("Поправка", event, values, &columns)
      case .annulment:
        columns[annulled] = "yes"
        add("Анулиран", event, values, &columns)
      case .forwarding:
        columns[EventField.forwardedTo] = values[EventField.forwardedTo]
        add("Препратен на \(values[EventField.forwardedTo] ?? "")", event, values, &columns)
      case .linking:
        columns["relatedNumber"] = values["relatedNumber"]
        add("Свързан с вх. № \(values["relatedNumber"] ?? "")", event, values, &columns)
      case .rerouting:
        for name in ["targetSystem", "documentType", "documentTypeTitle"] { columns[name] = values[name] ?? columns[name] }
        columns["review"] = nil
        add("Пренасочен", event, values, &columns)
      case .erasure: add("Съдържанието е заличено", event, values, &columns)
      case .replySent where values[EventField.replyKind] == ReplyKind.confirmation.rawValue:
        columns[EventField.replyMessageId] = values[EventField.replyMessageId]
        columns["repliedAt"] = event.at.iso8601
      case .lateAttachment: columns["attachments"] = adding(values, to: columns["attachments"])
      default: break
      }
    }
    let status =
      if columns[annulled] != nil { "анулиран" } else if columns[EventField.forwardedTo] != nil { "препратен" } else if columns["review"] != nil {
        "за преглед"
      } else { "регистриран" }
    columns["status"] = status
    return EntryView(entry: entry, columns: columns, status: status)
  }

  /// Columns whose text a person may correct. Numbers, times and the message are what they are.
  static let correctable: Set<String> = [
    "subject", "rnu", "senderName", "senderKind", "senderReference", "documentType", "documentTypeTitle", "serviceNumber", "dueDate",
    "relatedNumber", "note",
  ]
  private static let annulled = "annulled"
  /// What persons did to the entry and why, a line each.
  static let changes = "changes"

  private static func add(_ what: String, _ event: EventRecord, _ values: [String: String], _ columns: inout [String: String]) {
    let line = "\(what) на \(SofiaTime.format(event.at, "dd.MM.yyyy HH:mm:ss")) от \(event.actor): \(values[EventField.reason] ?? "")"
    columns[changes] = [columns[changes], line].compactMap { $0 }.joined(separator: "\n")
  }

  /// Shown for a value that the profile hides, and for one whose content was erased.
  static let mask = "******"
  static let erased = "(заличено)"

  /// A late file takes the place that its name held open in the list.
  private static func adding(_ late: [String: String], to list: String?) -> String? {
    guard list != mask, late["fileName"] != mask else { return list ?? mask }
    var files = list.flatMap { JSONText.decode([EntryFields.AttachmentText].self, from: $0) } ?? []
    let file = EntryFields.AttachmentText(name: late["fileName"] ?? "", sha256: late["sha256"], size: late["size"].flatMap { Int64($0) })
    if let place = files.firstIndex(where: { $0.name == file.name && $0.sha256 == nil }) { files[place] = file } else { files.append(file) }
    return (try? JSONText.encode(files)) ?? list
  }
}

/// An entry as it stands now: what was registered, and what later events made of it. Keys of `columns` are the field names of domain.md 4.
package struct EntryView: Sendable, Equatable {
  package var entry: NumberedEntry
  package var columns: [String: String]
  /// `регистриран`, `за преглед`, `препратен` or `анулиран`.
  package var status: String
}

package struct EventRecord: Sendable, Equatable {
  package var chain: String
  package var sequence: Int64
  package var kind: String
  package var at: Timestamp
  package var actor: String
  /// A masked or erased field has no value.
  package var fields: [String: String?]
  /// Lower-case hex.
  package var hash: String
}
