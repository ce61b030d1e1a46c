import Model

/// The binary formats of old offices through Debian's readers: `.doc` by `antiword`, which follows the table of pieces and so reads what was
/// edited and saved fast, where `catdoc` takes the bytes as they lie and prints rubbish between them; `.xls` by `xls2csv` of the package
/// `catdoc`. Both are small, need no office suite, and run confined.
struct LegacyOffice {
  let tools: Toolbox
  let workspace: Workspace

  /// What `antiword` cannot take (it wants every table of the format in its place), `catdoc` mostly can; what it says is a guess then.
  func readDoc(_ bytes: [UInt8]) -> DocumentReading {
    let reading = text(bytes, .doc, "antiword", ["-m", "UTF-8.txt", "-w", "0"]) { output in
      output.split(separator: "\n", omittingEmptySubsequences: false).map(Self.row).joined(separator: "\n")
    }
    guard reading.status == .unread, ["damaged", "no-text", "tool-killed-antiword"].contains(reading.reason) else { return reading }
    var second = text(bytes, .doc, "catdoc", ["-d", "utf-8", "-s", "cp1251", "-w"]) { $0 }
    guard second.status == .read, second.textQuality == .good else { return reading }
    second.notes.append("read-by-catdoc")
    second.facts = second.facts.map(\.guessed)
    return second
  }

  func readXls(_ bytes: [UInt8]) -> DocumentReading {
    text(bytes, .xls, "xls2csv", ["-d", "utf-8", "-s", "cp1251", "-c", "\t", "-q", "0", "-f", "%d.%m.%Y"]) { output in
      output.split(separator: "\n", omittingEmptySubsequences: false).map { $0.reversed().drop(while: \.isWhitespace).reversed() }.map { String($0) }
        .joined(separator: "\n")
    }
  }

  private func text(_ bytes: [UInt8], _ kind: DocumentKind, _ tool: String, _ options: [String], _ tidy: (String) -> String) -> DocumentReading {
    let outcome = workspace.withFile(bytes) { tools.run(tool, options + [$0], maximumOutput: 4 * ReadingLimits.textBytes) }
    switch outcome {
    case nil: return .unread(kind, "scratch-full")
    case .failed(let reason): return .unread(kind, reason)
    case .finished(_, let output, let errors):
      let raw = String(decoding: output, as: UTF8.self)
      guard !raw.allSatisfy(\.isWhitespace) else {
        return .unread(kind, errors.lowercased().contains("encrypt") ? "password-protected" : errors.isEmpty ? "no-text" : "damaged")
      }
      return DocumentReading.letter(kind, tidy(raw), notes: [])
    }
  }

  /// A row of a table is drawn with bars.
  private static func row(_ line: Substring) -> String {
    guard line.first == "|", line.last == "|", line.count > 2 else { return String(line) }
    var cells = line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map { String($0.trimmingSpaces()) }
    while cells.last?.isEmpty == true { cells.removeLast() }
    return cells.joined(separator: "\t")
  }
}
