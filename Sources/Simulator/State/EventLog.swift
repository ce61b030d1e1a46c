import Glibc

/// One thing that happened, for tests and for the log file.
package struct LogEntry: Sendable {
  /// From 1, without gaps.
  package var sequence: Int
  /// Simulated time.
  package var time: Instant
  /// `opened`, `sent`, `uploaded`, `downloaded`, `added`, `openedByPerson`, `fault`, `request` …
  package var event: String
  package var details: JSON

  /// A member of the details.
  package subscript(name: String) -> JSON? { details[name] }

  var json: JSON {
    .object(
      [.init("seq", .int(sequence)), .init("time", .string(SofiaTime(time).text)), .init("event", .string(event))] + (details.members ?? [])
    )
  }
}

/// Everything received and changed, in order; appended to a file as JSON lines when one is given.
struct EventLog: Sendable {
  private(set) var entries: [LogEntry] = []
  private let file: LogFile?

  init(file path: String?) throws(SimulatorError) {
    file = if let path { try LogFile(path) } else { nil }
  }

  mutating func append(_ event: String, at time: Instant, _ details: KeyValuePairs<String, JSON>) {
    let entry = LogEntry(sequence: entries.count + 1, time: time, event: event, details: .members(details))
    entries.append(entry)
    file?.append(entry.json.text + "\n")
  }
}

/// A file opened for appending.
private final class LogFile: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws(SimulatorError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw SimulatorError("\(path): \(Socket.errorText())") }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// A log that cannot be written must not change how the server answers; the entry stays in memory.
  func append(_ line: String) {
    let bytes = Array(line.utf8)
    _ = write(descriptor, bytes, bytes.count)
  }
}
