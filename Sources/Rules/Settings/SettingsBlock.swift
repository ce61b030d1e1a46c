package import Model

/// A value with its place, for checks that come later.
package struct Located<Value: Sendable>: Sendable {
  package let value: Value
  package let span: Span

  package init(_ value: Value, _ span: Span) {
    self.value = value
    self.span = span
  }
}

/// Reads the settings of one block by name and kind, and reports what is missing, wrong, twice or unknown.
///
/// A setting is one or more words and its value: `poll every 30 s`, `api "https://…"`. Every getter makes its name known; `finish()`, called
/// last, reports each statement that no getter asked for, with the nearest known name. A getter that returns `nil` has reported why, unless
/// the setting is optional and absent. No name may begin with the words of another.
package final class SettingsBlock {
  /// Where a missing setting is reported.
  package let head: Span
  package let statements: [Statement]
  package let diagnostics: DiagnosticCollector
  private let title: String
  private var known: [String] = []
  private var used: Set<Int> = []

  /// `title` names the block in messages: `mailbox "Балчик"`.
  package init(_ statements: [Statement], title: String, head: Span, diagnostics: DiagnosticCollector) {
    self.statements = statements
    self.title = title
    self.head = head
    self.diagnostics = diagnostics
  }

  /// Reports everything in the block that nothing asked for.
  package func finish() {
    for (index, statement) in statements.enumerated() where !used.contains(index) {
      let words = statement.words.prefix { $0.kind == .word }.map(\.text)
      let name = words.joined(separator: " ")
      guard let first = statement.words.first, !words.isEmpty else {
        diagnostics.report(
          .unknownSetting, at: statement.position, "a setting begins with its name, not with \(statement.words.first?.kindName ?? "this")")
        continue
      }
      // A misspelt name may be followed by words of its value.
      let candidates = (1...words.count).reversed().map { words.prefix($0).joined(separator: " ") }
      let near = candidates.lazy.compactMap { NearestName.of($0, among: self.known) }.first
      let help = near.map { "write `\($0)`" } ?? NearestName.help(for: name, among: known)
      diagnostics.report(.unknownSetting, at: first.span, "\(title) has no setting `\(near == nil ? words[0] : name)`", help: help)
    }
  }

  // MARK: Finding

  /// The one statement of this name, with the tokens after the name. A second one is reported.
  package func statement(_ name: String, required: Bool = false, repeats: Bool = false) -> (statement: Statement, values: ArraySlice<Token>)? {
    let found = all(name)
    guard let first = found.first else {
      if required {
        diagnostics.report(.missingSetting, at: head, "\(title) needs the setting `\(name)`", help: "add `\(name) …` inside its block")
      }
      return nil
    }
    for other in found.dropFirst() where !repeats {
      diagnostics.report(
        .repeatedSetting, at: other.statement.head, "`\(name)` is already given in line \(first.statement.position.line)", help: "keep one of the two"
      )
    }
    return first
  }

  /// Every statement of this name.
  package func all(_ name: String) -> [(statement: Statement, values: ArraySlice<Token>)] {
    if !known.contains(name) { known.append(name) }
    let words = name.split(separator: " ")
    var result: [(Statement, ArraySlice<Token>)] = []
    for (index, statement) in statements.enumerated() where statement.words.count >= words.count {
      guard zip(words, statement.words).allSatisfy({ $1.isWord(String($0)) }) else { continue }
      used.insert(index)
      result.append((statement, statement.words.dropFirst(words.count)))
    }
    return result
  }

  /// Whether it is given at all.
  package func has(_ name: String) -> Bool { !all(name).isEmpty }

  // MARK: Values of one token

  /// A string.
  package func text(_ name: String, required: Bool = false) -> Located<String>? {
    single(name, required, "a string: `\(name) \"…\"`") { $0.kind == .string ? $0.text : nil }
  }

  /// A whole number within bounds.
  package func integer(_ name: String, in range: ClosedRange<Int64>, required: Bool = false) -> Located<Int64>? {
    guard let value = single(name, required, "a number: `\(name) \(range.lowerBound)`", { $0.integer }) else { return nil }
    return inRange(value, range, name) { String($0) }
  }

  /// A day.
  package func date(_ name: String, required: Bool = false) -> Located<CivilDate>? {
    single(name, required, "a date: `\(name) 2026-07-01`") { $0.date }
  }

  /// `2026-07-01T09:00:00+03:00`. A time without an offset is refused: it would mean two moments once a year.
  package func time(_ name: String, required: Bool = false) -> Located<Timestamp>? {
    guard let value = single(name, required, "a time with its offset: `\(name) 2026-07-01T09:00:00+03:00`", { $0.kind == .time ? $0 : nil })
    else { return nil }
    let zone = value.value.text.dropFirst(10)
    guard zone.hasSuffix("Z") || zone.contains("+") || zone.contains("-"), let time = value.value.time else {
      diagnostics.report(
        .wrongValue, at: value.span, "`\(value.value.text)` does not say its offset",
        help: "write `\(value.value.text)+02:00` in winter, `+03:00` in summer")
      return nil
    }
    return Located(time, value.span)
  }

  /// `09:30`, in minutes after midnight.
  package func clock(_ name: String, required: Bool = false) -> Located<Int>? {
    single(name, required, "a time of day: `\(name) 09:30`") { token in
      guard token.kind == .clock, let hour = Int(token.text.prefix(2)), let minute = Int(token.text.suffix(2)) else { return nil }
      return hour * 60 + minute
    }
  }

  /// One of some words.
  package func word(_ name: String, of choices: [String], required: Bool = false) -> Located<String>? {
    guard
      let found = single(name, required, "one of " + choices.map { "`\($0)`" }.joined(separator: ", "), { $0.kind == .word ? $0.text : nil })
    else { return nil }
    guard choices.contains(found.value) else {
      diagnostics.report(
        .wrongValue, at: found.span, "`\(name)` cannot be `\(found.value)`", help: NearestName.help(for: found.value, among: choices))
      return nil
    }
    return found
  }

  /// `yes` or `no`; the bare name means `yes`.
  package func flag(_ name: String) -> Located<Bool>? {
    if let bare = statement(name), bare.values.isEmpty { return Located(true, bare.statement.head) }
    return word(name, of: ["yes", "no"]).map { Located($0.value == "yes", $0.span) }
  }

  /// Strings separated by commas, at least one.
  package func texts(_ name: String, required: Bool = false) -> [Located<String>] {
    guard let found = statement(name, required: required) else { return [] }
    return ListOfValues.read(found.values, after: found.statement.head, diagnostics) { token in
      guard token.kind == .string else {
        diagnostics.report(.wrongValue, at: token.span, "\(token.kindName) stands where a string is expected", help: "write \"\(token.text)\"")
        return nil
      }
      return Located(token.text, token.span)
    }
  }

  // MARK: Values with a unit

  /// `30 s`, `5 minutes`, `14 days`.
  package func duration(_ name: String, in range: ClosedRange<Duration>, required: Bool = false) -> Located<Duration>? {
    quantity(name, required, Quantity.durations, "a duration: `\(name) 30 s`, units: ms, s, minutes, hours, days")
      .map { Located(Duration.milliseconds($0.value), $0.span) }
      .flatMap { inRange($0, range, name) { Quantity.show($0) } }
  }

  /// `50 MB`, in bytes; units are powers of 1024.
  package func size(_ name: String, in range: ClosedRange<Int64>, required: Bool = false) -> Located<Int64>? {
    quantity(name, required, Quantity.sizes, "a size: `\(name) 50 MB`, units: bytes, KB, MB, GB")
      .flatMap { inRange($0, range, name) { "\($0) bytes" } }
  }

  // MARK: Blocks

  /// The blocks of this name with the string after it: `mailbox "Балчик" { … }`. The string is empty when there is none.
  package func blocks(_ name: String) -> [(name: Located<String>, block: SettingsBlock)] {
    all(name).compactMap { found in
      guard let inner = found.statement.block else {
        diagnostics.report(.blockExpected, at: found.statement.head, "`\(name)` needs a block", help: "write `\(name) … { … }`")
        return nil
      }
      var label = Located("", found.statement.head)
      if let first = found.values.first {
        guard first.kind == .string || first.kind == .word, found.values.count == 1 else {
          diagnostics.report(.wrongValue, at: first.span, "only a name may stand between `\(name)` and its block", help: "write `\(name) \"…\" {`")
          return nil
        }
        label = Located(first.text, first.span)
      }
      let title = label.value.isEmpty ? "`\(name)`" : "`\(name) \"\(label.value)\"`"
      return (label, SettingsBlock(inner, title: title, head: found.statement.head, diagnostics: diagnostics))
    }
  }

  /// The one block of this name.
  package func block(_ name: String, required: Bool = false) -> SettingsBlock? {
    guard statement(name, required: required) != nil else { return nil }
    return blocks(name).first?.block
  }

  // MARK: Helpers

  private func single<Value>(_ name: String, _ required: Bool, _ expected: String, _ convert: (Token) -> Value?) -> Located<Value>? {
    guard let found = statement(name, required: required) else { return nil }
    guard refuseBlock(found.statement, name), let token = found.values.first else {
      if found.values.isEmpty, found.statement.block == nil {
        diagnostics.report(.wrongValue, at: found.statement.head, "`\(name)` has no value", help: "it takes \(expected)")
      }
      return nil
    }
    guard token.kind != .malformed else { return nil }
    guard let value = convert(token) else {
      diagnostics.report(.wrongValue, at: token.span, "`\(token.shown)` is not a value for `\(name)`", help: "it takes \(expected)")
      return nil
    }
    if let extra = found.values.dropFirst().first {
      diagnostics.report(.tooMuch, at: extra.span, "`\(extra.shown)` is too much here", help: "`\(name)` takes \(expected)")
      return nil
    }
    return Located(value, token.span)
  }

  private func quantity(_ name: String, _ required: Bool, _ units: [String: Int64], _ expected: String) -> Located<Int64>? {
    guard let found = statement(name, required: required), refuseBlock(found.statement, name) else { return nil }
    guard !found.values.contains(where: { $0.kind == .malformed }) else { return nil }
    guard found.values.count == 2, let number = found.values.first?.integer, let unit = found.values.last, unit.kind == .word,
      let factor = units[unit.text]
    else {
      let place = found.values.first.map { $0.span.through(found.values.last?.span ?? $0.span) } ?? found.statement.head
      let message = found.values.isEmpty ? "`\(name)` has no value" : "`\(place.text)` is not a value for `\(name)`"
      diagnostics.report(.wrongValue, at: place, message, help: "it takes \(expected)")
      return nil
    }
    let span = (found.values.first?.span ?? unit.span).through(unit.span)
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    guard !overflow else {
      diagnostics.report(.valueOutOfRange, at: span, "`\(span.text)` is too large")
      return nil
    }
    return Located(product, span)
  }

  private func inRange<Value: Comparable>(_ found: Located<Value>, _ range: ClosedRange<Value>, _ name: String, _ show: (Value) -> String) -> Located<
    Value
  >? {
    if range.contains(found.value) { return found }
    diagnostics.report(
      .valueOutOfRange, at: found.span, "`\(name)` cannot be \(show(found.value))",
      help: "it is from \(show(range.lowerBound)) to \(show(range.upperBound))")
    return nil
  }

  private func refuseBlock(_ statement: Statement, _ name: String) -> Bool {
    if statement.block == nil { return true }
    diagnostics.report(.blockUnexpected, at: statement.head, "`\(name)` takes a value, not a block", help: "remove the `{ … }`")
    return false
  }
}

/// Units of durations (in milliseconds) and sizes (in bytes).
enum Quantity {
  static let durations: [String: Int64] = [
    "ms": 1, "s": 1_000, "second": 1_000, "seconds": 1_000, "min": 60_000, "minute": 60_000, "minutes": 60_000, "h": 3_600_000,
    "hour": 3_600_000, "hours": 3_600_000, "day": 86_400_000, "days": 86_400_000,
  ]

  static let sizes: [String: Int64] = ["byte": 1, "bytes": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30]

  /// In the largest unit that divides it.
  static func show(_ duration: Duration) -> String {
    let milliseconds = duration.microseconds / 1_000
    for (factor, unit) in [(Int64(86_400_000), "days"), (3_600_000, "hours"), (60_000, "minutes"), (1_000, "s")] {
      if milliseconds != 0, milliseconds % factor == 0 { return "\(milliseconds / factor) \(unit)" }
    }
    return "\(milliseconds) ms"
  }
}

/// Values separated by commas.
enum ListOfValues {
  static func read<Value>(
    _ tokens: ArraySlice<Token>, after head: Span, _ diagnostics: DiagnosticCollector, _ convert: (Token) -> Value?
  ) -> [Value] {
    var result: [Value] = []
    var rest = tokens
    guard !rest.isEmpty else {
      diagnostics.report(.wrongValue, at: head, "a value is missing here", help: "add one, or several with commas between them")
      return []
    }
    while let token = rest.popFirst() {
      if token.kind != .malformed, let value = convert(token) { result.append(value) }
      guard let separator = rest.popFirst() else { break }
      if !separator.isSymbol(",") {
        diagnostics.report(.tooMuch, at: separator.span, "`\(separator.shown)` is too much here", help: "put a comma between values")
        break
      }
    }
    return result
  }
}
