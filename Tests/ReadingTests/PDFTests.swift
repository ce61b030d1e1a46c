import Glibc
import Model
import Spawn
import Testing

@testable import Reading

/// PDFs made here, byte by byte: every way in which the platform's strings may lie in an Info dictionary.
struct PDFTests {
  static let request = ServiceRequestTests.template2022

  /// A file of one page whose Info dictionary has these entries, as they stand in the file.
  static func pdf(info: String, text: String = "(Hello) Tj") -> [UInt8] {
    var file = PDFBuilder()
    file.object(1, "<</Type/Catalog/Pages 2 0 R>>")
    file.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
    file.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>")
    let content = "BT /F 12 Tf 10 100 Td \(text) ET"
    file.object(4, "<</Length \(content.utf8.count)>>stream\n\(content)\nendstream")
    file.object(5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    file.object(6, info)
    file.finish(root: 1, info: "6 0 R")
    return file.bytes
  }

  static func hexadecimal(_ text: String) -> String {
    "<FEFF" + text.utf16.map { unit in String(repeating: "0", count: 4 - String(unit, radix: 16).count) + String(unit, radix: 16) }.joined() + ">"
  }

  /// A literal string of raw bytes, with its three special characters escaped.
  static func literal(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(ascii: "(")] + bytes.flatMap { [0x28, 0x29, 0x5C].contains($0) ? [0x5C, $0] : [$0] } + [UInt8(ascii: ")")]
  }

  private func expectRequest(_ reading: DocumentReading, method: String = "info.xml") {
    #expect(reading.form == .eform)
    #expect(reading.value("service.number") == "739")
    #expect(reading.value("rnu") == "BGES9d5798b")
    #expect(reading.value("applicant.name") == "Проба Тестова Пробева")
    #expect(reading.facts.allSatisfy { $0.source.method == method })
  }

  @Test func hexadecimalUTF16() {
    expectRequest(reading(of: Self.pdf(info: "<</application.json_xml \(Self.hexadecimal(Self.request))>>")))
  }

  @Test func anyPrefixOfTheKey() {
    expectRequest(reading(of: Self.pdf(info: "<</portal_xml \(Self.hexadecimal(Self.request))>>")))
    #expect(reading(of: Self.pdf(info: "<</Title \(Self.hexadecimal(Self.request))>>")).form == .letter)
  }

  @Test(arguments: [true, false])
  func literalUTF8(hasMark: Bool) {
    let value = Self.literal((hasMark ? [0xEF, 0xBB, 0xBF] : []) + Array(Self.request.utf8))
    var bytes = Self.pdf(info: "<</application.json_xml @>>")
    bytes = PDFBuilder.replace("@", by: value, in: bytes)
    expectRequest(reading(of: bytes))
  }

  @Test func literalUTF16() {
    let value = Self.literal([0xFE, 0xFF] + Self.request.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
    expectRequest(reading(of: PDFBuilder.replace("@", by: value, in: Self.pdf(info: "<</application.json_xml @>>"))))
  }

  /// What `_json` means differs between the generations; the value says which it is.
  @Test func contentDecidesNotTheKey() {
    let raw =
      "{\"data\":{\"businessKey\":\"BGES9d5798b\",\"requestor\":\"PNOBG-0001010003\",\"firstName\":\"Проба\",\"identifier\":\"0001010003\",\"caseDataSource\":{\"data\":{\"serviceId\":\"739\"}},\"administrationUnit\":{\"administrationUnitEDelivery\":\"1210150561306\"}}}"
    let old = reading(of: Self.pdf(info: "<</application.json_json \(Self.hexadecimal(raw))>>"))
    #expect(old.form == .eform)
    #expect(old.value("service.number") == "739")
    #expect(old.value("unit.identifier") == "1210150561306")
    #expect(old.value("author.identifier") == "0001010003")
    // The request is in the last key, the raw answers in the first.
    expectRequest(
      reading(of: Self.pdf(info: "<</application.json_xml \(Self.hexadecimal(raw))/application.json_submission \(Self.hexadecimal(Self.request))>>"))
        .withoutFilledIn, method: "info.submission")
  }

  @Test func brokenXMLFallsBackToJSON() {
    let json =
      "{\"ServiceRequest\":{\"publicService\":{\"identifier\":{\"identifier\":739}},\"requestURI\":{\"identifier\":\"BGES9d5798b\"},\"applicant\":{\"person\":{\"fullName\":\"Проба Тестова Пробева\"}}}}"
    let reading = reading(
      of: Self.pdf(info: "<</a_xml \(Self.hexadecimal("<ServiceRequest><unclosed>"))/a_json \(Self.hexadecimal(json))>>"))
    expectRequest(reading, method: "info.json")
    #expect(reading.notes == ["info-xml-malformed"])
  }

  /// A value with line ends that look like another entry stays one value.
  @Test func valuesCannotPretendToBeOthers() {
    let forged =
      "нещо\napplication.json_xml: <ServiceRequest><publicService><identifier><identifier>1</identifier></identifier></publicService></ServiceRequest>\n"
    #expect(reading(of: Self.pdf(info: "<</Comment \(Self.hexadecimal(forged))>>")).form == .letter)
  }

  @Test func newestRevisionCounts() {
    var bytes = Self.pdf(info: "<</application.json_xml \(Self.hexadecimal(Self.request.replacing("739", with: "111")))>>")
    bytes = PDFBuilder.appendRevision(to: bytes, object: 6, "<</application.json_xml \(Self.hexadecimal(Self.request))>>", root: 1, info: "6 0 R")
    expectRequest(reading(of: bytes))
    // A revision that moves Info to another object.
    bytes = PDFBuilder.appendRevision(
      to: bytes, object: 7, "<</application.json_xml \(Self.hexadecimal(Self.request.replacing("739", with: "222")))>>", root: 1, info: "7 0 R")
    #expect(reading(of: bytes).value("service.number") == "222")
  }

  /// The file's last words name another object than the trailer does.
  @Test func theTrailerDecidesNotTheHint() {
    let bytes = Self.pdf(info: "<</application.json_xml \(Self.hexadecimal(Self.request))>>") + Array("\n% /Info 5 0 R\n".utf8)
    expectRequest(reading(of: bytes))
  }

  @Test(arguments: [
    ["--object-streams=generate"], ["--linearize"], ["--encrypt", "", "owner", "256", "--"], ["--encrypt", "", "", "128", "--use-aes=y", "--"],
  ])
  func packedOrEncryptedWithoutPassword(options: [String]) throws {
    let bytes = try transformed(Self.pdf(info: "<</application.json_xml \(Self.hexadecimal(Self.request))>>"), options)
    expectRequest(reading(of: bytes))
  }

  @Test func passwordIsSaid() throws {
    let bytes = try transformed(Self.pdf(info: "<</Title(x)>>"), ["--encrypt", "secret", "owner", "256", "--"])
    let reading = reading(of: bytes)
    #expect(reading.status == .unread)
    #expect(reading.reason == "password-protected")
  }

  @Test func pagesWithoutText() {
    let reading = reading(of: Self.pdf(info: "<<>>", text: ""))
    #expect(reading.kind == .pdf)
    #expect(reading.reason == "no-text")
  }

  @Test func rubbishAfterTheHeader() { #expect(reading(of: Array("%PDF-1.7\nnothing else".utf8)).reason == "damaged") }

  @Test func missingToolsAreNamed() {
    guard case .failed(let reason) = Toolbox().run("no-such-tool", [], maximumOutput: 1) else {
      Issue.record("a tool that is not there ran")
      return
    }
    #expect(reason == "tool-missing-no-such-tool")
  }

  /// Without qpdf an application would pass for a letter: the reading says that something is lacking.
  @Test func withoutTheToolForInfoNothingIsClaimed() throws {
    var template = Array("/tmp/tools-XXXXXX".utf8CString)
    let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer {
      unlink(directory + "/pdftotext")
      rmdir(directory)
    }
    try #require(symlink("/usr/bin/pdftotext", directory + "/pdftotext") == 0)
    let reader = DocumentReader(hasPrivateRoot: false, tools: Toolbox(directory: directory))
    let reading = reader.read(Self.pdf(info: "<</application.json_xml \(Self.hexadecimal(Self.request))>>"))
    #expect(reading.status == .partly)
    #expect(reading.reason == "tool-missing-qpdf")
    #expect(reading.form == .letter)
    #expect(reading.facts.isEmpty)
    unlink(directory + "/pdftotext")
    #expect(reader.read(Self.pdf(info: "<<>>")).reason == "tool-missing-pdftotext")
  }

  private func transformed(_ bytes: [UInt8], _ options: [String]) throws -> [UInt8] {
    let result = try #require(
      Workspace(hasPrivateRoot: false).withFile(bytes) { path in
        try? ChildProcess(Command("/usr/bin/qpdf", options + [path, "-"], environment: [:])).wait()
      } ?? nil)
    try #require(result.status == .exited(0) || result.status == .exited(3))
    return result.output
  }
}

extension DocumentReading {
  /// Only what the first source said.
  fileprivate var withoutFilledIn: DocumentReading {
    var reading = self
    reading.facts = facts.filter { $0.source.method == facts.first?.source.method }
    return reading
  }
}

/// Writes objects and the table of where they are.
struct PDFBuilder {
  private(set) var bytes = Array("%PDF-1.4\n".utf8)
  private var offsets: [Int: Int] = [:]

  mutating func object(_ number: Int, _ content: String) {
    offsets[number] = bytes.count
    bytes += Array("\(number) 0 obj\n\(content)\nendobj\n".utf8)
  }

  mutating func finish(root: Int, info: String) {
    let start = bytes.count
    let count = (offsets.keys.max() ?? 0) + 1
    bytes += Array("xref\n0 \(count)\n0000000000 65535 f \n".utf8)
    for number in 1..<count { bytes += Array((offsets[number].map(Self.entry) ?? "0000000000 00001 f \n").utf8) }
    bytes += Array("trailer\n<</Size \(count)/Root \(root) 0 R/Info \(info)>>\nstartxref\n\(start)\n%%EOF\n".utf8)
  }

  static func appendRevision(to bytes: [UInt8], object: Int, _ content: String, root: Int, info: String) -> [UInt8] {
    let previous = String(decoding: bytes.suffix(40), as: UTF8.self).split(separator: "\n").compactMap { Int($0) }.last ?? 0
    var result = bytes
    let offset = result.count
    result += Array("\(object) 0 obj\n\(content)\nendobj\n".utf8)
    let start = result.count
    result += Array("xref\n\(object) 1\n\(entry(offset))".utf8)
    result += Array("trailer\n<</Size \(max(8, object + 1))/Root \(root) 0 R/Info \(info)/Prev \(previous)>>\nstartxref\n\(start)\n%%EOF\n".utf8)
    return result
  }

  /// Tools rebuild the table when offsets no longer fit.
  static func replace(_ mark: String, by value: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    guard let range = bytes.firstRange(of: Array(" \(mark)>>".utf8)) else { return bytes }
    return Array(bytes[..<range.lowerBound]) + value + Array(">>".utf8) + Array(bytes[range.upperBound...])
  }

  static func overwrite(_ old: String, by new: String, in bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    if let range = bytes.firstRange(of: Array(old.utf8)) { result.replaceSubrange(range, with: Array(new.utf8)) }
    return result
  }

  private static func entry(_ offset: Int) -> String {
    let digits = String(offset)
    return String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
  }
}
