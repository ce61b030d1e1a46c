/// The identity of a message, for ever: (environment, recipient identifier, messageId). Renaming a block of the configuration changes nothing.
package struct MessageKey: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  package let environment: EnvironmentName
  /// The identifier of the mailbox's profile in ССЕВ, e.g. `1210150561306`.
  package let recipient: String
  package let messageId: Int64

  package init(environment: EnvironmentName, recipient: String, messageId: Int64) {
    self.environment = environment
    self.recipient = recipient
    self.messageId = messageId
  }

  package static func < (left: MessageKey, right: MessageKey) -> Bool {
    (left.recipient, left.messageId) < (right.recipient, right.messageId)
  }

  /// `production/1210150561306/500123`; the commands accept it.
  package var description: String { "\(environment)/\(recipient)/\(messageId)" }
}

/// One ССЕВ installation. A database and every mark belong to exactly one. Lower-case Latin letters and digits, 1 to 16, a letter first.
package struct EnvironmentName: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init?(_ text: String) {
    guard (1...16).contains(text.utf8.count), let first = text.utf8.first, (0x61...0x7A).contains(first),
      text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) })
    else { return nil }
    description = text
  }
}

extension EnvironmentName: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = EnvironmentName(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an environment name")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
