import Glibc
import Model
import Testing

@testable import Reading

/// The invented twins of what the corpus holds, written by `Samples/make.py`: a clone without the corpus tests every kind.
struct PDFTwinTests {
  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return try #require(Corpus.file("\(folder)/Samples/\(name)"), "\(name) is missing")
  }

  private static let hasRecognition = access("/usr/bin/tesseract", X_OK) == 0

  // MARK: Signatures

  @Test func signedLetter() throws {
    let reading = reading(of: try Self.bytes("pdf/podpisano-pismo/pismo.pdf"))
    #expect(reading.status == .read)
    #expect(reading.form == .letter)
    #expect(reading.values("signature.kind") == ["pades"])
    #expect(reading.values("signature.signer") == ["Проба Тестова Подписова"])
    #expect(reading.values("signature.identifier") == ["0001010003"])
    #expect(reading.values("signature.time") == ["2026-08-03T11:45:00+03:00"])
    #expect(reading.values("signature.integrity") == ["ok"])
    #expect(reading.values("signature.whole") == ["да"])
    let facts = reading.facts.filter { $0.name.hasPrefix("signature.") }
    #expect(facts.allSatisfy { $0.source.method == "pdf-signature" && $0.source.place == "signature 1" })
  }

  /// One byte of the page changed: the signature is named broken, whoever is said to have signed.
  @Test func brokenSignature() throws {
    var bytes = try Self.bytes("pdf/podpisano-pismo/pismo.pdf")
    let place = try #require(ByteSearch.all("/MediaBox [ 0 0 595", in: bytes).first)
    bytes[place + 18] = UInt8(ascii: "6")
    let reading = reading(of: bytes)
    #expect(reading.values("signature.integrity") == ["broken"])
    #expect(reading.values("signature.signer") == ["Проба Тестова Подписова"])
    #expect(PDFSignatures(in: bytes).signedEnd(of: bytes + Array("% and more than that".utf8)) == nil)
  }

  @Test func whatLooksLikeASignatureIsNone() {
    for range in [
      "/ByteRange [0 10 20 30]", "/ByteRange [0 10 20]", "/ByteRange [0 -1 2 3]", "/ByteRange [0 99999999999999999999 1 1]", "/ByteRange",
      "/ByteRange [5 1 8 1]",
    ] {
      let bytes = Array("%PDF-1.4 \(range) <00> and much more of it, so that there is a hole".utf8)
      #expect(PDFSignatures(in: bytes).signatures.isEmpty, "\(range)")
      #expect(PDFSignatures(in: bytes).signedEnd(of: bytes) == nil)
    }
  }

  @Test(arguments: [
    ("20231009122352+03'00'", "2023-10-09T12:23:52+03:00"), ("20231009122352Z", "2023-10-09T12:23:52Z"), ("20231009122352", "2023-10-09T12:23:52"),
    ("20231009122352-05'30", "2023-10-09T12:23:52-05:30"), ("2023", String?.none), ("", nil),
  ])
  func times(text: String, expected: String?) { #expect(PDFSignatures.isoTime(text) == expected) }

  /// The signature covers the file up to its own end; what is put behind it nobody signed.
  @Test func whatWasSignedCounts() throws {
    let whole = reading(of: try Self.bytes("pdf/podpisana-forma/zayavlenie.pdf"))
    #expect(whole.form == .eform)
    #expect(whole.value("service.number") == "2753")
    #expect(whole.values("signature.integrity") == ["ok"])
    #expect(whole.values("signature.whole") == ["да"])
    #expect(whole.value("form.changed") == nil)

    let changed = reading(of: try Self.bytes("pdf/promenena-forma/zayavlenie.pdf"))
    #expect(changed.value("service.number") == "2753", "the later revision says 739")
    #expect(changed.notes.contains("info-changed-after-signature"))
    #expect(changed.value("form.changed") == "да")
    #expect(changed.values("signature.integrity") == ["ok"])
    #expect(changed.values("signature.whole") == ["не"])
  }

  /// A later revision that leaves the data alone, as a time stamp does; one that adds data to a file that was signed without; and a range
  /// without a signature that pretends to cover it all.
  @Test func revisionsAfterASignature() throws {
    let signed = try Self.bytes("pdf/podpisana-forma/zayavlenie.pdf")
    let info = try Self.lastInfo(signed)
    let stamped = reading(of: PDFBuilder.appendRevision(to: signed, object: 90, "<</Type/DSS>>", root: 1, info: info))
    #expect(stamped.value("service.number") == "2753")
    #expect(stamped.value("form.changed") == nil)
    #expect(stamped.values("signature.whole") == ["не"])

    let letter = try Self.bytes("pdf/podpisano-pismo/pismo.pdf")
    let forged = "<</application.json_xml \(PDFTests.hexadecimal(ServiceRequestTests.template2022))>>"
    let added = reading(of: PDFBuilder.appendRevision(to: letter, object: 90, forged, root: 1, info: "90 0 R"))
    #expect(added.value("service.number") == "739")
    #expect(added.value("form.changed") == "да")
    #expect(added.facts.filter { $0.source.method == "info.xml" }.allSatisfy { $0.certainty == .guessed })

    var hidden = PDFBuilder.appendRevision(to: signed, object: 90, forged, root: 1, info: "90 0 R")
    hidden += Array("% /ByteRange [0 10 20 \(hidden.count)] <00>\n".utf8)
    #expect(reading(of: hidden).value("form.changed") == "да")
  }

  private static func lastInfo(_ bytes: [UInt8]) throws -> String {
    let place = try #require(ByteSearch.last("/Info ", in: bytes))
    return String(decoding: bytes[(place + 6)...].prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
  }

  // MARK: Forms and files inside

  @Test func filledInForm() throws {
    let reading = reading(of: try Self.bytes("pdf/popalnen-formulyar/list.pdf"))
    #expect(reading.status == .read)
    let fields = reading.facts.filter { $0.name == "form.field" }
    #expect(
      fields.map { "\($0.source.place)=\($0.value.display)" } == [
        "заявител.име=Проба Тестова Изложбова", "заявител.адрес=гр. Варна, ул. „Примерна“ № 5", "vecher=Yes",
      ])
    #expect(reading.text?.hasPrefix("ПРОБЕН ЛИСТ") == true)
    #expect(reading.text?.contains("заявител.име: Проба Тестова Изложбова") == true)
  }

  @Test func dynamicForm() throws {
    let reading = reading(of: try Self.bytes("pdf/xfa-formulyar/list.pdf"))
    #expect(reading.status == .read)
    #expect(reading.form == .structured)
    #expect(reading.notes == ["xfa-dynamic"])
    #expect(reading.text?.hasPrefix("ПРОБЕН ЛИСТ\nза посещение на изложбата в читалището\nТрите имена\nВечерно посещение\n") == true)
    #expect(
      reading.facts.filter { $0.name == "form.field" }.map { "\($0.source.place)=\($0.value.display)" } == [
        "txtТriImena=Проба Тестова Изложбова", "chkVecher=1", "Adres.txtUlica=Примерна", "Adres.txtNomer=5", "formId=999901PRBv01",
        "txtEDeliveryDestination=121015056",
      ])
  }

  @Test func portfolio() throws {
    let reading = reading(of: try Self.bytes("pdf/portfolio/vsichko.pdf"))
    #expect(reading.nested.map(\.name) == ["бележка.docx", "списък.txt"])
    #expect(reading.nested.map(\.kind) == [.docx, .text])
    #expect(reading.nested.last?.text == "първо, второ, трето")
  }

  // MARK: Pages that are pictures

  private static let words = "ЗА ИЗЛОЖБАТА В ЧИТАЛИЩЕТО"

  @Test(arguments: ["scan.pdf", "foto.png"])
  func scannedPage(file: String) throws {
    guard Self.hasRecognition else { return Skips.count("recognition of scans") }
    let reading = reading(of: try Self.bytes("pdf/skanirana-stranitsa/\(file)"))
    #expect(reading.status == .read)
    #expect(reading.kind == (file.hasSuffix("png") ? .image : .pdf))
    #expect(reading.textQuality == .ocr)
    #expect(reading.text?.contains(Self.words) == true)
    let confidence = try #require(reading.facts.first { $0.name == "ocr.confidence" })
    #expect(confidence.certainty == .guessed)
    if case .number(let value) = confidence.value { #expect(value > 80) } else { Issue.record("no number") }
  }

  @Test func aScannedPageAmongOthers() throws {
    guard Self.hasRecognition else { return Skips.count("recognition of scans") }
    let reading = reading(of: try Self.bytes("pdf/smesen-fayl/pismo.pdf"))
    #expect(reading.status == .read)
    #expect(reading.textQuality == .ocr)
    #expect(reading.text?.hasPrefix("Приложено изпращам файловете") == true)
    #expect(reading.text?.contains(Self.words) == true)
  }

  /// Without the tool a page that is a picture has no text, and a file with such a page is read in part: nothing is claimed to be absent.
  @Test func withoutRecognition() throws {
    let box = try ToolFolder(["qpdf", "pdftotext", "pdftoppm", "pdfimages"])
    let reader = DocumentReader(hasPrivateRoot: false, tools: box.tools)
    for (file, kind) in [("scan.pdf", DocumentKind.pdf), ("foto.png", .image)] {
      let reading = reader.read(try Self.bytes("pdf/skanirana-stranitsa/\(file)"))
      #expect(reading.kind == kind)
      #expect(reading.status == .unread)
      #expect(reading.reason == "no-text")
      #expect(reading.notes == ["tool-missing-tesseract"])
    }
    let mixed = reader.read(try Self.bytes("pdf/smesen-fayl/pismo.pdf"))
    #expect(mixed.status == .partly)
    #expect(mixed.reason == "pages-without-text")
    #expect(mixed.notes == ["tool-missing-tesseract"])
    #expect(mixed.textQuality == .good)
  }

  @Test func recognitionHasItsLimits() throws {
    guard Self.hasRecognition else { return Skips.count("recognition of scans") }
    let mixed = try Self.bytes("pdf/smesen-fayl/pismo.pdf")
    let off = DocumentReader(hasPrivateRoot: false, pages: PageLimits(recognisedPages: 0)).read(mixed)
    #expect(off.reason == "pages-without-text")
    #expect(off.notes == ["ocr-off"])
    let late = DocumentReader(hasPrivateRoot: false, pages: PageLimits(recognitionTime: .milliseconds(1))).read(mixed)
    #expect(late.notes == ["ocr-time-limit"])
    let scan = try Self.bytes("pdf/skanirana-stranitsa/scan.pdf")
    #expect(DocumentReader(hasPrivateRoot: false, pages: PageLimits(recognisedPages: 0)).read(scan).notes == ["ocr-off"])
  }

  @Test func pagesHaveTheirLimit() throws {
    let mixed = try Self.bytes("pdf/smesen-fayl/pismo.pdf")
    let first = DocumentReader(hasPrivateRoot: false, pages: PageLimits(pages: 1, recognisedPages: 0)).read(mixed)
    #expect(first.status == .partly)
    #expect(first.reason == "page-limit")
    // Exactly as many pages as are read are all of them.
    let both = DocumentReader(hasPrivateRoot: false, pages: PageLimits(pages: 2, recognisedPages: 0)).read(mixed)
    #expect(both.reason == "pages-without-text")
  }

  @Test func theTableOfRecognition() {
    let head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
    func row(_ line: Int, _ confidence: String, _ word: String) -> String { "5\t1\t1\t1\t\(line)\t1\t0\t0\t1\t1\t\(confidence)\t\(word)\n" }
    let page = RecognisedWords.page(head + row(1, "90", "Моля") + row(1, "80.5", "за") + row(2, "12", "!#") + row(2, "95", "отговор") + "4\t1\n")
    #expect(page?.text == "Моля за\nотговор")
    #expect(page.map { Int($0.confidence.rounded()) } == 91)
    #expect(RecognisedWords.page(head + row(1, "90", "две") + row(1, "90", "думи")) == nil, "too few")
    #expect(RecognisedWords.page(head + row(1, "31", "а") + row(1, "33", "бб") + row(1, "40", "в")) == nil, "too uncertain")
    #expect(RecognisedWords.page("") == nil)
  }
}

/// A folder that holds only some of Debian's programs: how a machine looks that lacks the others.
final class ToolFolder {
  let path: String
  private let names: [String]

  init(_ names: [String]) throws {
    var template = Array("/tmp/tools-XXXXXX".utf8CString)
    path = try #require(mkdtemp(&template).map { String(cString: $0) })
    self.names = names
    for name in names { try #require(symlink("/usr/bin/\(name)", "\(path)/\(name)") == 0) }
  }

  var tools: Toolbox { Toolbox(directory: path) }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}
