import Glibc
import Model
import Testing

@testable import Reading

/// The invented twins of the corpus in Samples/formats: what the suite reads in every format where the real files are not at hand.
struct TwinTests {
  private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/Samples/formats"

  @Test func everyFormat() throws {
    let table = try CorpusTable(folder: "samples-formats")
    #expect(!table.files.isEmpty)
    for file in table.files {
      let row = try #require(table.row(file))
      let bytes = try #require(Corpus.file("\(Self.root)/\(file)"), "\(file)")
      let reading = reading(of: bytes)
      let missing = (row.needs ?? []).filter { access("/usr/bin/\($0)", X_OK) != 0 }
      guard missing.isEmpty else { continue }
      for mismatch in row.mismatches(reading) { Issue.record("\(file): \(mismatch)") }
    }
  }
}
