import CommandLine
import Glibc
import Model
import Testing

/// The operator looks a code up at three in the morning: every one that a program can print stands in `Deploy/OPERATIONS.md`, and what an
/// error tells him to type exists.
@Suite("Error codes")
struct ErrorCodesTests {
  @Test("every code of an error and every warning in the log is explained in the operator notes")
  func everyCodeIsExplained() throws {
    let notes = try Repository.text("Deploy/OPERATIONS.md")
    let chapter = try #require(notes.components(after: "## Error codes\n"))
    let explained = Set(SourceText.quoted(in: chapter, by: "`").filter(SourceText.isCode))
    let sources = try Repository.sources()
    let families = Set(explained.map(SourceText.family))
    let used = sources.reduce(into: Set<String>()) { $0.formUnion(SourceText.codes(in: $1, families)) }
    // The scan found something: otherwise it would prove nothing.
    #expect(used.count > 150)
    #expect(used.subtracting(explained).sorted() == [], "used and not explained")
    #expect(explained.subtracting(used).filter { !SourceText.isFile($0) }.sorted() == [], "explained and not used")
  }

  @Test(
    "every command that an error, a text or a manual tells to type exists",
    arguments: ["README.md", "Deploy/OPERATIONS.md", "Rules/README.md", "Deploy/robot.conf", "Sources"])
  func everyCommandNamedExists(place: String) throws {
    let texts = place == "Sources" ? try Repository.sources() : [try Repository.text(place)]
    let known = Set(RobotProgram.commands.map(\.name))
    var named = 0
    for text in texts {
      for quoted in SourceText.quoted(in: text, by: "`") where quoted.hasPrefix("intake-robot ") {
        let words = quoted.split(separator: " ").dropFirst().prefix { $0.allSatisfy { $0.isLowercase || $0 == "-" } && !$0.hasPrefix("-") }
        guard let first = words.first else { continue }
        named += 1
        let isKnown = known.contains(String(first)) || known.contains(words.prefix(2).joined(separator: " "))
        #expect(isKnown || (words.count == 1 && known.contains { $0.hasPrefix("\(first) ") }), "\(quoted)")
      }
    }
    #expect(named > 0 || place == "Deploy/robot.conf" || place == "Rules/README.md")
  }
}

/// What reads each format, why, and what is lost without it: the notes' table is whole.
@Suite("Formats in the operator notes")
struct FormatNotesTests {
  private func table() throws -> String {
    let notes = try Repository.text("Deploy/OPERATIONS.md")
    let chapter = try #require(notes.components(after: "## What is read, and by what\n"))
    return chapter.split(separator: "\n").prefix { !$0.hasPrefix("## ") }.filter { $0.hasPrefix("|") }.joined(separator: "\n")
  }

  @Test("every kind of file that the reader knows has a row")
  func everyKind() throws {
    let table = try table().lowercased()
    let words: [DocumentKind: String] = [.image: "jpg", .archive: "7z", .mail: "eml"]
    for kind in DocumentKind.allCases where kind != .empty && kind != .unknown {
      #expect(table.contains(words[kind] ?? kind.rawValue), "\(kind)")
    }
  }

  @Test("every program that the reader starts stands in the table, and `check` says what is lost without it")
  func everyProgram() throws {
    let programs = try Repository.files(below: "Sources/Reading").flatMap { source in
      ["tools.run(\"", "tools.start(\"", "text(bytes, .doc, \"", "text(bytes, .xls, \""].flatMap { opening in
        source.split(separator: opening, omittingEmptySubsequences: false).dropFirst().map { String($0.prefix { $0 != "\"" }) }
      }
    }
    #expect(Set(programs).count >= 8, "\(Set(programs))")
    let (table, check) = (try table(), try Repository.text("Sources/Robot/Check/ToolCheck.swift"))
    for program in Set(programs) {
      #expect(table.contains("`\(program)"), "\(program) is not in the table")
      #expect(check.contains("(\"\(program)\","), "`check` does not know \(program)")
    }
  }
}

/// What the tests read of Swift sources, as text.
private enum SourceText {
  /// Codes that are the first argument of an error, or the event of a warning or an error in the log.
  /// Codes that have a constant of their own are found by their family.
  static func codes(in source: String, _ families: Set<String>) -> Set<String> {
    var codes: Set<String> = []
    let mailbox = source.contains("struct MailboxErrors")
    for opening in ["OperatorError(", "log.error(", "log.warning("] { codes.formUnion(firstLiterals(after: opening, in: source)) }
    for opening in [" error(", "unsendable("] where mailbox || opening == "unsendable(" {
      codes.formUnion(firstLiterals(after: opening, in: source).map { "mailbox.\($0)" })
    }
    for opening in ["= ", "? ", ": ", "return ", "(("] {
      codes.formUnion(firstLiterals(after: opening, in: source).filter { families.contains(family($0)) && !isFile($0) })
    }
    return codes.filter(isCode)
  }

  static func family(_ code: String) -> String { String(code.prefix { $0 != "." }) }

  static func isCode(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") } }
  }

  /// A name like `robot.conf` has the shape of a code.
  static func isFile(_ text: String) -> Bool { [".conf", ".csv", ".json", ".md", ".db"].contains { text.hasSuffix($0) } }

  static func quoted(in text: String, by mark: Character) -> [String] {
    text.split(separator: "\n").flatMap { line in
      line.split(separator: mark, omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
  }

  private static func firstLiterals(after opening: String, in source: String) -> [String] {
    source.split(separator: opening, omittingEmptySubsequences: false).dropFirst().compactMap { rest in
      let argument = rest.drop { $0.isWhitespace }
      guard argument.first == "\"" else { return nil }
      return String(argument.dropFirst().prefix { $0 != "\"" })
    }
  }
}

private enum Repository {
  private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

  static func text(_ path: String) throws -> String { try read("\(root)/\(path)") }

  /// Every source of the two programs; the simulator and the benchmarks print no codes.
  static func sources() throws -> [String] {
    let targets = try names("\(root)/Sources").filter { !["Simulator", "ssev-simulator", "intake-bench"].contains($0) }
    return try targets.flatMap { try below("\(root)/Sources/\($0)") }
  }

  static func files(below folder: String) throws -> [String] { try below("\(root)/\(folder)") }

  private static func below(_ folder: String) throws -> [String] {
    try names(folder).flatMap { name in
      if name.hasSuffix(".swift") { return [try read("\(folder)/\(name)")] }
      return name.contains(".") ? [] : try below("\(folder)/\(name)")
    }
  }

  private static func names(_ folder: String) throws -> [String] {
    guard let directory = opendir(folder) else { throw UnreadableError(path: folder) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  private static func read(_ path: String) throws -> String {
    guard let file = fopen(path, "r") else { throw UnreadableError(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk.prefix(count) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

private struct UnreadableError: Error {
  let path: String
}
