import Model
import XMLReading

/// The document information dictionary of a PDF's newest revision: its strings by key, decoded (submissions.md 2.3).
///
/// Read by `qpdf --json`, which says unambiguously where a value ends and what encoding it had. `pdfinfo -custom` is quicker by half but prints
/// values with line ends as they are, so that one value can pretend to be another.
enum InfoDictionary {
  enum Outcome {
    case strings([String: PDFString])
    case passwordProtected
    case damaged
    case failed(String)
  }

  static func read(path: String, bytes: [UInt8], tools: Toolbox) -> Outcome {
    let hint = reference(in: bytes)
    var outcome = objects(["trailer"] + (hint.map { ["\($0.number),\($0.generation)"] } ?? []), path, tools)
    guard case .tree(let first) = outcome else { return outcome.asInfo }
    guard let info = first.child("trailer")?.at("value", "/Info") else { return .strings([:]) }
    // The dictionary may stand in the trailer itself.
    guard let target = info.content.flatMap(parseReference) else { return .strings(strings(of: info)) }
    if let direct = first.child("obj:\(target.number) \(target.generation) R") {
      return .strings(direct.first("value").map(strings(of:)) ?? [:])
    }
    outcome = objects(["\(target.number),\(target.generation)"], path, tools)
    guard case .tree(let second) = outcome else { return outcome.asInfo }
    let object = second.child("obj:\(target.number) \(target.generation) R")
    return .strings(object?.first("value").map(strings(of:)) ?? [:])
  }

  private enum Objects {
    case tree(XMLElement)
    case other(Outcome)

    var asInfo: Outcome {
      switch self {
      case .tree: .strings([:])
      case .other(let outcome): outcome
      }
    }
  }

  private static func objects(_ names: [String], _ path: String, _ tools: Toolbox) -> Objects {
    let arguments = ["--json=2", "--json-key=qpdf"] + names.map { "--json-object=\($0)" } + [path]
    switch tools.run("qpdf", arguments, maximumOutput: 16 << 20) {
    case .failed(let reason): return .other(.failed(reason))
    case .finished(let code, let output, let errors):
      if errors.contains("invalid password") { return .other(.passwordProtected) }
      // 3 is success with warnings.
      guard code == 0 || code == 3, let tree = try? JSONText.parse(String(decoding: output, as: UTF8.self)) else { return .other(.damaged) }
      return .tree(XMLElement(name: "objects", children: tree.all("qpdf").flatMap(\.children)))
    }
  }

  /// What the last `/Info` of the file seems to refer to: saves a second run when it is right, and only then is it used.
  private static func reference(in bytes: [UInt8]) -> (number: Int, generation: Int)? {
    let key = Array("/Info".utf8)
    var index = bytes.count - key.count
    while index >= 0 {
      if bytes[index] == key[0], bytes[index..<(index + key.count)].elementsEqual(key) {
        return parseReference(String(decoding: bytes[(index + key.count)..<min(bytes.count, index + 32)], as: UTF8.self))
      }
      index -= 1
    }
    return nil
  }

  /// `12 0 R`.
  private static func parseReference(_ text: String) -> (number: Int, generation: Int)? {
    let parts = text.split(whereSeparator: \.isWhitespace)
    guard parts.count >= 3, let number = Int(parts[0]), let generation = Int(parts[1]), parts[2].hasPrefix("R"), number > 0 else { return nil }
    return (number, generation)
  }

  private static func strings(of dictionary: XMLElement) -> [String: PDFString] {
    var result: [String: PDFString] = [:]
    for entry in dictionary.children {
      if let value = PDFString(json: entry.text) { result[entry.name] = value }
    }
    return result
  }
}

extension XMLElement {
  fileprivate func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }
}

/// A string as qpdf's JSON writes it: `u:` and characters, or `b:` and hexadecimal bytes.
struct PDFString: Equatable {
  var text: String
  /// The encoding was guessed against the book.
  var isRepaired: Bool

  init(text: String, isRepaired: Bool) {
    self.text = text
    self.isRepaired = isRepaired
  }

  /// `nil` when it is not a string.
  init?(json: String) {
    if json.hasPrefix("u:") {
      self.init(characters: String(json.dropFirst(2)))
    } else if json.hasPrefix("b:"), let bytes = PDFString.bytes(hexadecimal: json.dropFirst(2)), let decoded = TextDecoding.decode(bytes) {
      self.init(text: decoded.text, isRepaired: true)
    } else {
      return nil
    }
  }

  /// A string without a byte order mark is PDFDocEncoding by the book, but some writers put UTF-8 or windows-1251 there: Latin letters with
  /// accents where Cyrillic is meant. Those bytes are recovered and read again.
  private init(characters: String) {
    text = characters
    isRepaired = false
    let foreign = characters.unicodeScalars.count { (0xA1...0xFF).contains($0.value) }
    guard foreign > 0, !characters.unicodeScalars.contains(where: \.isCyrillic) else { return }
    var bytes: [UInt8] = []
    for scalar in characters.unicodeScalars {
      guard let byte = PDFString.pdfDocByte(scalar) else { return }
      bytes.append(byte)
    }
    guard let decoded = TextDecoding.decode(bytes)?.text, decoded.unicodeScalars.contains(where: \.isCyrillic) else { return }
    text = decoded
    isRepaired = true
  }

  /// PDFDocEncoding, reversed (PDF 32000-1, annex D.2).
  private static func pdfDocByte(_ scalar: Unicode.Scalar) -> UInt8? {
    if scalar.value < 0x80 || (0xA1...0xFF).contains(scalar.value) { return UInt8(scalar.value) }
    if scalar == "€" { return 0xA0 }
    // Bytes that the encoding does not have: 0x9F, the end of „П“ in UTF-8, or far less often 0xAD.
    if scalar == "\u{FFFD}" { return 0x9F }
    return high.firstIndex(of: scalar).map { UInt8(0x80 + $0) }
  }

  private static let high: [Unicode.Scalar] = Array("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž".unicodeScalars)

  private static func bytes(hexadecimal text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    var digits = text.utf8.makeIterator()
    while let first = digits.next() {
      guard let second = digits.next(), let high = nibble(first), let low = nibble(second) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x57
    case 0x41...0x46: byte - 0x37
    default: nil
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isCyrillic: Bool { (0x0400...0x04FF).contains(value) }
}
