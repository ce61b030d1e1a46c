/// A value as SQLite stores it.
package enum Value: Sendable, Hashable {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])
}

/// What can be bound to a parameter of a statement.
package protocol Bindable {
  var databaseValue: Value { get }
}

extension Value: Bindable {
  package var databaseValue: Value { self }
}

extension Int64: Bindable {
  package var databaseValue: Value { .integer(self) }
}

extension Int: Bindable {
  package var databaseValue: Value { .integer(Int64(self)) }
}

extension Bool: Bindable {
  /// 1 and 0.
  package var databaseValue: Value { .integer(self ? 1 : 0) }
}

extension String: Bindable {
  package var databaseValue: Value { .text(self) }
}

extension [UInt8]: Bindable {
  package var databaseValue: Value { .blob(self) }
}

extension Optional: Bindable where Wrapped: Bindable {
  package var databaseValue: Value { self?.databaseValue ?? .null }
}
