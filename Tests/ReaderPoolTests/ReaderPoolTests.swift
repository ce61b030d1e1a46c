import Glibc
import Model
import ReaderPool
import Runtime
import Testing

struct ReaderPoolTests {
  let pool = ReaderPool(configuration: ReaderConfiguration(executable: Built.reader), concurrency: 2, surroundings: Built.surroundings)

  @Test func readsABodyAsText() async {
    let reading = await pool.read(body: "{\"това\": писмо}\nЖАЛБА\nсрещу Заповед № ЗСПД/Д-В/10504/12.07.2023 г.")
    #expect(reading.kind == .text)
    #expect(reading.status == .read)
    #expect(reading.form == .letter)
    #expect(reading.title == "ЖАЛБА срещу Заповед № ЗСПД/Д-В/10504/12.07.2023 г.")
    #expect(reading.facts.contains { $0.name == "cited.number" && $0.value == .text("ЗСПД/Д-В/10504/12.07.2023") })
    #expect(reading.notes.isEmpty)
  }

  /// The tools run inside: on the private `/tmp` fully confined, on a memory file without the private root.
  @Test(arguments: [ReaderConfiguration.Confinement.full, .reduced])
  func readsAFormInAPDF(level: ReaderConfiguration.Confinement) async throws {
    let pool = ReaderPool(
      configuration: ReaderConfiguration(executable: Built.reader, confinement: level), concurrency: 1, surroundings: Built.surroundings)
    let request = "<ServiceRequest><publicService><identifier><identifier>2753</identifier></identifier></publicService></ServiceRequest>"
    let content = "BT /F 12 Tf 10 100 Td (Hello there) Tj ET"
    // No table of objects: tools find them all the same.
    let pdf = """
      %PDF-1.4
      1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
      2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
      3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj
      4 0 obj <</Length \(content.utf8.count)>>stream
      \(content)
      endstream endobj
      5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
      6 0 obj <</application.json_xml (\(request))>> endobj
      trailer <</Root 1 0 R/Info 6 0 R/Size 7>>
      %%EOF

      """
    let reading = try await Built.withFile(Array(pdf.utf8)) { await pool.read(file: $0) }
    #expect(reading.form == .eform)
    #expect(reading.facts.contains { $0.name == "service.number" && $0.value == .text("2753") })
    #expect(reading.text?.contains("Hello there") == true)
    #expect(reading.notes.isEmpty)
  }

  @Test func tooLargeIsAReading() async throws {
    let pool = ReaderPool(
      configuration: ReaderConfiguration(executable: Built.reader, maximumBytes: 1000), concurrency: 1, surroundings: Built.surroundings)
    let reading = try await Built.withFile([UInt8](repeating: 0x41, count: 1001)) { await pool.read(file: $0) }
    #expect(reading.reason == "too-large")
    #expect(try await Built.withFile([UInt8](repeating: 0x41, count: 1000)) { await pool.read(file: $0) }.status == .read)
  }

  @Test func whatIsNotThereIsAReading() async {
    #expect(await pool.read(file: "/no/such/file").reason == "input-unreadable")
    let missing = ReaderPool(configuration: ReaderConfiguration(executable: "/no/such/reader"), concurrency: 1, surroundings: Built.surroundings)
    #expect(await missing.read(body: "а").reason == "reader-not-started")
  }

  @Test func everyLayerHolds() async {
    let report = await pool.selfTest(outside: [Built.directory])
    #expect(report.missing.isEmpty)
    #expect(report.layers.count >= 14)
    for layer in report.layers { #expect(layer.works, "\(layer.name): \(layer.detail)") }
    #expect(report.isComplete)
  }
}

/// The programs that the package's build put beside the tests.
enum Built {
  static let directory: String = {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count - 1)
    let whole = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return whole.lastIndex(of: "/").map { String(whole[..<$0]) } ?? "."
  }()

  static let reader = directory + "/intake-reader"

  /// Calls `body` with a file of these bytes, as the archive would hold it.
  static func withFile<Result>(_ bytes: [UInt8], _ body: (String) async -> Result) async throws -> Result {
    var template = Array("/tmp/reader-test-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    try #require(file >= 0)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    try #require(write(file, bytes, bytes.count) == bytes.count)
    close(file)
    return await body(path)
  }

  static let surroundings: Surroundings = {
    let time = SystemTime()
    return Surroundings(time: time, random: SeededRandom(seed: 1), log: .disabled(time: time))
  }()
}
