import FoundationEssentials
import Glibc
import Model
import ReaderPool
import Robot
import Runtime
import Spawn

/// Files by kind through the confined reader, each beside the bare tools that its reading needs (`BareTools`): same file, same moment, in turn.
///
/// The allowance that a file may take is `25 ms + 1.5 × the bare tools' time`; for an application of the e-forms platform `1.5 × one
/// qpdf --json`.
struct ReadingBench {
  /// A file, or a folder with everything below it.
  let files: String
  let rounds: Int

  private struct Measure {
    var kind: String
    var reader: Double
    var tool: Double
    var readerPeak: Int64
    var toolPeak: Int64
    var allowance: Double

    var isWithin: Bool { reader <= allowance }
  }

  func run() async throws -> [Figure] {
    let paths = try found()
    guard !paths.isEmpty else { throw BenchError("no files below \(files)") }
    let pool = ReaderPool(
      configuration: ReaderConfiguration(executable: "\(try Rig.programFolder())/intake-reader", deadline: .seconds(120)), concurrency: 1,
      surroundings: .system(fault: nil, minimum: .error))
    let tools = BareTools(spawner: Spawner(name: "bare-tool"))
    var measures: [Measure] = []
    for path in paths { measures.append(try await measure(path, pool, tools)) }
    return figures(measures)
  }

  private func measure(_ path: String, _ pool: ReaderPool, _ tools: BareTools) async throws -> Measure {
    // The first reading says what it is, and fills the page cache.
    let reading = await pool.read(file: path)
    let kind = Self.kind(of: reading)
    var reader: [Double] = []
    var tool: [Double] = []
    var peaks = (reader: Int64(0), tool: Int64(0))
    for _ in 0..<rounds {
      let bare = try await tools.cost(of: path, reading)
      tool.append(bare.seconds)
      peaks.tool = max(peaks.tool, bare.peak)
      let measured = await pool.measure(file: path)
      reader.append(measured.duration.seconds)
      peaks.reader = max(peaks.reader, measured.peakMemory)
    }
    let bare = Self.median(tool)
    return Measure(
      kind: kind, reader: Self.median(reader), tool: bare, readerPeak: peaks.reader, toolPeak: peaks.tool,
      allowance: (kind == "eform_pdf" ? 0 : 0.025) + 1.5 * bare)
  }

  private func figures(_ measures: [Measure]) -> [Figure] {
    Dictionary(grouping: measures, by: \.kind).sorted { $0.key < $1.key }.flatMap { kind, group -> [Figure] in
      let total = group.reduce(0) { $0 + $1.reader }
      let tool = group.reduce(0) { $0 + $1.tool }
      let worst = group.map { $0.reader / max($0.allowance, 1e-9) }.max() ?? 0
      return [
        .count("reading_\(kind)_files", group.count), .perSecond("reading_\(kind)_files", group.count, in: .seconds(total)),
        .ratio("reading_\(kind)_milliseconds_a_file", total / Double(group.count) * 1000),
        .ratio("reading_\(kind)_bare_tool_milliseconds_a_file", tool / Double(group.count) * 1000),
        .count("reading_\(kind)_within_allowance", group.count(where: \.isWithin)), .ratio("reading_\(kind)_worst_share_of_allowance", worst),
        .mebibytes("reading_\(kind)_peak_memory", bytes: group.map(\.readerPeak).max() ?? 0),
        .mebibytes("reading_\(kind)_bare_tool_peak_memory", bytes: group.map(\.toolPeak).max() ?? 0),
      ]
    }
  }

  static func kind(of reading: DocumentReading) -> String {
    if reading.kind == .pdf, reading.form == .eform { return "eform_pdf" }
    if reading.kind == .pdf, reading.textQuality == .ocr || reading.reason == "no-text" { return "scanned_pdf" }
    return reading.kind.rawValue
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  private func found() throws -> [String] {
    var status = stat()
    guard stat(files, &status) == 0 else { throw BenchError("\(files) is not there") }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [files] }
    let names = try FileManager.default.subpathsOfDirectory(atPath: files)
    return names.filter { name in
      let last = name.split(separator: "/").last ?? ""
      guard last != "message.json", last != "expected.json", !name.hasSuffix(".py"), !name.contains("generator/") else { return false }
      var status = stat()
      return stat("\(files)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }.sorted().map { "\(files)/\($0)" }
  }
}
