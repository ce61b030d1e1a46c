import Testing
import XMLReading

/// What signatures sign, in the forms that they name. Whether a digest fits is told elsewhere: here are the very bytes that it must be of.
struct SignaturePartsTests {
  private static let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
  private static let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
  private static let enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"

  private func document(_ uri: String, transforms: [String] = [], before: String = "") -> [UInt8] {
    let steps = transforms.map { $0.hasPrefix("<") ? $0 : "<ds:Transform Algorithm=\"\($0)\"/>" }.joined()
    return Array(
      """
      <?xml version="1.0"?><!-- преди -->
      <w:Doc xmlns:w="urn:w" xmlns:unused="urn:u" Id='whole'>\(before)<Part b="2"  a='1' Id="part"><!-- бележка -->А&amp;Б</Part><x Id="twice"/><x Id="twice"/>\
      <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="\(Self.exclusive)"/>\
      <ds:Reference URI="\(uri)"><ds:Transforms>\(steps)</ds:Transforms><ds:DigestMethod Algorithm="d"/><ds:DigestValue>v</ds:DigestValue></ds:Reference>\
      </ds:SignedInfo><ds:SignatureValue>сума</ds:SignatureValue></ds:Signature></w:Doc>
      """.utf8)
  }

  private func reference(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) throws -> XMLSignatureParts.Reference {
    try #require(try XMLReading.signatures(bytes, limits: limits, maximum: 9).first?.references.first)
  }

  private func text(_ reference: XMLSignatureParts.Reference) -> String? {
    if case .canonical(let bytes) = reference.octets { String(decoding: bytes, as: UTF8.self) } else { nil }
  }

  @Test func aPartInEachForm() throws {
    let part = "a=\"1\" b=\"2\">А&amp;Б</Part>"
    #expect(text(try reference(document("#part", transforms: [Self.exclusive]))) == "<Part Id=\"part\" \(part)")
    // The namespaces in force are part of the inclusive form, which counts where none is named.
    let inclusive = "<Part xmlns:unused=\"urn:u\" xmlns:w=\"urn:w\" Id=\"part\" \(part)"
    #expect(text(try reference(document("#part", transforms: [Self.inclusive]))) == inclusive)
    #expect(text(try reference(document("#part"))) == inclusive)
    // Comments are not signed, whatever the form says of them.
    #expect(text(try reference(document("#part", transforms: [Self.inclusive + "#WithComments"]))) == inclusive)
    let listed =
      "<ds:Transform Algorithm=\"\(Self.exclusive)\"><n:InclusiveNamespaces xmlns:n=\"\(Self.exclusive)\" PrefixList=\"w nobody\"/></ds:Transform>"
    #expect(text(try reference(document("#part", transforms: [listed]))) == "<Part xmlns:w=\"urn:w\" Id=\"part\" \(part)")
  }

  @Test(arguments: [
    enveloped,
    "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath> not( ancestor-or-self::ds:Signature ) </ds:XPath></ds:Transform>",
  ]) func theWholeWithoutTheSignature(transform: String) throws {
    let whole = try reference(document("", transforms: [transform, Self.exclusive]))
    #expect(
      text(whole)
        == "<w:Doc xmlns:w=\"urn:w\" Id=\"whole\"><Part Id=\"part\" a=\"1\" b=\"2\">А&amp;Б</Part><x Id=\"twice\"></x><x Id=\"twice\"></x></w:Doc>")
    #expect(whole.coversDocument)
    #expect(try reference(document("#whole", transforms: [transform])).coversDocument)
    #expect(try !reference(document("#part")).coversDocument)
  }

  @Test func whatIsNotSureIsUnknown() throws {
    for uri in ["#twice", "#nowhere", "#xpointer(id('part'))"] { #expect(try reference(document(uri)).octets == .unknown, "\(uri)") }
    for transforms in [
      ["http://www.w3.org/2000/09/xmldsig#base64"], [Self.exclusive, Self.enveloped], ["http://www.w3.org/TR/1999/REC-xslt-19991116"],
    ] {
      #expect(try reference(document("#part", transforms: transforms)).octets == .unknown, "\(transforms)")
    }
    let other =
      "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>not(ancestor-or-self::Part)</ds:XPath></ds:Transform>"
    #expect(try reference(document("", transforms: [other])).octets == .unknown)
    #expect(try reference(document("letter.txt")).octets == .elsewhere(uri: "letter.txt", isTransformed: false))
    #expect(try reference(document("letter.txt", transforms: [Self.exclusive])).octets == .elsewhere(uri: "letter.txt", isTransformed: true))
  }

  /// A namespace is written again at each element that uses it: a small document can have a large form.
  @Test func aFormLargerThanTheLimitIsUnknown() throws {
    let space = "urn:" + String(repeating: "n", count: 4_000)
    let many = "<m xmlns:l=\"\(space)\">" + String(repeating: "<l:e/>", count: 500) + "</m>"
    let bytes = document("", transforms: [Self.enveloped, Self.exclusive], before: many)
    #expect(try reference(bytes, limits: XMLLimits(bytes: 4 << 20)).octets != .unknown)
    #expect(try reference(bytes, limits: XMLLimits(bytes: 1 << 20)).octets == .unknown)
  }

  @Test func theSignedPartAndTheValue() throws {
    let parts = try #require(try XMLReading.signatures(document("#part"), maximum: 9).first)
    #expect(parts.signatureValue == "сума")
    let info = try #require(parts.signedInfo.map { String(decoding: $0, as: UTF8.self) })
    #expect(info.hasPrefix("<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:CanonicalizationMethod Algorithm="))
    #expect(info.hasSuffix("</ds:SignedInfo>"))
  }
}
