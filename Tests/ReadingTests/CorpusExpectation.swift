import FoundationEssentials
import Glibc
import Model

@testable import Reading

/// What one file of the corpus must give: a row of `Expectations/<folder>.json`. Only what a row names is compared, but for what must never
/// go unsaid: kind, status, reason and form.
struct CorpusExpectation: Decodable, Sendable {
  var kind: String
  /// `read`, `partly`, `unread`.
  var status: String
  var reason: String?
  var form: String?
  /// Of a part of another file: its file name.
  var name: String?
  var title: String?
  var quality: String?
  /// Every value of a fact, in order; `[]` for a fact that must not be there.
  var facts: [String: [String]]?
  /// Words that must be among the notes.
  var notes: [String]?
  /// Passages that must stand in the text, as they are.
  var text: [String]?
  /// The files inside: exactly these, in order.
  var nested: [CorpusExpectation]?
  /// Programs of Debian without which the file is not read; where one is absent the reading must name it instead.
  var needs: [String]?
  /// Read only in the long form of the suite.
  var long: Bool?

  /// What differs, one sentence each.
  func mismatches(_ reading: DocumentReading, at place: String = "") -> [String] {
    var found: [String] = []
    func compare(_ what: String, _ expected: String, _ actual: String) {
      if expected != actual { found.append("\(place)\(what) is „\(actual)“, not „\(expected)“") }
    }
    compare("kind", kind, reading.kind.rawValue)
    compare("status", status, reading.status.rawValue)
    compare("reason", reason ?? "", reading.reason)
    compare("form", form ?? "none", reading.form.rawValue)
    if let name { compare("name", name, reading.name ?? "") }
    if let title { compare("title", title, reading.title ?? "") }
    if let quality { compare("quality", quality, reading.textQuality.rawValue) }
    for (name, values) in (facts ?? [:]).sorted(by: { $0.key < $1.key }) {
      compare(name, values.joined(separator: " | "), reading.values(name).joined(separator: " | "))
    }
    for note in notes ?? [] where !reading.notes.contains(note) {
      found.append("\(place)there is no note „\(note)“, only \(reading.notes)")
    }
    for passage in text ?? [] where reading.text?.contains(passage) != true { found.append("\(place)the text does not hold „\(passage)“") }
    if let nested {
      compare("number of files inside", String(nested.count), String(reading.nested.count))
      for (index, pair) in zip(nested, reading.nested).enumerated() { found += pair.0.mismatches(pair.1, at: "\(place)\(index + 1)/") }
    }
    return found
  }

  /// The row that this reading would meet, for whoever has to write one.
  static func row(for reading: DocumentReading) -> String {
    var members = ["\"kind\": \"\(reading.kind.rawValue)\"", "\"status\": \"\(reading.status.rawValue)\""]
    if !reading.reason.isEmpty { members.append("\"reason\": \"\(reading.reason)\"") }
    if reading.form != .none { members.append("\"form\": \"\(reading.form.rawValue)\"") }
    return "{\(members.joined(separator: ", "))}"
  }
}

/// The expectations of one folder of the corpus.
struct CorpusTable: Sendable {
  private let rows: [String: CorpusExpectation]

  init(folder: String) throws {
    let path = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Expectations/\(folder).json"
    rows = try JSONDecoder().decode([String: CorpusExpectation].self, from: Data(Corpus.file(path) ?? []))
  }

  /// A row by the file's path below the folder; without one, the row whose name is a pattern `*ending`.
  func row(_ file: String) -> CorpusExpectation? {
    rows[file] ?? rows.first { $0.key.hasPrefix("*") && file.hasSuffix($0.key.dropFirst()) }?.value
  }

  var files: [String] { rows.keys.sorted() }

  /// Rows that mean no file that is there.
  func rows(without files: [String]) -> [String] {
    rows.keys.filter { key in key.hasPrefix("*") ? !files.contains { $0.hasSuffix(key.dropFirst()) } : !files.contains(key) }.sorted()
  }
}

extension Corpus {
  /// The paths of all files below one folder, in order.
  static func files(below folder: String) -> [String] {
    guard let directory else { return [] }
    return names(in: folder).flatMap { name -> [String] in
      var status = stat()
      guard stat("\(directory)/\(folder)/\(name)", &status) == 0 else { return [] }
      guard status.st_mode & S_IFMT == S_IFDIR else { return [name] }
      return files(below: "\(folder)/\(name)").map { "\(name)/\($0)" }
    }
  }
}
