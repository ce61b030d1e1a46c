import XMLReading

/// Finding things in a form by name: order, unknown elements, namespaces and look-alike letters in names do not matter
/// (submissions.md 2.4, trap 4: `validТо`).
extension XMLElement {
  /// Children with a name, as written or after folding look-alikes.
  func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name || Homoglyphs.latin($0.name) == name } }

  func first(_ name: String) -> XMLElement? { children.first { $0.name == name || Homoglyphs.latin($0.name) == name } }

  /// The first element along a path of names.
  func at(_ path: String...) -> XMLElement? {
    path.reduce(Optional(self)) { element, name in element?.first(name) }
  }

  /// The text at a path, white space trimmed; `nil` when there is none.
  func value(_ path: String...) -> String? {
    path.reduce(Optional(self)) { element, name in element?.first(name) }?.content
  }

  /// Its own text, trimmed; `nil` for none.
  var content: String? {
    // Between two signs that are plainly none there is no white space to trim: nearly always.
    let bytes = text.utf8
    if let first = bytes.first, let last = bytes.last, (0x21...0x7E).contains(first), (0x21...0x7E).contains(last) { return text }
    let trimmed = text[...].trimmingSpaces()
    return trimmed.isEmpty ? nil : String(trimmed)
  }

  /// The nearest element with this name at any depth, itself excluded.
  ///
  /// Goes down level by level and copies no level: collecting one costs more than all the comparing, and most of what is asked for is not there.
  func descendant(_ name: String) -> XMLElement? {
    var level = 1
    while true {
      var hasMore = false
      if let found = descendant(name, level, &hasMore) { return found }
      guard hasMore else { return nil }
      level += 1
    }
  }

  /// The first with this name exactly so many levels below; says whether anything lies deeper still.
  private func descendant(_ name: String, _ level: Int, _ hasMore: inout Bool) -> XMLElement? {
    XMLElement.first(name, level, in: children, &hasMore)
  }

  /// In place: whoever takes an element out of an array copies it, and counts its five references up and down.
  private static func first(_ name: String, _ level: Int, in elements: [XMLElement], _ hasMore: inout Bool) -> XMLElement? {
    elements.withUnsafeBufferPointer { elements in
      guard let start = elements.baseAddress else { return nil }
      for index in 0..<elements.count {
        let element = start + index
        if level > 1 {
          if let found = first(name, level - 1, in: element.pointee.children, &hasMore) { return found }
        } else {
          if element.pointee.name == name { return element.pointee }
          hasMore = hasMore || !element.pointee.children.isEmpty
        }
      }
      return nil
    }
  }
}

extension XMLElement {
  /// This element and those below it that fit, in the document's order, at most `limit`.
  func elements(limit: Int, where fits: (XMLElement) -> Bool) -> [XMLElement] {
    var found: [XMLElement] = []
    collect(&found, limit, fits)
    return found
  }

  private func collect(_ found: inout [XMLElement], _ limit: Int, _ fits: (XMLElement) -> Bool) {
    if fits(self) { found.append(self) }
    children.withUnsafeBufferPointer { elements in
      guard let start = elements.baseAddress else { return }
      for index in 0..<elements.count where found.count < limit { (start + index).pointee.collect(&found, limit, fits) }
    }
  }
}

/// Cyrillic letters that look like Latin ones, and back (submissions.md 6).
enum Homoglyphs {
  private static let pairs: [(cyrillic: Character, latin: Character)] = Array(
    zip("АВЕКМНОРСТУХаеорсухі", "ABEKMHOPCTYXaeopcyxi"))
  private static let toLatin = Dictionary(uniqueKeysWithValues: pairs.map { ($0.cyrillic, $0.latin) })

  /// A Latin letter that a Cyrillic one looks like.
  static func isLookAlike(_ scalar: Unicode.Scalar) -> Bool { lookAlikes.contains(scalar) }

  private static let lookAlikes = Set(pairs.flatMap { $0.latin.unicodeScalars })

  /// For names and codes that are Latin by definition.
  static func latin(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    return String(text.map { toLatin[$0] ?? $0 })
  }
}
