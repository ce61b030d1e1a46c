import Runtime

/// What a disk may hold after the power went: rebuilt from the record of everything a process did to its files (`INTAKE_DURABLE_RECORD`).
///
/// What was synced is there. Of what was not, each 512-byte sector is there or not, by seed, in any order; of the names in a folder that was not
/// synced since, the first so many. That is more than most file systems lose, and no less than POSIX allows.
struct PowerCut {
  private struct Write {
    var offset: Int
    var bytes: [UInt8]
    /// Cut to `offset` bytes instead.
    var isTruncation = false
  }

  private final class File {
    var durable: [UInt8] = []
    var pending: [Write] = []
  }

  private enum Name {
    case file(String, File)
    case folder(String)
    case gone(String)

    var folder: String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }

    var path: String {
      switch self {
      case .file(let path, _), .folder(let path), .gone(let path): path
      }
    }
  }

  /// Names as the running process sees them, and the changes to each folder in order, with how many are synced.
  private var current: [String: File] = [:]
  private var names: [(folder: String, order: Int, name: Name)] = []
  private var synced: [String: Int] = [:]
  private(set) var syncs = 0
  private(set) var lost = 0

  /// `root` as it was when the recorded process began: all of it durable.
  init(before tree: [String: [UInt8]], folders: [String], record: [UInt8], root: String) throws {
    for folder in folders { add(.folder("\(root)/\(folder)")) }
    for (path, bytes) in tree {
      let file = File()
      file.durable = bytes
      current["\(root)/\(path)"] = file
      add(.file("\(root)/\(path)", file))
    }
    for folder in Set(names.map(\.folder)) { synced[folder] = names.count }
    try replay(record)
  }

  private mutating func add(_ name: Name) { names.append((name.folder, names.count, name)) }

  private mutating func replay(_ record: [UInt8]) throws {
    var at = 0
    func number<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
      let size = MemoryLayout<Value>.size
      guard at + size <= record.count else { throw SupportError("the record ends in the middle") }
      defer { at += size }
      return record[at..<(at + size)].reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }
    func bytes(_ count: Int) throws -> [UInt8] {
      guard at + count <= record.count else { throw SupportError("the record ends in the middle") }
      defer { at += count }
      return Array(record[at..<(at + count)])
    }
    while at < record.count {
      let kind = record[at]
      at += 1
      let (length, otherLength) = (Int(try number(UInt32.self)), Int(try number(UInt32.self)))
      let path = String(decoding: try bytes(length), as: UTF8.self)
      let other = String(decoding: try bytes(otherLength), as: UTF8.self)
      let offset = Int(try number(Int64.self))
      apply(kind, path, other, offset, try bytes(Int(try number(UInt64.self))))
    }
  }

  private mutating func apply(_ kind: UInt8, _ path: String, _ other: String, _ offset: Int, _ bytes: [UInt8]) {
    switch kind {
    case UInt8(ascii: "w"): current[path]?.pending.append(Write(offset: offset, bytes: bytes))
    case UInt8(ascii: "t"): current[path]?.pending.append(Write(offset: offset, bytes: [], isTruncation: true))
    case UInt8(ascii: "c"), UInt8(ascii: "n"):
      if let file = current[path] {
        if kind == UInt8(ascii: "n") { file.pending.append(Write(offset: 0, bytes: [], isTruncation: true)) }
      } else {
        let file = File()
        current[path] = file
        add(.file(path, file))
      }
    case UInt8(ascii: "m"): add(.folder(path))
    case UInt8(ascii: "u"):
      current[path] = nil
      add(.gone(path))
    case UInt8(ascii: "r"), UInt8(ascii: "l"):
      guard let file = current[path] else { return }
      current[other] = file
      if kind == UInt8(ascii: "r") {
        current[path] = nil
        add(.gone(path))
      }
      add(.file(other, file))
    case UInt8(ascii: "s"):
      syncs += 1
      if let file = current[path] {
        file.durable = PowerCut.content(file) { _ in true }
        file.pending = []
      } else {
        synced[path] = names.count
      }
    default: break
    }
  }

  private static let sector = 512

  /// The durable bytes with those pending sectors that are kept.
  private static func content(_ file: File, keeps: (Int) -> Bool) -> [UInt8] {
    var bytes = file.durable
    for write in file.pending {
      if write.isTruncation {
        if keeps(-1) { bytes = Array(bytes.prefix(write.offset)) + Array(repeating: 0, count: max(0, write.offset - bytes.count)) }
        continue
      }
      var start = write.offset
      let end = write.offset + write.bytes.count
      while start < end {
        let stop = min(end, (start / sector + 1) * sector)
        if keeps(start / sector) {
          if bytes.count < stop { bytes += Array(repeating: 0, count: stop - bytes.count) }
          bytes.replaceSubrange(start..<stop, with: write.bytes[(start - write.offset)..<(stop - write.offset)])
        }
        start = stop
      }
    }
    return bytes
  }

  /// How much of what was not synced is left.
  enum Mood: CaseIterable { case nothing, some, most, everything }

  /// Writes one possible disk into an empty folder.
  mutating func write(to root: String, from original: String, mood: Mood, random: SeededRandom) throws {
    func keeps() -> Bool {
      switch mood {
      case .nothing: false
      case .everything: true
      case .some: random.below(2) == 0
      case .most: random.below(16) != 0
      }
    }
    var kept: [String: Int] = [:]
    for folder in Set(names.map(\.folder)) {
      let pending = names.filter { $0.folder == folder && $0.order >= synced[folder] ?? 0 }.map(\.order)
      var count = 0
      while count < pending.count, keeps() { count += 1 }
      kept[folder] = count == pending.count ? Int.max : pending[count]
      lost += pending.count - count
    }
    var files: [String: File] = [:]
    var folders: [String] = []
    for (folder, order, name) in names where order < kept[folder] ?? 0 {
      switch name {
      case .file(let path, let file): files[path] = file
      case .folder(let path): folders.append(path)
      case .gone(let path): files[path] = nil
      }
    }
    func place(_ path: String) -> String? {
      let place = root + path.dropFirst(original.count)
      return Files.isFolder(String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])) ? place : nil
    }
    for folder in folders { if let place = place(folder) { try Files.makeFolder(place) } }
    // The shared memory of SQLite is memory: nothing of it outlives the machine.
    for (path, file) in files where !path.hasSuffix("-shm") {
      guard let place = place(path) else { continue }
      var missing = 0
      let bytes = PowerCut.content(file) { _ in
        let isKept = keeps()
        if !isKept { missing += 1 }
        return isKept
      }
      lost += missing
      try Files.write(bytes, to: place)
    }
  }
}
