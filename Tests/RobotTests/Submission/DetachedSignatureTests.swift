import Model
import Testing

@testable import Robot

struct DetachedSignatureTests {
  private let digest = String(repeating: "ab", count: 32)

  private func signature(_ name: String, path: String = "2", states algorithm: String = "sha-256", matchesKey: Bool = true) -> SubmissionDocument {
    func fact(_ name: String, _ value: String) -> Fact {
      Fact(name, .text(value), source: FactSource(document: "", method: "cms-detached", place: "signature 1"))
    }
    return SubmissionDocument(
      path: path, fileName: name, size: 1, digest: "00",
      reading: DocumentReading(
        kind: .cms, status: .read,
        facts: [fact("signature.kind", "cades"), fact("signature.integrity", "unknown"), fact("signature.digest", "\(algorithm):\(digest)")],
        notes: ["detached-signature"] + (matchesKey ? ["signature-matches-key"] : [])))
  }

  private func file(_ name: String, _ digest: String, path: String = "1") -> SubmissionDocument {
    SubmissionDocument(path: path, fileName: name, size: 1, digest: digest, reading: DocumentReading(kind: .docx, status: .read, text: "Молба"))
  }

  private func result(_ documents: [SubmissionDocument]) -> (integrity: String?, file: String?) {
    let facts = DetachedSignatures.pair(documents).last?.reading.facts ?? []
    func value(_ name: String) -> String? { facts.first { $0.name == name }?.value.display }
    return (value("signature.integrity"), value("signature.file"))
  }

  @Test func byDigestWhateverTheName() {
    #expect(result([file("Молба.docx", digest), signature("podpis.p7s")]) == ("ok", "Молба.docx"))
    #expect(result([file("друг.docx", "cd"), file("Молба.docx", digest, path: "3"), signature("друг.docx.p7s")]) == ("ok", "Молба.docx"))
  }

  @Test func byNameWhenTheDigestIsAnother() {
    #expect(result([file("Молба.docx", "cd"), signature("Молба.docx.p7s")]) == ("broken", "Молба.docx"))
    #expect(result([file("Молба.docx", "cd"), signature("МОЛБА-docx-20260703111240.p7s")]) == ("broken", "Молба.docx"))
    // A digest of another kind cannot be compared here.
    #expect(result([file("Молба.docx", "cd"), signature("Молба.docx.p7s", states: "sha-512")]) == ("unknown", "Молба.docx"))
  }

  @Test func nothingIsMadeUp() {
    #expect(result([file("Молба.docx", "cd"), signature("друго.p7s")]) == ("unknown", nil))
    #expect(result([file("Молба.docx", digest), signature("Молба.docx.p7s", matchesKey: false)]) == ("unknown", "Молба.docx"))
    #expect(result([signature("a.p7s.p7s", path: "1"), signature("a.p7s")]) == ("unknown", nil))
  }
}
