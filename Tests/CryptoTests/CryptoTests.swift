import Crypto
import FoundationEssentials
import Model
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4 examples and NIST's million letters.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func knownAnswers(text: String, hex: String) {
    #expect(SHA256.digest(text).hex == hex)
    #expect(SHA256.digest(Array(text.utf8)).hex == hex)
    var hash = SHA256()
    for _ in 0..<2 {
      // In pieces, and the second time with the value used again.
      var rest = Array(text.utf8)[...]
      var size = 1
      while !rest.isEmpty {
        hash.update(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
        size = size * 3 % 1009 + 1
      }
      #expect(hash.finish().hex == hex)
    }
  }

  @Test func digestsAreReadFromHexOnly() {
    let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(Digest(hex: hex) == SHA256.digest("abc"))
    #expect(Digest(hex: hex.uppercased()) == SHA256.digest("abc"))
    for wrong in [String(hex.dropLast()), hex + "00", "g" + hex.dropFirst(), "", "ба" + hex.dropFirst(2)] { #expect(Digest(hex: wrong) == nil) }
    #expect(Digest(bytes: [1]) == nil)
    #expect(Hex.bytes(of: "00ff10") == [0, 255, 16])
    #expect(Hex.text(of: [0, 255, 16]) == "00ff10")
  }
}

@Suite struct SignatureTests {
  /// RFC 8032, 7.1, test 1, in PEM form.
  private static let privateKey = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
    -----END PRIVATE KEY-----

    """
  private static let publicKey = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    -----END PUBLIC KEY-----

    """
  private static let signature =
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"

  private func file(_ text: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/crypto-tests-\(UInt64.random(in: 0 ... .max))"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  @Test func signsAndVerifiesTheVectorOfTheStandard() throws {
    let (secret, open) = (try file(Self.privateKey), try file(Self.publicKey))
    defer { for path in [secret, open] { try? FileManager.default.removeItem(atPath: path) } }
    let signature = try Signature.sign([], privateKeyFile: secret)
    #expect(Hex.text(of: signature) == Self.signature)
    #expect(try Signature.isValid(signature, of: [], publicKeyFile: open))
    #expect(try !Signature.isValid(signature, of: [0], publicKeyFile: open))
    var wrong = signature
    wrong[10] ^= 1
    #expect(try !Signature.isValid(wrong, of: [], publicKeyFile: open))
    #expect(try !Signature.isValid([], of: [], publicKeyFile: open))
  }

  @Test func keysThatCannotServeAreNamed() throws {
    let (secret, open, junk) = (try file(Self.privateKey), try file(Self.publicKey), try file("no key"))
    defer { for path in [secret, open, junk] { try? FileManager.default.removeItem(atPath: path) } }
    for path in [open, junk, "/nonexistent/key"] {
      do {
        _ = try Signature.sign([1], privateKeyFile: path)
        Issue.record("signed with \(path)")
      } catch {
        #expect(error.code == "crypto.key-unreadable")
      }
    }
    for path in [secret, junk, "/nonexistent/key"] {
      #expect(throws: OperatorError.self) { try Signature.isValid([], of: [], publicKeyFile: path) }
    }
  }
}
