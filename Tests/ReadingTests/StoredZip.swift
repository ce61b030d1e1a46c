/// A zip file without compression, for packages made in tests.
enum StoredZip {
  static func bytes(_ files: [(name: String, text: String)]) -> [UInt8] { bytes(files.map { ($0.name, Array($0.text.utf8)) }) }

  static func bytes(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for file in files {
      let name = Array(file.name.utf8)
      // Version 2.0, UTF-8 names, stored.
      let common = little(20, 2) + little(0x0800, 2) + little(0, 2) + little(0, 4) + little(checksum(file.bytes), 4)
      let sizes = little(UInt32(file.bytes.count), 4) + little(UInt32(file.bytes.count), 4) + little(UInt32(name.count), 2) + little(0, 2)
      directory += little(0x0201_4B50, 4) + little(20, 2) + common + sizes + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4)
      directory += little(UInt32(body.count), 4) + name
      body += little(0x0403_4B50, 4) + common + sizes + name + file.bytes
    }
    let count = little(UInt32(files.count), 2)
    return body + directory + little(0x0605_4B50, 4) + little(0, 4) + count + count + little(UInt32(directory.count), 4)
      + little(UInt32(body.count), 4) + little(0, 2)
  }

  private static func little(_ value: UInt32, _ length: Int) -> [UInt8] { (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  /// CRC-32.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
