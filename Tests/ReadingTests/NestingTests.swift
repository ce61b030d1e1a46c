import Model
import Testing

@testable import Reading

/// Files inside files: one budget for the whole tree, and what lies beyond it is named.
struct NestingTests {
  private func classic(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    let list = files.map { file in
      "<AttachedDocument><AttachedDocumentFileContent>\(base64(file.bytes))</AttachedDocumentFileContent><AttachedDocumentFileName>\(file.name)</AttachedDocumentFileName></AttachedDocument>"
    }
    return Array(
      "<D xmlns=\"http://ereg.egov.bg/segment/R-1\"><ElectronicAdministrativeServiceHeader><SUNAUServiceURI>1</SUNAUServiceURI></ElectronicAdministrativeServiceHeader><AttachedDocuments>\(list.joined())</AttachedDocuments></D>"
        .utf8)
  }

  private func read(_ bytes: [UInt8], _ limits: NestingLimits, time: Duration = .seconds(60)) -> DocumentReading {
    DocumentReader(hasPrivateRoot: false, limits: limits, time: time).read(bytes)
  }

  private let letter = Array("Жалба до директора".utf8)

  @Test func namesAreKeptAndHarmless() {
    let reading = read(classic([("Молба.txt", letter), ("../../etc/passwd", letter), ("..", letter), (" а&#10;б\t", letter)]), NestingLimits())
    #expect(reading.status == .read)
    #expect(reading.nested.map(\.name) == ["Молба.txt", "passwd", nil, "а б"])
    #expect(reading.name == nil)
    #expect(Part.label(String(repeating: "я", count: 300))?.utf8.count == 254)
    #expect(Part.label("C:\\Документи\\a.pdf\u{202E}") == "a.pdf")
    #expect(Part.label("///") == nil)
  }

  @Test func filesAreCounted() {
    let files = (1...30).map { (name: "f\($0).txt", bytes: letter) }
    let reading = read(classic(files), NestingLimits(files: 4))
    #expect(reading.status == .partly)
    #expect(reading.reason == "limit-files")
    // Four read, twenty named, one for the rest.
    #expect(reading.nested.count == 25)
    #expect(reading.nested.prefix(4).allSatisfy { $0.status == .read })
    #expect(reading.nested.dropFirst(4).allSatisfy { $0.reason == "limit-files" })
    #expect(reading.nested[23].name == "f24.txt")
    #expect(reading.nested.last?.name == nil)
  }

  /// The count runs through all levels.
  @Test func theBudgetIsOneForTheTree() {
    let inner = classic([("1", letter), ("2", letter)])
    let reading = read(classic([("a", inner), ("b", inner)]), NestingLimits(files: 4))
    #expect(reading.nested.map(\.status) == [.read, .partly])
    #expect(reading.nested[1].reason == "limit-files")
  }

  @Test func depthIsBounded() {
    var bytes = letter
    for level in 0..<5 { bytes = classic([("level\(level)", bytes)]) }
    for depth in 1...3 {
      var reading = read(bytes, NestingLimits(depth: depth))
      for _ in 0..<depth {
        #expect(reading.status == .read)
        reading = reading.nested[0]
      }
      #expect(reading.status == .partly)
      #expect(reading.reason == "limit-depth")
      #expect(reading.nested.isEmpty)
    }
  }

  @Test func unpackedBytesAreBounded() {
    let large = [UInt8](repeating: 0x61, count: 1000)
    let reading = read(classic([("a", large), ("b", large), ("c", letter)]), NestingLimits(bytes: 1500))
    #expect(reading.reason == "limit-bytes")
    #expect(reading.nested.map(\.reason) == ["", "limit-bytes", ""])
    let budget = ReadingBudget(limits: NestingLimits(bytes: 1 << 30, expansion: 10), size: 4 << 20, end: .now + .seconds(60))
    #expect(budget.remainingBytes == 40 << 20)
    #expect(budget.take(bytes: 50 << 20) == "limit-expansion")
    #expect(ReadingBudget(limits: NestingLimits(expansion: 10), size: 10, end: .now).remainingBytes == NestingLimits.freeBytes)
    #expect(ReadingBudget(limits: NestingLimits(), size: .max, end: .now).remainingBytes == NestingLimits().bytes)
  }

  @Test func timeIsBounded() {
    let reading = read(classic([("a", letter), ("b", letter)]), NestingLimits(), time: .zero)
    #expect(reading.reason == "limit-time")
    #expect(reading.nested.map(\.reason) == ["limit-time"])
    #expect(reading.value("service.number") == "1")
  }

  /// Whatever a reader gathers, the tree that leaves it is within what the parent accepts.
  @Test func theSealHolds() {
    let fact = Fact("identifier", .text(String(repeating: "5", count: 4000)), source: FactSource(document: "", method: "text"))
    let leaf = DocumentReading(
      kind: .text, status: .read, text: String(repeating: "я", count: ReadingLimits.textBytes / 2), facts: Array(repeating: fact, count: 300),
      notes: (0..<300).map { "n\($0 % 250)" })
    let sealed = ReadingSeal.close(DocumentReading(kind: .zip, status: .read, nested: Array(repeating: leaf, count: 600)))
    #expect(sealed.reason == "limit-files")
    #expect(sealed.nested.count == ReadingLimits.files)
    #expect(sealed.nested.reduce(0) { $0 + ($1.text?.utf8.count ?? 0) } == ReadingLimits.treeTextBytes)
    #expect(sealed.nested.reduce(0) { $0 + $1.facts.count * 4000 } <= ReadingLimits.treeFactBytes)
    #expect(sealed.nested[0].facts.count + sealed.nested[1].facts.count == ReadingLimits.treeFactBytes / 4000)
    #expect(sealed.nested[4].textIsTruncated && sealed.nested[4].notes.count == ReadingLimits.notes)
    #expect(sealed.nested[1].reason == "limit-facts")
    var deep = leaf
    for _ in 0..<6 { deep = DocumentReading(kind: .zip, status: .read, nested: [deep]) }
    #expect(ReadingSeal.close(deep).nested[0].nested[0].nested[0].reason == "limit-depth")
  }

  private func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = Array(bytes[start..<min(start + 3, bytes.count)])
      let word = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
      for index in 0...group.count { text.append(digits[Int(word >> UInt32(18 - 6 * index)) & 63]) }
      text += Array(repeating: UInt8(ascii: "="), count: 3 - group.count)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
