import Testing

@testable import Simulator

/// `Deploy/SIMULATOR.md` and `--help` say what the program takes.
struct DocumentationTests {
  private static let path = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Deploy/SIMULATOR.md"

  /// Cells of the table of faults: kind, effect, examples.
  private func faultRows() throws -> [[String]] {
    let text = String(decoding: try Files.read(Self.path), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("| kind ") })
    return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { $0.trimmed }
    }
  }

  private func spans(_ cell: String) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap { $0.offset % 2 == 1 ? String($0.element) : nil }
  }

  @Test func everyExampleOfAFaultIsOne() throws {
    let rows = try faultRows()
    let examples = rows.flatMap { spans($0[2]) }
    #expect(examples.count >= rows.count)
    for example in examples { #expect(throws: Never.self) { _ = try Fault(example) } }
  }

  @Test func everyFaultIsDocumented() throws {
    let documented = Set(try faultRows().flatMap { spans($0[0]) })
    let known = Set(Fault.Kind.allCases.filter { $0 != .status }.map(\.rawValue))
    #expect(documented == known)
  }

  @Test func everyOptionIsInTheHelpAndEveryOptionOfTheManualExists() throws {
    let manual = String(decoding: try Files.read(Self.path), as: UTF8.self)
    func options(_ text: String) -> Set<String> {
      let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")) }
      return Set(words.filter { $0.hasPrefix("--") && $0.dropFirst(2).first?.isLetter == true }.map { String($0) })
    }
    let inHelp = options(Options.help)
    // curl's own option in an example.
    let inManual = options(manual).subtracting(["--cacert", "--cert", "--key"])
    #expect(inManual.subtracting(inHelp).isEmpty)
    for option in inHelp {
      // Known to the parser: it complains about the value, or not at all.
      do { _ = try Options([option]) } catch let error as Options.UsageError { #expect(!error.text.hasPrefix("unknown option")) }
    }
  }
}
