import Foundation
import Testing

@testable import Rules

/// `rules fmt`: pairs in `GoldenFormat/`, word for word; applied twice it changes nothing more; what it means stays.
@Suite struct FormatTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("GoldenFormat")

  private static func tokens(_ text: String) -> [String] {
    func words(_ statements: [Statement]) -> [String] {
      statements.flatMap { statement in
        statement.words.map(\.shown) + (statement.block.map { ["{"] + words($0) + ["}"] } ?? []) + ["/"]
      }
    }
    return words(Syntax.parse(SourceText(path: "a", text: text)).statements)
  }

  private static func comments(_ text: String) -> [String] { FormatLine.lines(of: text).compactMap(\.comment) }

  @Test func `pairs are word for word`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".in") }.map { String($0.dropLast(3)) }
    #expect(!names.isEmpty)
    for name in names {
      let text = try String(contentsOf: Self.folder.appendingPathComponent(name + ".in"), encoding: .utf8)
      let formatted = try #require(RulesFormat.format(SourceText(path: name, text: text)))
      let file = Self.folder.appendingPathComponent(name + ".out")
      if ProcessInfo.processInfo.environment["RULES_REGENERATE"] == "1" { try formatted.write(to: file, atomically: true, encoding: .utf8) }
      #expect(formatted == (try String(contentsOf: file, encoding: .utf8)))
    }
  }

  @Test func `twice is once, and tokens and comments stay`() throws {
    var texts = try ManualTests.fences().filter { $0.kind == "rules" }.map(\.text)
    texts += try GoldenTests.names.map { try String(contentsOf: GoldenTests.folder.appendingPathComponent($0 + ".in"), encoding: .utf8) }
    texts.append(try String(contentsOf: Self.folder.appendingPathComponent("messy.in"), encoding: .utf8))
    var random = SeededRandom(seed: 21)
    var formatted = 0
    for text in texts {
      // As it is, and with white space shaken.
      for round in 0..<6 {
        var shaken = text
        if round > 0 { shaken = String(text.flatMap { $0 == " " && random.next() % 4 == 0 ? "   " : String($0) }) }
        guard let once = RulesFormat.format(SourceText(path: "a", text: shaken)) else { continue }
        formatted += 1
        #expect(RulesFormat.format(SourceText(path: "a", text: once)) == once, "\(shaken)")
        #expect(Self.tokens(once) == Self.tokens(shaken), "\(shaken)")
        #expect(Self.comments(once) == Self.comments(shaken), "\(shaken)")
        #expect(!once.contains(" \n") && !once.contains("\n\n\n") && (once.isEmpty || once.hasSuffix("\n")))
      }
    }
    #expect(formatted > 60)
  }

  @Test func `what cannot be parsed is left alone`() {
    #expect(RulesFormat.format(SourceText(path: "a", text: "rule \"а {\n")) == nil)
  }
}
