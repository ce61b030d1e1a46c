import Glibc

/// `multipart/form-data`, as far as the blob application reads it (contract 6.3).
enum Multipart {
  /// The first part that is form data with a file name; all else is ignored. Nil when there is none.
  static func firstFile(_ body: [UInt8], boundary: String) -> (fileName: String, content: [UInt8])? {
    let delimiter = Array("--\(boundary)".utf8)
    guard boundary.utf8.count <= 128, var start = find(delimiter, in: body, from: 0) else { return nil }
    while true {
      start += delimiter.count
      guard body[start...].starts(with: [13, 10]) else { return nil }
      start += 2
      guard let end = find(Array("\r\n".utf8) + delimiter, in: body, from: start - 2) else { return nil }
      if let part = file(body[start..<max(start, end)]) { return part }
      start = end + 2
    }
  }

  private static func file(_ part: ArraySlice<UInt8>) -> (fileName: String, content: [UInt8])? {
    guard let gap = find([13, 10, 13, 10], in: Array(part.prefix(16_384)), from: 0) else { return nil }
    let head = String(decoding: part.prefix(gap), as: UTF8.self)
    for line in head.split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "content-disposition" else { continue }
      let value = line[line.index(after: colon)...].trimmed
      guard value.lowercased().hasPrefix("form-data"), let name = fileName(value) else { return nil }
      return (name, Array(part.dropFirst(gap + 4)))
    }
    return nil
  }

  /// `filename*` (RFC 5987) before `filename`, without any path, cut at 500 characters.
  private static func fileName(_ disposition: String) -> String? {
    var name: String?
    if let extended = HTTPRequest.parameter("filename*", of: disposition) {
      let parts = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
      if parts.count == 3 { name = Percent.decode(parts[2], plusIsSpace: false) }
    }
    name = name ?? HTTPRequest.parameter("filename", of: disposition)
    guard let last = name?.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last, !last.isEmpty else { return nil }
    return String(last.prefix(500))
  }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, let first = pattern.first else { return nil }
      var index = start
      // Uploads have up to 51 MiB: leave the search for the first byte to the C library.
      while index <= buffer.count - pattern.count {
        guard let hit = memchr(base + index, Int32(first), buffer.count - pattern.count - index + 1) else { return nil }
        index = base.distance(to: UnsafeRawPointer(hit))
        if memcmp(hit, pattern, pattern.count) == 0 { return index }
        index += 1
      }
      return nil
    }
  }
}
