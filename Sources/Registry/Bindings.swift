package import Crypto
package import Database
package import Model

extension Timestamp: Bindable {
  package var databaseValue: Value { .integer(microseconds) }
}

extension Digest: Bindable {
  package var databaseValue: Value { .blob(bytes) }
}

extension Row {
  func moment(_ column: Int32) -> Timestamp { Timestamp(microseconds: integer(column)) }

  func optionalMoment(_ column: Int32) -> Timestamp? { optionalInteger(column).map(Timestamp.init(microseconds:)) }

  /// Of a column that the schema keeps at 32 bytes.
  func digest(_ column: Int32) -> Digest { Digest(bytes: blob(column)) ?? .zero }

  func optionalDigest(_ column: Int32) -> Digest? { isNull(column) ? nil : digest(column) }
}
