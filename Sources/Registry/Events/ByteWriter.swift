/// Bytes that are put together again and again in the same place, for hashing and comparing: appending costs a copy and nothing else.
///
/// Unsafe inside: the memory is this value's own, and every write is within what `reserve` has made.
struct ByteWriter: ~Copyable {
  private(set) var count = 0
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int

  init(capacity: Int = 4096) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  /// Back to the first `length` bytes, which must be there.
  mutating func cut(to length: Int) {
    precondition(length <= count)
    count = length
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let from = bytes.baseAddress, bytes.count > 0 else { return }
    reserve(bytes.count)
    UnsafeMutableRawPointer(start + count).copyMemory(from: from, byteCount: bytes.count)
    count += bytes.count
  }

  mutating func append(_ byte: UInt8) {
    reserve(1)
    start[count] = byte
    count += 1
  }

  mutating func append(_ text: StaticString) { append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

  /// Behind their number as four bytes, the most significant first (`lp` of the hash chain's format).
  mutating func appendPrefixed(_ bytes: UnsafeRawBufferPointer) {
    withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { append($0) }
    append(bytes)
  }

  mutating func appendPrefixed(_ text: String) {
    var text = text
    text.withUTF8 { appendPrefixed(UnsafeRawBufferPointer($0)) }
  }

  /// Lower-case hexadecimal digits.
  mutating func appendHex(_ bytes: UnsafeRawBufferPointer) {
    reserve(2 * bytes.count)
    var place = start + count
    for byte in bytes {
      place[0] = ByteWriter.digit(byte >> 4)
      place[1] = ByteWriter.digit(byte & 15)
      place += 2
    }
    count += 2 * bytes.count
  }

  private static func digit(_ value: UInt8) -> UInt8 { value + (value < 10 ? 0x30 : 0x57) }

  /// A JSON string; only what must be escaped is. Stretches without such a byte, which is nearly all text, are copied whole.
  mutating func appendJSON(_ text: UnsafeRawBufferPointer) {
    append(UInt8(ascii: "\""))
    var from = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      append(UnsafeRawBufferPointer(rebasing: text[from..<index]))
      from = index + 1
      if byte < 0x20 {
        append(#"\u00"#)
        withUnsafeBytes(of: byte) { appendHex($0) }
      } else {
        append(UInt8(ascii: "\\"))
        append(byte)
      }
    }
    append(UnsafeRawBufferPointer(rebasing: text[from...]))
    append(UInt8(ascii: "\""))
  }

  private mutating func reserve(_ more: Int) {
    guard count + more > capacity else { return }
    let larger = max(2 * capacity, count + more)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    new.update(from: start, count: count)
    start.deallocate()
    (start, capacity) = (new, larger)
  }
}
