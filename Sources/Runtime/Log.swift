import Glibc
package import Model
import Synchronization

/// The log: one line an event, `2026-07-03T07:15:02.337000Z info message.registered mailbox=1210150561306 message=700101`.
///
/// Personal data cannot get in by type: a field's value is a `LogValue`, and there is none that takes any text.
package struct Log: Sendable {
  package enum Level: String, Sendable, Comparable {
    case debug, info, warning, error

    package static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .debug: 0
      case .info: 1
      case .warning: 2
      case .error: 3
      }
    }
  }

  private let time: any TimeSource
  private let minimum: Level
  private let write: @Sendable (String) -> Void

  /// `write` receives whole lines without the line end.
  package init(time: any TimeSource, minimum: Level = .info, write: @escaping @Sendable (String) -> Void) {
    self.time = time
    self.minimum = minimum
    self.write = write
  }

  /// To standard error, where systemd's journal picks it up; a line is one `write(2)`.
  package static func standardError(time: any TimeSource, minimum: Level = .info) -> Log {
    Log(time: time, minimum: minimum) { line in
      let bytes = Array((line + "\n").utf8)
      _ = Glibc.write(2, bytes, bytes.count)
    }
  }

  package static func disabled(time: any TimeSource) -> Log { Log(time: time, minimum: .error) { _ in } }

  package func debug(_ event: StaticString, _ fields: KeyValuePairs<StaticString, LogValue> = [:]) { emit(.debug, event, fields) }
  package func info(_ event: StaticString, _ fields: KeyValuePairs<StaticString, LogValue> = [:]) { emit(.info, event, fields) }
  package func warning(_ event: StaticString, _ fields: KeyValuePairs<StaticString, LogValue> = [:]) { emit(.warning, event, fields) }
  package func error(_ event: StaticString, _ fields: KeyValuePairs<StaticString, LogValue> = [:]) { emit(.error, event, fields) }

  private func emit(_ level: Level, _ event: StaticString, _ fields: KeyValuePairs<StaticString, LogValue>) {
    guard level >= minimum else { return }
    write("\(time.now().iso8601) \(level.rawValue) \(event)" + fields.map { " \($0.key)=\($0.value.text)" }.joined())
  }
}

/// A value that may stand in a log or a metric: numbers, stable words, identifiers of our own side, digests. Never text from a message.
package struct LogValue: Sendable {
  package let text: String

  package static func count(_ value: Int) -> LogValue { LogValue(text: String(value)) }
  package static func number(_ value: Int64) -> LogValue { LogValue(text: String(value)) }
  package static func flag(_ value: Bool) -> LogValue { LogValue(text: value ? "yes" : "no") }
  package static func word(_ value: StaticString) -> LogValue { LogValue(text: value.description) }
  package static func moment(_ value: Timestamp) -> LogValue { LogValue(text: value.iso8601) }
  package static func seconds(_ value: Duration) -> LogValue {
    LogValue(text: "\(padded(Int(value.microseconds / 1_000_000), 1)).\(padded(Int(value.microseconds % 1_000_000 / 1_000), 3))s")
  }

  /// A message by its key: environment, mailbox, messageId.
  package static func message(_ key: MessageKey) -> LogValue { LogValue(text: key.description) }

  /// The 9 or 13 digits of one of our own mailboxes, never of a sender; anything else is shown as `?`.
  package static func mailbox(_ recipient: String) -> LogValue {
    LogValue(text: [9, 13].contains(recipient.utf8.count) && recipient.utf8.allSatisfy { (0x30...0x39).contains($0) } ? recipient : "?")
  }

  /// The stable code of an error or the name of a state: lower-case Latin, digits, dots, dashes, at most 64; anything else is shown as `?`.
  package static func code(_ value: String) -> LogValue {
    let isPlain =
      value.utf8.count <= 64
      && value.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F }
    return LogValue(text: isPlain ? value : "?")
  }

  /// Lower-case hex, cut to 16 characters.
  package static func digest(_ value: String) -> LogValue {
    LogValue(text: value.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } ? String(value.prefix(16)) : "?")
  }

  /// A number that the robot printed: it goes out to the world, and holds nobody's name.
  package static func journalNumber(_ value: String) -> LogValue { LogValue(text: value.filter { !$0.isWhitespace && !$0.isNewline }) }

  /// A path of the installation (from the configuration), never of a message.
  package static func installationPath(_ value: String) -> LogValue { LogValue(text: value) }
}
