/// Reads the exported journals: RFC 4180 with `;` and a byte order mark.
enum CSV {
  /// One dictionary a row, by the titles of the first.
  static func rows(_ text: String) throws -> [[String: String]] {
    var records = try records(text)
    guard !records.isEmpty else { return [] }
    let titles = records.removeFirst()
    return try records.map { record in
      guard record.count == titles.count else { throw SupportError("a row of \(record.count) cells under \(titles.count) titles") }
      return Dictionary(zip(titles, record)) { first, _ in first }
    }
  }

  private static func records(_ text: String) throws -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var cell: [Unicode.Scalar] = []
    var isQuoted = false
    var scalars = text.unicodeScalars.drop { $0 == "\u{FEFF}" }
    func ended() -> String { String(String.UnicodeScalarView(cell)) }
    while let scalar = scalars.popFirst() {
      switch (scalar, isQuoted) {
      case ("\"", true):
        if scalars.first == "\"" {
          cell.append("\"")
          scalars.removeFirst()
        } else {
          isQuoted = false
        }
      case ("\"", false): isQuoted = true
      case (";", false):
        record.append(ended())
        cell = []
      case ("\r", false): break
      case ("\n", false):
        records.append(record + [ended()])
        record = []
        cell = []
      default: cell.append(scalar)
      }
    }
    guard !isQuoted, record.isEmpty, cell.isEmpty else { throw SupportError("the last record does not end") }
    return records
  }
}
