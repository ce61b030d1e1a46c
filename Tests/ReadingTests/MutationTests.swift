import Model
import Testing

@testable import Reading

/// Damaged input in every way a seed can think of: the reader may say anything, but it always says something, within its limits.
struct MutationTests {
  private static let samples: [(name: String, text: String)] = [
    ("request", ServiceRequestTests.template2022),
    ("letter", "Изх. № 1/01.07.2026\nДО\nДСП\n\nЖ А Л Б А\nвх. № ЗСП/Д-В/5/01.01.2026 ЕГН 00 0101 0003"),
    ("json", "{\"data\":{\"businessKey\":\"x\",\"requestor\":\"PNOBG-0001010003\",\"a\":[1,{\"b\":\"\\u0416\"}]}}"),
    ("html", "<html><p>ЖАЛБА&nbsp;<script>x</script><!-- y --></p></html>"),
    (
      "classic",
      "<D xmlns=\"http://ereg.egov.bg/segment/R-1\"><ElectronicAdministrativeServiceHeader><SUNAUServiceURI>1</SUNAUServiceURI></ElectronicAdministrativeServiceHeader><AttachedDocuments><AttachedDocument><AttachedDocumentFileContent>PGE+</AttachedDocumentFileContent></AttachedDocument></AttachedDocuments></D>"
    ),
  ]

  @Test(arguments: 0..<40)
  func damagedText(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for sample in Self.samples {
      for _ in 0..<10 {
        let bytes = mutate(Array(sample.text.utf8), &random)
        // A mutation may turn anything into a PDF's header; those have their own test.
        guard ContentType.recognise(bytes) != .pdf else { continue }
        expectWithinLimits(reading(of: bytes), "\(sample.name) \(seed)")
        expectWithinLimits(DocumentReader(hasPrivateRoot: false).read(bytes, as: .text), "\(sample.name) \(seed)")
      }
    }
  }

  @Test(arguments: 0..<8)
  func damagedPDF(seed: Int) {
    var random = SeededGenerator(seed: UInt64(1000 + seed))
    let whole = PDFTests.pdf(info: "<</application.json_xml \(PDFTests.hexadecimal(ServiceRequestTests.template2022))>>")
    expectWithinLimits(reading(of: mutate(whole, &random)), "\(seed)")
  }

  /// Overwritten, dropped, doubled and swapped bytes, a few at once.
  private func mutate(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
      case 3: bytes.removeLast(min(bytes.count, Int.random(in: 1...200, using: &random)))
      default: bytes.insert(contentsOf: Array("<>{}[]\"\\&\u{0}".utf8).shuffled(using: &random).prefix(3), at: place)
      }
    }
    return bytes
  }

  private func expectWithinLimits(_ reading: DocumentReading, _ comment: String) {
    #expect(reading.status != .unread || !reading.reason.isEmpty, "\(comment)")
    #expect((reading.text?.utf8.count ?? 0) <= ReadingLimits.textBytes, "\(comment)")
    #expect(reading.facts.count <= ReadingLimits.facts, "\(comment)")
    #expect(reading.facts.allSatisfy { FactCatalogue.definition(named: $0.name) != nil }, "\(comment)")
  }
}
