/// A tar stream in pax format, as `bsdtar` writes it for us on its output: nothing of an archive is ever unpacked to files, so no name in it can
/// lead anywhere and no link can be followed.
enum PaxStream {
  struct Entry {
    enum Kind { case file, folder, link, other }

    var kind: Kind
    /// As the archive has it, in whatever encoding.
    var name: [UInt8]
    /// Where its bytes lie in the stream.
    var content: Range<Int>
  }

  struct Result {
    var entries: [Entry]
    /// The name of the entry in the middle of which the stream ends.
    var cut: [UInt8]?
    /// The stream has its end mark.
    var isWhole: Bool
  }

  static func parse(_ bytes: [UInt8]) -> Result {
    var result = Result(entries: [], cut: nil, isWhole: false)
    var longName: [UInt8]?
    var longSize: Int?
    var offset = 0
    while offset + 512 <= bytes.count {
      let header = bytes[offset..<(offset + 512)]
      guard header[offset] != 0 else {
        result.isWhole = true
        break
      }
      guard let stated = octal(header[(offset + 124)..<(offset + 136)]) else { break }
      let type = header[offset + 156]
      let isExtended = type == UInt8(ascii: "x")
      let size = isExtended ? stated : longSize ?? stated
      let start = offset + 512
      let name = longName ?? shortName(header, offset)
      guard size <= bytes.count - start else {
        result.cut = name
        break
      }
      if isExtended {
        let records = records(bytes[start..<(start + size)])
        longName = records["path"].map { Array($0) }
        longSize = records["size"].flatMap { Int(String(decoding: $0, as: UTF8.self)) }.flatMap { $0 >= 0 ? $0 : nil }
      } else {
        result.entries.append(Entry(kind: kind(type), name: name, content: start..<(start + size)))
        longName = nil
        longSize = nil
      }
      guard size <= bytes.count - start - 511 else { break }
      offset = start + (size + 511) / 512 * 512
    }
    return result
  }

  private static func kind(_ type: UInt8) -> Entry.Kind {
    switch type {
    case UInt8(ascii: "0"), 0: .file
    case UInt8(ascii: "5"): .folder
    case UInt8(ascii: "1"), UInt8(ascii: "2"): .link
    default: .other
    }
  }

  private static func shortName(_ header: ArraySlice<UInt8>, _ offset: Int) -> [UInt8] {
    let name = header[offset..<(offset + 100)].prefix { $0 != 0 }
    let prefix = header[(offset + 345)..<(offset + 500)].prefix { $0 != 0 }
    return prefix.isEmpty ? Array(name) : Array(prefix) + [UInt8(ascii: "/")] + Array(name)
  }

  /// `LENGTH KEY=VALUE` and a line end, again and again; the length counts all of it.
  private static func records(_ bytes: ArraySlice<UInt8>) -> [String: ArraySlice<UInt8>] {
    var found: [String: ArraySlice<UInt8>] = [:]
    var rest = bytes
    while let space = rest.firstIndex(of: 0x20), let length = Int(String(decoding: rest[rest.startIndex..<space], as: UTF8.self)),
      length > space - rest.startIndex + 1, length <= rest.count
    {
      let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
      if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
        found[String(decoding: record[..<equals], as: UTF8.self)] = record[(equals + 1)...]
      }
      rest = rest[(rest.startIndex + length)...]
    }
    return found
  }

  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    return digits.isEmpty || digits.count > 12 ? nil : digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }
}
