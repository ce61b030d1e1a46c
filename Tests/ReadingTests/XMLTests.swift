import Model
import Testing

@testable import Reading

struct XMLFamilyTests {
  @Test(arguments: [
    ("<r xmlns=\"http://egov.bg/RegiX/GRAO/BR/MarriageRequest\"/>", "regix"), ("<M xmlns=\"http://schemas.egov.bg/messaging/v1\"/>", "seos"),
    ("<A xmlns=\"http://regisrtyagency.bg/comreg/v1/Applications\"/>", "registry-agency"),
    ("<d xmlns=\"http://ereg.egov.bg/segment//R-3136\"/>", "ereg"),
    ("<x:xdp xmlns:x=\"http://ns.adobe.com/xdp/\"/>", "xfa"), ("<something/>", "other"),
  ])
  func knownByNamespace(xml: String, family: String) {
    let reading = reading(of: xml)
    #expect(reading.value("family") == family)
    #expect(reading.value("root") != nil)
  }

  @Test func receipt() {
    let reading = reading(
      of: """
        <ReceiptAcknowledgedMessage xmlns="http://ereg.egov.bg/segment/0009-000019"><DocumentURI><RegisterIndex>9</RegisterIndex>
        <SequenceNumber>123</SequenceNumber><ReceiptOrSigningDate>2026-07-01</ReceiptOrSigningDate></DocumentURI></ReceiptAcknowledgedMessage>
        """)
    #expect(reading.value("family") == "receipt")
    #expect(reading.value("cited.number") == "0009-000123-01.07.2026")
  }

  @Test func exchangeEnvelope() {
    let reading = reading(
      of: """
        <Message xmlns="http://schemas.egov.bg/messaging/v1"><Header><Sender><AdministrativeBodyName>Община Проба</AdministrativeBodyName></Sender></Header>
        <Body><DocumentRegistrationRequest><Document><DocID><DocumentNumber><DocNumber>ОП-94</DocNumber><DocDate>2026-07-01T00:00:00</DocDate></DocumentNumber></DocID>
        <DocAbout>Искане за справка</DocAbout><DocAttachmentList><Attachment><AttFileName>писмо.txt</AttFileName><AttBody>0JbQkNCb0JHQkA==</AttBody></Attachment></DocAttachmentList>
        </Document></DocumentRegistrationRequest></Body></Message>
        """)
    #expect(reading.title == "Искане за справка")
    #expect(reading.value("letter.reference") == "ОП-94/01.07.2026")
    #expect(reading.value("author.name") == "Община Проба")
    #expect(reading.nested.map(\.name) == ["писмо.txt"])
    #expect(reading.nested.first?.text == "ЖАЛБА")
  }
}

struct XMLSignatureTests {
  /// Of nobody: made for this test.
  private static let certificate =
    "MIIB0jCCAXmgAwIBAgIUF4UkZ6ztzxdWLCLpugGaq/rsjGgwCgYIKoZIzj0EAwIwPzEiMCAGA1UEAwwZ0J/RgNC+0LHQsCDQotC10YHRgtC+0L"
    + "LQsDEZMBcGA1UEBRMQUE5PQkctMDAwMTAxMDAwMzAeFw0yNjExMjQxODEyNTFaFw0zNjExMjExODEyNTFaMD8xIjAgBgNVBAMMGdCf0YDQvtCx"
    + "0LAg0KLQtdGB0YLQvtCy0LAxGTAXBgNVBAUTEFBOT0JHLTAwMDEwMTAwMDMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARg6Uh2ickomfmy8w"
    + "Kg+h6QJq0zzGGfRFdpvhJjnPHVlV0o5tf4H3vgCPLYIaL9tENiJCPIkmOiQJjn8j4vC66yo1MwUTAdBgNVHQ4EFgQUnKh0Ty3Ug9ls/PPN+Z64"
    + "u7HYck0wHwYDVR0jBBgwFoAUnKh0Ty3Ug9ls/PPN+Z64u7HYck0wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBJlNnycitmmj"
    + "ds5xvIs5/XPppEFHFHfLTlYZdoJ63WhAIgJnXaHf+kmGMqgcSmmeSXvBPn+/hpjQlFCIcCJ+9kpV4="

  private func document(_ signature: String, inFooter: Bool = true) -> DocumentReading {
    let block = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\(signature)</ds:Signature>"
    let place =
      inFooter
      ? "<ElectronicAdministrativeServiceFooter><XMLDigitalSignature>\(block)</XMLDigitalSignature></ElectronicAdministrativeServiceFooter>" : block
    return reading(
      of:
        "<Doc xmlns=\"http://ereg.egov.bg/segment/R-9999\" Id=\"whole\"><ElectronicAdministrativeServiceHeader><SUNAUServiceURI>1</SUNAUServiceURI></ElectronicAdministrativeServiceHeader>\(place)</Doc>"
    )
  }

  private func signature(covering reference: String) -> String {
    """
    <ds:SignedInfo><ds:Reference URI="\(reference)"/><ds:Reference URI="#props"/></ds:SignedInfo>
    <ds:KeyInfo><ds:X509Data><ds:X509Certificate>\(Self.certificate)</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
    <ds:Object><x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#"><x:SignedProperties Id="props"><x:SignedSignatureProperties>
    <x:SigningTime>2026-07-01T10:00:00Z</x:SigningTime></x:SignedSignatureProperties></x:SignedProperties></x:QualifyingProperties></ds:Object>
    """
  }

  @Test(arguments: [true, false])
  func signerTimeAndCover(inFooter: Bool) {
    let reading = document(signature(covering: ""), inFooter: inFooter)
    #expect(reading.values("signature.kind") == ["xades"])
    #expect(reading.value("signature.signer") == "Проба Тестова")
    #expect(reading.value("signature.identifier") == "0001010003")
    #expect(reading.value("signature.time") == "2026-07-01T10:00:00Z")
    #expect(reading.value("signature.integrity") == "unknown")
    #expect(reading.value("signature.whole") == "да")
    #expect(document(signature(covering: "#whole")).value("signature.whole") == "да")
    #expect(document(signature(covering: "#part")).value("signature.whole") == "не")
  }

  @Test func brokenOnes() {
    let reading = document("<ds:KeyInfo><ds:X509Certificate>AAAA</ds:X509Certificate></ds:KeyInfo>")
    #expect(reading.values("signature.kind") == ["xades"])
    #expect(reading.value("signature.signer") == nil)
    #expect(document(String(repeating: "<ds:Signature/>", count: 200), inFooter: false).values("signature.kind").count == SignatureFacts.maximum)
  }
}

struct XMLEncodingTests {
  private static let body = "<писмо>ЖАЛБА за помощ по вх. № ЗСП/Д-В/5/01.01.2026</писмо>"

  private func bytes(_ text: String, _ encoding: SingleByteEncoding) -> [UInt8] {
    let table = Dictionary(
      (UInt8.min ... .max).flatMap { byte in encoding.decode([byte]).unicodeScalars.map { ($0, byte) } }, uniquingKeysWith: { first, _ in first })
    return text.unicodeScalars.map { table[$0] ?? UInt8(ascii: "?") }
  }

  private func utf16(_ text: String, mark: Bool, big: Bool) -> [UInt8] {
    ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { big ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
  }

  private func expect(_ bytes: [UInt8], _ notes: [String], _ comment: Comment) {
    let reading = reading(of: bytes)
    #expect(reading.kind == .xml, comment)
    #expect(reading.value("root") == "писмо", comment)
    #expect(reading.text == "ЖАЛБА за помощ по вх. № ЗСП/Д-В/5/01.01.2026", comment)
    #expect(reading.notes == notes, comment)
    let isGuess = notes.contains { $0.contains("guessed") || $0.contains("mislabelled") }
    #expect(reading.facts.allSatisfy { ($0.certainty == .guessed) == isGuess }, comment)
  }

  /// The order of submissions.md 6: mark, declaration, valid UTF-8, else what reads most naturally.
  @Test func everyEncoding() {
    func declared(_ name: String) -> String { "<?xml version=\"1.0\" encoding=\"\(name)\"?>\(Self.body)" }
    expect(Array(Self.body.utf8), [], "UTF-8 undeclared")
    expect([0xEF, 0xBB, 0xBF] + Array(declared("utf-8").utf8), [], "UTF-8 with mark")
    expect([0xEF, 0xBB, 0xBF] + Array(declared("windows-1251").utf8), [], "the mark wins over the declaration")
    expect(bytes(declared("windows-1251"), .windows1251), ["encoding-windows-1251"], "windows-1251 declared")
    expect(bytes(Self.body, .windows1251), ["encoding-guessed-windows-1251"], "windows-1251 undeclared")
    expect(bytes(declared("utf-8"), .windows1251), ["encoding-guessed-windows-1251"], "windows-1251 declared as UTF-8")
    expect(bytes(declared("ISO-8859-5"), .iso88595), ["encoding-iso-8859-5"], "ISO-8859-5 declared")
    expect(Array(declared("windows-1251").utf8), ["encoding-mislabelled"], "UTF-8 declared as windows-1251")
    expect(Array(declared("utf-16").utf8), ["encoding-mislabelled"], "UTF-8 declared as UTF-16")
    for big in [true, false] {
      expect(utf16(declared("utf-16"), mark: true, big: big), ["encoding-utf-16"], "UTF-16 with mark")
    }
  }

  /// Declared as one Cyrillic encoding, stored in another.
  @Test func wrongOneByteDeclaration() {
    let text = "<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>" + String(repeating: "Жалба за отказана помощ. ", count: 4) + "</a>"
    let reading = reading(of: bytes(text, .cp866))
    #expect(reading.text?.contains("Жалба за отказана помощ.") == true)
    #expect(reading.notes == ["encoding-mislabelled", "encoding-guessed-cp866"])
  }
}
