import Model
import XMLReading

/// `.odt` and `.ods`: text with tables, text boxes, notes and the values of form fields; headers and footers of the pages. Read like `.docx`,
/// and for the same reason.
struct OpenDocument {
  let package: OfficePackage

  func read(_ bytes: [UInt8], kind: DocumentKind) -> DocumentReading {
    let parts: [String: [UInt8]]
    switch package.parts(of: bytes, matching: ["content.xml", "styles.xml", "META-INF/manifest.xml"]) {
    case .failed(let reason): return .unread(kind, reason)
    case .parts(let found): parts = found
    }
    let isEncrypted = parts["META-INF/manifest.xml"].map { $0.firstRange(of: Array("encryption-data".utf8)) != nil } ?? false
    if isEncrypted { return .unread(kind, "password-protected") }
    guard let content = parts["content.xml"] else { return .unread(kind, "damaged") }
    do throws(XMLFailure) {
      let body = try Self.text(of: content)
      var notes: [String] = []
      var around = (header: "", footer: "")
      if let styles = parts["styles.xml"] {
        do throws(XMLFailure) { around = try Self.headers(of: styles) } catch { notes.append(error.reason.rawValue) }
      }
      return DocumentReading.letter(kind, [around.header, body, around.footer].filter { !$0.isEmpty }.joined(separator: "\n"), notes: notes)
    } catch {
      return .unread(kind, error.reason.rawValue)
    }
  }

  static func text(of part: [UInt8]) throws(XMLFailure) -> String { try flow(part, startingAt: ["body"]) }

  private static func headers(of part: [UInt8]) throws(XMLFailure) -> (header: String, footer: String) {
    (try flow(part, startingAt: ["header", "header-first"]), try flow(part, startingAt: ["footer", "footer-first"]))
  }

  /// The text below elements of these names.
  private static func flow(_ part: [UInt8], startingAt names: Set<String>) throws(XMLFailure) -> String {
    var flow = FlowText()
    var inside = 0
    var paragraphs = 0
    try XMLReading.scan(part, limits: WordDocument.limits) { event in
      switch event {
      case .start(let name, let attributes):
        if names.contains(name) { inside += 1 }
        guard inside > 0 else { return true }
        switch name {
        // What was deleted, comments, scripts, the number that refers to a note.
        case "tracked-changes", "annotation", "scripts", "note-citation", "bibliography-mark", "sequence-decls": return false
        case "p", "h": paragraphs += 1
        case "s": flow.append(String(repeating: " ", count: min(Int(attributes["c"] ?? "1") ?? 1, 200)))
        case "tab": flow.append("\t")
        case "line-break": flow.append("\n")
        case "table-row": flow.beginRow()
        case "table-cell", "covered-table-cell": flow.beginCell()
        case "text-box", "note-body": flow.beginBox()
        case "text", "textarea", "formatted-text", "combobox", "listbox":
          if let value = attributes["current-value"] ?? attributes["value"] { flow.append(value + "\n") }
        default: break
        }
      case .text(let text): if inside > 0, paragraphs > 0 { flow.append(text) }
      case .end(let name):
        if inside > 0 {
          switch name {
          case "p", "h":
            paragraphs -= 1
            flow.endParagraph()
          case "table-cell", "covered-table-cell": flow.endCell()
          case "table-row": flow.endRow()
          case "text-box", "note-body": flow.endBox()
          default: break
          }
        }
        if names.contains(name) { inside -= 1 }
      }
      return true
    }
    return flow.text
  }
}
