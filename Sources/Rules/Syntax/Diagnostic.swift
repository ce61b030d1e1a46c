package import Model

/// One finding about a source, with everything a person needs to mend it.
package struct Diagnostic: Sendable, Equatable {
  /// Whether it stops the file from being used.
  package enum Severity: String, Sendable { case error, warning }

  /// Stable; every code is explained in `Rules/README.md`.
  package let code: String
  package let severity: Severity
  package let file: String
  /// From 1; the column in characters.
  package let line: Int
  package let column: Int
  /// Characters under which carets stand, at least 1.
  package let length: Int
  package let message: String
  /// What to write instead.
  package let help: String?
  package let sourceLine: String

  package init(_ code: DiagnosticCode, at span: Span, _ message: String, help: String? = nil) {
    let place = span.file.location(of: span.start)
    self.code = code.rawValue
    severity = code.isWarning ? .warning : .error
    file = span.file.path
    line = place.line
    column = place.column
    sourceLine = place.sourceLine
    let firstLine = span.text.prefix { !$0.isNewline }
    length = max(1, min(firstLine.count, max(1, place.sourceLine.count - place.column + 1)))
    self.message = message
    self.help = help
  }

  /// ```
  /// asp.rules:12:7: error[rules.E101]: there is no fact `titel`
  ///    12 |   titel contains "жалба"
  ///       |   ^^^^^
  ///       help: write `title`
  /// ```
  package var rendered: String {
    let number = String(line)
    let gutter = String(repeating: " ", count: max(5, number.count + 2))
    let shown = sourceLine.map { $0 == "\t" ? " " : $0 }
    let indent = String(repeating: " ", count: column - 1)
    var text = "\(file):\(line):\(column): \(severity.rawValue)[\(code)]: \(message)\n"
    text += "\(String(repeating: " ", count: gutter.count - number.count))\(number) | \(String(shown))\n"
    text += "\(gutter) | \(indent)\(String(repeating: "^", count: length))"
    if let help { text += "\n\(gutter) = help: \(help)" }
    return text
  }

  /// For `--json`: the fields above by their names.
  package var json: JSONValue {
    [
      "code": .string(code), "severity": .string(severity.rawValue), "file": .string(file), "line": .integer(Int64(line)),
      "column": .integer(Int64(column)), "length": .integer(Int64(length)), "message": .string(message),
      "help": help.map { .string($0) } ?? .null, "sourceLine": .string(sourceLine),
    ]
  }

  /// By file as first met, then by position: the order in which a person mends.
  static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    var order: [String: Int] = [:]
    for diagnostic in diagnostics where order[diagnostic.file] == nil { order[diagnostic.file] = order.count }
    var distinct: [Diagnostic] = []
    for diagnostic in diagnostics where !distinct.suffix(64).contains(diagnostic) { distinct.append(diagnostic) }
    return distinct.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      return (order[a.file] ?? 0, a.line, a.column, left.offset) < (order[b.file] ?? 0, b.line, b.column, right.offset)
    }.map(\.element)
  }
}

/// Where the stages of one compilation put what they find. Not shared between threads.
package final class DiagnosticCollector {
  package private(set) var all: [Diagnostic] = []

  package init() {}

  /// Whether anything found stops the file from being used.
  package var hasErrors: Bool { all.contains { $0.severity == .error } }
  package var sorted: [Diagnostic] { Diagnostic.sorted(all) }

  /// Adds one finding.
  package func report(_ code: DiagnosticCode, at span: Span, _ message: String, help: String? = nil) {
    all.append(Diagnostic(code, at: span, message, help: help))
  }

  /// Adds what another stage found.
  package func add(_ diagnostics: [Diagnostic]) { all += diagnostics }
}
