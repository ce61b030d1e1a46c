import Model
import ReaderPool
import Robot
import Runtime

/// `read`: what the reader makes of files, and what that costs.
enum ReadCommand {
  private static let facts = Option("facts", nil, "print every fact with its source, and the notes")
  private static let text = Option("text", nil, "print the text, too")
  private static let reduced = Option("reduced", nil, "do without the layers of confinement that this machine does not give; each reading names them")

  static let command = Command(
    "read", summary: "read files as the robot reads attachments, changing nothing",
    operands: [Operand("PATH", .atLeastOne, "files, or folders with everything below them")], options: [.config, facts, text, reduced, .json],
    details: """
      A table of what each file is, what was read, how long it took and the most memory that the reader or a tool of its took. Every file goes through
      the confined reader like an attachment, with the limits of the configuration where --config names one, else with the defaults. Shows what
      the files say: for the officer in charge. Ends with 0, with 1 when the reader itself failed on a file (deadline, memory, crash, confinement).
      """,
    example: "intake-robot read --facts Заявление.pdf"
  ) { (invocation) async throws(OperatorError) in
    var paths: [(shown: String, path: String)] = []
    for operand in invocation.operands { paths += try files(operand, invocation.context.workingDirectory) }
    let (readers, concurrency) = try pool(invocation)
    let rows = await read(paths, readers, concurrency, Progress(invocation.context, of: paths.count))
    report(rows, invocation)
    return rows.contains { $0.isFailureOfReader } ? .failure : .ok
  }

  private struct Row: Sendable {
    let path: String
    let measured: MeasuredReading

    var reading: DocumentReading { measured.reading }
    /// The reader, not the document, is the reason: it crashed, was too slow, could not be confined.
    var isFailureOfReader: Bool { reading.status == .unread && (reading.reason.hasPrefix("reader-") || reading.reason == "input-unreadable") }
  }

  private static func pool(_ invocation: Invocation) throws(OperatorError) -> (ReaderPool, Int) {
    let surroundings = invocation.context.surroundings
    let program = TextFile.resolve("intake-reader", in: invocation.context.programs)
    var settings = ReaderConfiguration(executable: program)
    var concurrency = 2
    if invocation.value(.config) != nil {
      let configuration = try invocation.configuration().value
      (settings, concurrency) = (configuration.reader.pool, configuration.reader.concurrency)
    }
    if invocation.has(reduced) { settings.confinement = .reduced }
    return (ReaderPool(configuration: settings, concurrency: concurrency, surroundings: surroundings), concurrency)
  }

  /// The files that an operand means, shown as it was typed.
  private static func files(_ operand: String, _ folder: String) throws(OperatorError) -> [(shown: String, path: String)] {
    let path = TextFile.resolve(operand, in: folder)
    guard TextFile.exists(path) else {
      throw OperatorError(
        "command-line.paths", "there is no `\(path)`", remedy: "name files, or folders of files", disposition: .misconfigured)
    }
    guard TextFile.isFolder(path) else { return [(operand, path)] }
    let root = path.hasSuffix("/") ? String(path.dropLast()) : path
    let shown = operand.hasSuffix("/") ? String(operand.dropLast()) : operand
    return try TextFile.files(below: root).map { (shown + $0.dropFirst(root.count), $0) }
  }

  /// In the order given, so many at once.
  private static func read(_ paths: [(shown: String, path: String)], _ readers: ReaderPool, _ concurrency: Int, _ progress: Progress) async -> [Row] {
    let rows = await withTaskGroup(of: (Int, Row).self) { group in
      var rows: [(Int, Row)] = []
      var rest = Array(paths.enumerated())[...]
      while let (index, file) = rest.popFirst() {
        if index >= concurrency, let row = await group.next() { rows.append(row) }
        progress.show(rows.count)
        group.addTask { (index, Row(path: file.shown, measured: await readers.measure(file: file.path))) }
      }
      for await row in group { rows.append(row) }
      return rows
    }
    progress.clear()
    return rows.sorted { $0.0 < $1.0 }.map(\.1)
  }

  // MARK: The report

  private static func report(_ rows: [Row], _ invocation: Invocation) {
    let cells = [["FILE", "KIND", "READ", "FORM", "TEXT", "FACTS", "FILES", "MS", "MIB"]] + rows.map(cells)
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    var lines: [String] = []
    for (index, row) in cells.enumerated() {
      lines.append(zip(row, widths).map { HelpText.pad($0, $1) }.joined(separator: "  ").trimmingEnd())
      guard index > 0 else { continue }
      lines += details(rows[index - 1].reading, at: "", invocation)
    }
    let counts = [ReadingStatus.read, .partly, .unread].map { status in rows.count { $0.reading.status == status } }
    lines.append("\(rows.count) files: \(counts[0]) read, \(counts[1]) in part, \(counts[2]) not read")
    invocation.print(
      json: [
        "read": .integer(Int64(counts[0])), "partly": .integer(Int64(counts[1])), "unread": .integer(Int64(counts[2])),
        "files": .array(rows.map { json($0, invocation) }),
      ], lines: lines)
  }

  private static func cells(_ row: Row) -> [String] {
    let reading = row.reading
    let nested = reading.nested.isEmpty ? "" : String(reading.nested.count)
    let outcome = reading.reason.isEmpty ? reading.status.rawValue : "\(reading.status.rawValue): \(reading.reason)"
    return [
      oneLine(row.path), reading.kind.rawValue, outcome, reading.form == .none ? "" : reading.form.rawValue,
      reading.textQuality == .none ? "" : "\(reading.wordCount) \(reading.textQuality.rawValue)", String(reading.facts.count), nested,
      String(milliseconds(row.measured.duration)), String(row.measured.peakMemory >> 20),
    ]
  }

  private static func details(_ reading: DocumentReading, at path: String, _ invocation: Invocation) -> [String] {
    var lines: [String] = []
    if invocation.has(facts) {
      if let title = reading.title { lines.append("    \(path)title: \(oneLine(title))") }
      if !reading.notes.isEmpty { lines.append("    \(path)notes: \(reading.notes.joined(separator: ", "))") }
      for fact in reading.facts {
        let place = fact.source.place.isEmpty ? "" : " \(fact.source.place)"
        lines.append("    \(path)\(fact.name) = \(oneLine(fact.value.display))   [\(fact.source.method)\(place), \(fact.certainty.rawValue)]")
      }
    }
    if invocation.has(text), let text = reading.text {
      lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \(path)| \($0)" }
    }
    for (index, nested) in reading.nested.enumerated() {
      let inner = "\(path)\(index + 1)/"
      if invocation.has(facts) || invocation.has(text) {
        lines.append("    \(inner) \(oneLine(nested.name ?? "")) \(nested.kind.rawValue) \(nested.status.rawValue) \(nested.reason)".trimmingEnd())
      }
      lines += details(nested, at: inner, invocation)
    }
    return lines
  }

  /// On one line of a terminal: white space made single, nothing that steers it.
  private static func oneLine(_ text: String) -> String {
    let visible = text.unicodeScalars.filter { ![.control, .format].contains($0.properties.generalCategory) || $0.properties.isWhitespace }
    let line = String(String.UnicodeScalarView(visible)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count > 300 ? line.prefix(299) + "…" : line
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
  }

  private static func json(_ row: Row, _ invocation: Invocation) -> JSONValue {
    [
      "file": .string(row.path), "milliseconds": .integer(milliseconds(row.measured.duration)), "peakMemory": .integer(row.measured.peakMemory),
      "reading": json(row.reading, invocation),
    ]
  }

  private static func json(_ reading: DocumentReading, _ invocation: Invocation) -> JSONValue {
    var members: [String: JSONValue] = [
      "kind": .string(reading.kind.rawValue), "status": .string(reading.status.rawValue), "reason": .string(reading.reason),
      "form": .string(reading.form.rawValue), "title": reading.title.json, "name": reading.name.json,
      "textQuality": .string(reading.textQuality.rawValue),
      "textIsTruncated": .bool(reading.textIsTruncated), "words": .integer(Int64(reading.wordCount)),
      "facts": .integer(Int64(reading.facts.count)), "notes": .array(reading.notes.map { .string($0) }),
      "nested": .array(reading.nested.map { json($0, invocation) }),
    ]
    if invocation.has(facts) { members["facts"] = .array(reading.facts.map(json)) }
    if invocation.has(text) { members["text"] = reading.text.json }
    return .object(members)
  }

  private static func json(_ fact: Fact) -> JSONValue {
    let value: JSONValue =
      switch fact.value {
      case .text(let value): .string(value)
      case .number(let value): .integer(value)
      case .date(let value): .string(value.description)
      case .flag(let value): .bool(value)
      }
    return [
      "name": .string(fact.name), "value": value, "method": .string(fact.source.method), "place": .string(fact.source.place),
      "certainty": .string(fact.certainty.rawValue),
    ]
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
