import Crypto
import Model
import XMLReading

/// Signatures in XML (`ds:Signature` with XAdES properties), wherever they stand: in the footer of a classic document, at the end of the root, in
/// another signature's properties, in a file of an ASiC container (submissions.md 3). Who and when, as stated, and whether what was signed is
/// still the same.
enum XMLSignature {
  static let namespace = "http://www.w3.org/2000/09/xmldsig#"

  /// The container that a document with signatures comes from.
  struct Container {
    /// The files that are signed, as a whole.
    var content: [String]
    /// The bytes of what a reference to another file names.
    var file: (String) -> ArraySlice<UInt8>?
  }

  /// Every signature of the document `root`, which was parsed from `bytes` in this encoding. References to other files can be checked only in a
  /// container.
  static func find(in root: XMLElement, _ bytes: [UInt8], encoding: String? = nil, container: Container? = nil) -> [SignatureFacts] {
    let elements = root.elements(limit: SignatureFacts.maximum) { $0.name == "Signature" && $0.namespace == namespace }
    guard !elements.isEmpty, let parts = try? XMLReading.signatures(bytes, encoding: encoding, maximum: SignatureFacts.maximum),
      parts.count == elements.count
    else { return elements.map { facts(of: $0, nil, nil) } }
    return zip(elements, parts).map { facts(of: $0, $1, container) }
  }

  private static func facts(
    of element: XMLElement, _ parts: XMLSignatureParts?, _ container: Container?
  ) -> SignatureFacts {
    let certificates = certificates(element)
    let check = parts.map { SignatureCheck($0, certificates, container?.file) }
    let signer = check?.signer ?? certificates.first
    var facts = SignatureFacts(kind: .xades, signer: signer.flatMap { CertificateSubject(certificate: $0) })
    facts.time = element.descendant("SigningTime")?.content
    facts.integrity = check?.integrity ?? .unknown
    let documents = parts?.references.filter { !$0.isOfProperties } ?? []
    if let container {
      let named = Set(documents.compactMap(\.fileName))
      facts.coversWhole = container.content.allSatisfy(named.contains)
    } else if !documents.isEmpty {
      facts.coversWhole = documents.contains(where: \.coversDocument)
    }
    return facts
  }

  /// Of the signer first, as a rule; the rest of a chain may follow.
  private static func certificates(_ signature: XMLElement) -> [[UInt8]] {
    let stated = signature.first("KeyInfo")?.elements(limit: 10) { $0.name == "X509Certificate" } ?? []
    return stated.compactMap { $0.content.flatMap(Base64.decode) }
  }
}

extension XMLSignatureParts.Reference {
  /// Of the other file that it names.
  fileprivate var fileName: String? { if case .elsewhere(let uri, _) = octets { FileReference.decoded(uri) } else { nil } }
}

/// Whether a signature and what it signs still belong together. Whose key it is, and who vouches for that, is not asked.
private struct SignatureCheck {
  let integrity: SignatureFacts.Integrity
  /// The certificate whose key made the signature, where one of those stated did.
  let signer: [UInt8]?

  init(_ parts: XMLSignatureParts, _ certificates: [[UInt8]], _ file: ((String) -> ArraySlice<UInt8>?)?) {
    let digests = parts.references.map { SignatureCheck.matches($0, file) }
    let made = certificates.map { SignatureCheck.isMade(parts, by: $0) }
    signer = zip(certificates, made).first { $0.1 == true }?.0
    if digests.contains(false) {
      integrity = .broken
    } else if signer != nil {
      integrity = digests.isEmpty || digests.contains(nil) ? .unknown : .ok
    } else {
      // One certificate that could not be tried leaves it open.
      integrity = made.isEmpty || made.contains(nil) ? .unknown : .broken
    }
  }

  /// `nil` when it cannot be told.
  private static func matches(_ reference: XMLSignatureParts.Reference, _ file: ((String) -> ArraySlice<UInt8>?)?) -> Bool? {
    let octets: ArraySlice<UInt8>
    switch reference.octets {
    case .canonical(let bytes): octets = bytes[...]
    case .elsewhere(_, let isTransformed):
      guard let file, let name = reference.fileName else { return nil }
      guard let bytes = file(name) else { return false }
      if isTransformed { return nil }
      octets = bytes
    case .unknown: return nil
    }
    guard let algorithm = DigestMethod.libraryName(reference.digestMethod), let stated = Base64.decode(reference.digestValue), !stated.isEmpty,
      let actual = MessageDigest.compute(algorithm, octets)
    else { return nil }
    return actual == stated
  }

  private static func isMade(_ parts: XMLSignatureParts, by certificate: [UInt8]) -> Bool? {
    guard let info = parts.signedInfo, let method = method(parts.signatureMethod), let value = Base64.decode(parts.signatureValue), !value.isEmpty
    else { return nil }
    return CertificateSignature.isValid(value, of: info, method: method, certificate: certificate)
  }

  /// `…#rsa-sha256`, `…#ecdsa-sha384`, `…#sha256-rsa-MGF1`.
  private static func method(_ uri: String) -> CertificateSignature.Method? {
    guard let name = DigestMethod.libraryName(uri) else { return nil }
    if name.hasPrefix("rsa-") { return .init(.rsa, digest: String(name.dropFirst(4))) }
    if name.hasPrefix("ecdsa-") { return .init(.ecdsa, digest: String(name.dropFirst(6))) }
    if name.hasSuffix("-rsa-mgf1") { return .init(.rsaPSS, digest: String(name.dropLast(9))) }
    return nil
  }
}
