/// One request as it arrived.
struct HTTPRequest: Sendable {
  var method: String
  /// Path and query exactly as sent.
  var target: String
  var headers: [(name: String, value: String)]
  var body: [UInt8] = []
  /// Nil when the header was absent; then the body, if any, was chunked.
  var contentLength: Int?
  /// How many reads the body took after the one that brought the end of the head (contract 7.2, check 1).
  var bodyReads = 0
  /// CN of the client's certificate, on a TLS connection.
  var certificateName: String?

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The path's parts, percent-decoded; an empty part at the end is dropped.
  var pathParts: [String] {
    let path = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)[0]
    return path.split(separator: "/").map { Percent.decode($0, plusIsSpace: false) }
  }

  /// A query value by its name in any case, percent-decoded with `+` as a space; nil when absent.
  func query(_ name: String) -> String? {
    guard let mark = target.firstIndex(of: "?") else { return nil }
    for pair in target[target.index(after: mark)...].split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if Percent.decode(parts[0], plusIsSpace: true).lowercased() == name.lowercased() {
        return parts.count > 1 ? Percent.decode(parts[1], plusIsSpace: true) : ""
      }
    }
    return nil
  }

  /// A header's parameter such as `boundary`, unquoted.
  static func parameter(_ name: String, of header: String) -> String? {
    var inQuotes = false
    var pieces = [""]
    for character in header {
      if character == "\"" { inQuotes.toggle() }
      if character == ";" && !inQuotes { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
    }
    for piece in pieces.dropFirst() {
      let parts = piece.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].trimmed.lowercased() == name else { continue }
      let value = parts[1].trimmed
      return value.count >= 2 && value.first == "\"" && value.last == "\"" ? String(value.dropFirst().dropLast()) : value
    }
    return nil
  }
}

/// Percent-encoding of URLs and of RFC 5987 header values.
enum Percent {
  static func decode(_ text: some StringProtocol, plusIsSpace: Bool) -> String {
    var out: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
      {
        out.append(value)
        index += 3
      } else {
        out.append(plusIsSpace && bytes[index] == UInt8(ascii: "+") ? 32 : bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Everything but letters, digits, `-`, `.`, `_`, `~` escaped.
  static func encode(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        String(Unicode.Scalar(byte))
      default: "%" + Digest.hex([byte])
      }
    }.joined()
  }
}

extension StringProtocol {
  /// Without white space at both ends.
  var trimmed: String {
    var view = self[...]
    while let first = view.first, first.isWhitespace { view.removeFirst() }
    while let last = view.last, last.isWhitespace { view.removeLast() }
    return String(view)
  }
}
