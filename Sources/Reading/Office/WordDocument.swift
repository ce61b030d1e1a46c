import Model
import XMLReading

/// `.docx`: the text of the body with text boxes, content controls and tables, notes, headers and footers. Read by ourselves over `bsdtar` and
/// libxml2, since no maintained tool of Debian's reads text boxes and content controls without an office suite of half a gigabyte.
struct WordDocument {
  let package: OfficePackage

  /// What one document may cost: libxml2's own bound on depth, and elements of some thousand pages.
  static let limits = XMLLimits(bytes: OfficePackage.maximumBytes, depth: 256, nodes: 3_000_000)

  func read(_ bytes: [UInt8]) -> DocumentReading {
    let wanted = ["word/document*.xml", "word/header*.xml", "word/footer*.xml", "word/footnotes.xml", "word/endnotes.xml"]
    let parts: [String: [UInt8]]
    switch package.parts(of: bytes, matching: wanted) {
    case .failed(let reason): return .unread(.docx, reason)
    case .parts(let found): parts = found
    }
    // Some editors name the main part `document2.xml`.
    guard let main = parts.keys.filter({ $0.hasPrefix("word/document") }).min() else { return .unread(.docx, "damaged") }
    var notes: [String] = []
    func text(_ name: String) -> String? {
      do throws(XMLFailure) {
        return try parts[name].map { (part) throws(XMLFailure) in try Self.text(of: part) }
      } catch {
        notes.append(error.reason.rawValue)
        return nil
      }
    }
    guard let body = text(main) else { return .unread(.docx, notes.first ?? "damaged") }
    func all(_ prefix: String) -> [String] {
      var seen: [String] = []
      for name in parts.keys.filter({ $0.hasPrefix(prefix) }).sorted() {
        if let text = text(name), !text.allSatisfy(\.isWhitespace), !seen.contains(text) { seen.append(text) }
      }
      return seen
    }
    let whole = all("word/header") + [body] + all("word/footnotes") + all("word/endnotes") + all("word/footer")
    var reading = DocumentReading.letter(.docx, whole.joined(separator: "\n"), notes: notes)
    if !notes.isEmpty, reading.status == .read { (reading.status, reading.reason) = (.partly, "damaged") }
    return reading
  }

  /// The text of one part.
  static func text(of part: [UInt8]) throws(XMLFailure) -> String {
    var flow = FlowText()
    var textDepth = 0
    /// For each content control around this place: whether it shows the words that ask to be replaced.
    var placeholders: [Bool] = []
    try XMLReading.scan(part, limits: limits) { event in
      switch event {
      case .start(let name, let attributes):
        switch name {
        // Formatting; what was deleted or moved away; codes of fields; the copy of a drawing for old programs.
        case "pPr", "rPr", "tblPr", "tcPr", "trPr", "sectPr", "del", "moveFrom", "delText", "instrText", "delInstrText", "Fallback": return false
        case "t": textDepth += 1
        case "tab", "ptab": flow.append("\t")
        case "br", "cr": flow.append("\n")
        case "noBreakHyphen": flow.append("-")
        case "sym": flow.append(symbol(attributes["char"]))
        case "checkBox": break
        case "sdt": placeholders.append(false)
        case "showingPlcHdr": if !placeholders.isEmpty { placeholders[placeholders.count - 1] = isOn(attributes["val"]) }
        case "sdtContent": return placeholders.last != true
        case "tr": flow.beginRow()
        case "tc": flow.beginCell()
        case "txbxContent", "txBody": flow.beginBox()
        default: break
        }
      case .text(let text): if textDepth > 0 { flow.append(text) }
      case .end(let name):
        switch name {
        case "t": textDepth -= 1
        case "p": flow.endParagraph()
        case "sdt": _ = placeholders.popLast()
        case "tc": flow.endCell()
        case "tr": flow.endRow()
        case "txbxContent", "txBody": flow.endBox()
        default: break
        }
      }
      return true
    }
    return flow.text
  }

  private static func isOn(_ value: String?) -> Bool { !["0", "false", "off"].contains(value ?? "1") }

  /// Boxes to tick are drawn with symbol fonts, whose letters mean nothing elsewhere.
  private static func symbol(_ code: String?) -> String {
    switch code?.uppercased().suffix(2) {
    case "A8", "6F", "71", "A3": "☐"
    case "FE", "FD", "52", "53", "78": "☒"
    default: " "
    }
  }
}
