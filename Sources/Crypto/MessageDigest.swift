import CCrypto

/// Digests other than SHA-256, as signatures name them.
package enum MessageDigest {
  /// `algorithm` as libcrypto calls it, in any case: `sha512`, `sha3-256`. `nil` for one that it does not know.
  package static func compute(_ algorithm: String, _ bytes: some Collection<UInt8>) -> [UInt8]? {
    defer { ERR_clear_error() }
    guard let type = EVP_get_digestbyname(algorithm) else { return nil }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    let isDone =
      bytes.withContiguousStorageIfAvailable { EVP_Digest($0.baseAddress, $0.count, &digest, &length, type, nil) }
      ?? Array(bytes).withUnsafeBytes { EVP_Digest($0.baseAddress, $0.count, &digest, &length, type, nil) }
    return isDone == 1 ? Array(digest.prefix(Int(length))) : nil
  }
}
