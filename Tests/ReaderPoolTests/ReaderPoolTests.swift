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

  static let surroundings: Surroundings = {
    let time = SystemTime()
    return Surroundings(time: time, random: SeededRandom(seed: 1), log: .disabled(time: time))
  }()
}
