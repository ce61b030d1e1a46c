import Glibc
import Model
import Testing

@testable import Reading

/// Every file of the corpus gives a reading or a named reason, and the one that its row in `Expectations/` says.
struct CorpusTableTests {
  static let folders = [
    "classic-samples", "classic-xsd", "eforms-pdf", "eforms-sample-asp", "eforms-xsd", "encodings", "forms-bg", "pdf-hard", "signed", "xfa",
    "xml-hard",
  ]

  private static let isLong = getenv("INTAKE_LONG") != nil

  @Test(arguments: folders)
  func everyFileIsAccountedFor(folder: String) throws {
    guard Corpus.directory != nil else { return Skips.count("the corpus, \(folder)") }
    let table = try CorpusTable(folder: folder)
    let files = Corpus.files(below: folder)
    #expect(!files.isEmpty)
    #expect(table.rows(without: files) == [], "rows without a file")
    for file in files {
      let row = table.row(file)
      if row?.long == true && !Self.isLong { continue }
      let bytes = try #require(Corpus.bytes("\(folder)/\(file)"))
      let reading = reading(of: bytes)
      #expect(reading.status != .unread || !reading.reason.isEmpty, "\(file): no reason")
      guard let row else {
        Issue.record("\(folder)/\(file) has no expectation. It reads as \(CorpusExpectation.row(for: reading))")
        continue
      }
      let missing = (row.needs ?? []).filter { access("/usr/bin/\($0)", X_OK) != 0 }
      if missing.isEmpty {
        for mismatch in row.mismatches(reading) { Issue.record("\(folder)/\(file): \(mismatch)") }
      } else {
        let said = Set([reading.reason] + reading.notes)
        #expect(missing.contains { said.contains("tool-missing-\($0)") }, "\(file): \(missing) not there and not said")
      }
    }
  }

  /// A new folder of the corpus must not go unread.
  @Test func everyFolderIsInTheTable() {
    guard let directory = Corpus.directory else { return Skips.count("the corpus") }
    let folders = Corpus.names(in: ".").filter { name in
      var status = stat()
      return stat("\(directory)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
    #expect(folders == Self.folders)
  }
}
