import Glibc
import Model
import ReaderPool
import Runtime
import Testing

/// Every file of the corpus through the reader as the robot starts it: confined, with its deadline and its limit of memory.
struct CorpusReaderTests {
  private static let corpus: String? = {
    let path = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/../shared/corpus"
    return access(path, R_OK) == 0 ? path : nil
  }()

  private static var ownPeak: Int64 {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int64(usage.ru_maxrss) * 1_024
  }

  private static func files(below folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var found: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasPrefix(".") { continue }
      found += entry.pointee.d_type == UInt8(DT_DIR) ? files(below: "\(folder)/\(name)") : ["\(folder)/\(name)"]
    }
    return found.sorted()
  }

  /// A reading or a named reason each, and none that the reader was stopped for: not by its deadline, not by its memory, not by a crash. Pages are
  /// few, so that the suite stays short; in the long form they are those of an installation.
  @Test func everyFileWithinItsLimits() async throws {
    guard let corpus = Self.corpus else { return print("skipped: the corpus, confined: no ../shared/corpus") }
    let isLong = getenv("INTAKE_LONG") != nil
    let files = Self.files(below: corpus)
    try #require(files.count > 500)
    var pages = PageLimits()
    if !isLong { pages.recognisedPages = 1 }
    let configuration = ReaderConfiguration(executable: Built.reader, deadline: .seconds(isLong ? 180 : 60), pages: pages)
    let pool = ReaderPool(configuration: configuration, concurrency: 2, surroundings: Built.surroundings)
    try await withThrowingTaskGroup(of: (String, MeasuredReading).self) { group in
      for file in files { group.addTask { (file, await pool.measure(file: file)) } }
      for try await (file, measured) in group {
        let name = file.dropFirst(corpus.count + 1)
        let reading = measured.reading
        #expect(reading.status != .unread || !reading.reason.isEmpty, "\(name): no reason")
        #expect(!reading.reason.hasPrefix("reader-"), "\(name): \(reading.reason)")
        #expect(measured.duration < configuration.deadline, "\(name)")
        // The kernel counts in the memory that a process had before it became another program: at first that of these tests.
        #expect(measured.peakMemory > 0 && measured.peakMemory <= max(configuration.memory, Self.ownPeak), "\(name): \(measured.peakMemory)")
      }
    }
  }
}
