import Model

/// One JSON object of ССЕВ, read tolerantly (contract section 3): unknown members are ignored, a null is an absent member, numbers may be
/// strings. What must be there and is not throws `WireMistake` with the member's name, never with a value.
struct WireObject {
  private let members: KeyedDecodingContainer<WireKey>

  init(_ decoder: any Decoder) throws { members = try decoder.container(keyedBy: WireKey.self) }

  func integer(_ names: String...) throws -> Int64 {
    guard let value = optionalInteger(names) else { throw WireMistake(names) }
    return value
  }

  func optionalInteger(_ names: String...) -> Int64? { optionalInteger(names) }

  private func optionalInteger(_ names: [String]) -> Int64? {
    for name in names {
      if let value = try? members.decodeIfPresent(Int64.self, forKey: WireKey(name)) { return value }
      if let text = try? members.decodeIfPresent(String.self, forKey: WireKey(name)), let value = Int64(text) { return value }
    }
    return nil
  }

  /// Empty when absent or not a text.
  func text(_ name: String) -> String { optionalText(name) ?? "" }

  func optionalText(_ name: String) -> String? { (try? members.decodeIfPresent(String.self, forKey: WireKey(name))) ?? nil }

  func moment(_ name: String) throws -> Timestamp {
    guard let value = try optionalMoment(name) else { throw WireMistake([name]) }
    return value
  }

  /// `nil` for null and absent only: a time that cannot be read is a mistake, because "no time" has a meaning of its own.
  func optionalMoment(_ name: String) throws -> Timestamp? {
    guard members.contains(WireKey(name)), try !members.decodeNil(forKey: WireKey(name)) else { return nil }
    guard let text = optionalText(name), let value = Timestamp(iso8601: text) else { throw WireMistake([name]) }
    return value
  }

  func optionalFlag(_ name: String) -> Bool? {
    if let value = try? members.decodeIfPresent(Bool.self, forKey: WireKey(name)) { return value }
    switch optionalText(name)?.lowercased() {
    case "true": return true
    case "false": return false
    default: return optionalInteger([name]).map { $0 != 0 }
    }
  }

  /// A word of an enum that may also come as its number; `nil` when it is neither.
  func word(_ names: String..., numbers: [Int64: String]) -> String? {
    for name in names {
      if let value = optionalInteger([name]) { return numbers[value] }
      if let text = optionalText(name) { return text.lowercased() }
    }
    return nil
  }

  func object<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value? {
    guard members.contains(WireKey(name)), try !members.decodeNil(forKey: WireKey(name)) else { return nil }
    return try members.decode(type, forKey: WireKey(name))
  }

  func array<Value: Decodable>(_ name: String, of type: Value.Type) throws -> [Value] { try object(name, as: [Value].self) ?? [] }
}

/// A member that is missing or not what it should be.
struct WireMistake: Error {
  let place: String

  init(_ names: [String]) { place = names.joined(separator: "|") }
}

struct WireKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
