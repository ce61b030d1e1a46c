/// The document information dictionary of a PDF's newest revision: its strings by key, decoded (submissions.md 2.3).
enum InfoDictionary {
  static func strings(of info: PDFObject) -> [String: PDFString] {
    guard case .dictionary(let entries) = info else { return [:] }
    return entries.compactMapValues(\.string)
  }
}
