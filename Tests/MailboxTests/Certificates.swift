import Foundation
import HTTPTransport

/// Certificates for a test, made by `openssl` in a folder that goes with them.
final class Certificates {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "mailbox-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    for authority in ["authority", "stranger"] { try make(authority, issuer: nil, ["/CN=\(authority)"]) }
    try make("server", issuer: "authority", ["/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"])
    try make("intake.robot.test", issuer: "authority", ["/CN=intake.robot.test"])
    try make("second.robot.test", issuer: "authority", ["/CN=second.robot.test"])
    try make("foreign", issuer: "stranger", ["/CN=intake.robot.test"])
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func certificate(_ name: String) -> String { folder.appending(path: name + ".pem").path }
  func key(_ name: String) -> String { folder.appending(path: name + ".key").path }

  private func make(_ name: String, issuer: String?, _ subject: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments =
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", key(name), "-out"]
      + [certificate(name), "-subj"] + subject
      + (issuer.map { ["-CA", certificate($0), "-CAkey", key($0), "-addext", "basicConstraints=critical,CA:FALSE"] } ?? [])
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
  }
}
