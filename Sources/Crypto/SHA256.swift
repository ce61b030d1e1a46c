import CCrypto

/// SHA-256 over bytes that come in pieces.
///
/// `Sendable` unchecked: the context has exactly one owner, because the value cannot be copied, and libcrypto ties it to no thread.
package struct SHA256: ~Copyable, @unchecked Sendable {
  private let context: OpaquePointer

  package init() {
    // Allocation failure and an unusable libcrypto are the only ways to fail: neither leaves a program that may go on numbering.
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("libcrypto: no memory for a digest") }
    precondition(EVP_DigestInit_ex(context, SHA256.algorithm, nil) == 1, "libcrypto: SHA-256 is not available")
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "libcrypto: digest update failed")
  }

  package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  package mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// The digest of everything so far; afterwards the hash is empty again and may be used for the next input.
  package mutating func finish() -> Digest {
    var bytes = [UInt8](repeating: 0, count: Digest.length)
    var length: UInt32 = 0
    precondition(EVP_DigestFinal_ex(context, &bytes, &length) == 1 && Int(length) == Digest.length, "libcrypto: digest failed")
    precondition(EVP_DigestInit_ex(context, SHA256.algorithm, nil) == 1, "libcrypto: SHA-256 is not available")
    return Digest(trusted: bytes)
  }

  /// As `finish`, into 32 bytes of the caller's.
  package mutating func finish(into bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count >= Digest.length)
    var length: UInt32 = 0
    precondition(
      EVP_DigestFinal_ex(context, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, &length) == 1 && Int(length) == Digest.length,
      "libcrypto: digest failed")
    precondition(EVP_DigestInit_ex(context, SHA256.algorithm, nil) == 1, "libcrypto: SHA-256 is not available")
  }

  package static func digest(_ bytes: UnsafeRawBufferPointer) -> Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  package static func digest(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { digest($0) } }

  package static func digest(_ text: String) -> Digest {
    var hash = SHA256()
    hash.update(text)
    return hash.finish()
  }

  /// Fetched once: `EVP_sha256()` names an algorithm that libcrypto looks up anew, behind a lock, for every digest, which costs more than a short
  /// hash itself. Never freed, and only read.
  nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)
}
