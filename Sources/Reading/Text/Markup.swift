/// What an XML declaration says of the encoding, read from the first bytes as ASCII.
enum XMLDeclaration {
  static func encoding(_ bytes: [UInt8]) -> String? {
    let head = String(decoding: bytes.prefix(200).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
    guard let start = head.firstRange(of: "<?xml"), let end = head[start.upperBound...].firstRange(of: "?>") else { return nil }
    return Markup.attribute("encoding", in: head[start.upperBound..<end.lowerBound])
  }
}

/// HTML to the words in it. Bodies and letters written by mail programs; nothing in it is ever shown or followed.
enum HTMLText {
  static func declaredEncoding(_ bytes: [UInt8]) -> String? {
    let head = String(decoding: bytes.prefix(2048).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self).lowercased()
    guard let mark = head.firstRange(of: "charset=") else { return nil }
    let name = head[mark.upperBound...].drop { $0 == "\"" || $0 == "'" }.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    return name.isEmpty ? nil : String(name)
  }

  private static let blocks: Set<Substring> = ["p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "title", "table"]

  static func strip(_ html: String) -> String {
    var text = ""
    var rest = html[...]
    while let open = rest.firstIndex(of: "<") {
      text += rest[..<open]
      rest = rest[open...]
      if rest.hasPrefix("<!--") {
        rest = rest.firstRange(of: "-->").map { rest[$0.upperBound...] } ?? ""
        continue
      }
      guard let close = rest.firstIndex(of: ">") else { break }
      let tag = rest[rest.index(after: open)..<close].drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
      let name = Substring(tag.lowercased())
      let isOpening = rest.dropFirst().first != "/"
      rest = rest[rest.index(after: close)...]
      if blocks.contains(name) { text += "\n" }
      if isOpening, name == "script" || name == "style" {
        rest = rest.firstRange(of: "</\(name)").map { rest[$0.lowerBound...] } ?? ""
      }
    }
    text += rest
    return Markup.unescape(text)
  }
}

enum Markup {
  /// `name="value"` or `name='value'`.
  static func attribute(_ name: String, in text: some StringProtocol) -> String? {
    guard let mark = text.firstRange(of: name) else { return nil }
    let rest = text[mark.upperBound...].drop { $0.isWhitespace || $0 == "=" }
    guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
    let value = rest.dropFirst().prefix { $0 != quote }
    return value.isEmpty ? nil : String(value)
  }

  private static let named: [Substring: Character] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "laquo": "«", "raquo": "»", "bdquo": "„", "ldquo": "“",
    "rdquo": "”", "ndash": "–", "mdash": "—", "sect": "§",
  ]

  static func unescape(_ text: String) -> String {
    guard text.contains("&") else { return text }
    var result = ""
    var rest = text[...]
    while let mark = rest.firstIndex(of: "&") {
      result += rest[..<mark]
      let tail = rest[rest.index(after: mark)...]
      guard let end = tail.prefix(10).firstIndex(of: ";"), let character = character(tail[..<end]) else {
        result.append("&")
        rest = tail
        continue
      }
      result.append(character)
      rest = tail[tail.index(after: end)...]
    }
    return result + rest
  }

  private static func character(_ name: Substring) -> Character? {
    if let known = named[name] { return known }
    guard name.first == "#" else { return nil }
    let digits = name.dropFirst()
    let value = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return value.flatMap(Unicode.Scalar.init).map(Character.init)
  }
}
