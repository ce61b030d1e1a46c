import Database
import Model

/// An entry's columns beside the fields of the event that registered it, compared as the fields go by.
struct EntryComparison {
  private static let names: [StaticString] = [
    "number", "sequence", "registeredAt", "receivedAt", "counterUnit", "counterYear", "unit", "mailbox", "messageId", "unitName", "unitIndex",
  ]

  private let journal: String
  private let number: String
  private let sequence: Int64
  private let chain: String
  /// By place in `names`.
  private var expected: [[UInt8]]
  private var isSettled = [Bool](repeating: false, count: EntryComparison.names.count)
  private var differing: [Int] = []

  /// `nil` when there is no such entry.
  init?(entry: Int64, chain: String, _ connection: Connection) throws {
    let found = try connection.one(
      """
      SELECT journal, entry.sequence, number, registered_at, received_at, counter_unit, counter_year, unit_identifier, recipient, message_id,
        unit_name, unit_index
      FROM entry LEFT JOIN message ON message.id = entry.message LEFT JOIN mailbox ON mailbox.id = message.mailbox WHERE entry.id = ?
      """, entry
    ) { row in
      let values = [
        row.text(2), String(row.integer(1)), row.moment(3).iso8601, row.moment(4).iso8601, row.text(5),
        row.integer(6) == 0 ? "" : String(row.integer(6)), row.text(7), row.text(8), row.isNull(9) ? "" : String(row.integer(9)), row.text(10),
        row.text(11),
      ]
      return (journal: row.text(0), sequence: row.integer(1), number: row.text(2), values: values.map { Array($0.utf8) })
    }
    guard let found else { return nil }
    (journal, number, sequence, expected) = (found.journal, found.number, found.sequence, found.values)
    self.chain = chain
  }

  /// A field of the event; without value for one that was erased: it can no longer be compared, its commitment was.
  mutating func take(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) {
    guard let place = EntryComparison.names.firstIndex(where: { EntryComparison.isSame($0, name) }) else { return }
    isSettled[place] = true
    if let value, !value.elementsEqual(expected[place]) { differing.append(place) }
  }

  /// What of the entry is not what was registered. A field that the event does not have is empty.
  func finish(_ report: (_ code: String, _ journal: String, _ sequence: Int64, _ text: String) -> Void) {
    let missing = expected.indices.filter { !expected[$0].isEmpty && (!isSettled[$0] || chain != journal) }
    for place in Set(differing + missing).sorted() {
      report("entry-differs", journal, sequence, "`\(EntryComparison.names[place])` of number \(number) is not what was registered")
    }
  }

  private static func isSame(_ name: StaticString, _ bytes: UnsafeRawBufferPointer) -> Bool {
    name.utf8CodeUnitCount == bytes.count && UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount).elementsEqual(bytes)
  }
}
