import CCrypto

/// A CMS message (RFC 5652) as libcrypto reads it: who signed, what was signed, and whether the two still belong together.
///
/// No certificate is followed to anybody's root: what is said of a signer is what the message states (submissions.md 4.4).
package struct SignedMessage: Sendable {
  /// What a message turned out to be.
  package enum Opening: Sendable {
    case signed(SignedMessage)
    /// EnvelopedData, EncryptedData or AuthEnvelopedData: made for another's key.
    case encrypted
    /// CMS of another kind, such as CompressedData.
    case other
    case malformed
  }

  package enum Integrity: Sendable, Equatable {
    /// The content has the digest that was signed, and the signature belongs to the key of the signer's certificate in the message.
    case ok
    case broken
    /// There is nothing to check it with: no certificate, no content, an algorithm that libcrypto does not know.
    case unknown
  }

  package struct Signer: Sendable {
    /// `nil` when the signer's certificate is not in the message.
    package var subject: CertificateSubject?
    /// The attribute signingTime, in UTC: `2026-07-03T08:12:40Z`.
    package var signingTime: String?
    /// Short name of libcrypto: `SHA256`.
    package var digestAlgorithm: String
    /// The digest of the content as it was signed; `nil` without signed attributes.
    package var messageDigest: [UInt8]?
    /// Of attributes and content together.
    package var integrity: Integrity
    /// Of the signed attributes alone: what can be said while the content is elsewhere.
    package var attributesIntegrity: Integrity
  }

  /// `nil` when the content lies outside the message (a detached signature).
  package var content: [UInt8]?
  package var signers: [Signer]

  /// Reads a message in DER or BER. `detached` are the bytes that a detached signature is about, where they are at hand.
  package static func open(_ bytes: [UInt8], detached: [UInt8]? = nil) -> Opening {
    defer { ERR_clear_error() }
    guard bytes.count <= Int(Int32.max) else { return .malformed }
    let parsed = bytes.withUnsafeBufferPointer { buffer in
      var pointer = buffer.baseAddress
      return d2i_CMS_ContentInfo(nil, &pointer, buffer.count)
    }
    guard let message = parsed else { return .malformed }
    defer { CMS_ContentInfo_free(message) }
    switch OBJ_obj2nid(CMS_get0_type(message)) {
    case NID_pkcs7_signed: return .signed(SignedMessageReader(message).read(detached: detached))
    case NID_pkcs7_enveloped, NID_pkcs7_encrypted, NID_id_smime_ct_authEnvelopedData, NID_pkcs7_signedAndEnveloped: return .encrypted
    default: return .other
    }
  }

  /// Signers of one message that are told apart.
  package static let maximumSigners = 50
}

/// Walks one parsed message. Lives as long as the caller keeps the message.
private struct SignedMessageReader {
  private let message: OpaquePointer

  init(_ message: OpaquePointer) { self.message = message }

  func read(detached: [UInt8]?) -> SignedMessage {
    let infos = signerInfos()
    adoptCertificates(infos)
    let own = embedded()
    let content = own ?? detached
    let check = content.flatMap { digests(of: $0, isEmbedded: own != nil) }
    defer { if let check { BIO_free_all(check) } }
    return SignedMessage(content: own, signers: infos.map { signer($0, check) })
  }

  private func signerInfos() -> [OpaquePointer] {
    guard let stack = CMS_get0_SignerInfos(message) else { return [] }
    let count = min(ccrypto_signers_count(stack), Int32(SignedMessage.maximumSigners))
    return (0..<max(0, count)).compactMap { ccrypto_signer_at(stack, $0) }
  }

  /// Gives each signer its certificate out of the message.
  private func adoptCertificates(_ infos: [OpaquePointer]) {
    guard let certificates = CMS_get1_certs(message) else { return }
    defer { ccrypto_certificates_free(certificates) }
    // Bounded: a message may hold any number of both.
    for index in 0..<max(0, min(ccrypto_certificates_count(certificates), 500)) {
      guard let certificate = ccrypto_certificate_at(certificates, index) else { continue }
      for info in infos where CMS_SignerInfo_cert_cmp(info, certificate) == 0 { CMS_SignerInfo_set1_signer_cert(info, certificate) }
    }
  }

  private func embedded() -> [UInt8]? {
    guard CMS_is_detached(message) == 0, let place = CMS_get0_content(message), let string = place.pointee else { return nil }
    return Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
  }

  /// Reads the content through every digest that the message names. `nil` when libcrypto does not know one of them.
  private func digests(of content: [UInt8], isEmbedded: Bool) -> OpaquePointer? {
    content.withUnsafeBytes { buffer -> OpaquePointer? in
      var source: OpaquePointer?
      if !isEmbedded {
        // An empty content needs a place to point to all the same.
        source = buffer.isEmpty ? BIO_new(BIO_s_null()) : BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: buffer.count))
        if source == nil { return nil }
      }
      guard let chain = CMS_dataInit(message, source) else {
        if let source { BIO_free(source) }
        return nil
      }
      var piece = [UInt8](repeating: 0, count: 64 << 10)
      while BIO_read(chain, &piece, Int32(piece.count)) > 0 {}
      return chain
    }
  }

  private func signer(_ info: OpaquePointer, _ check: OpaquePointer?) -> SignedMessage.Signer {
    var digestType: UnsafeMutablePointer<X509_ALGOR>?
    var certificate: OpaquePointer?
    CMS_SignerInfo_get0_algs(info, nil, &certificate, &digestType, nil)
    let algorithm = digestName(digestType)
    let hasAttributes = CMS_signed_get_attr_count(info) >= 0
    var attributes = SignedMessage.Integrity.unknown
    if certificate != nil, hasAttributes, algorithm.isKnown { attributes = CMS_SignerInfo_verify(info) == 1 ? .ok : .broken }
    var integrity = SignedMessage.Integrity.unknown
    if certificate != nil, let check, algorithm.isKnown {
      // Without signed attributes the signature is over the content itself.
      let matches = CMS_SignerInfo_verify_content(info, check) == 1
      integrity = matches && attributes != .broken ? .ok : .broken
    } else if attributes == .broken {
      integrity = .broken
    }
    return SignedMessage.Signer(
      subject: certificate.flatMap { CertificateSubject(certificate: $0) }, signingTime: signingTime(info), digestAlgorithm: algorithm.name,
      messageDigest: hasAttributes ? messageDigest(info) : nil, integrity: integrity, attributesIntegrity: attributes)
  }

  private func digestName(_ algorithm: UnsafeMutablePointer<X509_ALGOR>?) -> (name: String, isKnown: Bool) {
    guard let algorithm else { return ("", false) }
    var object: OpaquePointer?
    X509_ALGOR_get0(&object, nil, nil, algorithm)
    guard let object else { return ("", false) }
    let number = OBJ_obj2nid(object)
    guard number != NID_undef, let name = OBJ_nid2sn(number) else { return (ObjectIdentifier.dotted(object), false) }
    return (String(cString: name), EVP_get_digestbyname(name) != nil)
  }

  private func messageDigest(_ info: OpaquePointer) -> [UInt8]? {
    guard let object = OBJ_nid2obj(NID_pkcs9_messageDigest),
      let value = CMS_signed_get0_data_by_OBJ(info, object, -3, V_ASN1_OCTET_STRING)
    else { return nil }
    let string = UnsafePointer<ASN1_STRING>(value.assumingMemoryBound(to: ASN1_STRING.self))
    return Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
  }

  private func signingTime(_ info: OpaquePointer) -> String? {
    let place = CMS_signed_get_attr_by_NID(info, NID_pkcs9_signingTime, -1)
    guard place >= 0, let attribute = CMS_signed_get_attr(info, place), let value = X509_ATTRIBUTE_get0_type(attribute, 0) else { return nil }
    guard value.pointee.type == V_ASN1_UTCTIME || value.pointee.type == V_ASN1_GENERALIZEDTIME else { return nil }
    var time = tm()
    guard ASN1_TIME_to_tm(value.pointee.value.asn1_string, &time) == 1 else { return nil }
    func padded(_ number: Int32, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return
      "\(padded(time.tm_year + 1900, 4))-\(padded(time.tm_mon + 1, 2))-\(padded(time.tm_mday, 2))T\(padded(time.tm_hour, 2)):\(padded(time.tm_min, 2)):\(padded(time.tm_sec, 2))Z"
  }
}
