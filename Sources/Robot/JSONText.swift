import FoundationEssentials
package import Model

/// JSON as this program writes and reads it: sorted keys, so that equal values are equal bytes; slashes and Cyrillic as they are.
package enum JSONText {
  package static func compact(_ value: some Encodable) throws(OperatorError) -> String {
    try encode(value, [.sortedKeys, .withoutEscapingSlashes])
  }

  package static func pretty(_ value: some Encodable) throws(OperatorError) -> String {
    try encode(value, [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted])
  }

  /// `what` names the thing for the error, never its content.
  package static func decode<Value: Decodable>(_ type: Value.Type, from text: String, what: String) throws(OperatorError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw OperatorError(
        "robot.stored-value-unreadable", "\(what) cannot be read back as \(type)",
        remedy: "the record was written by another version or damaged: run `intake-robot check`, and restore from a copy if it says so")
    }
  }

  /// A value as `JSONValue`, for reports.
  package static func value(_ value: some Encodable) throws(OperatorError) -> JSONValue {
    try decode(JSONValue.self, from: compact(value), what: "a report")
  }

  private static func encode(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws(OperatorError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw OperatorError(
        "robot.value-not-encodable", "a value of type \(type(of: value)) cannot be written as JSON", remedy: "report this")
    }
  }
}
