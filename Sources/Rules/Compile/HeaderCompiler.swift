import Model

/// `ruleset "…" { … }`: name, version, dates, stages, the tables of document types and units; and `unit "…" { … }`.
struct HeaderCompiler {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func compile(_ top: TopLevel, main: SourceText) {
    guard let statement = top.rulesets.first else {
      context.report(
        .rulesetMissing, at: Span(file: SourceFile(main), start: 0, end: 0), "there is no `ruleset \"…\" { … }`",
        help: "begin the main file with: ruleset \"name\" { version \"1\"; effective 2026-07-01 }")
      return
    }
    for other in top.rulesets.dropFirst() {
      context.report(
        .rulesetMissing, at: other.head, "a second `ruleset`; the first is in \(statement.position.file.path):\(statement.position.line)",
        help: "remove one of the two")
    }
    guard statement.words.count == 2, statement.words[1].kind == .string, let inner = statement.block else {
      context.report(.rulesetMissing, at: statement.head, "a ruleset has a name and a block", help: "write `ruleset \"АСП\" {`")
      return
    }
    context.name = statement.words[1].text
    let block = SettingsBlock(inner, title: "`ruleset`", head: statement.head, diagnostics: context.diagnostics)
    context.version = block.text("version", required: true)?.value ?? ""
    let effective = block.date("effective", required: true)
    context.effective = effective?.value ?? context.effective
    if let until = block.date("until") {
      context.until = until.value
      if let effective, until.value <= effective.value {
        context.report(
          .datesReversed, at: until.span, "`until` is the first day on which the ruleset no longer holds; it must be after `effective`")
      }
    }
    context.approved = block.text("approved")?.value
    context.samples = block.text("samples")?.value
    if let stages = block.statement("stages") { compileStages(stages.values, at: stages.statement.head) }
    context.transliterates = block.flag("transliterate")?.value ?? false
    if let types = block.text("types") { loadTypes(types) }
    if let units = block.text("units") { loadUnits(units) }
    block.finish()
    for unit in top.units { compileUnit(unit) }
  }

  private func compileStages(_ tokens: ArraySlice<Token>, at head: Span) {
    var cursor = TokenCursor(tokens, after: head)
    while let token = cursor.next() {
      guard token.kind == .string else {
        context.report(.wrongValue, at: token.span, "stages are strings, the highest first", help: "write `stages \"спешно\" > \"услуги\"`")
        return
      }
      if context.stages.contains(token.text) {
        context.reportDuplicate("stage", token.text, at: token.span, first: nil)
      } else {
        context.stages.append(token.text)
      }
      guard !cursor.isAtEnd else { return }
      if !cursor.acceptSymbol(">") || cursor.isAtEnd {
        context.report(.wrongValue, at: cursor.peek?.span ?? cursor.last, "put `>` between two stages, the higher one first")
        return
      }
    }
    context.report(.wrongValue, at: head, "`stages` names no stage", help: "write `stages \"спешно\" > \"услуги\"`")
  }

  // MARK: Tables

  private func loadTable(_ path: Located<String>, columns: [String]) -> CSVTable? {
    guard let table = TableCompiler(context).load(path) else { return nil }
    let missing = columns.filter { table.column($0) == nil }
    for column in missing {
      context.report(
        .missingColumn, at: table.header.first?.span ?? path.span, "the table has no column `\(column)`",
        help: NearestName.of(column, among: table.header.map(\.text)).map { "is `\($0)` meant?" } ?? "it needs: " + columns.joined(separator: ", "))
    }
    return missing.isEmpty ? table : nil
  }

  private func loadTypes(_ path: Located<String>) {
    context.declaresTypes = true
    guard let table = loadTable(path, columns: ["code", "class", "system", "confirmation", "urgent"]) else { return }
    guard let title = table.column("title") ?? table.column("name_bg") else {
      context.report(.missingColumn, at: table.header.first?.span ?? path.span, "the table has no column `title` (or `name_bg`)")
      return
    }
    var spans: [String: Span] = [:]
    for row in table.rows {
      func cell(_ name: String) -> CSVTable.Cell { row[table.column(name) ?? 0] }
      let code = cell("code")
      if let first = spans[code.text] {
        context.report(.duplicateKey, at: code.span, "the type `\(code.text)` stands already in line \(first.line)")
        continue
      }
      for required in [code, row[title], cell("class")] where required.text.isEmpty {
        context.report(.badCell, at: required.span, "this cell must not be empty")
      }
      spans[code.text] = code.span
      guard let confirmation = yesOrNo(cell("confirmation")), let urgent = yesOrNo(cell("urgent")) else { continue }
      context.types[code.text] = DocumentType(
        code: code.text, title: row[title].text, group: cell("class").text, system: cell("system").text, confirmation: confirmation,
        urgent: urgent)
      context.typeCodes.append(code.text)
    }
  }

  private func yesOrNo(_ cell: CSVTable.Cell) -> Bool? {
    switch cell.text {
    case "да", "yes": return true
    case "не", "no": return false
    default:
      context.report(.badCell, at: cell.span, "`\(cell.text)` stands where `да` or `не` is expected")
      return nil
    }
  }

  private func loadUnits(_ path: Located<String>) {
    context.declaresUnits = true
    guard let table = loadTable(path, columns: ["identifier", "name", "index"]) else { return }
    let phone = table.column("phone")
    for row in table.rows {
      func cell(_ name: String) -> CSVTable.Cell { row[table.column(name) ?? 0] }
      let unit = Unit(
        identifier: cell("identifier").text, name: cell("name").text, index: cell("index").text, phone: phone.map { row[$0].text } ?? "")
      for (required, name) in [(unit.name, "name"), (unit.index, "index")] where required.isEmpty {
        context.report(.badCell, at: cell(name).span, "a unit needs its \(name)")
      }
      declare(unit, at: cell("identifier").span)
    }
  }

  private func declare(_ unit: Unit, at span: Span) {
    guard !unit.identifier.isEmpty, unit.identifier.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      context.report(.badCell, at: span, "`\(unit.identifier)` is no identifier of a unit", help: "it has digits only: 1210150561306")
      return
    }
    if let first = context.unitSpans[unit.identifier] {
      context.report(.duplicateKey, at: span, "the unit `\(unit.identifier)` is already declared in \(first.file.path):\(first.line)")
      return
    }
    context.unitSpans[unit.identifier] = span
    context.units[unit.identifier] = unit
  }

  /// `unit "1210150561306" { name "ДСП – Балчик"; index "Д-ТХ-БЛ"; phone "…" }`
  private func compileUnit(_ statement: Statement) {
    context.declaresUnits = true
    guard statement.words.count == 2, statement.words[1].kind == .string, let inner = statement.block else {
      context.report(
        .malformedRule, at: statement.head, "a unit has an identifier and a block", help: "write `unit \"1210150561306\" { name \"…\"; index \"…\" }`"
      )
      return
    }
    let block = SettingsBlock(inner, title: "`unit`", head: statement.head, diagnostics: context.diagnostics)
    let name = block.text("name", required: true)?.value ?? ""
    let index = block.text("index", required: true)?.value ?? ""
    declare(Unit(identifier: statement.words[1].text, name: name, index: index, phone: block.text("phone")?.value ?? ""), at: statement.words[1].span)
    block.finish()
  }
}
