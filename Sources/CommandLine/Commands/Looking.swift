import Model
import Registry
import Robot

extension Invocation {
  /// Runs the body with a consistent look at the database. Nothing is written beside it.
  func look<Value: Sendable>(
    _ body: @Sendable (RobotConfiguration, RegistrySnapshot) async throws(OperatorError) -> Value
  ) async throws(OperatorError) -> Value {
    let (_, configuration) = try configuration()
    let snapshot = try RegistrySnapshot(configuration.registry)
    do throws(OperatorError) {
      let value = try await body(configuration, snapshot)
      await snapshot.close()
      return value
    } catch {
      await snapshot.close()
      throw error
    }
  }

  /// Prints the report as JSON, or its lines.
  func print(json: JSONValue, lines: [String]) {
    if wantsJSON { context.output.json(json) } else { for line in lines { context.output.line(line) } }
  }
}

/// What a person types for a message: `test/1210150561306/700101`, `1210150561306/700101`, or `700101` where only one mailbox has it.
enum MessageArgument {
  static func candidates(_ text: String, _ configuration: RobotConfiguration) throws(OperatorError) -> [MessageKey] {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (1...3).contains(parts.count), let id = Int64(parts[parts.count - 1]), id > 0,
      parts.count < 3 || parts[0] == configuration.environment.description
    else {
      throw OperatorError(
        "command-line.message", "`\(text)` does not name a message of this environment",
        remedy: "write its number, or \(configuration.environment)/MAILBOX/NUMBER", disposition: .misconfigured)
    }
    let recipients = parts.count == 1 ? configuration.mailboxes.map(\.recipient) : [parts[parts.count - 2]]
    return recipients.map { MessageKey(environment: configuration.environment, recipient: $0, messageId: id) }
  }

  /// The one message that is meant, as the database has it.
  static func find(_ text: String, _ configuration: RobotConfiguration, _ snapshot: RegistrySnapshot) async throws(OperatorError) -> MessageRecord {
    var found: [MessageRecord] = []
    for key in try candidates(text, configuration) {
      if let record = try await snapshot.message(key) { found.append(record) }
    }
    guard let record = found.first else {
      throw OperatorError("robot.message-unknown", "the database has no message `\(text)`", remedy: "`intake-robot messages list` shows them")
    }
    guard found.count == 1 else {
      throw OperatorError(
        "command-line.message", "\(found.count) mailboxes have a message `\(text)`", remedy: "write MAILBOX/NUMBER", disposition: .misconfigured)
    }
    return record
  }
}

/// Where a message stands, in the words of `expected.json` of the samples.
struct MessageEnd: Sendable, Equatable {
  /// `registered`, `not-registered`, `waiting`, `before-take-over`, `shadowed`, or `under-way`.
  let word: String
  let reason: String?

  init(_ record: MessageRecord, parked: JobRecord?) {
    switch record.state {
    case .registered, .settled: (word, reason) = ("registered", nil)
    case .notRegistered: (word, reason) = ("not-registered", record.reason)
    case .waiting: (word, reason) = ("waiting", record.reason)
    case .beforeTakeOver: (word, reason) = ("before-take-over", nil)
    case .shadowed: (word, reason) = ("shadowed", nil)
    case .listed, .opened, .read, .decided:
      (word, reason) = parked.map { ("waiting", $0.lastCode) } ?? ("under-way", nil)
    }
  }
}

extension Optional where Wrapped == String {
  var json: JSONValue { map { .string($0) } ?? .null }
}

extension Timestamp {
  var json: JSONValue { .string(iso8601) }
  /// For people: local time of Sofia.
  var shown: String { SofiaTime.format(self, "dd.MM.yyyy HH:mm:ss") }
}

extension Optional where Wrapped == Timestamp {
  var json: JSONValue { map(\.json) ?? .null }
}
