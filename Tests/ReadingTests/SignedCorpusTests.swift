import Model
import Testing

@testable import Reading

/// What the real CMS files must give, field by field.
struct SignedCorpusTests {
  struct Expected: Sendable, CustomTestStringConvertible {
    var file: String
    var signers: [String]
    var times: [String]
    var integrity: String
    /// `nil` for a detached signature.
    var content: String?

    var testDescription: String { file }

    init(_ file: String, _ signers: [String], _ times: [String], _ integrity: String, _ content: String?) {
      (self.file, self.signers, self.times, self.integrity, self.content) = (file, signers, times, integrity, content)
    }
  }

  static let messages = [
    Expected("dss-C-E-ERS-detached.p7s", ["good-user"], ["2025-04-28T09:47:53Z"], "unknown", nil),
    Expected("dss-C-E-ERS-detached_renewed_hashtree_invalid.p7s", ["good-user"], ["2025-04-28T09:47:53Z"], "unknown", nil),
    Expected("dss-CAdES-BpB-att-SHA3_256-SHA256withRSA.p7m", ["CIUDADANO FICTICIO ACTIVO"], ["2018-05-15T20:22:43Z"], "ok", "text"),
    Expected("dss-CAdES-BpB-att-SHA3_512-SHA256withRSA.p7m", ["CIUDADANO FICTICIO ACTIVO"], ["2018-04-29T11:32:32Z"], "ok", "text"),
    Expected("dss-CAdES-BpT_modified_ts_hash.p7m", ["CIUDADANO FICTICIO ACTIVO"], ["2017-07-11T19:54:22Z"], "ok", "text"),
    Expected("dss-Signature-C-LT-d233a2d9-a257-40dc-bcdb-bf4516b6d1da.p7m", ["Aleksandr Beliakov"], ["2022-05-19T09:13:41Z"], "ok", "xml"),
    Expected("dss-cades-bes-signeddata-detached.p7s", ["good-user"], ["2024-11-07T11:29:06Z"], "unknown", nil),
    Expected("dss-cades-detached.pkcs7", ["good-user"], ["2020-03-26T08:58:48Z"], "unknown", nil),
    Expected("dss-cades-t-duplicated-sigtst.p7m", ["good-user-with-pseudo"], ["2023-12-07T11:40:35Z"], "ok", "text"),
    Expected("dss-cades-tstv2-detached.p7s", ["Disig DEV test 4 - PSEUDONYM"], ["2013-03-01T12:03:54Z"], "unknown", nil),
    Expected(
      "dss-cades-two-sig-copied-tst.p7m", ["good-user", "good-user"], ["2023-12-07T14:44:45Z", "2023-12-07T14:44:45Z"], "ok", "text"),
    Expected("tika-testDetached.p7s", ["Robert Muir"], ["2007-05-29T20:24:04Z"], "unknown", nil),
    Expected("tika-testPKCS17Sig.xml.p7m", ["Alessandro De Angelis"], ["2015-12-30T09:45:34Z"], "ok", "xml"),
    Expected("tika-testPKCS7_signature_def.p7s", ["Usuario de pruebas 61"], ["2019-01-24T15:33:44Z"], "unknown", nil),
    Expected("tika-testPKCS7_signed_data_ind.p7m", ["Usuario de pruebas 61"], ["2019-01-24T13:42:13Z"], "ok", "text"),
  ]

  @Test(arguments: messages)
  func signers(expected: Expected) {
    guard let bytes = Corpus.bytes("signed/\(expected.file)") else { return Skips.count("signed") }
    let reading = reading(of: bytes)
    #expect(reading.kind == .cms)
    #expect(reading.status == .read)
    #expect(reading.values("signature.signer") == expected.signers)
    #expect(reading.values("signature.time") == expected.times)
    #expect(reading.values("signature.integrity") == expected.signers.map { _ in expected.integrity })
    #expect(reading.nested.map(\.kind.rawValue) == (expected.content.map { [$0] } ?? []))
    #expect(reading.nested.allSatisfy { $0.status == .read })
    #expect(reading.notes.contains("detached-signature") == (expected.content == nil))
    #expect(reading.values("signature.digest").isEmpty == (expected.content != nil))
  }

  @Test func envelopedIsEncrypted() {
    guard let bytes = Corpus.bytes("signed/tika-testPKCS7_enveloped_def.p7m") else { return Skips.count("signed") }
    let reading = reading(of: bytes)
    #expect(reading.kind == .cms)
    #expect(reading.reason == "encrypted")
  }
}
