package import Model

/// A mailbox as the configuration declares it.
package struct MailboxDeclaration: Sendable, Equatable {
  /// Identifier of its profile in ССЕВ.
  package var recipient: String
  package var name: String
  /// Cut-over: messages sent earlier are accounted for and left alone.
  package var serveFrom: Timestamp
  package var mode: MailboxMode
  package var openedByPerson: OpenedByPersonPolicy

  package init(
    recipient: String, name: String, serveFrom: Timestamp, mode: MailboxMode = .active, openedByPerson: OpenedByPersonPolicy = .review
  ) {
    self.recipient = recipient
    self.name = name
    self.serveFrom = serveFrom
    self.mode = mode
    self.openedByPerson = openedByPerson
  }
}

/// Design.md 3, "Modes per mailbox". A pause by command is a switch of its own (`MailboxState.pause`).
package enum MailboxMode: String, Sendable, Codable, CaseIterable {
  case active, paused, shadow
}

/// What becomes of a message that a person opened before the robot saw it.
package enum OpenedByPersonPolicy: String, Sendable, Codable, CaseIterable {
  /// It waits, reason `opened-by-person`, until somebody decides.
  case review
  /// It is treated like any other.
  case register
}

/// A mailbox as the database knows it.
package struct MailboxState: Sendable, Equatable {
  package var declaration: MailboxDeclaration
  /// The greatest `dateSent` seen.
  package var watermark: Timestamp?
  /// Set by `pause`, cleared by `resume`.
  package var pause: Pause?

  package struct Pause: Sendable, Equatable, Codable {
    package var actor: String
    package var reason: String
    package var since: Timestamp

    package init(actor: String, reason: String, since: Timestamp) {
      self.actor = actor
      self.reason = reason
      self.since = since
    }
  }

  /// Neither by configuration nor by command.
  package var isServed: Bool { declaration.mode != .paused && pause == nil }

  package init(declaration: MailboxDeclaration, watermark: Timestamp?, pause: Pause?) {
    self.declaration = declaration
    self.watermark = watermark
    self.pause = pause
  }
}

/// One row of an inbox listing, as far as the registry keeps it.
package struct ListedRow: Sendable, Equatable {
  package var messageId: Int64
  package var dateSent: Timestamp
  /// Set once somebody, a person or the robot, has opened the message.
  package var dateReceived: Timestamp?
  package var subject: String
  package var senderName: String
  package var templateId: Int64?
  package var rnu: String?

  package init(
    messageId: Int64, dateSent: Timestamp, dateReceived: Timestamp?, subject: String, senderName: String, templateId: Int64? = nil,
    rnu: String? = nil
  ) {
    self.messageId = messageId
    self.dateSent = dateSent
    self.dateReceived = dateReceived
    self.subject = subject
    self.senderName = senderName
    self.templateId = templateId
    self.rnu = rnu
  }
}

/// What one listing brought.
package struct ListingResult: Sendable, Equatable {
  /// Rows that became messages now, whatever their state.
  package var new: Int
  /// Of those: waiting because a person opened them first.
  package var openedByPerson: Int
  /// Of those: sent before the cut-over.
  package var beforeTakeOver: Int
  /// Rows that were known already.
  package var known: Int
  package var watermark: Timestamp?

  package init(new: Int = 0, openedByPerson: Int = 0, beforeTakeOver: Int = 0, known: Int = 0, watermark: Timestamp? = nil) {
    self.new = new
    self.openedByPerson = openedByPerson
    self.beforeTakeOver = beforeTakeOver
    self.known = known
    self.watermark = watermark
  }
}
