import Model
import Testing

@testable import Reading

struct ServiceRequestTests {
  /// The shape of 2022: persons without `personalData`, contacts at the top, an element whose name ends in Cyrillic letters.
  static let template2022 = """
    <?xml version='1.0' encoding='UTF-8'?>
    <ServiceRequest>
      <requestURI><identifier>BGES9d5798b</identifier></requestURI>
      <requestDateTime>2022-03-23T14:26:22.867Z</requestDateTime>
      <publicService><identifier><identifier>739</identifier></identifier><name>Отпускане на месечни помощи</name></publicService>
      <serviceProvider>
        <legalIdentifier><identifier>121015056</identifier></legalIdentifier><preferredLabel>АСП</preferredLabel>
        <administrativeUnits><legalIdentifier><identifier>1210150561306</identifier></legalIdentifier><preferredLabel>ДСП – Балчик</preferredLabel></administrativeUnits>
      </serviceProvider>
      <requestType><code>0006-000122</code></requestType>
      <resultChannel><channelType><code>0006-000076</code></channelType></resultChannel>
      <processTime><processTimeType><code>0006-000083</code></processTimeType><processTime>14</processTime></processTime>
      <tax><amount>0</amount><validТо>9999-12-30</validТо></tax>
      <communicationChannel><contactType><code>1006-030006</code></contactType><contact>test@example.bg</contact></communicationChannel>
      <communicationChannel><contactType><code>1006-030005</code></contactType><contact>0888000000</contact></communicationChannel>
      <applicant><person>
        <identifier><identifier>0001010003</identifier><identifierType><code>idn</code><name>0001010003</name></identifierType></identifier>
        <fullName>Проба Тестова Пробева</fullName>
        <permanentAddress><address><municipality><code>DOB03</code></municipality><settlement><code>02508</code><name>гр. Балчик</name></settlement></address></permanentAddress>
        <presentAddress><address><municipality><name>Столична</name></municipality><settlement><code>68134</code></settlement></address></presentAddress>
      </person></applicant>
      <requestAuthor>
        <person><identifier><identifier>0012317774</identifier></identifier><firstName>Тест</firstName><middleName/><familyName>Пробев</familyName></person>
        <authorType><code>1006-020006</code></authorType>
      </requestAuthor>
      <specificContent><unknown>нещо</unknown></specificContent>
    </ServiceRequest>
    """

  @Test func shapeOf2022() {
    let reading = reading(of: ServiceRequestTests.template2022)
    #expect(reading.form == .eform)
    let wanted: [String: String] = [
      "rnu": "BGES9d5798b", "request.time": "2022-03-23T14:26:22.867Z", "service.number": "739", "service.evidence": "request",
      "service.name": "Отпускане на месечни помощи", "provider.identifier": "121015056", "provider.name": "АСП",
      "unit.identifier": "1210150561306", "unit.name": "ДСП – Балчик", "request.type": "change", "result.channel": "0006-000076",
      "process.time": "0006-000083", "applicant.name": "Проба Тестова Пробева", "applicant.identifier": "0001010003",
      "applicant.kind": "person", "author.name": "Тест Пробев", "author.identifier": "0012317774", "author.quality": "1006-020006",
      "address.permanent.settlement": "02508", "address.permanent.municipality": "DOB03", "address.present.settlement": "68134",
      "address.present.municipality": "Столична", "contact.email": "test@example.bg", "contact.phone": "0888000000",
    ]
    #expect(Dictionary(reading.facts.map { ($0.name, $0.value.display) }, uniquingKeysWith: { first, _ in first }) == wanted)
  }

  private func applicant(_ xml: String) -> [String?] {
    let reading = reading(
      of:
        "<ServiceRequest><requestAuthor><person><personalData><identifier><identifier>0012317774</identifier></identifier><fullName>Автор</fullName></personalData></person></requestAuthor>\(xml)</ServiceRequest>"
    )
    return [reading.value("applicant.name"), reading.value("applicant.identifier"), reading.value("applicant.kind")]
  }

  /// Trap 1: both skeletons are always there.
  @Test func applicantIsTheOneWithAnIdentifier() {
    let emptyPerson = "<person><personalData><regix><isSynchronized>false</isSynchronized></regix></personalData></person>"
    let emptyLegal = "<legal><legalData><isLegal>1</isLegal><identifier/></legalData></legal>"
    let legal = "<legal><legalData><eik>999990003</eik><name>Пробна ООД</name></legalData></legal>"
    let person =
      "<person><personalData><identifier><identifier>0001010003</identifier></identifier><firstName>Проба</firstName><familyName>Пробева</familyName></personalData></person>"
    #expect(applicant("<applicant>\(emptyLegal)\(emptyPerson)</applicant>") == ["Автор", "0012317774", "person"])
    #expect(applicant("<applicant>\(legal)\(emptyPerson)</applicant>") == ["Пробна ООД", "999990003", "company"])
    #expect(applicant("<applicant>\(emptyLegal)\(person)</applicant>") == ["Проба Пробева", "0001010003", "person"])
    #expect(applicant("") == ["Автор", "0012317774", "person"])
  }

  /// Traps 2 and 6: the type's name is no identifier; a service number may be a word.
  @Test func identifiersStayText() {
    let reading = reading(
      of:
        "<ServiceRequest><publicService><identifier><identifier>unified</identifier></identifier></publicService><applicant><person><personalData><identifier><identifierType><name>0001010003</name></identifierType></identifier></personalData></person></applicant></ServiceRequest>"
    )
    #expect(reading.value("service.number") == "unified")
    #expect(reading.value("applicant.identifier") == nil)
  }

  /// The JSON of the same tree: numbers for codes, one element for a list of one, zeros in front where identifiers were written as numbers.
  @Test func mirroredInJSON() {
    let reading = reading(
      of: """
        {"ServiceRequest":{"publicService":{"identifier":{"identifier":2753}},"requestURI":{"identifier":"1f0e9a52-6c1d-4b57-9a70-0d6a4f3f7c11"},
        "serviceProvider":{"administrativeUnits":[{"legalIdentifier":{"identifier":""}},{"legalIdentifier":{"identifier":1210150561306},"preferredLabel":"ДСП \\u2013 Балчик"}]},
        "applicant":{"legal":{},"person":{"personalData":{"identifier":{"identifier":0001010003},"fullName":"Тест Пробев"}}}}}
        """)
    #expect(reading.kind == .json)
    #expect(reading.value("service.number") == "2753")
    #expect(reading.value("unit.identifier") == "1210150561306")
    #expect(reading.value("unit.name") == "ДСП – Балчик")
    #expect(reading.value("applicant.identifier") == "0001010003")
  }

  @Test func unknownKindOfRequestIsNoFact() {
    #expect(reading(of: "<ServiceRequest><requestType><code>0006-999999</code></requestType></ServiceRequest>").value("request.type") == nil)
    for (code, word) in [("0006-000121", "first"), ("0006-000123", "correction"), ("0006-000124", "withdrawal")] {
      #expect(reading(of: "<ServiceRequest><requestType><code>\(code)</code></requestType></ServiceRequest>").value("request.type") == word)
    }
  }
}

struct ClassicDocumentTests {
  private func document(header: String, rest: String, footerFirst: Bool = false, register: String = "http://ereg.egov.bg/segment/") -> String {
    let footer =
      "<ElectronicAdministrativeServiceFooter><ApplicationSigningTime xmlns=\"\(register)0009-000153\">2026-02-03T10:00:00+02:00</ApplicationSigningTime></ElectronicAdministrativeServiceFooter>"
    let head = "<ElectronicAdministrativeServiceHeader>\(header)</ElectronicAdministrativeServiceHeader>"
    return
      "<?xml version=\"1.0\" encoding=\"utf-8\"?><Document xmlns=\"\(register)R-9999\">\(footerFirst ? footer + rest + head : head + rest + footer)</Document>"
  }

  private let header = """
    <SUNAUServiceURI xmlns="http://ereg.egov.bg/segment/0009-000152">2753</SUNAUServiceURI>
    <ElectronicServiceApplicant xmlns="http://ereg.egov.bg/segment/0009-000152"><RecipientGroup xmlns="http://ereg.egov.bg/segment/0009-000016">
    <Author><AuthorQualityType>R-1002</AuthorQualityType><Person><Names><First>ТЕСТ</First><Last>ПРОБЕВ</Last></Names><Identifier><LNCh>9999999999</LNCh></Identifier></Person></Author>
    <Recipient><Entity><Name>Пробна ООД</Name><Identifier>999990003</Identifier></Entity></Recipient></RecipientGroup></ElectronicServiceApplicant>
    <ApplicationType>0006-000124</ApplicationType>
    <DocumentURI><RegisterIndex>10</RegisterIndex><SequenceNumber>123</SequenceNumber><ReceiptOrSigningDate>2026-01-05</ReceiptOrSigningDate></DocumentURI>
    """

  @Test(arguments: [false, true], ["http://ereg.egov.bg/segment/", "http://ereg.egov.bg/segment//"])
  func anyOrderAndSpelling(footerFirst: Bool, register: String) {
    let reading = reading(of: document(header: header, rest: "", footerFirst: footerFirst, register: register))
    #expect(reading.form == .classic)
    #expect(reading.value("service.number") == "2753")
    #expect(reading.value("applicant.name") == "Пробна ООД")
    #expect(reading.value("applicant.identifier") == "999990003")
    #expect(reading.value("applicant.kind") == "company")
    #expect(reading.value("author.identifier") == "9999999999")
    #expect(reading.value("author.quality") == "R-1002")
    #expect(reading.value("request.type") == "withdrawal")
    #expect(reading.value("cited.number") == "0010-000123-05.01.2026")
    #expect(reading.value("request.time") == "2026-02-03T10:00:00+02:00")
  }

  @Test func filesInsideAreRead() {
    let letter = "0JbQsNC70LHQsA=="  // „Жалба“
    let files =
      "<AttachedDocuments><AttachedDocument><AttachedDocumentFileContent>\(letter)</AttachedDocumentFileContent></AttachedDocument><AttachedDocument><AttachedDocumentFileContent>/9j/4AAQ</AttachedDocumentFileContent></AttachedDocument></AttachedDocuments>"
    let reading = reading(of: document(header: header, rest: files))
    #expect(reading.nested.map(\.kind) == [.text, .image])
    #expect(reading.nested.first?.text == "Жалба")
    #expect(reading.text?.contains(letter) == false || reading.nested.count == 2)
  }

  @Test func otherXMLIsOnlyStructured() {
    let reading = reading(of: "<?xml version=\"1.0\"?><Answer xmlns=\"http://egov.bg/RegiX/GRAO\"><Name>Тест</Name></Answer>")
    #expect(reading.form == .structured)
    #expect(reading.value("root") == "Answer")
    #expect(reading.value("root.namespace") == "http://egov.bg/RegiX/GRAO")
    #expect(reading.text == "Тест")
  }
}

struct JSONTextTests {
  @Test func valuesKeepTheirDigits() throws {
    let tree = try JSONText.parse("{\"a\":007,\"b\":[1.50,-2e5,null,true],\"c\":{\"d\":\"x\\ny\\u0416\\\"\"}}")
    #expect(tree.value("a") == "007")
    #expect(tree.all("b").map { $0.content ?? "" } == ["1.50", "-2e5", "", "true"])
    #expect(tree.value("c", "d") == "x\nyЖ\"")
  }

  @Test(arguments: ["", "{", "{\"a\"}", "{\"a\":}", "[1,]", "{\"a\":1}x", "\"abc", "{\"a\":\"\\u12\"}"])
  func malformed(text: String) { #expect(throws: JSONText.Failure.self) { try JSONText.parse(text) } }

  @Test func depthIsBounded() {
    #expect(throws: JSONText.Failure.self) { try JSONText.parse(String(repeating: "[", count: 100_000)) }
    #expect(throws: JSONText.Failure.self) { try JSONText.parse("[" + String(repeating: "1,", count: 300_000) + "1]") }
  }

  @Test func aLetterInBracketsIsNoJSON() {
    #expect(reading(of: "[Жалба] от мен").kind == .text)
    #expect(reading(of: "{не е JSON}").kind == .text)
  }
}
