/// A JSON value as it stands in the text: members keep their order, numbers keep their spelling.
package enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  /// The number exactly as written, so that `1` and `1.0` stay apart.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  /// One member of an object.
  package struct Member: Sendable, Equatable {
    package var name: String
    package var value: JSON

    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  static func int(_ value: Int) -> JSON { .number(String(value)) }

  static func int(_ value: Int?) -> JSON { value.map { .number(String($0)) } ?? .null }

  static func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

  static func bool(_ value: Bool?) -> JSON { value.map { .bool($0) } ?? .null }

  /// An object from name and value pairs, in the order given.
  static func members(_ pairs: KeyValuePairs<String, JSON>) -> JSON {
    .object(pairs.map { Member($0.key, $0.value) })
  }

  /// The member of that exact name; the last one when a name is repeated; nil when absent or when this is no object.
  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  /// As the subscript, without regard to case: ССЕВ binds request members that way.
  func member(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    let wanted = name.lowercased()
    return members.last { $0.name.lowercased() == wanted }?.value
  }

  package var string: String? { if case .string(let value) = self { value } else { nil } }

  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }

  package var members: [Member]? { if case .object(let value) = self { value } else { nil } }

  package var isNull: Bool { self == .null }

  /// A whole number written as a JSON number.
  package var int: Int? { if case .number(let text) = self { Int(text) } else { nil } }

  /// A whole number, also when it was given as a string, as Newtonsoft.Json reads it.
  var lenientInt: Int? {
    switch self {
    case .number(let text): Int(text)
    case .string(let text): Int(text)
    default: nil
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  package init(stringLiteral value: String) { self = .string(value) }

  package init(integerLiteral value: Int) { self = .number(String(value)) }

  package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON {
  /// The compact text, members in order, nulls written, letters not escaped: the habits of ССЕВ (contract 3.1).
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The same in UTF-8.
  var bytes: [UInt8] {
    var out: [UInt8] = []
    write(into: &out)
    return out
  }

  private func write(into out: inout [UInt8]) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .number(let text): out += text.utf8
    case .string(let value): Self.quote(value, into: &out)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        item.write(into: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        Self.quote(member.name, into: &out)
        out.append(UInt8(ascii: ":"))
        member.value.write(into: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  private static func quote(_ text: String, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    let plain = Array(text.utf8)
    // Newtonsoft.Json also escapes the three line ends that JavaScript would take as such: U+0085, U+2028, U+2029.
    if plain.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0xC2 && $0 != 0xE2 }) {
      out += plain
    } else {
      for scalar in text.unicodeScalars { escape(scalar, into: &out) }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func escape(_ scalar: Unicode.Scalar, into out: inout [UInt8]) {
    switch scalar {
    case "\"": out += "\\\"".utf8
    case "\\": out += "\\\\".utf8
    case "\n": out += "\\n".utf8
    case "\r": out += "\\r".utf8
    case "\t": out += "\\t".utf8
    case "\u{8}": out += "\\b".utf8
    case "\u{c}": out += "\\f".utf8
    case "\u{0}"..<"\u{20}", "\u{85}", "\u{2028}", "\u{2029}":
      let hex = String(scalar.value, radix: 16)
      out += ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8
    default: out += UTF8.encode(scalar)?.map { $0 } ?? []
    }
  }
}
