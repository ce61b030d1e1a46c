import Crypto
import Model
import XMLReading

/// Signatures inside an XML document (`ds:Signature` with XAdES properties), wherever they stand: in the footer, at the end of the root, in an
/// element of their own (submissions.md 3). Who and when, as stated. Their integrity is not checked: that needs the canonical forms of the
/// document as it was sent, and a re-coded text has none.
enum XMLSignature {
  private static let namespace = "http://www.w3.org/2000/09/xmldsig#"

  static func find(in root: XMLElement) -> [SignatureFacts] {
    var found: [SignatureFacts] = []
    var level = [root]
    while !level.isEmpty, found.count < SignatureFacts.maximum {
      for element in level where element.name == "Signature" && element.namespace == namespace { found.append(facts(element, of: root)) }
      // A signature over a signature is inside it and says nothing of the document.
      level = level.filter { $0.name != "Signature" || $0.namespace != namespace }.flatMap(\.children)
    }
    return found
  }

  private static func facts(_ signature: XMLElement, of root: XMLElement) -> SignatureFacts {
    let certificate = signature.first("KeyInfo")?.descendant("X509Certificate")?.content.flatMap(Base64.decode)
    var facts = SignatureFacts(kind: .xades, signer: certificate.flatMap { CertificateSubject(certificate: $0) })
    facts.time = signature.descendant("SigningTime")?.content
    let references = signature.first("SignedInfo")?.all("Reference") ?? []
    let properties = signature.descendant("SignedProperties")?.attributes["Id"]
    let targets = references.compactMap { $0.attributes["URI"] }.filter { $0 != properties.map { "#\($0)" } }
    let rootIdentifier = ["Id", "ID", "id"].compactMap { root.attributes[$0] }.first
    if !targets.isEmpty { facts.coversWhole = targets.contains { $0.isEmpty || $0 == rootIdentifier.map { "#\($0)" } } }
    return facts
  }
}
