package import Model
package import Registry

/// What a person may change from the command line. Each is recorded with who did it and why.
package struct ManualRequest: Codable, Sendable, Equatable {
  package enum Act: Codable, Sendable, Equatable {
    case pause(mailbox: String)
    case resume(mailbox: String)
    case stopNumbering
    case startNumbering
    case retry(job: Int64)
    case discard(job: Int64)
    /// From the mirror, or with `outbox` from the outboxes of all mailboxes.
    case recover(outbox: Bool)
    /// The rules of the configured files take the place of those in force, if they are still the ones with these digests.
    case activateRules(digests: [String])
    /// A waiting message goes on as if it had just been listed.
    case release(message: MessageKey)
    /// An event about an entry; the number stays.
    case amend(number: String, Amendment)
    /// The content of a message that has come to its end.
    case erase(message: MessageKey)
    /// For a message that can never be opened.
    case registerFromListing(message: MessageKey)
    case registeredByHand(message: MessageKey, number: String)
    /// Void entries up to a number that is known to have been given.
    case void(journal: String, unit: String, year: Int?, through: Int64)

    /// For the log.
    var word: String {
      switch self {
      case .pause: "pause"
      case .resume: "resume"
      case .stopNumbering: "numbering-stop"
      case .startNumbering: "numbering-start"
      case .retry: "retry"
      case .discard: "discard"
      case .recover: "recover"
      case .activateRules: "rules-activate"
      case .release: "release"
      case .amend: "amend"
      case .erase: "erase"
      case .registerFromListing: "register-from-listing"
      case .registeredByHand: "registered-by-hand"
      case .void: "void"
      }
    }
  }

  package var act: Act
  package var actor: String
  package var reason: String

  package init(_ act: Act, actor: String, reason: String) {
    self.act = act
    self.actor = actor
    self.reason = reason
  }
}

/// What became of a request.
package struct ManualAnswer: Codable, Sendable, Equatable {
  /// One line for the person, in English; empty when `error` says it.
  package var text: String
  package var error: Failure?

  package struct Failure: Codable, Sendable, Equatable {
    package var code: String
    package var summary: String
    package var remedy: String
  }

  init(text: String) { self.text = text }

  init(_ error: OperatorError) {
    text = ""
    self.error = Failure(code: error.code, summary: error.summary, remedy: error.remedy)
  }

  /// The text, or the failure as an error of this process.
  package func result() throws(OperatorError) -> String {
    guard let error else { return text }
    throw OperatorError(error.code, error.summary, remedy: error.remedy)
  }
}
