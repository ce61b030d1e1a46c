/// A table of a ruleset as it stands in its file: RFC 4180, separated by `,` or, when the first line has no comma, by `;`. Every cell keeps
/// its place, so that a wrong one is reported where it stands.
struct CSVTable {
  struct Cell {
    let text: String
    let span: Span
  }

  let file: SourceFile
  let header: [Cell]
  let rows: [[Cell]]

  func column(_ name: String) -> Int? { header.firstIndex { $0.text == name } }

  /// Reports what is wrong with the file's form; `nil` when there is nothing to go on with.
  static func parse(_ source: SourceText, _ diagnostics: DiagnosticCollector) -> CSVTable? {
    let file = SourceFile(source)
    var reader = Reader(file: file, diagnostics: diagnostics)
    let rows = reader.rows()
    guard let header = rows.first else {
      diagnostics.report(.badTable, at: Span(file: file, start: 0, end: 0), "the table is empty", help: "its first line names the columns")
      return nil
    }
    var seen: Set<String> = []
    for cell in header where !seen.insert(cell.text).inserted {
      diagnostics.report(.badTable, at: cell.span, "two columns are called `\(cell.text)`")
    }
    var sound: [[Cell]] = []
    for row in rows.dropFirst() {
      if row.count == header.count {
        sound.append(row)
      } else if let first = row.first {
        diagnostics.report(
          .badTable, at: first.span, "this line has \(row.count) cells, the first line has \(header.count)",
          help: "put a cell that holds the separator into quotes: \"…\"")
      }
    }
    return CSVTable(file: file, header: header, rows: sound)
  }

  private struct Reader {
    let file: SourceFile
    let diagnostics: DiagnosticCollector
    var position = 0
    var separator = UInt8(ascii: ",")

    private static let quote = UInt8(ascii: "\"")

    init(file: SourceFile, diagnostics: DiagnosticCollector) {
      self.file = file
      self.diagnostics = diagnostics
      if file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
      let firstLine = file.bytes.prefix { $0 != UInt8(ascii: "\n") }
      if !firstLine.contains(separator), firstLine.contains(UInt8(ascii: ";")) { separator = UInt8(ascii: ";") }
    }

    mutating func rows() -> [[Cell]] {
      var result: [[Cell]] = []
      while position < file.bytes.count {
        let row = line()
        if row.count > 1 || row.first?.text.isEmpty == false { result.append(row) }
      }
      return result
    }

    private mutating func line() -> [Cell] {
      var cells: [Cell] = []
      while true {
        cells.append(cell())
        guard position < file.bytes.count else { return cells }
        let byte = file.bytes[position]
        position += 1
        if byte == separator { continue }
        return cells
      }
    }

    /// Reads up to the separator or the line end, which is left unread (a CR before it is not).
    private mutating func cell() -> Cell {
      let bytes = file.bytes
      let start = position
      var content: [UInt8] = []
      if position < bytes.count, bytes[position] == Reader.quote {
        position += 1
        var closed = false
        while position < bytes.count {
          if bytes[position] == Reader.quote {
            position += 1
            guard position < bytes.count, bytes[position] == Reader.quote else {
              closed = true
              break
            }
          }
          content.append(bytes[position])
          position += 1
        }
        if !closed {
          diagnostics.report(.badTable, at: Span(file: file, start: start, end: start + 1), "this quote is never closed")
        }
      }
      let afterQuote = position
      while position < bytes.count, bytes[position] != separator, bytes[position] != UInt8(ascii: "\n") {
        if bytes[position] != UInt8(ascii: "\r") { content.append(bytes[position]) }
        position += 1
      }
      if afterQuote > start, bytes[afterQuote..<position].contains(where: { $0 != UInt8(ascii: "\r") }) {
        diagnostics.report(
          .badTable, at: Span(file: file, start: afterQuote, end: position), "text stands behind the closing quote",
          help: "write a quote inside a cell as two: \"\"")
      }
      var text = Substring(String(decoding: content, as: UTF8.self))
      while text.first?.isWhitespace == true { text.removeFirst() }
      while text.last?.isWhitespace == true { text.removeLast() }
      return Cell(text: String(text), span: Span(file: file, start: start, end: position))
    }
  }
}
