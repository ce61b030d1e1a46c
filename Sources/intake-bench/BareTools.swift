import CLibXML2
import FoundationEssentials
import Glibc
import Model
import ReaderPool
import Robot
import Spawn

/// What the tools alone take for a file that the reader has read: the same tools on the same bytes, one after the other, unconfined, with
/// nothing made of what they say. The files inside a file count with the tools that they need themselves.
///
/// Which tools those are is seen from the reading. Where our own code does all the work (CMS, mail, text) there are none.
struct BareTools {
  let spawner: Spawner

  struct Cost {
    var seconds = 0.0
    /// Bytes.
    var peak: Int64 = 0
  }

  func cost(of path: String, _ reading: DocumentReading) async throws -> Cost {
    var cost = Cost()
    try await run(ReadingBench.kind(of: reading), path, reading, &cost)
    return cost
  }

  private func run(_ kind: String, _ path: String, _ reading: DocumentReading, _ cost: inout Cost) async throws {
    switch kind {
    case "eform_pdf": try await tool(["qpdf", "--json=2", "--json-key=qpdf", path], &cost)
    case "pdf", "scanned_pdf": try await pdf(path, reading, &cost)
    case "image": try await tool(["tesseract", path, "stdout", "-l", "bul"], &cost)
    case "docx", "odt", "xlsx", "ods", "zip", "archive", "asic": try await tool(["bsdtar", "-xOf", path], &cost)
    case "xml": try parse(path, &cost)
    case "doc": try await tool(["antiword", path], &cost)
    case "xls": try await tool(["xls2csv", path], &cost)
    default: break
    }
    guard !reading.nested.isEmpty else { return }
    switch kind {
    case "pdf", "scanned_pdf", "eform_pdf":
      try await inside(reading.nested, &cost) { folder, cost in try await tool(["pdfdetach", "-saveall", "-o", folder, path], &cost) }
    case "zip", "archive", "asic":
      // Unpacked a second time, for the files that it is about: not counted.
      var ignored = Cost()
      try await inside(reading.nested, &cost) { folder, _ in try await tool(["bsdtar", "-xf", path, "-C", folder], &ignored) }
    default: break
    }
  }

  /// The parser that the reader uses, alone: no program of Debian's is started for XML.
  private func parse(_ path: String, _ cost: inout Cost) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let begin = ContinuousClock.now
    xmlFreeDoc(bytes.withUnsafeBytes { xmlReadMemory($0.baseAddress, Int32(clamping: $0.count), nil, nil, Int32(XML_PARSE_NONET.rawValue)) })
    cost.seconds += (ContinuousClock.now - begin).seconds
  }

  private func pdf(_ path: String, _ reading: DocumentReading, _ cost: inout Cost) async throws {
    try await tool(["pdftotext", "-enc", "UTF-8", path, "-"], &cost)
    // Every PDF is asked for the dictionaries in which an application of the platform lies.
    try await tool(["qpdf", "--show-object=trailer", path], &cost)
    let methods = Set(reading.facts.map(\.source.method))
    if methods.contains("acroform") { try await tool(["qpdf", "--json=2", "--json-key=acroform", path], &cost) }
    if methods.contains("xfa") { try await tool(["qpdf", "--qdf", path, "-"], &cost) }
    for page in try await recognisedPages(path, reading) {
      let drawing = ["pdftoppm", "-gray", "-scale-to", "2339", "-f", String(page), "-l", String(page), "-singlefile", path]
      let picture = try await tool(drawing, &cost)
      try await tool(["tesseract", "stdin", "stdout", "-l", "bul", "--dpi", "200"], input: .bytes(picture), &cost)
    }
  }

  /// The pages that were given to recognition: all of a scan up to the limit, and the first where the text layer makes no sense.
  private func recognisedPages(_ path: String, _ reading: DocumentReading) async throws -> [Int] {
    guard reading.textQuality == .ocr || reading.reason == "no-text" else { return reading.notes.contains("text-layer-poor") ? [1] : [] }
    var ignored = Cost()
    let lines = String(decoding: try await tool(["pdfinfo", path], &ignored), as: UTF8.self).split(separator: "\n")
    let pages = lines.first { $0.hasPrefix("Pages:") }.flatMap { Int($0.dropFirst(6).filter(\.isNumber)) } ?? 1
    return Array(1...max(1, min(pages, PageLimits().recognisedPages)))
  }

  /// The tools of the files inside, which `unpack` puts into a folder of their own.
  private func inside(_ nested: [DocumentReading], _ cost: inout Cost, unpack: (String, inout Cost) async throws -> Void) async throws {
    let folder = "\(FileManager.default.temporaryDirectory.path)/intake-bench-\(getpid())-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await unpack(folder, &cost)
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
    for reading in nested {
      // By the last part of its name; one whose name could not be kept is left out, to the reader's disadvantage.
      guard let name = reading.name, let file = files.first(where: { $0 == name || $0.hasSuffix("/\(name)") }) else { continue }
      try await run(ReadingBench.kind(of: reading), "\(folder)/\(file)", reading, &cost)
    }
  }

  @discardableResult
  private func tool(_ words: [String], input: Command.Input = .nothing, _ cost: inout Cost) async throws -> [UInt8] {
    let result = try await spawner.run(
      Command(
        "/usr/bin/\(words[0])", Array(words.dropFirst()), environment: ["PATH": "/usr/bin", "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"],
        input: input, maximumOutput: 256 << 20, deadline: .seconds(120)))
    cost.seconds += result.duration.seconds
    cost.peak = max(cost.peak, result.peakMemory)
    return result.output
  }
}
