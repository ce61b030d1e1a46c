import CCrypto
package import Model

/// Ed25519 signatures over short messages (checkpoints, statements), with keys in PEM files.
package enum Signature {
  package static let length = 64

  /// 64 bytes. Throws `crypto.key-unreadable` when the file holds no unencrypted Ed25519 private key.
  package static func sign(_ message: [UInt8], privateKeyFile path: String) throws(OperatorError) -> [UInt8] {
    let key = try key(path, isPrivate: true)
    defer { EVP_PKEY_free(key) }
    guard let context = EVP_MD_CTX_new() else { throw failed() }
    defer { EVP_MD_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: length)
    var count = length
    guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
      EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count == length
    else { throw failed() }
    return signature
  }

  /// Whether the signature is of this message by the owner of this public key (PEM). Throws `crypto.key-unreadable`.
  package static func isValid(_ signature: [UInt8], of message: [UInt8], publicKeyFile path: String) throws(OperatorError) -> Bool {
    let key = try key(path, isPrivate: false)
    defer { EVP_PKEY_free(key) }
    guard let context = EVP_MD_CTX_new() else { throw failed() }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { throw failed() }
    let result = EVP_DigestVerify(context, signature, signature.count, message, message.count)
    ERR_clear_error()
    return result == 1
  }

  private static func key(_ path: String, isPrivate: Bool) throws(OperatorError) -> OpaquePointer {
    defer { ERR_clear_error() }
    guard let file = BIO_new_file(path, "r") else { throw unreadable(path, "the key file cannot be read") }
    defer { BIO_free(file) }
    // An empty pass phrase instead of a prompt on the terminal.
    let read = isPrivate ? PEM_read_bio_PrivateKey(file, nil, { _, _, _, _ in 0 }, nil) : PEM_read_bio_PUBKEY(file, nil, { _, _, _, _ in 0 }, nil)
    guard let key = read else {
      throw unreadable(path, "the file holds no unencrypted \(isPrivate ? "private" : "public") key in PEM form")
    }
    guard EVP_PKEY_get_id(key) == NID_ED25519 else {
      EVP_PKEY_free(key)
      throw unreadable(path, "the key is not an Ed25519 key")
    }
    return key
  }

  private static func unreadable(_ path: String, _ summary: String) -> OperatorError {
    OperatorError(
      "crypto.key-unreadable", summary, remedy: "make one with: openssl genpkey -algorithm ed25519 -out FILE", context: [.init("key", path)],
      disposition: .misconfigured)
  }

  private static func failed() -> OperatorError {
    ERR_clear_error()
    return OperatorError("crypto.failed", "libcrypto failed", remedy: "report this: it is an error of the program")
  }
}
