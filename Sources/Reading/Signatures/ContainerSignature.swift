import Crypto
import Model
import XMLReading

/// Signatures in XML (XAdES) that point to files beside them, as in ASiC: who signed, when, and whether what they point to is still the same. The signature value itself is not checked: that
/// would need the canonical form of the document. So the integrity is `broken` where a digest differs, and `unknown` otherwise.
enum ContainerSignature {
  static let namespace = "http://www.w3.org/2000/09/xmldsig#"

  /// Every signature in the tree, also one that stands in another's signed properties. `file` gives the bytes of what a reference names, for
  /// references to other files; `nil` where there are none.
  static func find(in root: XMLElement, file: ((String) -> ArraySlice<UInt8>?)? = nil) -> [SignatureFacts] {
    var found: [SignatureFacts] = []
    var stack = [root]
    while let element = stack.popLast(), found.count < SignatureFacts.maximum {
      if element.name == "Signature", element.namespace == namespace { found.append(facts(of: element, file)) }
      stack += element.children.reversed()
    }
    return found
  }

  private static func facts(of signature: XMLElement, _ file: ((String) -> ArraySlice<UInt8>?)?) -> SignatureFacts {
    let certificate = signature.first("KeyInfo")?.descendant("X509Certificate")?.content.flatMap(Base64.decode)
    var facts = SignatureFacts(kind: .xades, signer: certificate.flatMap { CertificateSubject(certificate: $0) })
    facts.time = signature.descendant("SigningTime")?.content
    for reference in signature.first("SignedInfo")?.all("Reference") ?? [] {
      guard let file, let name = reference.attribute("URI"), !name.isEmpty, !name.hasPrefix("#") else { continue }
      if FileReference(reference).matches(file) == false { facts.integrity = .broken }
    }
    return facts
  }

  /// The names of the files that a signature points to.
  static func files(of signature: XMLElement) -> [String] {
    (signature.first("SignedInfo")?.all("Reference") ?? []).compactMap { $0.attribute("URI") }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
      .map(FileReference.decoded)
  }
}

/// A reference to a file by name and digest: of XML signatures and of the manifests of ASiC.
struct FileReference {
  let name: String
  private let algorithm: String?
  private let digest: [UInt8]?
  private let isTransformed: Bool

  init(_ element: XMLElement) {
    name = FileReference.decoded(element.attribute("URI") ?? "")
    algorithm = element.first("DigestMethod")?.attribute("Algorithm").flatMap(FileReference.libraryName)
    digest = element.first("DigestValue")?.content.flatMap(Base64.decode)
    isTransformed = element.first("Transforms")?.children.isEmpty == false
  }

  /// Whether the file is there with this digest; `nil` when it cannot be told.
  func matches(_ file: (String) -> ArraySlice<UInt8>?) -> Bool? {
    guard let bytes = file(name) else { return false }
    guard !isTransformed, let algorithm, let digest, let actual = MessageDigest.compute(algorithm, bytes) else { return nil }
    return actual == digest
  }

  /// `http://www.w3.org/2001/04/xmlenc#sha256` as `sha256`.
  private static func libraryName(_ algorithm: String) -> String? { algorithm.split(separator: "#").last.map { $0.lowercased() } }

  /// Percent signs of a URI as the bytes that they stand for.
  static func decoded(_ uri: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(uri.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2, let value = Hex.bytes(of: String(decoding: rest.prefix(2), as: UTF8.self)) {
        bytes += value
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension XMLElement {
  /// The value of an attribute without namespace.
  func attribute(_ name: String) -> String? { attributes.first { $0.name == name && $0.namespace.isEmpty }?.value }
}
