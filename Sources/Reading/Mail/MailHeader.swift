import Model

/// The header of a mail or of one of its parts: names in small letters to values, unfolded, with encoded words decoded (RFC 5322, 2047, 2231).
struct MailHeader {
  private var fields: [(name: String, value: [UInt8])] = []

  /// Fields beyond this are left out; a mail that came through many hands has some dozens.
  private static let maximumFields = 400

  /// The header at the start, and where the body begins.
  static func parse(_ bytes: ArraySlice<UInt8>) -> (header: MailHeader, body: ArraySlice<UInt8>) {
    var header = MailHeader()
    var rest = bytes
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
      var line = rest[rest.startIndex..<end]
      rest = end < rest.endIndex ? rest[(end + 1)...] : rest[rest.endIndex...]
      if line.last == 0x0D { line.removeLast() }
      if line.isEmpty { break }
      if line.first == 0x20 || line.first == 0x09 {
        if !header.fields.isEmpty { header.fields[header.fields.count - 1].value += [0x20] + line.drop { $0 == 0x20 || $0 == 0x09 } }
      } else if let colon = line.firstIndex(of: 0x3A), header.fields.count < maximumFields {
        header.fields.append((String(decoding: line[..<colon], as: UTF8.self).lowercased(), Array(line[(colon + 1)...])))
      }
    }
    return (header, rest)
  }

  /// As it stands, in whatever encoding the program wrote it.
  private func raw(_ name: String) -> String? {
    fields.first { $0.name == name }.map { field in
      let decoded = TextDecoding.decode(field.value)?.text ?? String(decoding: field.value, as: UTF8.self)
      return String(decoded[...].trimmingSpaces())
    }
  }

  /// For people: encoded words decoded.
  func text(_ name: String) -> String? { raw(name).map(EncodedWord.decode) }

  /// The word before the parameters, in small letters: `multipart/mixed`.
  func token(_ name: String) -> String? {
    raw(name)?.split(separator: ";", omittingEmptySubsequences: false).first.map { String($0.trimmingSpaces()).lowercased() }
  }

  /// A parameter, also when it is spread over `name*0*=UTF-8''…; name*1*=…` (RFC 2231) or holds encoded words, as most programs write it.
  func parameter(_ parameter: String, of name: String) -> String? {
    guard let raw = raw(name) else { return nil }
    let all = MailHeader.parameters(raw)
    if let plain = all.first(where: { $0.name == parameter })?.value { return EncodedWord.decode(plain) }
    if let single = all.first(where: { $0.name == parameter + "*" })?.value { return MailHeader.extended([(single, true)]) }
    var pieces: [(String, Bool)] = []
    while pieces.count < 100 {
      let index = pieces.count
      if let piece = all.first(where: { $0.name == "\(parameter)*\(index)*" })?.value {
        pieces.append((piece, true))
      } else if let piece = all.first(where: { $0.name == "\(parameter)*\(index)" })?.value {
        pieces.append((piece, false))
      } else {
        break
      }
    }
    return pieces.isEmpty ? nil : MailHeader.extended(pieces)
  }

  /// `charset'language'per%63ent`, in pieces of which some are not escaped.
  private static func extended(_ pieces: [(text: String, isEscaped: Bool)]) -> String {
    var charset: String?
    var bytes: [UInt8] = []
    for (index, piece) in pieces.enumerated() {
      var text = piece.text[...]
      if index == 0, piece.isEscaped {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        if parts.count == 3 {
          charset = String(parts[0])
          text = parts[2]
        }
      }
      bytes += piece.isEscaped ? TransferEncoding.unescape(text.utf8, mark: UInt8(ascii: "%"), underscoreIsSpace: false) : Array(text.utf8)
    }
    return Charset.decode(bytes, named: charset).text
  }

  private static func parameters(_ value: String) -> [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    var rest = value[...]
    guard let first = rest.firstIndex(of: ";") else { return [] }
    rest = rest[rest.index(after: first)...]
    while found.count < 100 {
      rest = rest.drop { $0 == ";" || $0.isWhitespace }
      guard let equals = rest.firstIndex(of: "=") else { return found }
      let name = rest[..<equals].trimmingSpaces().lowercased()
      rest = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
      var text = ""
      if rest.first == "\"" {
        rest = rest.dropFirst()
        while let character = rest.popFirst(), character != "\"" {
          if character == "\\", let escaped = rest.first, escaped == "\"" || escaped == "\\" {
            text.append(escaped)
            rest = rest.dropFirst()
          } else {
            text.append(character)
          }
        }
      } else {
        text = String(rest.prefix { $0 != ";" }[...].trimmingSpaces())
        rest = rest.drop { $0 != ";" }
      }
      found.append((name, text))
    }
    return found
  }
}

/// `=?windows-1251?B?xuDr4eA=?=`: words of a header in another encoding.
enum EncodedWord {
  static func decode(_ text: String) -> String {
    guard text.contains("=?") else { return text }
    var result = ""
    // Words side by side may split a letter between them: bytes of one charset are decoded together.
    var pending: (charset: String, bytes: [UInt8])?
    var gap = ""
    func flush() {
      if let pending { result += Charset.decode(pending.bytes, named: pending.charset).text }
      pending = nil
    }
    var rest = text[...]
    while !rest.isEmpty {
      if rest.hasPrefix("=?"), let word = word(rest) {
        if let current = pending, current.charset.lowercased() == word.charset.lowercased() {
          pending = (current.charset, current.bytes + word.bytes)
        } else {
          flush()
          pending = (word.charset, word.bytes)
        }
        gap = ""
        rest = word.rest
      } else {
        let character = rest.removeFirst()
        if pending != nil, character.isWhitespace {
          gap.append(character)
        } else {
          flush()
          result += gap
          gap = ""
          result.append(character)
        }
      }
    }
    flush()
    return result + gap
  }

  private static func word(_ text: Substring) -> (charset: String, bytes: [UInt8], rest: Substring)? {
    let inner = text.dropFirst(2)
    guard let first = inner.prefix(60).firstIndex(of: "?") else { return nil }
    let charset = inner[..<first].prefix { $0 != "*" }
    let afterCharset = inner[inner.index(after: first)...]
    guard let kind = afterCharset.first?.lowercased(), kind == "b" || kind == "q", afterCharset.dropFirst().first == "?" else { return nil }
    let content = afterCharset.dropFirst(2)
    guard let end = content.firstRange(of: "?=") else { return nil }
    let data = content[..<end.lowerBound]
    let bytes =
      kind == "b"
      ? Base64.decodeLeniently(data.utf8) : TransferEncoding.unescape(data.utf8, mark: UInt8(ascii: "="), underscoreIsSpace: true)
    return (String(charset), bytes, content[end.upperBound...])
  }
}

/// Bytes of a declared charset to text; a wrong or unknown declaration falls back to what the bytes look like.
enum Charset {
  static func decode(_ bytes: [UInt8], named name: String?) -> DecodedText {
    let folded = name?.lowercased() ?? ""
    // Programs that mean „whatever this computer uses“ declare Latin; Bulgarian computers mean windows-1251.
    let declared = ["", "us-ascii", "iso-8859-1", "windows-1252", "x-unknown", "unknown-8bit"].contains(folded) ? nil : folded
    return TextDecoding.decode(bytes, declared: declared)
      ?? DecodedText(text: String(decoding: bytes, as: UTF8.self), notes: ["encoding-unknown"], isCertain: false)
  }
}

/// The encodings that carry bytes through mail. Lenient: what does not belong is left out, as mail programs do.
enum TransferEncoding {
  static func decode(_ body: ArraySlice<UInt8>, _ name: String?) -> [UInt8] {
    switch name {
    case "base64": Base64.decodeLeniently(body)
    case "quoted-printable": quotedPrintable(body)
    default: Array(body)
    }
  }

  static func quotedPrintable(_ body: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(body.count)
    var index = body.startIndex
    while index < body.endIndex {
      let byte = body[index]
      index += 1
      guard byte == UInt8(ascii: "=") else {
        bytes.append(byte)
        continue
      }
      // A soft line end, perhaps after stray spaces.
      var end = index
      while end < body.endIndex, body[end] == 0x20 || body[end] == 0x09 || body[end] == 0x0D { end += 1 }
      if end < body.endIndex, body[end] == 0x0A {
        index = end + 1
      } else if index + 1 < body.endIndex, let high = digit(body[index]), let low = digit(body[index + 1]) {
        bytes.append(high << 4 | low)
        index += 2
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// `%41` or `=41` to bytes.
  static func unescape(_ text: some Sequence<UInt8>, mark: UInt8, underscoreIsSpace: Bool) -> [UInt8] {
    let input = Array(text)
    var bytes: [UInt8] = []
    var index = 0
    while index < input.count {
      if input[index] == mark, index + 2 < input.count, let high = digit(input[index + 1]), let low = digit(input[index + 2]) {
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(underscoreIsSpace && input[index] == UInt8(ascii: "_") ? 0x20 : input[index])
        index += 1
      }
    }
    return bytes
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
