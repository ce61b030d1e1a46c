import CSSL
import Glibc

/// Settings of a TLS server that demands a client certificate.
final class TLSContext: Sendable {
  nonisolated(unsafe) let pointer: OpaquePointer  // An SSL_CTX is thread-safe once it is set up, and it is not changed afterwards.

  init(_ files: Configuration.TLS) throws(SimulatorError) {
    guard let context = SSL_CTX_new(TLS_server_method()) else { throw SimulatorError("libssl gave no context") }
    pointer = context
    _ = cssl_require_tls12(context)
    guard SSL_CTX_use_certificate_chain_file(context, files.certificateFile) == 1 else {
      throw SimulatorError("\(files.certificateFile): no certificate in PEM could be read")
    }
    guard SSL_CTX_use_PrivateKey_file(context, files.keyFile, SSL_FILETYPE_PEM) == 1, SSL_CTX_check_private_key(context) == 1 else {
      throw SimulatorError("\(files.keyFile): no private key in PEM that fits the certificate")
    }
    guard SSL_CTX_load_verify_locations(context, files.clientAuthorityFile, nil) == 1 else {
      throw SimulatorError("\(files.clientAuthorityFile): no certificates in PEM could be read")
    }
    // libssl writes without MSG_NOSIGNAL: a client that goes away must not end the process.
    signal(SIGPIPE, SIG_IGN)
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
  }

  deinit { SSL_CTX_free(pointer) }
}

/// TLS over a plain connection. Reading and writing happen on the connection's own thread only.
final class TLSTransport: Transport {
  private let plain: PlainTransport
  nonisolated(unsafe) private let session: OpaquePointer
  let peerName: String?

  var descriptor: Int32 { plain.descriptor }

  /// Nil when the handshake fails, for instance because the client shows no certificate.
  init?(_ plain: PlainTransport, _ context: TLSContext) {
    guard let session = SSL_new(context.pointer) else { return nil }
    guard SSL_set_fd(session, plain.descriptor) == 1, SSL_accept(session) == 1 else {
      SSL_free(session)
      // The alert that says why must arrive.
      plain.finishPolitely()
      return nil
    }
    self.plain = plain
    self.session = session
    peerName = Self.commonName(session)
  }

  deinit { SSL_free(session) }

  private static func commonName(_ session: OpaquePointer) -> String? {
    guard let certificate = SSL_get1_peer_certificate(session) else { return nil }
    defer { X509_free(certificate) }
    var text = [CChar](repeating: 0, count: 256)
    let length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, &text, Int32(text.count))
    guard length > 0 else { return nil }
    return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func read(limit: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      count = max(0, Int(SSL_read(session, buffer.baseAddress, Int32(limit))))
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard !bytes.isEmpty else { return true }
    return SSL_write(session, bytes.baseAddress, Int32(bytes.count)) > 0
  }

  func abort() { plain.abort() }

  func finish() {
    SSL_shutdown(session)
    plain.finish()
  }

  func finishPolitely() {
    SSL_shutdown(session)
    plain.finishPolitely()
  }
}
