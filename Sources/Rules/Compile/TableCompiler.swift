/// `table services "services.csv" key register_no, skip empty key`.
struct TableCompiler {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func compile(_ statements: [Statement]) { statements.forEach(compile) }

  private func compile(_ statement: Statement) {
    var cursor = TokenCursor(statement.words.dropFirst(), after: statement.position)
    guard let name = cursor.next(), name.kind == .word, let path = cursor.next(), path.kind == .string, cursor.accept("key"),
      let key = cursor.next(), key.kind == .word || key.kind == .string, statement.block == nil
    else {
      context.report(
        .malformedRule, at: statement.head, "a table has a name, a file and a key column",
        help: "write `table services \"services.csv\" key register_no`")
      return
    }
    var skipsEmpty = false
    if cursor.acceptSymbol(",") {
      skipsEmpty = cursor.accept("skip") && cursor.accept("empty") && cursor.accept("key")
      if !skipsEmpty {
        context.report(.malformedRule, at: cursor.peek?.span ?? cursor.last, "after the key only `, skip empty key` can stand")
      }
    } else if let extra = cursor.peek {
      context.report(.tooMuch, at: extra.span, "`\(extra.shown)` is too much here", help: "lines without a key are passed over by `, skip empty key`")
    }
    guard context.tableByName[name.text] == nil else {
      return context.reportDuplicate("table", name.text, at: name.span, first: nil)
    }
    guard let csv = load(Located(path.text, path.span)) else {
      // Its uses would only repeat that it cannot be read.
      return context.tableByName[name.text] = -1
    }
    guard let keyColumn = csv.column(key.text) else {
      context.tableByName[name.text] = -1
      context.report(
        .unknownColumn, at: key.span, "the table has no column `\(key.text)`",
        help: NearestName.help(for: key.text, among: csv.header.map(\.text)))
      return
    }
    add(name.text, csv, keyColumn: keyColumn, skipsEmpty: skipsEmpty)
  }

  private func add(_ name: String, _ csv: CSVTable, keyColumn: Int, skipsEmpty: Bool) {
    var rows: [[String]] = []
    var origin: [Int] = []
    var byKey: [String: Int] = [:]
    for (index, row) in csv.rows.enumerated() {
      let cell = row[keyColumn]
      let key = TextNormalisation.normalise(cell.text).string
      if key.isEmpty {
        if !skipsEmpty {
          context.report(.badCell, at: cell.span, "the key is empty", help: "fill it, or add `, skip empty key` to the table's declaration")
        }
        continue
      }
      if let first = byKey[key] {
        context.report(
          .duplicateKey, at: cell.span, "the key `\(cell.text)` stands already in line \(csv.rows[origin[first]][keyColumn].span.line)",
          help: "a key must mean one line")
        continue
      }
      byKey[key] = rows.count
      rows.append(row.map(\.text))
      origin.append(index)
    }
    context.tableByName[name] = context.tables.count
    context.tables.append(RuleTable(name: name, columns: csv.header.map(\.text), rows: rows, rowByKey: byKey))
    context.tableCells.append(csv)
    context.tableRows.append(origin)
  }

  func load(_ path: Located<String>) -> CSVTable? {
    switch context.load(path.value) {
    case .success(let text): return CSVTable.parse(SourceText(path: path.value, text: text), context.diagnostics)
    case .failure(let error):
      context.report(
        .badTable, at: path.span, "\"\(path.value)\" cannot be read: \(error.message)", help: "paths are relative to the folder of the main file")
      return nil
    }
  }

  /// Checks each cell of a column once for a use; what is wrong is reported in the table's file.
  func checkColumn(_ binding: RowBinding, _ column: Int, use: String, _ check: (String) -> String?) {
    guard context.checkedColumns.insert(.init(table: binding.table, column: column, use: use)).inserted else { return }
    let csv = context.tableCells[binding.table]
    for row in context.tableRows[binding.table] {
      let cell = csv.rows[row][column]
      if let mistake = check(cell.text) { context.report(.badCell, at: cell.span, mistake) }
    }
  }
}
