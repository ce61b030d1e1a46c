/// What the names of signed files say of each other (submissions.md 2.3, 5).
package enum SignedName {
  private static let endings = [".p7m", ".p7s", ".pkcs7", ".p7b", ".p7c", ".p7", ".sig"]

  /// The name of what lies inside a signed container that does not say it: `Заявление.docx` for `Заявление.docx.p7m`. `nil` without such an
  /// ending.
  package static func withoutEnding(_ name: String) -> String? {
    let lowered = name.lowercased()
    guard let ending = endings.first(where: { lowered.hasSuffix($0) }), name.count > ending.count else { return nil }
    return String(name.dropLast(ending.count))
  }

  /// The files that a signature of this name may be about, in lower case, the likeliest first: `Молба.docx` for `Молба.docx.p7s`; the e-forms
  /// platform writes `name-ext-TIMESTAMP.p7s`.
  package static func signed(by name: String) -> [String] {
    guard let inner = withoutEnding(name)?.lowercased() else { return [] }
    let parts = inner.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 3, let time = parts.last, time.count >= 8, time.allSatisfy(\.isNumber) else { return [inner] }
    return [inner, parts.dropLast(2).joined(separator: "-") + "." + parts[parts.count - 2]]
  }
}
