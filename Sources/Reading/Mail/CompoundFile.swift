/// The compound file of old Microsoft programs (`[MS-CFB]`): storages and streams in a tree. Ours, because `.msg` is the one format inside it that we
/// take apart ourselves, and the perl module that Debian has for it brings twenty packages and decodes no `windows-1251`.
struct CompoundFile {
  struct Entry {
    var name: String
    var isStorage: Bool
    fileprivate var left: Int
    fileprivate var right: Int
    fileprivate var child: Int
    fileprivate var start: Int
    fileprivate var size: Int
  }

  private let bytes: [UInt8]
  private let sectorSize: Int
  private let miniSectorSize: Int
  private let miniCutoff: Int
  private var table: [UInt32] = []
  private var miniTable: [UInt32] = []
  private var miniStream: [UInt8] = []
  private var entries: [Entry] = []

  private static let maximumEntries = 20_000

  /// `nil` when the header or the root is not one.
  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    guard bytes.count >= 1536, bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) else { return nil }
    let shift = Self.number(bytes, 30, 2)
    guard shift == 9 || shift == 12, Self.number(bytes, 32, 2) == 6 else { return nil }
    sectorSize = 1 << shift
    miniSectorSize = 64
    miniCutoff = 4096
    readTable()
    let directory = chain(from: Self.number(bytes, 48, 4), limit: Self.maximumEntries * 128)
    for offset in stride(from: 0, to: directory.count - 127, by: 128) { entries.append(Self.entry(directory, offset)) }
    guard let root = entries.first, root.isStorage else { return nil }
    let mini = chain(from: Self.number(bytes, 60, 4), limit: bytes.count)
    miniTable = stride(from: 0, to: mini.count - 3, by: 4).map { UInt32(Self.number(mini, $0, 4)) }
    miniStream = chain(from: root.start, limit: bytes.count)
  }

  /// What lies directly in a storage; in the root without one.
  func children(of storage: Entry? = nil) -> [Entry] {
    guard let first = storage?.child ?? entries.first?.child else { return [] }
    var found: [Entry] = []
    var visited: Set<Int> = []
    var waiting = [first]
    while let index = waiting.popLast() {
      guard entries.indices.contains(index), visited.insert(index).inserted else { continue }
      found.append(entries[index])
      waiting += [entries[index].left, entries[index].right]
    }
    return found.sorted { $0.name < $1.name }
  }

  /// The bytes of a stream; those that are there, when the file is cut.
  func stream(_ entry: Entry) -> [UInt8] {
    guard entry.size > 0 else { return [] }
    if entry.size >= miniCutoff { return Array(chain(from: entry.start, limit: entry.size).prefix(entry.size)) }
    var result: [UInt8] = []
    var sector = entry.start
    var steps = 0
    // As for `chain`: one that comes back to itself ends where it has used up every small sector.
    while result.count < entry.size, sector * miniSectorSize < miniStream.count, miniTable.indices.contains(sector),
      steps * miniSectorSize < miniStream.count
    {
      result += miniStream[(sector * miniSectorSize)..<min(miniStream.count, (sector + 1) * miniSectorSize)]
      sector = Int(miniTable[sector])
      steps += 1
    }
    return Array(result.prefix(entry.size))
  }

  // MARK: sectors

  /// The sectors of the allocation table: 109 in the header, the others in a chain of lists.
  private mutating func readTable() {
    var sectors = (0..<109).map { Self.number(bytes, 76 + $0 * 4, 4) }
    var list = Self.number(bytes, 68, 4)
    var steps = 0
    let perSector = sectorSize / 4
    while let start = offset(of: list), steps * sectorSize <= bytes.count {
      sectors += (0..<(perSector - 1)).map { Self.number(bytes, start + $0 * 4, 4) }
      list = Self.number(bytes, start + (perSector - 1) * 4, 4)
      steps += 1
    }
    for sector in sectors {
      guard let start = offset(of: sector), table.count * sectorSize <= bytes.count * 4 else { continue }
      for index in 0..<perSector { table.append(UInt32(Self.number(bytes, start + index * 4, 4))) }
    }
  }

  /// `nil` for a sector that is not wholly there, and for the marks that end a chain.
  private func offset(of sector: Int) -> Int? {
    guard sector < 0xFFFF_FFF0 else { return nil }
    let (start, overflow) = (sector + 1).multipliedReportingOverflow(by: sectorSize)
    return overflow || start + sectorSize > bytes.count ? nil : start
  }

  private func chain(from first: Int, limit: Int) -> [UInt8] {
    var result: [UInt8] = []
    var sector = first
    var steps = 0
    // A chain that comes back to itself ends where it has used up every sector of the file.
    while let start = offset(of: sector), result.count < limit, steps < bytes.count / sectorSize {
      result += bytes[start..<(start + sectorSize)]
      guard table.indices.contains(sector) else { break }
      sector = Int(table[sector])
      steps += 1
    }
    return result
  }

  private static func entry(_ directory: [UInt8], _ offset: Int) -> Entry {
    let length = max(0, min(62, number(directory, offset + 64, 2) - 2))
    let units = stride(from: 0, to: length, by: 2).map { UInt16(number(directory, offset + $0, 2)) }
    let kind = directory[offset + 66]
    return Entry(
      name: String(decoding: units, as: UTF16.self), isStorage: kind == 1 || kind == 5, left: number(directory, offset + 68, 4),
      right: number(directory, offset + 72, 4), child: number(directory, offset + 76, 4), start: number(directory, offset + 116, 4),
      size: number(directory, offset + 120, 4))
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> Int {
    guard offset >= 0, offset + length <= bytes.count else { return 0xFFFF_FFFF }
    var value = 0
    for index in (0..<length).reversed() { value = value << 8 | Int(bytes[offset + index]) }
    return value
  }
}
