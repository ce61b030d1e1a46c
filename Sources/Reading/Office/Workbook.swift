import Model
import XMLReading

/// `.xlsx`: every sheet in the order of the workbook, a line for a row, tabs between its cells; dates as dates. Read like `.docx`, and for the
/// same reason.
struct Workbook {
  let package: OfficePackage

  func read(_ bytes: [UInt8]) -> DocumentReading {
    let wanted = ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/*.xml", "xl/drawings/drawing*.xml"]
    let parts: [String: [UInt8]]
    switch package.parts(of: bytes, matching: wanted) {
    case .failed(let reason): return .unread(.xlsx, reason)
    case .parts(let found): parts = found
    }
    do throws(XMLFailure) {
      let strings = try parts["xl/sharedStrings.xml"].map { (part) throws(XMLFailure) in try Self.sharedStrings(part) } ?? []
      let styles = try parts["xl/styles.xml"].map { (part) throws(XMLFailure) in try CellStyles(part) } ?? CellStyles()
      let is1904 = parts["xl/workbook.xml"].map { $0.firstRange(of: Array("date1904=\"1\"".utf8)) != nil } ?? false
      var texts: [String] = []
      for name in parts.keys.filter({ $0.hasPrefix("xl/worksheets/") }).sorted(by: Self.isBefore) {
        guard let part = parts[name] else { continue }
        texts.append(try Self.sheet(part, strings: strings, styles: styles, is1904: is1904))
      }
      guard !texts.isEmpty else { return .unread(.xlsx, "damaged") }
      for name in parts.keys.filter({ $0.hasPrefix("xl/drawings/") }).sorted(by: Self.isBefore) {
        if let part = parts[name] { texts.append(try WordDocument.text(of: part)) }
      }
      return DocumentReading.letter(.xlsx, texts.joined(separator: "\n"), notes: [])
    } catch {
      return .unread(.xlsx, error.reason.rawValue)
    }
  }

  /// `sheet2` before `sheet10`.
  private static func isBefore(_ first: String, _ second: String) -> Bool {
    first.utf8.count == second.utf8.count ? first < second : first.utf8.count < second.utf8.count
  }

  private static func sharedStrings(_ part: [UInt8]) throws(XMLFailure) -> [String] {
    var strings: [String] = []
    var current = ""
    var isText = false
    try XMLReading.scan(part, limits: WordDocument.limits) { event in
      switch event {
      case .start("rPh", _): return false
      case .start("si", _): current = ""
      case .start("t", _): isText = true
      case .text(let text): if isText { current += text }
      case .end("t"): isText = false
      case .end("si"): strings.append(current)
      default: break
      }
      return true
    }
    return strings
  }

  private static func sheet(_ part: [UInt8], strings: [String], styles: CellStyles, is1904: Bool) throws(XMLFailure) -> String {
    var flow = FlowText()
    var cell = (type: "n", style: 0, value: "", isValue: false)
    // The same shared string may stand in every cell of a million: the text ends at its cap, not at the machine's memory.
    var written = 0
    try XMLReading.scan(part, limits: WordDocument.limits) { event in
      guard written <= 2 * ReadingLimits.textBytes else { return false }
      switch event {
      case .start("row", _): flow.beginRow()
      case .start("c", let attributes): cell = (attributes["t"] ?? "n", Int(attributes["s"] ?? "0") ?? 0, "", false)
      case .start("v", _), .start("t", _): cell.isValue = true
      // A formula is no text; its last result is.
      case .start("f", _), .start("rPh", _): return false
      case .text(let text): if cell.isValue { cell.value += text }
      case .end("v"), .end("t"): cell.isValue = false
      case .end("c"):
        let shown = shown(cell.value, type: cell.type, style: cell.style, strings, styles, is1904: is1904)
        written += shown.utf8.count
        flow.beginCell()
        flow.append(shown)
        flow.endCell()
      case .end("row"): flow.endRow()
      default: break
      }
      return true
    }
    return flow.text
  }

  private static func shown(_ value: String, type: String, style: Int, _ strings: [String], _ styles: CellStyles, is1904: Bool) -> String {
    switch type {
    case "s": return Int(value).flatMap { strings.indices.contains($0) ? strings[$0] : nil } ?? ""
    case "b": return value == "1" ? "да" : value == "0" ? "не" : value
    case "n":
      guard styles.isDate(style), let serial = Double(value), serial >= 1, serial < 200_000 else { return value }
      // Day 60 of the 1900 system is a 29 February that never was; later days count from 1899-12-30.
      let base = CivilDate(year: 1899, month: 12, day: 30).map(\.daysSince1970) ?? 0
      let date = CivilDate(daysSince1970: base + Int(serial) + (is1904 ? 1462 : serial < 60 ? 1 : 0))
      return "\(padded(date.day, 2)).\(padded(date.month, 2)).\(date.year)"
    default: return value
    }
  }
}

/// Which cell formats show a number as a date.
struct CellStyles {
  private var dates: [Bool] = []

  init() {}

  init(_ part: [UInt8]) throws(XMLFailure) {
    var customDates: Set<Int> = []
    var inFormats = false
    var formats: [Int] = []
    try XMLReading.scan(part) { event in
      switch event {
      case .start("numFmt", let attributes):
        if let id = attributes["numFmtId"].flatMap({ Int($0) }), CellStyles.isDateCode(attributes["formatCode"] ?? "") { customDates.insert(id) }
      case .start("cellXfs", _): inFormats = true
      case .end("cellXfs"): inFormats = false
      case .start("xf", let attributes): if inFormats { formats.append(Int(attributes["numFmtId"] ?? "0") ?? 0) }
      default: break
      }
      return true
    }
    // Built-in formats: dates with and without time, and those of other languages.
    dates = formats.map { format in customDates.contains(format) || [14...17, 22...22, 27...31, 50...58].contains { range in range.contains(format) }
    }
  }

  func isDate(_ style: Int) -> Bool { dates.indices.contains(style) && dates[style] }

  /// A day and a year, outside quotes and brackets.
  private static func isDateCode(_ code: String) -> Bool {
    var bare = ""
    var quote: Character?
    for character in code {
      if let end = quote {
        if character == end { quote = nil }
      } else if character == "\"" {
        quote = "\""
      } else if character == "[" {
        quote = "]"
      } else {
        bare.append(character)
      }
    }
    let folded = bare.lowercased()
    return folded.contains("y") || folded.contains("d") && folded.contains("m")
  }
}
