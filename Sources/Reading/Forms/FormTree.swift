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
    let trimmed = text[...].trimmingSpaces()
    return trimmed.isEmpty ? nil : String(trimmed)
  }

  /// The nearest element with this name at any depth, itself excluded.
  func descendant(_ name: String) -> XMLElement? {
    var level = children
    while !level.isEmpty {
      if let found = level.first(where: { $0.name == name }) { return found }
      level = level.flatMap(\.children)
    }
    return nil
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
