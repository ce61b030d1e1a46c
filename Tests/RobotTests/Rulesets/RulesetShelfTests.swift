import Foundation
import Model
import Rules
import Testing

@testable import Robot

@Suite("Rulesets in time")
struct RulesetShelfTests {
  private func load(_ periods: [(effective: String, until: String?)], extra: String = "") throws -> RulesetShelf.Loading {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("shelf-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try TestInstallation.types.write(toFile: folder + "/types.csv", atomically: true, encoding: .utf8)
    try TestInstallation.units.appending(extra).write(toFile: folder + "/units.csv", atomically: true, encoding: .utf8)
    let paths = try periods.enumerated().map { index, period in
      let header = TestInstallation.header.replacing("version \"1\"", with: "version \"\(index)\"")
        .replacing("effective 2026-01-01", with: "effective \(period.effective)" + (period.until.map { "\n  until \($0)" } ?? ""))
      let path = folder + "/\(index).rules"
      try (header + TestInstallation.rules).write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    return try RulesetShelf.load(paths)
  }

  @Test("the ruleset in force on the day of receipt decides, by the calendar of Sofia")
  func inForce() throws {
    let loading = try load([("2026-01-01", "2026-07-01"), ("2026-07-01", nil)])
    let shelf = try #require(loading.shelf, "\(loading.diagnostics.map(\.rendered)) \(loading.mistakes)")
    func version(_ text: String) throws -> String { try shelf.ruleset(for: try #require(Timestamp(iso8601: text))).version }
    #expect(try version("2026-06-30T20:59:59Z") == "0")
    #expect(try version("2026-06-30T21:00:00Z") == "1", "midnight in Sofia")
    let error = #expect(throws: OperatorError.self) { try version("2025-12-31T12:00:00Z") }
    #expect(error?.code == "rules.none-in-force")
  }

  @Test(
    "rulesets neither overlap nor leave a gap",
    arguments: [
      ("2026-08-01", "rules.overlap"), ("2026-06-15", "rules.gap"),
    ])
  func fit(until: String, code: String) throws {
    let loading = try load([("2026-01-01", until), ("2026-07-01", nil)])
    #expect(loading.shelf == nil && loading.mistakes.map(\.code) == [code])
  }

  @Test("an older ruleset without an end overlaps with the next one")
  func openEnded() throws {
    let loading = try load([("2026-01-01", nil), ("2026-07-01", nil)])
    #expect(loading.shelf == nil && loading.mistakes.map(\.code) == ["rules.overlap"])
  }

  @Test("the digest of a ruleset changes with any of its files")
  func digest() throws {
    let first = try #require(try load([("2026-01-01", nil)]).shelf?.rulesets.first?.digest)
    let same = try #require(try load([("2026-01-01", nil)]).shelf?.rulesets.first?.digest)
    let other = try #require(try load([("2026-01-01", nil)], extra: "1210150561307,ДСП – Друго,ДСП,Д-ДР,проба,\n").shelf?.rulesets.first?.digest)
    #expect(first == same && first != other && first.count == 64)
  }
}
