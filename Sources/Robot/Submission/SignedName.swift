import Model

/// What the names of signed files say of each other (submissions.md 2.3, 5).
enum SignedName {
  /// The name of what lies inside a signed container that does not say it: `Заявление.docx` for `Заявление.docx.p7m`.
  static func inner(of document: SubmissionDocument) -> String? {
    guard document.reading.kind == .cms, let name = withoutEnding(document.fileName) else { return nil }
    return name
  }

  private static let endings = [".p7m", ".p7s", ".pkcs7", ".p7b", ".p7c", ".p7", ".sig"]

  static func withoutEnding(_ name: String) -> String? {
    let lowered = name.lowercased()
    guard let ending = endings.first(where: { lowered.hasSuffix($0) }), name.count > ending.count else { return nil }
    return String(name.dropLast(ending.count))
  }
}
