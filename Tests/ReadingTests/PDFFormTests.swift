import Glibc
import Model
import Testing

@testable import Reading

/// Fillable forms, files inside PDFs, pages without text: made here, byte by byte.
struct PDFFormTests {
  /// A page with a line of text, and what the catalog and further objects hold.
  private static func pdf(catalog: String, objects: [Int: String], content: String = "(ORDER FORM of the office) Tj") -> [UInt8] {
    var file = PDFBuilder()
    file.object(1, "<</Type/Catalog/Pages 2 0 R \(catalog)>>")
    let annotations = objects.filter { $0.value.contains("/Widget") }.keys.sorted().map { "\($0) 0 R" }.joined(separator: " ")
    file.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
    file.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>/Annots[\(annotations)]>>")
    let content = "BT /F 12 Tf 10 100 Td \(content) ET"
    file.object(4, "<</Length \(content.utf8.count)>>stream\n\(content)\nendstream")
    file.object(5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    for (number, object) in objects.sorted(by: { $0.key < $1.key }) { file.object(number, object) }
    file.finish(root: 1, info: "null")
    return file.bytes
  }

  private static func stream(_ content: String, _ entries: String = "") -> String {
    "<</Length \(content.utf8.count)\(entries)>>stream\n\(content)\nendstream"
  }

  private static func text(_ name: String, _ value: String, flags: Int = 0) -> String {
    "<</Type/Annot/Subtype/Widget/FT/Tx/Rect[0 0 9 9]/P 3 0 R/T \(PDFTests.hexadecimal(name))/V \(value)/Ff \(flags)>>"
  }

  private static let form: [Int: String] = [
    9: "<</Fields[10 0 R 11 0 R 12 0 R 13 0 R 14 0 R 15 0 R 16 0 R]/NeedAppearances true>>",
    10: text("заявител.име", PDFTests.hexadecimal("Проба Тестова Пробева")),
    11: text("ЕГН", "(0001010003)"),
    12: "<</Type/Annot/Subtype/Widget/FT/Btn/Rect[0 0 9 9]/T(soglasie)/V/Yes/AS/Yes>>",
    13: "<</Type/Annot/Subtype/Widget/FT/Btn/Rect[0 0 9 9]/T(otkaz)/V/Off/AS/Off>>",
    14: text("парола", "(hidden)", flags: 1 << 13), 15: text("празно", "()"),
    // A list of which two were chosen.
    16: "<</Type/Annot/Subtype/Widget/FT/Ch/Rect[0 0 9 9]/T(pomosti)/Opt[(a)(b)(c)]/V[(a)(c)]>>",
  ]

  @Test func answersAreReadFromTheirValues() {
    let reading = reading(of: Self.pdf(catalog: "/AcroForm 9 0 R", objects: Self.form))
    #expect(reading.status == .read, "\(reading.reason)")
    let fields = reading.facts.filter { $0.name == "form.field" }
    #expect(
      fields.map { "\($0.source.place)=\($0.value.display)" } == [
        "заявител.име=Проба Тестова Пробева", "ЕГН=0001010003", "soglasie=Yes", "pomosti=a", "pomosti=c",
      ])
    #expect(fields.allSatisfy { $0.source.method == "acroform" && $0.certainty == .stated })
    #expect(reading.value("identifier") == "0001010003")
    // The page shows none of it, so it stands behind the page's text.
    #expect(reading.text?.contains("ORDER FORM of the office") == true)
    #expect(reading.text?.contains("заявител.име: Проба Тестова Пробева") == true)
    #expect(reading.text?.contains("hidden") == false)
    #expect(reading.notes.contains("form-values-added"))
  }

  /// The page may show another value than the field has.
  @Test func thePageDoesNotDecide() {
    let reading = reading(of: Self.pdf(catalog: "/AcroForm 9 0 R", objects: Self.form, content: "(IMEnO ????? 9999999999 - the office) Tj"))
    #expect(reading.values("form.field").contains("Проба Тестова Пробева"))
    #expect(!reading.values("form.field").contains { $0.contains("?") })
  }

  @Test func aFormWhosePagesShowNothing() {
    let reading = reading(of: Self.pdf(catalog: "/AcroForm 9 0 R", objects: Self.form, content: ""))
    #expect(reading.status == .partly)
    #expect(reading.reason == "no-text")
    #expect(reading.form == .structured)
    #expect(reading.value("form.field") == "Проба Тестова Пробева")
  }

  private static let template = """
    <template xmlns="http://www.xfa.org/schema/xfa-template/2.8/"><subform name="form1"><draw><value><text>ЗАЯВЛЕНИЕ</text></value></draw>
    <draw><value><exData contentType="text/html"><body xmlns="http://www.w3.org/1999/xhtml"><p>за <b>среща</b></p></body></exData></value></draw>
    <draw presence="hidden"><value><text>ТАЙНО</text></value></draw>
    <field name="a"><caption><value><text>Трите имена</text></value></caption><items><text>избор</text></items><value><text>подразбиране</text></value></field>
    </subform></template>
    """
  private static let datasets = """
    <xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form1><txtТriImena>Проба Тестова Пробева</txtТriImena>
    <Лице><txt_1169_egn>0001010003</txt_1169_egn></Лице><txtEDeliveryDestination>121015056</txtEDeliveryDestination><празно/></form1></xfa:data></xfa:datasets>
    """
  private static let pleaseWait = "(Please wait... If this message is not eventually replaced by the proper contents of the document) Tj"

  private func expectAnswers(_ reading: DocumentReading) {
    #expect(reading.status == .read)
    #expect(reading.form == .structured)
    #expect(reading.title == "ЗАЯВЛЕНИЕ за среща")
    #expect(
      reading.facts.filter { $0.name == "form.field" }.map { "\($0.source.place)=\($0.value.display)" } == [
        "txtТriImena=Проба Тестова Пробева", "Лице.txt_1169_egn=0001010003", "txtEDeliveryDestination=121015056",
      ])
    #expect(reading.value("provider.identifier") == "121015056")
    #expect(reading.value("identifier") == "0001010003")
    #expect(
      reading.text == """
        ЗАЯВЛЕНИЕ
        за среща
        Трите имена
        txtТriImena: Проба Тестова Пробева
        Лице.txt_1169_egn: 0001010003
        txtEDeliveryDestination: 121015056
        """)
  }

  @Test func dynamicXFAInPackets() {
    let reading = reading(
      of: Self.pdf(
        catalog: "/AcroForm<</Fields[]/XFA[(template) 10 0 R(datasets) 11 0 R]>>",
        objects: [10: Self.stream(Self.template), 11: Self.stream(Self.datasets)], content: Self.pleaseWait))
    expectAnswers(reading)
    #expect(reading.notes == ["xfa-dynamic"])
  }

  @Test func dynamicXFAInOneStream() {
    let whole = "<xdp:xdp xmlns:xdp=\"http://ns.adobe.com/xdp/\">\(Self.template)\(Self.datasets)</xdp:xdp>"
    expectAnswers(
      reading(of: Self.pdf(catalog: "/AcroForm<</Fields[]/XFA 10 0 R>>", objects: [10: Self.stream(whole)], content: Self.pleaseWait)))
    let alone = reading(of: Array(whole.utf8))
    #expect(alone.kind == .xml)
    expectAnswers(alone)
  }

  /// When the answers cannot be had, the page that says to wait is not taken for them.
  @Test func damagedXFAIsNamed() {
    let reading = reading(
      of: Self.pdf(catalog: "/AcroForm<</Fields[]/XFA[(datasets) 10 0 R]>>", objects: [10: Self.stream("<unclosed")], content: Self.pleaseWait))
    #expect(reading.status == .unread)
    #expect(reading.reason == "xfa-form")
    #expect(reading.text == nil)
  }

  @Test func filesInside() {
    let request = ServiceRequestTests.template2022
    let document = Self.pdf(
      catalog: "/Collection<</View/D>>/Names<</EmbeddedFiles<</Names[(a) 10 0 R(b) 11 0 R]>>>>",
      objects: [
        10: "<</Type/Filespec/F(x)/UF \(PDFTests.hexadecimal("папка/Заявление.xml"))/EF<</F 12 0 R>>>>",
        11: "<</Type/Filespec/F(note.txt)/EF<</F 13 0 R>>>>", 12: Self.stream(request, "/Type/EmbeddedFile"),
        13: Self.stream("Бележка към заявлението"),
      ])
    let whole = reading(of: document)
    #expect(whole.status == .read)
    #expect(whole.nested.map(\.name) == ["Заявление.xml", "note.txt"])
    #expect(whole.nested.map(\.form) == [.eform, .letter])
    #expect(whole.nested.first?.value("service.number") == "739")

    let shallow = DocumentReader(hasPrivateRoot: false, limits: NestingLimits(files: 1)).read(document)
    #expect(shallow.status == .partly)
    #expect(shallow.reason == "limit-files")
    #expect(shallow.nested.map(\.reason) == ["", "limit-files"])
  }
}
