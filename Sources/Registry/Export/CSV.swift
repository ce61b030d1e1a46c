/// Rows of a CSV file for Excel in Bulgarian: UTF-8 with a byte order mark, `;` between cells, RFC 4180 quoting, lines ended by CR LF.
///
/// A cell that a spreadsheet might take for a formula is neutralised reversibly: a value that begins with `=`, `+`, `-`, `@`, their full-width
/// forms, a tab, CR, LF or an apostrophe is written with one apostrophe before it. Reading back, one leading apostrophe is taken away.
package enum CSV {
  package static let byteOrderMark = "\u{FEFF}"

  /// One line with its end.
  package static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ";") + "\r\n" }

  package static func cell(_ value: String) -> String {
    let text = neutralised(value)
    let needsQuotes = text.utf8.contains { $0 == 0x3B || $0 == 0x22 || $0 == 0x0D || $0 == 0x0A }
    return needsQuotes ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : text
  }

  package static func neutralised(_ value: String) -> String {
    guard let first = value.unicodeScalars.first, dangerous.contains(first) else { return value }
    return "'" + value
  }

  /// The value that `neutralised` was given.
  package static func restored(_ text: String) -> String {
    text.unicodeScalars.first == "'" ? String(String.UnicodeScalarView(text.unicodeScalars.dropFirst())) : text
  }

  private static let dangerous: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\t", "\r", "\n", "'", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
  ]

  /// The cells of a whole file as `line` writes them, restored; `nil` when the quoting is wrong.
  package static func parse(_ text: String) -> [[String]]? {
    var rows: [[String]] = []
    var row: [String] = []
    var cell = String.UnicodeScalarView()
    var isQuoted = false
    var wasQuoted = false
    var scalars = text.unicodeScalars[...]
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    func end() {
      row.append(restored(String(cell)))
      cell = String.UnicodeScalarView()
      wasQuoted = false
    }
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"": cell.append(scalars.removeFirst())
      case "\"" where isQuoted: isQuoted = false
      case _ where isQuoted: cell.append(scalar)
      case "\"" where cell.isEmpty && !wasQuoted:
        isQuoted = true
        wasQuoted = true
      case "\"": return nil
      case ";": end()
      case "\r":
        guard scalars.popFirst() == "\n" else { return nil }
        end()
        rows.append(row)
        row = []
      case _ where wasQuoted: return nil
      default: cell.append(scalar)
      }
    }
    return isQuoted || !row.isEmpty || !cell.isEmpty ? nil : rows
  }
}
