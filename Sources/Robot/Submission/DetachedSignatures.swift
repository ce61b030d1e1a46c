import Model

/// Signatures that lie beside the file they are about (`.p7s`), put together with it: the file whose SHA-256 the signature states, else the one
/// that its name names (submissions.md 2.3, 5).
///
/// The reader has seen only the signature: that it belongs to its certificate's key and states this digest. Whether the file has that digest is
/// known here, from the archive.
enum DetachedSignatures {
  /// `documents`: attachments of one message. The facts of each such signature gain the file and lose the doubt, where it can be settled.
  static func pair(_ documents: [SubmissionDocument]) -> [SubmissionDocument] {
    documents.map { document in
      guard isDetached(document) else { return document }
      var document = document
      document.reading.facts = settled(document, documents.filter { $0.path != document.path && !isDetached($0) })
      return document
    }
  }

  private static func isDetached(_ document: SubmissionDocument) -> Bool {
    document.reading.kind == .cms && document.reading.notes.contains("detached-signature")
  }

  private static func settled(_ document: SubmissionDocument, _ others: [SubmissionDocument]) -> [Fact] {
    let facts = document.reading.facts
    let stated = facts.filter { $0.name == "signature.digest" }
    let byDigest = others.first { other in stated.contains { digest in other.digest.map { digest.value.display == "sha-256:\($0)" } == true } }
    let names = SignedName.signed(by: document.fileName)
    guard let target = byDigest ?? others.first(where: { names.contains($0.fileName.lowercased()) }) else { return facts }
    var result: [Fact] = []
    for fact in facts {
      var fact = fact
      if fact.name == "signature.integrity", fact.value == .text("unknown"),
        let digest = stated.first(where: { $0.source.place == fact.source.place })
      {
        fact.value = .text(verdict(digest.value.display, target.digest, document.reading) ?? "unknown")
      }
      result.append(fact)
    }
    if !target.fileName.isEmpty, let source = facts.first(where: { $0.name == "signature.kind" })?.source {
      result.append(Fact("signature.file", .text(target.fileName), source: source))
    }
    return result
  }

  /// `nil` when the file's digest is not of the kind that the signature states, or the signature itself could not be checked.
  private static func verdict(_ stated: String, _ digest: String?, _ reading: DocumentReading) -> String? {
    guard let digest, stated.hasPrefix("sha-256:") else { return nil }
    if stated != "sha-256:\(digest)" { return "broken" }
    return reading.notes.contains("signature-matches-key") ? "ok" : nil
  }
}
