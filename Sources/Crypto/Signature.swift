package import Model

/// Ed25519 signatures over short messages (checkpoints, statements), with keys in PEM files.
package enum Signature {
  /// 64 bytes. Throws `crypto.key-unreadable` when the file is no Ed25519 private key.
  package static func sign(_ message: [UInt8], privateKeyFile path: String) throws(OperatorError) -> [UInt8] { throw OperatorError("x", "", remedy: "") }

  /// Whether the signature is of this message by the owner of this public key (PEM). Throws `crypto.key-unreadable`.
  package static func isValid(_ signature: [UInt8], of message: [UInt8], publicKeyFile path: String) throws(OperatorError) -> Bool { throw OperatorError("x", "", remedy: "") }
}
