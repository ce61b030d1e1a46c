import FoundationEssentials
import Model
import Testing

@testable import ReaderPool

/// Whatever the output pipe carries, nothing that breaks a rule gets through, and what keeps them all does.
struct HostileReadingTests {
  private let good = DocumentReading(
    kind: .pdf, status: .partly, reason: "page-limit", form: .eform, title: "Заглавие", text: "ред\n\tред", textQuality: .good,
    facts: [
      Fact("service.number", .text("2753"), source: FactSource(document: "", method: "info.xml", place: "a/b")),
      Fact("service.evidence", .text("request"), source: FactSource(document: "", method: "info.xml")),
    ], nested: [DocumentReading(kind: .image, name: "Снимка 1.jpg", status: .unread, reason: "no-text")], notes: ["encoding-guessed-windows-1251"])

  private func check(_ reading: DocumentReading) throws -> Result<DocumentReading, HostileReading.Problem> {
    HostileReading.check([UInt8](try JSONEncoder().encode(reading)))
  }

  private func problem(_ change: (inout DocumentReading) -> Void) throws -> String? {
    var reading = good
    change(&reading)
    if case .failure(let problem) = try check(reading) { return problem.word }
    return nil
  }

  private func fact(_ name: String, _ value: FactValue, document: String = "", method: String = "text", place: String = "") -> Fact {
    Fact(name, value, source: FactSource(document: document, method: method, place: place))
  }

  @Test func aGoodOnePasses() throws { #expect(try check(good) == .success(good)) }

  @Test func eachRuleIsChecked() throws {
    #expect(try problem { $0.readerVersion += 1 } == "version")
    #expect(try problem { $0.reason = "Има ЕГН 0001010003" } == "reason")
    #expect(try problem { $0.reason = String(repeating: "a", count: 65) } == "reason")
    #expect(try problem { ($0.status, $0.reason) = (.unread, "") } == "reason")
    #expect(try problem { $0.notes = ["две думи"] } == "notes")
    #expect(try problem { $0.notes = Array(repeating: "a", count: 201) } == "notes")
    #expect(try problem { $0.title = "а\u{7}б" } == "title")
    #expect(try problem { $0.title = String(repeating: "а", count: 4000) } == "title")
    #expect(try problem { $0.text = "а\u{0}" } == "text")
    #expect(try problem { $0.text = "\u{1B}[31m" } == "text")
    #expect(try problem { $0.text = String(repeating: "a", count: ReadingLimits.textBytes + 1) } == "text")
    #expect(try problem { $0.facts = Array(repeating: $0.facts[0], count: ReadingLimits.facts + 1) } == "facts")
    #expect(try problem { $0.facts[0].name = "no.such.fact" } == "fact-name")
    #expect(try problem { $0.facts[0] = fact("service.number", .number(5)) } == "fact-type")
    #expect(try problem { $0.facts[0] = fact("service.evidence", .text("чудо")) } == "fact-word")
    #expect(try problem { $0.facts[0] = fact("service.number", .text(String(repeating: "5", count: ReadingLimits.factBytes + 1))) } == "fact-text")
    #expect(try problem { $0.facts[0] = fact("service.number", .text("5\u{0}")) } == "fact-text")
    #expect(try problem { $0.facts[0] = fact("service.number", .text("5"), document: "message") } == "fact-source")
    #expect(try problem { $0.facts[0] = fact("service.number", .text("5"), method: "Метод") } == "fact-source")
    #expect(try problem { $0.facts[0] = fact("service.number", .text("5"), place: "a\nb") } == "fact-source")
    #expect(try problem { $0.nested = Array(repeating: $0.nested[0], count: ReadingLimits.files + 1) } == "nested")
    #expect(try problem { $0.name = "а.pdf" } == "name")
    for name in ["", ".", "..", "../a", "/etc/passwd", "а\nб", "а\u{0}", "\u{1B}[31m", String(repeating: "a", count: ReadingLimits.nameBytes + 1)] {
      #expect(try problem { $0.nested[0].name = name } == "name")
    }
    let large = DocumentReading(kind: .text, status: .read, text: String(repeating: "a", count: ReadingLimits.textBytes))
    #expect(try problem { $0.nested = Array(repeating: large, count: 4) } == "text")
    let rich = DocumentReading(kind: .text, status: .read, facts: Array(repeating: good.facts[0], count: ReadingLimits.facts))
    #expect(try problem { $0.nested = [rich, rich] } == "facts")
    #expect(try problem { $0.nested[0].notes = ["A B"] } == "notes")
    #expect(
      try problem { reading in
        for _ in 0..<4 { reading = DocumentReading(kind: .zip, status: .read, nested: [reading]) }
      } == "nesting")
  }

  @Test func whatIsNoReadingAtAll() {
    func problem(_ text: String) -> String? {
      if case .failure(let problem) = HostileReading.check(Array(text.utf8)) { return problem.word }
      return nil
    }
    #expect(problem("") == "not-a-reading")
    #expect(problem("{}") == "not-a-reading")
    #expect(problem("{\"kind\":\"exe\"}") == "not-a-reading")
    #expect(problem(String(repeating: "[", count: 1_000_000)) == "too-deep")
    #expect(problem("[" + String(repeating: "1,", count: 1_000_000) + "1]") == "too-many-values")
    #expect(problem(String(repeating: " ", count: ReadingLimits.outputBytes + 1)) == "too-large")
    if case .success = HostileReading.check([0xFF, 0xFE, 0x00]) { Issue.record("bytes passed") }
  }
}
