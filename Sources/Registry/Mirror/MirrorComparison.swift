import Glibc
import Model

/// Compares a mirror with the lines that its events would give, byte for byte, as long as they are the same: nothing is parsed, and nothing
/// hashed a second time.
struct MirrorComparison {
  /// Where the first line begins that is not what it should be; `nil` while all are, also where the mirror ends early.
  private(set) var firstDifference: Int64?

  private let mirror: Mirror
  private let end: Int64
  /// The place in the file of the first byte of `buffer` that was not compared yet.
  private var offset: Int64 = 0
  private var buffer: [UInt8] = []
  private var used = 0
  private static let block = 1 << 20

  init(_ mirror: Mirror, upTo end: Int64) {
    self.mirror = mirror
    self.end = end
  }

  /// The next line that the mirror must hold, as far as it goes.
  mutating func next(_ line: UnsafeRawBufferPointer) throws {
    guard firstDifference == nil, offset < end else { return }
    if buffer.count - used < line.count { try fill(line.count) }
    let isSame =
      buffer.count - used >= line.count
      && buffer.withUnsafeBytes { held in
        guard let here = held.baseAddress, let there = line.baseAddress else { return line.isEmpty }
        return memcmp(here + used, there, line.count) == 0
      }
    guard isSame, offset + Int64(line.count) <= end else {
      firstDifference = offset
      return
    }
    used += line.count
    offset += Int64(line.count)
  }

  /// So many bytes at least, where there are.
  private mutating func fill(_ wanted: Int) throws {
    buffer.removeFirst(used)
    used = 0
    var place = offset + Int64(buffer.count)
    while buffer.count < wanted, place < end {
      let room = min(Int64(max(MirrorComparison.block, wanted - buffer.count)), end - place)
      var part = [UInt8](repeating: 0, count: Int(room))
      let count = pread(mirror.file, &part, part.count, off_t(place))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw DurableFile.failure("read", mirror.path) }
      if count == 0 { return }
      buffer += part[..<count]
      place += Int64(count)
    }
  }
}
