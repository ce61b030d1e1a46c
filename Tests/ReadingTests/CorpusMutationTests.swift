import Glibc
import Model
import Testing

@testable import Reading

/// Every file of the corpus and every sample, damaged along its own structure: elements moved, lengths changed, objects swapped. Whatever comes
/// out, the reader says something, in its limits and in time. A few changes a file in the suite, many in the long form.
struct CorpusMutationTests {
  private static let isLong = getenv("INTAKE_LONG") != nil
  private static let rounds = isLong ? 60 : 1

  @Test(arguments: CorpusTableTests.folders)
  func damagedCorpus(folder: String) {
    guard Corpus.directory != nil else { return Skips.count("mutations of the corpus, \(folder)") }
    let files = Corpus.files(below: folder)
    // Schemas are all alike: a few stand for them in the suite.
    let chosen = Self.isLong || files.count < 100 ? files : files.enumerated().filter { $0.offset % 20 == 0 }.map(\.element)
    for (index, file) in chosen.enumerated() {
      guard let bytes = Corpus.bytes("\(folder)/\(file)"), bytes.count < 200_000 || Self.isLong else { continue }
      damage(bytes, seed: UInt64(index), file)
    }
  }

  @Test func damagedSamples() throws {
    let table = try CorpusTable(folder: "samples-formats")
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/Samples/formats"
    for (index, file) in table.files.enumerated() {
      let bytes = try #require(Corpus.file("\(root)/\(file)"))
      for round in 0..<4 { damage(bytes, seed: UInt64(1000 * round + index), file) }
    }
  }

  private func damage(_ bytes: [UInt8], seed: UInt64, _ file: String) {
    var random = SeededGenerator(seed: seed)
    for round in 0..<Self.rounds {
      let start = ContinuousClock.now
      let reading = reading(of: StructuredMutation.mutate(bytes, &random))
      #expect(ContinuousClock.now - start < .seconds(90), "\(file) \(round): too slow")
      check(reading, "\(file), seed \(seed), round \(round)")
    }
  }

  private func check(_ reading: DocumentReading, _ comment: Comment) {
    #expect(reading.status != .unread || !reading.reason.isEmpty, comment)
    #expect((reading.text?.utf8.count ?? 0) <= ReadingLimits.textBytes, comment)
    #expect(reading.facts.count <= ReadingLimits.facts, comment)
    #expect(reading.facts.allSatisfy { FactCatalogue.definition(named: $0.name) != nil }, comment)
    for nested in reading.nested { check(nested, comment) }
  }
}

/// Changes that a format's own parts suffer, not only its bytes.
enum StructuredMutation {
  static func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !result.isEmpty {
      switch ContentType.recognise(bytes) {
      case .xml, .html: result = pieces(result, between: UInt8(ascii: "<"), &random)
      case .json, .csv: result = pieces(result, between: UInt8(ascii: ","), &random)
      case .rtf: result = pieces(result, between: UInt8(ascii: "\\"), &random)
      case .mail, .text: result = pieces(result, between: 0x0A, &random)
      case .pdf: result = Bool.random(using: &random) ? objects(result, &random) : numbers(result, &random)
      case .cms: result = lengths(result, &random)
      case .docx, .odt, .xlsx, .ods, .zip, .asic: result = entries(result, &random)
      default: result = words(result, &random)
      }
      if Int.random(in: 0..<4, using: &random) == 0 { result = words(result, &random) }
    }
    return result
  }

  /// Removes, doubles or swaps what stands between marks, or puts something odd into it.
  private static func pieces(_ bytes: [UInt8], between mark: UInt8, _ random: inout SeededGenerator) -> [UInt8] {
    let starts = bytes.indices.filter { bytes[$0] == mark }
    guard starts.count > 2 else { return words(bytes, &random) }
    func piece() -> Range<Int> {
      let index = Int.random(in: 0..<(starts.count - 1), using: &random)
      return starts[index]..<starts[index + 1]
    }
    var result = bytes
    let first = piece()
    switch Int.random(in: 0..<5, using: &random) {
    case 0: result.removeSubrange(first)
    case 1: result.insert(contentsOf: bytes[first], at: first.lowerBound)
    case 2:
      let second = piece()
      let content = Array(bytes[second])
      result.replaceSubrange(first, with: content)
    case 3:
      result.insert(
        contentsOf: [[UInt8](repeating: mark, count: 300), Array("\u{202E}\u{0}&#x0;]]>".utf8), [0xFF, 0xFE]].randomElement(using: &random) ?? [],
        at: first.upperBound)
    default: result = Array(bytes[..<first.upperBound])
    }
    return result
  }

  /// Swaps two objects of a PDF, or drops one.
  private static func objects(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    let ends = places(of: Array("endobj".utf8), in: bytes)
    guard ends.count > 2 else { return words(bytes, &random) }
    let index = Int.random(in: 1..<(ends.count - 1), using: &random)
    let first = ends[index - 1]..<ends[index]
    let second = ends[index]..<ends[index + 1]
    let content = Bool.random(using: &random) ? Array(bytes[second]) + Array(bytes[first]) : Array(bytes[second])
    return Array(bytes[..<first.lowerBound]) + content + Array(bytes[second.upperBound...])
  }

  /// Another number where one stands: lengths, references, offsets.
  private static func numbers(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    let starts = bytes.indices.filter { $0 > 0 && (0x30...0x39).contains(bytes[$0]) && bytes[$0 - 1] == 0x20 }
    guard let start = starts.randomElement(using: &random) else { return words(bytes, &random) }
    let end = bytes[start...].firstIndex { !(0x30...0x39).contains($0) } ?? bytes.endIndex
    let value = ["0", "-1", "1", "99999999999", "4294967296", "2147483647"].randomElement(using: &random) ?? "0"
    return Array(bytes[..<start]) + Array(value.utf8) + Array(bytes[end...])
  }

  /// Another length or tag where DER has one.
  private static func lengths(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    let starts = bytes.indices.dropLast(4).filter { [0x30, 0x31, 0x04, 0xA0, 0x24].contains(bytes[$0]) && bytes[$0 + 1] >= 0x80 }
    guard let start = starts.randomElement(using: &random) else { return words(bytes, &random) }
    result[start + Int.random(in: 0...3, using: &random)] = [0x00, 0x7F, 0x80, 0x84, 0xFF, 0x30].randomElement(using: &random) ?? 0
    return result
  }

  /// Another size, offset, method or name in a zip file's directory or in an entry's own header.
  private static func entries(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    let starts = places(of: [0x50, 0x4B], in: bytes)
    guard let start = starts.randomElement(using: &random) else { return words(bytes, &random) }
    for _ in 0..<3 {
      let place = start + Int.random(in: 4..<48, using: &random)
      if place < result.count { result[place] = [0x00, 0x01, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0 }
    }
    return result
  }

  /// Anything anywhere: a changed word, a hole, an end too early.
  private static func words(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    guard bytes.count > 8 else { return bytes + [0] }
    var result = bytes
    let place = Int.random(in: 0..<(bytes.count - 4), using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: for offset in 0..<4 { result[place + offset] = UInt8.random(in: .min ... .max, using: &random) }
    case 1: result.replaceSubrange(place..<(place + 4), with: [0xFF, 0xFF, 0xFF, 0xFF])
    case 2: result.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...600, using: &random)))
    default: result.removeLast(bytes.count - max(8, place))
    }
    return result
  }

  private static func places(of needle: [UInt8], in bytes: [UInt8]) -> [Int] {
    var found: [Int] = []
    var rest = bytes[...]
    while found.count < 5_000, let range = rest.firstRange(of: needle) {
      found.append(range.upperBound)
      rest = rest[range.upperBound...]
    }
    return found
  }
}
