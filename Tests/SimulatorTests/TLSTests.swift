import CSSL
import Glibc
import Testing

@testable import Simulator

/// mTLS: the client shows a certificate, and the token service takes the client's name from it.
struct TLSTests {
  @Test func mutualTLSAndToken() throws {
    let folder = try TemporaryFolder()
    let authority = try #require(Certificates(folder, "authority", issuer: nil))
    _ = try #require(Certificates(folder, "intake.robot.test", issuer: authority))
    _ = try #require(Certificates(folder, "someone.else", issuer: authority))
    let server = try #require(Certificates(folder, "server", issuer: authority))
    let world = try GoldenWorld {
      $0.authentication = .bearer
      $0.tls = .init(certificateFile: server.certificate, keyFile: server.key, clientAuthorityFile: authority.certificate)
    }
    #expect(world.simulator.baseURL == "https://127.0.0.1:\(world.port)")
    let tokenRequest =
      "POST /token?grant_type=client_credentials&client_id=intake.robot.test HTTP/1.1\r\nHost: x\r\nOID: 2.16.100.1.1.999.1\r\n"
      + "Content-Length: 0\r\nConnection: close\r\n\r\n"

    let answer = try TLSClient.exchange(tokenRequest, port: world.port, identity: folder.path + "/intake.robot.test")
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
    let body = answer.split(separator: "\r\n").last.map { String($0) } ?? ""
    let token = try #require(try JSON.parse(body)["access_token"]?.string)
    let inbox = "GET /api/v1/messages/inbox?limit=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n"
    #expect(try TLSClient.exchange(inbox, port: world.port, identity: folder.path + "/intake.robot.test").contains("500123"))

    let foreign = try TLSClient.exchange(tokenRequest, port: world.port, identity: folder.path + "/someone.else")
    #expect(foreign.hasPrefix("HTTP/1.1 401"))
    #expect(try TLSClient.exchange(inbox, port: world.port, identity: nil).isEmpty, "no certificate, no answer")
    #expect(throws: WireError.self) { _ = try world.get("/api/v1/messages/inbox") }
  }

  @Test func keyThatDoesNotFit() throws {
    let folder = try TemporaryFolder()
    let one = try #require(Certificates(folder, "one", issuer: nil))
    let two = try #require(Certificates(folder, "two", issuer: nil))
    var configuration = Configuration()
    configuration.tls = .init(certificateFile: one.certificate, keyFile: two.key, clientAuthorityFile: one.certificate)
    #expect { _ = try SimulatorServer(configuration) } throws: { "\($0)".contains(two.key) }
  }
}

/// A freshly made certificate and key, in PEM files named by its CN.
private final class Certificates {
  let certificate: String
  let key: String
  private let pair: OpaquePointer
  private let x509: OpaquePointer

  init?(_ folder: TemporaryFolder, _ name: String, issuer: Certificates?) {
    certificate = folder.path + "/\(name).crt"
    key = folder.path + "/\(name).key"
    guard let pair = cssl_new_key(), let x509 = X509_new() else { return nil }
    self.pair = pair
    self.x509 = x509
    // An authority of version 1 needs no extension that says it is one.
    X509_set_version(x509, issuer == nil ? 0 : 2)
    ASN1_INTEGER_set(X509_get_serialNumber(x509), name.utf8.count)
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600)
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600)
    X509_set_pubkey(x509, pair)
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", cssl_utf8_string(), name, -1, -1, 0)
    X509_set_issuer_name(x509, X509_get_subject_name(issuer?.x509 ?? x509))
    guard X509_sign(x509, issuer?.pair ?? pair, EVP_sha256()) > 0, (try? folder.write("\(name).crt", "")) != nil,
      (try? folder.write("\(name).key", "")) != nil, let out = fopen(certificate, "w"), let keyOut = fopen(key, "w")
    else { return nil }
    PEM_write_X509(out, x509)
    PEM_write_PrivateKey(keyOut, pair, nil, nil, 0, nil, nil)
    fclose(out)
    fclose(keyOut)
  }

  deinit {
    X509_free(x509)
    EVP_PKEY_free(pair)
  }
}

private enum TLSClient {
  /// Everything the server says until it ends the connection; empty when the handshake fails.
  static func exchange(_ text: String, port: UInt16, identity: String?) throws -> String {
    let context = try #require(SSL_CTX_new(TLS_client_method()))
    defer { SSL_CTX_free(context) }
    if let identity {
      #expect(SSL_CTX_use_certificate_file(context, identity + ".crt", SSL_FILETYPE_PEM) == 1)
      #expect(SSL_CTX_use_PrivateKey_file(context, identity + ".key", SSL_FILETYPE_PEM) == 1)
    }
    let wire = try WireClient(port: port)
    let session = try #require(SSL_new(context))
    defer { SSL_free(session) }
    SSL_set_fd(session, wire.socketDescriptor)
    guard SSL_connect(session) == 1, SSL_write(session, text, Int32(text.utf8.count)) > 0 else { return "" }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let n = SSL_read(session, &buffer, Int32(buffer.count))
      guard n > 0 else { return String(decoding: received, as: UTF8.self) }
      received += buffer.prefix(Int(n))
    }
  }
}
