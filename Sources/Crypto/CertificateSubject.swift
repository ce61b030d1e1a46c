import CCrypto
import Model

/// Whom a certificate names, as its subject states it. Nothing about the certificate is checked.
package struct CertificateSubject: Sendable, Equatable {
  package struct Attribute: Sendable, Equatable {
    /// Dotted, `2.5.4.3`.
    package var type: String
    package var value: String

    package init(type: String, value: String) {
      self.type = type
      self.value = value
    }
  }

  /// In the order of the certificate.
  package var attributes: [Attribute]

  package init(_ attributes: [Attribute]) { self.attributes = attributes }

  package var commonName: String? { attributes.last { $0.type == "2.5.4.3" }?.value }

  package var organization: String? { attributes.last { $0.type == "2.5.4.10" }?.value }

  /// ЕГН, ЛНЧ and ЕИК/БУЛСТАТ, digits only, each once (submissions.md 4.4): `serialNumber=PNOBG-…`, `organizationIdentifier=NTRBG-…`, and the
  /// ways of older certificates: `EGN:…` within `ST`, `BULSTAT:…` within `OU`, attributes of the issuer's own. A number whose label does not
  /// say that it is one of these is taken only from an attribute of an issuer's own, and only when its check digit is right.
  package var identifiers: [String] {
    var found: [String] = []
    for attribute in attributes {
      let number = CertificateSubject.labelled(attribute.value) ?? (attribute.isIssuersOwn ? CertificateSubject.bare(attribute.value) : nil)
      if let number, !found.contains(number) { found.append(number) }
    }
    return found
  }

  private static let labels = [
    "PNOBG", "TINBG", "NTRBG", "VATBG", "PI:BG", "EGN", "ЕГН", "EGNT", "LNCH", "LNC", "ЛНЧ", "PID", "BULSTAT", "БУЛСТАТ", "EIK", "ЕИК",
  ]

  private static func labelled(_ value: String) -> String? {
    let text = value.uppercased()
    for label in labels {
      var rest = text[...]
      while let place = rest.firstRange(of: label) {
        let isWordStart = rest[..<place.lowerBound].last.map { !$0.isLetter && !$0.isNumber } ?? true
        rest = rest[place.upperBound...]
        let number = rest.drop { $0 == ":" || $0 == "-" || $0 == "=" || $0 == " " }.prefix { $0.isASCII && $0.isNumber }
        if isWordStart, [9, 10, 13].contains(number.count) { return String(number) }
      }
    }
    return nil
  }

  private static func bare(_ value: String) -> String? {
    PersonalIdentifier.kinds(of: value).isEmpty ? nil : value
  }

  /// From a certificate in DER. `nil` when the bytes are none.
  package init?(certificate bytes: [UInt8]) {
    defer { ERR_clear_error() }
    let parsed = bytes.withUnsafeBufferPointer { buffer in
      var pointer = buffer.baseAddress
      return d2i_X509(nil, &pointer, buffer.count)
    }
    guard let certificate = parsed else { return nil }
    defer { X509_free(certificate) }
    guard let subject = CertificateSubject(certificate: certificate) else { return nil }
    self = subject
  }

  init?(certificate: OpaquePointer) {
    guard let name = X509_get_subject_name(certificate) else { return nil }
    var attributes: [Attribute] = []
    for index in 0..<min(X509_NAME_entry_count(name), CertificateSubject.maximumAttributes) {
      guard let entry = X509_NAME_get_entry(name, index), let type = X509_NAME_ENTRY_get_object(entry), let data = X509_NAME_ENTRY_get_data(entry),
        let value = CertificateSubject.text(data)
      else { continue }
      attributes.append(Attribute(type: ObjectIdentifier.dotted(type), value: value))
    }
    self.attributes = attributes
  }

  private static let maximumAttributes: Int32 = 64

  /// Any of ASN.1's string types.
  private static func text(_ string: UnsafePointer<ASN1_STRING>) -> String? {
    var utf8: UnsafeMutablePointer<UInt8>?
    let length = ASN1_STRING_to_UTF8(&utf8, string)
    guard length >= 0, let utf8 else { return nil }
    defer { ccrypto_free(utf8) }
    return String(decoding: UnsafeBufferPointer(start: utf8, count: Int(length)), as: UTF8.self)
  }
}

extension CertificateSubject.Attribute {
  /// Not one of X.520's attributes.
  fileprivate var isIssuersOwn: Bool { !type.hasPrefix("2.5.4.") && !type.hasPrefix("1.2.840.113549.1.9.") && !type.hasPrefix("0.9.2342.") }
}

/// Object identifiers of libcrypto as text.
enum ObjectIdentifier {
  static func dotted(_ object: OpaquePointer) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    let length = OBJ_obj2txt(&buffer, Int32(buffer.count), object, 1)
    guard length > 0 else { return "" }
    return String(decoding: buffer.prefix(Int(min(length, 127))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
