import Model
import Testing

@testable import Reading

/// Archives, honest and hostile.
struct ArchiveTests {
  /// The invented files of `Samples/signed`, by the same kind of table as the real ones of the corpus: a lone clone tests them, too.
  @Test func samples() throws {
    let table = try CorpusTable(folder: "samples-signed")
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/Samples/signed"
    var seen: [String] = []
    for folder in Corpus.names(at: root) {
      for name in Corpus.names(at: "\(root)/\(folder)") where !name.hasSuffix(".json") {
        let file = "\(folder)/\(name)"
        seen.append(file)
        let row = try #require(table.row(file), "\(file) has no expectation")
        let bytes = try #require(Corpus.file("\(root)/\(file)"))
        for mismatch in row.mismatches(reading(of: bytes)) { Issue.record("\(file): \(mismatch)") }
      }
    }
    #expect(table.rows(without: seen) == [])
    #expect(!seen.isEmpty)
  }

  /// So many zeros, deflated by hand: a literal and copies of it, 13 bits for each 258 bytes.
  private func bomb(megabytes: Int) -> [UInt8] {
    var bits = DeflatedZeros()
    bits.write(size: megabytes << 20)
    return zip([(name: "bomb.bin", method: 8, size: megabytes << 20, crc: 0, data: bits.bytes)])
  }

  @Test func bombsAreCut() {
    let reading = reading(of: bomb(megabytes: 40))
    #expect(reading.kind == .zip)
    #expect(reading.status == .partly)
    #expect(reading.reason == "limit-expansion")
    #expect(reading.nested.map(\.reason) == ["limit-expansion"])
    #expect(reading.nested.first?.name == "bomb.bin")
    #expect(DocumentReader(hasPrivateRoot: false, limits: NestingLimits(bytes: 1 << 20)).read(bomb(megabytes: 3)).reason == "limit-bytes")
  }

  @Test func manyFilesAreCounted() {
    let reading = reading(of: stored((0..<1000).map { ("f\($0).txt", Array("Молба".utf8)) }))
    #expect(reading.status == .partly)
    #expect(reading.reason == "limit-files")
    #expect(reading.nested.count { $0.status == .read } == NestingLimits().files)
  }

  @Test func archivesInArchivesHaveAnEnd() {
    var bytes = Array("Молба за среща".utf8)
    for level in 0..<5 { bytes = stored([("level\(level).zip", bytes)]) }
    var reading = reading(of: bytes)
    for _ in 0..<ReadingLimits.nesting { reading = reading.nested[0] }
    #expect(reading.kind == .zip)
    #expect(reading.status == .unread)
    #expect(reading.reason == "limit-depth")
    #expect(reading.nested.isEmpty)
  }

  @Test func withoutTheToolItIsSaid() {
    let reader = DocumentReader(hasPrivateRoot: false, tools: Toolbox(directory: "/nonexistent"))
    #expect(reader.read(stored([("a.txt", [0x61])])).reason == "tool-missing-bsdtar")
  }

  @Test func brokenOnesAreDamaged() {
    let whole = stored([("a.txt", Array(repeating: 0x61, count: 5000))])
    let cut = reading(of: Array(whole.prefix(3000)))
    #expect(cut.status != .read)
    #expect(cut.reason == "damaged")
    #expect(reading(of: Array("Rar!\u{1A}\u{7}\u{0}".utf8) + [1, 2, 3]).reason == "damaged")
    #expect(reading(of: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4]).reason == "damaged")
  }

  /// The file inside may begin early enough to be taken for the whole.
  @Test func containersAreNotTakenForWhatIsInThem() {
    let pdf = Array("%PDF-1.4\n".utf8)
    #expect(ContentType.recognise(stored([("a.pdf", pdf)])) == .zip)
    #expect(ContentType.recognise([0x30, 0x82, 0x10, 0, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02] + pdf) == .cms)
    #expect(ContentType.recognise(pdf + Array("-----BEGIN PKCS7-----".utf8)) == .pdf)
    #expect(ContentType.recognise(Array("rubbish\n".utf8) + pdf) == .pdf)
  }

  @Test func namesAreGuessedTogether() {
    func guess(_ names: [String], _ encoding: SingleByteEncoding) -> [String] {
      let letters = (UInt8(0)...255).map { encoding.decode([$0]) }
      let raw: [[UInt8]] = names.map { name in name.map { UInt8(letters.firstIndex(of: String($0)) ?? 0x3F) } }
      let guessed = ArchiveNames(raw)
      return raw.map { guessed.text($0).text }
    }
    let names = ["Заявление.docx", "ЛИЧНА КАРТА.pdf", "щ.txt"]
    #expect(guess(names, .cp866) == names)
    #expect(guess(names, .windows1251) == names)
    #expect(ArchiveNames([Array("Молба".utf8)]).text(Array("Молба".utf8)).notes.isEmpty)
  }

  /// A stream that lies about its sizes gives what came before, and never reads beyond its end.
  @Test(arguments: 0..<200)
  func hostileStreams(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var stream = [UInt8](repeating: 0, count: 2048)
    let header = Array("x".utf8) + [UInt8](repeating: 0, count: 99) + Array("0000644\u{0}0000000\u{0}0000000\u{0}00000000031\u{0}".utf8)
    stream.replaceSubrange(0..<header.count, with: header)
    stream[156] = UInt8(ascii: "x")
    stream.replaceSubrange(512..<537, with: Array("25 path=a\n9 size=99999999\n".utf8.prefix(25)))
    for _ in 0..<20 { stream[Int.random(in: 0..<stream.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
    for entry in PaxStream.parse(stream).entries { #expect(entry.content.upperBound <= stream.count) }
  }

  // MARK: Zip files

  private func stored(_ files: [(String, [UInt8])]) -> [UInt8] {
    zip(files.map { (name: $0.0, method: 0, size: $0.1.count, crc: crc32($0.1), data: $0.1) })
  }

  private func zip(_ files: [(name: String, method: Int, size: Int, crc: UInt32, data: [UInt8])]) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    var out: [UInt8] = []
    var directory: [UInt8] = []
    for file in files {
      let name = Array(file.name.utf8)
      let fields = [
        (20, 2), (0x800, 2), (file.method, 2), (0x5CE1_0000, 4), (Int(file.crc), 4), (file.data.count, 4), (file.size, 4), (name.count, 2), (0, 2),
      ]
      let common: [UInt8] = fields.flatMap { little($0.0, $0.1) }
      for part in [[0x50, 0x4B, 1, 2], little(20, 2), common, little(0, 10), little(out.count, 4), name] { directory += part }
      for part in [[0x50, 0x4B, 3, 4], common, name, file.data] { out += part }
    }
    let end = [(0, 4), (files.count, 2), (files.count, 2), (directory.count, 4), (out.count, 4), (0, 2)]
    return out + directory + [0x50, 0x4B, 5, 6] + end.flatMap { little($0.0, $0.1) }
  }

  private func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}

/// Bits of one deflate block with fixed codes.
private struct DeflatedZeros {
  private(set) var bytes: [UInt8] = []
  private var pending: UInt32 = 0
  private var count = 0

  mutating func write(size: Int) {
    put(0b011, 3)
    // The literal 0 is 00110000, a copy of 258 bytes from one byte back is 11000101 and 00000; codes are written from their highest bit.
    put(0b0000_1100, 8)
    for _ in 0..<((size - 1) / 258) { put(0b0_0000_1010_0011, 13) }
    for _ in 0..<((size - 1) % 258) { put(0b0000_1100, 8) }
    put(0, 7)
    put(0, 7)
  }

  private mutating func put(_ value: UInt32, _ length: Int) {
    pending |= value << UInt32(count)
    count += length
    while count >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      count -= 8
    }
  }
}
