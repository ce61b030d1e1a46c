import CCrypto

/// Signatures by the key of a certificate, over bytes that are at hand. Nothing is said about who may be trusted.
package enum CertificateSignature {
  /// How a signature over a message is made.
  package struct Method: Sendable, Equatable {
    package enum Scheme: Sendable { case rsa, rsaPSS, ecdsa }

    package var scheme: Scheme
    /// As libcrypto calls it: `sha256`.
    package var digest: String

    package init(_ scheme: Scheme, digest: String) {
      self.scheme = scheme
      self.digest = digest
    }
  }

  /// Whether `signature` is over `message` by the key of this certificate (DER). An ECDSA signature is the two numbers one after the other, as XML
  /// Signature has it. `nil` when that cannot be told: the certificate or the algorithm is not known, or the key is of another kind.
  package static func isValid(_ signature: [UInt8], of message: [UInt8], method: Method, certificate: [UInt8]) -> Bool? {
    defer { ERR_clear_error() }
    let parsed = certificate.withUnsafeBufferPointer { buffer in
      var pointer = buffer.baseAddress
      return d2i_X509(nil, &pointer, buffer.count)
    }
    guard let parsed else { return nil }
    defer { X509_free(parsed) }
    guard let key = X509_get0_pubkey(parsed), EVP_PKEY_get_base_id(key) == (method.scheme == .ecdsa ? EVP_PKEY_EC : EVP_PKEY_RSA),
      let digest = EVP_get_digestbyname(method.digest), let context = EVP_MD_CTX_new()
    else { return nil }
    defer { EVP_MD_CTX_free(context) }
    var keyContext: OpaquePointer?
    guard EVP_DigestVerifyInit(context, &keyContext, digest, nil, key) == 1 else { return nil }
    var value = signature
    switch method.scheme {
    case .rsa: break
    case .rsaPSS:
      guard EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1,
        EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1
      else { return nil }
    case .ecdsa:
      guard let encoded = encoded(signature) else { return false }
      value = encoded
    }
    return EVP_DigestVerify(context, value, value.count, message, message.count) == 1
  }

  /// r and s, each half of the bytes, as the ASN.1 that libcrypto takes.
  private static func encoded(_ numbers: [UInt8]) -> [UInt8]? {
    guard !numbers.isEmpty, numbers.count % 2 == 0, numbers.count <= 256, let pair = ECDSA_SIG_new() else { return nil }
    defer { ECDSA_SIG_free(pair) }
    let half = numbers.count / 2
    let first = numbers.withUnsafeBufferPointer { BN_bin2bn($0.baseAddress, Int32(half), nil) }
    let second = numbers.withUnsafeBufferPointer { BN_bin2bn($0.baseAddress.map { $0 + half }, Int32(half), nil) }
    // Both belong to the pair from here on.
    guard ECDSA_SIG_set0(pair, first, second) == 1 else {
      BN_free(first)
      BN_free(second)
      return nil
    }
    var bytes: UnsafeMutablePointer<UInt8>?
    let length = i2d_ECDSA_SIG(pair, &bytes)
    defer { ccrypto_free(bytes) }
    guard length > 0, let bytes else { return nil }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(length)))
  }
}
