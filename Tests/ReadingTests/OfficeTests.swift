import Model
import Testing

@testable import Reading

struct OfficeTests {
  private func docx(_ body: String, others: [(name: String, text: String)] = []) -> DocumentReading {
    let document = "<w:document xmlns:w=\"w\" xmlns:mc=\"mc\" xmlns:v=\"v\" xmlns:wps=\"wps\"><w:body>\(body)</w:body></w:document>"
    return reading(of: StoredZip.bytes([(name: "[Content_Types].xml", text: "<Types/>"), (name: "word/document.xml", text: document)] + others))
  }

  private func p(_ runs: String...) -> String { "<w:p><w:pPr><w:tab/></w:pPr>\(runs.map { "<w:r><w:t>\($0)</w:t></w:r>" }.joined())</w:p>" }

  @Test func paragraphsOfADocument() {
    let reading = docx(p("ДО ДСП – Балчик") + p("ЖАЛ", "БА") + p("срещу Заповед № ЗСПД/Д-В/10504/12.07.2023 г.") + p("ЕГН 0001010003"))
    #expect(reading.kind == .docx)
    #expect(reading.status == .read)
    #expect(reading.form == .letter)
    #expect(reading.title == "ЖАЛБА срещу Заповед № ЗСПД/Д-В/10504/12.07.2023 г.")
    #expect(reading.values("cited.number") == ["ЗСПД/Д-В/10504/12.07.2023"])
    #expect(reading.values("identifier") == ["0001010003"])
    #expect(reading.notes.isEmpty)
  }

  /// A text box is there twice, for new and for old programs; its text comes once, after the paragraph that holds it.
  @Test func textBoxesContentControlsAndTables() {
    let box = "<w:txbxContent>\(p("В кутията"))</w:txbxContent>"
    let twice =
      "<w:p><w:r><mc:AlternateContent><mc:Choice><wps:txbx>\(box)</wps:txbx></mc:Choice><mc:Fallback><w:pict>\(box)</w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>Пред кутията</w:t></w:r></w:p>"
    let filled = "<w:sdt><w:sdtPr><w:alias w:val=\"x\"/></w:sdtPr><w:sdtContent>\(p("Попълнено"))</w:sdtContent></w:sdt>"
    let empty = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>\(p("Щракнете тук"))</w:sdtContent></w:sdt>"
    let table =
      "<w:tbl><w:tr><w:tc>\(p("Име"))</w:tc><w:tc>\(p("Проба"))</w:tc></w:tr><w:tr><w:tc>\(p("а") + p("б"))</w:tc><w:tc>\(p("в"))</w:tc></w:tr></w:tbl>"
    #expect(docx(twice + filled + empty + table).text == "Пред кутията\nВ кутията\nПопълнено\nИме\tПроба\nа\nб\nв\n")
  }

  @Test func whatIsNotTextStaysOut() {
    let reading = docx(
      "<w:p><w:del><w:r><w:delText>изтрито</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText><w:t>едно</w:t><w:tab/><w:t>две</w:t><w:br/><w:noBreakHyphen/><w:t>три</w:t></w:r></w:p>"
    )
    #expect(reading.text == "едно\tдве\n-три\n")
  }

  @Test func headersAndNotes() {
    let header = (name: "word/header1.xml", text: "<w:hdr xmlns:w=\"w\">\(p("Изх. № 5/01.07.2026"))</w:hdr>")
    let same = (name: "word/header2.xml", text: header.text)
    let footer = (name: "word/footer1.xml", text: "<w:ftr xmlns:w=\"w\">\(p("Долу"))</w:ftr>")
    let notes = (name: "word/footnotes.xml", text: "<w:footnotes xmlns:w=\"w\"><w:footnote>\(p("Бележка"))</w:footnote></w:footnotes>")
    let reading = docx(p("Писмо"), others: [footer, header, same, notes])
    #expect(reading.text == "Изх. № 5/01.07.2026\n\nПисмо\n\nБележка\n\nДолу\n")
    #expect(reading.values("letter.reference") == ["5/01.07.2026"])
  }

  @Test func damagedParts() {
    #expect(reading(of: StoredZip.bytes([(name: "word/document.xml", text: "<w:document")])).reason == "xml-malformed")
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><w:document xmlns:w=\"w\"><w:p><w:t>&a;</w:t></w:p></w:document>"
    #expect(reading(of: StoredZip.bytes([(name: "word/document.xml", text: bomb)])).reason == "xml-doctype")
    let partly = docx(p("Писмо до вас"), others: [(name: "word/header1.xml", text: "<")])
    #expect(partly.status == .partly)
    #expect(partly.text?.contains("Писмо до вас") == true)
    var cut = StoredZip.bytes([(name: "word/document.xml", text: "<d>\(p("Писмо"))</d>")])
    cut[40] ^= 0xFF
    #expect(reading(of: cut).status != .read || reading(of: cut).text == "Писмо\n")
  }

  @Test func textThatIsTooMuch() {
    let word = String(repeating: "слово ", count: 250_000)
    let reading = docx(p(word))
    #expect(reading.textIsTruncated)
    #expect(reading.notes == ["text-truncated"])
  }

  @Test func openDocument() {
    let content = """
      <office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="tb" xmlns:draw="d" xmlns:form="f"><office:body><office:text>
      <text:tracked-changes><text:p>изтрито</text:p></text:tracked-changes>
      <form:text form:current-value="Стойност"/>
      <text:h>МОЛ<text:span>БА</text:span></text:h><text:p>едно<text:s text:c="2"/>две<text:tab/>три<text:line-break/>четири<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>под линия</text:p></text:note-body></text:note> край</text:p>
      <text:p><draw:frame><draw:text-box><text:p>в кутия</text:p></draw:text-box></draw:frame>пред нея</text:p>
      <table:table><table:table-row><table:table-cell><text:p>а</text:p></table:table-cell><table:table-cell><text:p>б</text:p></table:table-cell></table:table-row></table:table>
      </office:text></office:body></office:document-content>
      """
    let styles = "<s:styles xmlns:s=\"s\" xmlns:t=\"t\"><s:header><t:p>ДО ДСП</t:p></s:header><s:footer><t:p>стр. 1</t:p></s:footer></s:styles>"
    let package = StoredZip.bytes([
      (name: "mimetype", text: "application/vnd.oasis.opendocument.text"), (name: "content.xml", text: content), (name: "styles.xml", text: styles),
    ])
    let odt = reading(of: package)
    #expect(odt.kind == .odt)
    #expect(odt.title == "МОЛБА")
    #expect(odt.text == "ДО ДСП\n\nСтойност\nМОЛБА\nедно  две\tтри\nчетири край\nпод линия\nпред нея\nв кутия\nа\tб\n\nстр. 1\n")
  }

  @Test func passwords() {
    let manifest = "<m:manifest xmlns:m=\"m\"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
    let odt = StoredZip.bytes([
      (name: "mimetype", text: "application/vnd.oasis.opendocument.text"), (name: "content.xml", text: "\u{1}\u{2}"),
      (name: "META-INF/manifest.xml", text: manifest),
    ])
    #expect(reading(of: odt).reason == "password-protected")
    let compound: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 512)
    #expect(reading(of: compound + "EncryptedPackage".utf8.flatMap { [$0, 0] }).reason == "password-protected")
    #expect(reading(of: compound).reason == "unknown-format")
  }

  @Test func sheets() {
    let strings = "<sst><si><t>Име</t></si><si><r><t>Про</t></r><r><t>ба</t></r><rPh><t>x</t></rPh></si></sst>"
    let styles =
      "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd\\.mm\\.yyyy\"/><numFmt numFmtId=\"165\" formatCode=\"0.00&quot;дни&quot;\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs></styleSheet>"
    let sheet = """
      <worksheet><sheetData>
      <row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>
      <row><c s="1"><v>46204</v></c><c s="2"><v>46204.5</v></c><c s="3"><f>1+1</f><v>2</v></c><c t="inlineStr"><is><t>вътре</t></is></c><c t="b"><v>1</v></c></row>
      <row><c/><c/></row></sheetData></worksheet>
      """
    let xlsx = reading(
      of: StoredZip.bytes([
        (name: "xl/workbook.xml", text: "<workbook/>"), (name: "xl/sharedStrings.xml", text: strings), (name: "xl/styles.xml", text: styles),
        (name: "xl/worksheets/sheet10.xml", text: "<worksheet><row><c><v>10</v></c></row></worksheet>"),
        (name: "xl/worksheets/sheet2.xml", text: sheet),
      ]))
    #expect(xlsx.kind == .xlsx)
    #expect(xlsx.text == "Име\tПроба\n01.07.2026\t01.07.2026\t2\tвътре\tда\n\n10\n")
    let content =
      "<o:doc xmlns:o=\"o\" xmlns:t=\"t\" xmlns:x=\"x\"><o:body><o:spreadsheet><t:table><t:table-row t:number-rows-repeated=\"1000000\"><t:table-cell><x:p>Име</x:p></t:table-cell><t:table-cell t:number-columns-repeated=\"2\"><x:p>Проба</x:p></t:table-cell></t:table-row></t:table></o:spreadsheet></o:body></o:doc>"
    let ods = reading(
      of: StoredZip.bytes([(name: "mimetype", text: "application/vnd.oasis.opendocument.spreadsheet"), (name: "content.xml", text: content)]))
    #expect(ods.kind == .ods)
    #expect(ods.text == "Име\tПроба\n")
  }

  /// A cell of every row that shows the same long string: the text has its cap, and the reader its memory.
  @Test func sheetThatUnfolds() {
    let long = String(repeating: "а", count: 30_000)
    let row = "<row><c t=\"s\"><v>0</v></c></row>"
    let xlsx = reading(
      of: StoredZip.bytes([
        (name: "xl/workbook.xml", text: "<workbook/>"), (name: "xl/sharedStrings.xml", text: "<sst><si><t>\(long)</t></si></sst>"),
        (name: "xl/worksheets/sheet1.xml", text: "<worksheet>\(String(repeating: row, count: 3000))</worksheet>"),
      ]))
    #expect(xlsx.textIsTruncated)
  }

  @Test func absentToolsAreNamed() {
    var tools = Toolbox()
    tools.directory = "/no/such/directory"
    let reader = DocumentReader(hasPrivateRoot: false, tools: tools)
    #expect(reader.read(StoredZip.bytes([(name: "word/document.xml", text: "<d/>")])).reason == "tool-missing-bsdtar")
    let compound: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 512)
    #expect(reader.read(compound + "WordDocument".utf8.flatMap { [$0, 0] }).reason == "tool-missing-antiword")
    #expect(reader.read(compound + "Workbook".utf8.flatMap { [$0, 0] }).reason == "tool-missing-xls2csv")
    #expect(DocumentReader(hasPrivateRoot: false).read(compound + "WordDocument".utf8.flatMap { [$0, 0] }).reason == "damaged")
  }
}

struct RichTextTests {
  private func text(_ rtf: String, _ extra: [UInt8] = []) -> DocumentReading {
    reading(of: Array("{\\rtf1\\ansi\(rtf)".utf8) + extra + Array("}".utf8))
  }

  @Test func cyrillicInEveryWriting() {
    let letter = text(
      "\\ansicpg1251\\uc1{\\fonttbl{\\f0\\fcharset204 Arial;}}{\\info{\\title Secret}}\\f0 \\'c6\\'c0\\'cb\\'c1\\'c0\\par \\u1054?\\u1073?\\u1078? \\'e7\\'e0\\par \\uc2\\u1071\\'3f\\'3f. \\uc0\\u1071 .}"
    )
    #expect(letter.kind == .rtf)
    #expect(letter.title == "ЖАЛБА")
    #expect(letter.text == "ЖАЛБА\nОбж за\nЯ. Я.")
    #expect(letter.notes.isEmpty)
    // Raw bytes of windows-1251, with a font that says so and without.
    #expect(text("\\deff0{\\fonttbl{\\f0\\fcharset204 Arial;}} ", [0xC6, 0xC0, 0xCB, 0xC1, 0xC0]).text?.hasSuffix("ЖАЛБА") == true)
    let western = text("\\ansicpg1252 ", [0xC6, 0xC0, 0xCB, 0xC1, 0xC0])
    #expect(western.text == "ЖАЛБА")
    #expect(western.notes == ["encoding-guessed-windows-1251"])
  }

  @Test func structure() {
    let letter = text(
      "\\uc1 a\\tab b\\line c\\par {\\b bold}{\\v hidden}{\\*\\unknown no}{\\field{\\*\\fldinst PAGE}{\\fldrslt 7}}{\\pict 0102}\\emdash\\~\\_\\{\\}\\par\\trowd\\pard\\intbl x\\cell y\\cell\\row\\pard {\\shp{\\*\\shpinst{\\sp{\\sn name}{\\sv value}}{\\shptxt box}}{\\shprslt old}}\\bin4 }}}} end"
    )
    #expect(letter.text == "a\tb\nc\nbold7—\u{A0}-{}\nx\ty\n\nbox end")
  }

  @Test func surrogatesAndDepth() {
    #expect(text("\\uc0\\u-10179\\u-8704 .").text == "😀.")
    let deep = String(repeating: "{", count: 100_000) + "inside" + String(repeating: "}", count: 100_000)
    #expect(text(" ab \(deep) cd").text?.hasPrefix("ab ") == true)
  }
}
