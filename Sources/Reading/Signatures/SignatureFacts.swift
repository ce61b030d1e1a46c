import Crypto
import Model

/// What one electronic signature says of itself: who signed, when, what, and whether those bytes are still the ones that were signed.
///
/// All of it "as stated": no certificate is checked against anybody's trust, so a signature is never called valid here (submissions.md 4.4).
struct SignatureFacts: Equatable {
  enum Kind: String { case pades, cades, xades, asic }

  enum Integrity: String {
    /// The signed bytes match the signature and the signature matches the key of its own certificate.
    case ok
    /// One of the two does not.
    case broken
    /// It could not be checked: the signed file is elsewhere, the certificate is missing, the algorithm is not known.
    case unknown
  }

  var kind: Kind
  var signer: CertificateSubject?
  /// As the signature writes it, in ISO 8601 where it could be converted.
  var time: String?
  var integrity: Integrity = .unknown
  /// Whether every byte of the document is covered; `nil` when that has no meaning or is not known.
  var coversWhole: Bool?
  /// `sha-256:…` of the signed file, for a signature that lies beside it.
  var digest: String?
  /// What that file is called, where it was found.
  var file: String?

  /// The facts of the `signature.*` section. `method`: `cms`, `pdf-signature`, `xml-signature`; place: which signature, from 1.
  static func facts(_ signatures: [SignatureFacts], method: String) -> [Fact] {
    var facts = FactCollector(method: method)
    for (index, signature) in signatures.prefix(maximum).enumerated() {
      let place = "signature \(index + 1)"
      facts.add("signature.kind", signature.kind.rawValue, at: place)
      facts.add("signature.signer", signature.signer?.commonName, at: place)
      for identifier in signature.signer?.identifiers ?? [] { facts.add("signature.identifier", identifier, at: place) }
      facts.add("signature.time", signature.time, at: place)
      facts.add("signature.integrity", signature.integrity.rawValue, at: place)
      if let whole = signature.coversWhole { facts.add("signature.whole", .flag(whole), at: place) }
      facts.add("signature.digest", signature.digest, at: place)
      facts.add("signature.file", signature.file, at: place)
    }
    return facts.facts
  }

  /// Signatures of one document that are told apart.
  static let maximum = 50
}
