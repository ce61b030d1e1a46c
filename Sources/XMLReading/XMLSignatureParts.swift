/// What one `ds:Signature` of a document consists of (W3C XML Signature 1.1), as far as it must be seen in the document's own bytes to be checked.
package struct XMLSignatureParts: Sendable, Equatable {
  /// One `ds:Reference` of the signed part.
  package struct Reference: Sendable, Equatable {
    package enum Octets: Sendable, Equatable {
      /// A part of this document, transformed as the reference says.
      case canonical([UInt8])
      /// Another file, by its URI as written; `isTransformed` when not its very bytes were signed.
      case elsewhere(uri: String, isTransformed: Bool)
      /// A transform or a place that is not known here, two elements with the same identifier, or more bytes than the limit.
      case unknown
    }

    package var octets: Octets
    /// The URI of the algorithm, and the digest in base64, as written.
    package var digestMethod: String
    package var digestValue: String
    /// Whether the root of the document is what is signed.
    package var coversDocument: Bool
    /// Whether it is the signature's own properties that are signed (XAdES), and not a document.
    package var isOfProperties: Bool
  }

  package var references: [Reference]
  /// `ds:SignedInfo` in the canonical form it names; `nil` when that is not known.
  package var signedInfo: [UInt8]?
  /// The URI of the algorithm, and the value in base64, as written.
  package var signatureMethod: String
  package var signatureValue: String
}
