import Database
import FoundationEssentials
package import Model

extension Registry {
  /// Enters new mailboxes and takes over name, mode and policy of known ones. The cut-over of a mailbox that has listed already may only move
  /// to an earlier time (`registry.cut-over-moved`); messages that it then includes come to life.
  package func declareMailboxes(_ mailboxes: [MailboxDeclaration]) throws(OperatorError) {
    try write(.mailboxes) { transaction in
      for mailbox in mailboxes {
        let known = try transaction.one(
          "SELECT id, serve_from, watermark FROM mailbox WHERE recipient = ?", mailbox.recipient
        ) { (id: $0.integer(0), serveFrom: $0.moment(1), watermark: $0.optionalMoment(2)) }
        if let known, known.watermark != nil, mailbox.serveFrom > known.serveFrom {
          throw OperatorError(
            "registry.cut-over-moved",
            "`serve from` was \(known.serveFrom.iso8601) and is now \(mailbox.serveFrom.iso8601): messages already taken over would be disowned",
            remedy: "put the earlier time back into robot.conf", context: [.init("mailbox", mailbox.recipient)],
            disposition: .misconfigured)
        }
        try transaction.run(
          """
          INSERT INTO mailbox (recipient, name, serve_from, mode, opened_by_person) VALUES (?1, ?2, ?3, ?4, ?5)
          ON CONFLICT (recipient) DO UPDATE SET name = ?2, serve_from = ?3, mode = ?4, opened_by_person = ?5
          WHERE name <> ?2 OR serve_from <> ?3 OR mode <> ?4 OR opened_by_person <> ?5
          """, mailbox.recipient, mailbox.name, mailbox.serveFrom, mailbox.mode.rawValue, mailbox.openedByPerson.rawValue)
        if let known, mailbox.serveFrom < known.serveFrom {
          try revive(mailbox: known.id, mailbox, transaction)
        }
      }
    }
  }

  private func revive(mailbox id: Int64, _ declaration: MailboxDeclaration, _ transaction: borrowing Transaction) throws {
    let messages = try transaction.all(
      "SELECT id, message_id, date_received FROM message WHERE mailbox = ? AND state = 'before-take-over' AND date_sent >= ?", id,
      declaration.serveFrom
    ) { (id: $0.integer(0), messageId: $0.integer(1), isOpened: !$0.isNull(2)) }
    for message in messages {
      let first = Registry.firstState(declaration, isBefore: false, isOpened: message.isOpened)
      try transaction.run("UPDATE message SET state = ?, reason = ? WHERE id = ?", first.state.rawValue, first.reason, message.id)
      if first.state == .listed {
        try enqueue(.open, message: message.id, mailbox: id, messageId: message.messageId, at: now, transaction)
      }
    }
  }

  package func mailbox(_ recipient: String) throws(OperatorError) -> MailboxState? {
    try read { try Looking.mailboxes($0, recipient: recipient).first }
  }

  package func mailboxes() throws(OperatorError) -> [MailboxState] { try read { try Looking.mailboxes($0, recipient: nil) } }

  /// The durable pause by command; jobs of a paused mailbox are not claimed. Repeating it changes nothing.
  package func setPaused(_ recipient: String, _ isPaused: Bool, actor: String, reason: String) throws(OperatorError) {
    try write(.switches) { transaction in
      guard let state = try Looking.mailboxes(transaction.connection, recipient: recipient).first else {
        throw Registry.unknownMailbox(recipient)
      }
      guard (state.pause != nil) != isPaused else { return }
      let pause = isPaused ? try JSONText.encode(MailboxState.Pause(actor: actor, reason: reason, since: now)) : nil
      try transaction.run("UPDATE mailbox SET pause = ? WHERE recipient = ?", pause, recipient)
      try append(
        EventDraft(
          isPaused ? .pause : .resume, chain: robotChain, at: now, actor: actor,
          fields: [EventField.mailbox: recipient, EventField.reason: reason]), transaction)
    }
  }

  /// The durable switch that stops numbering: `register` jobs are not claimed, and `register` throws `registry.numbering-stopped`.
  package func setNumbering(_ isOn: Bool, actor: String, reason: String) throws(OperatorError) {
    try write(.switches) { transaction in
      let stop = try Looking.numberingStop(transaction.connection)
      guard (stop == nil) != isOn else { return }
      if isOn {
        try transaction.run("DELETE FROM meta WHERE name = 'numbering-stopped'")
      } else {
        try transaction.run(
          "INSERT INTO meta (name, value) VALUES ('numbering-stopped', ?)",
          try JSONText.encode(MailboxState.Pause(actor: actor, reason: reason, since: now)))
      }
      try append(
        EventDraft(
          isOn ? .numberingStarted : .numberingStopped, chain: robotChain, at: now, actor: actor, fields: [EventField.reason: reason]),
        transaction)
    }
  }

  package func numbering() throws(OperatorError) -> NumberingState {
    if let blocked { return .blocked(blocked) }
    return try read { connection in
      try Looking.numberingStop(connection).map { .stopped(actor: $0.actor, reason: $0.reason, since: $0.since) } ?? .on
    }
  }

  static func unknownMailbox(_ recipient: String) -> OperatorError {
    OperatorError(
      "registry.unknown-mailbox", "no such mailbox in the database", remedy: "`intake-robot status` lists the mailboxes",
      context: [.init("mailbox", recipient)])
  }
}

package enum NumberingState: Sendable, Equatable {
  case on
  /// By command.
  case stopped(actor: String, reason: String, since: Timestamp)
  /// By what `start` found.
  case blocked(MirrorState)
}

/// Values as JSON text with sorted keys, as the database keeps them.
enum JSONText {
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// `nil` when the text is no such value: written by another version of the program.
  static func decode<Value: Decodable>(_ type: Value.Type, from text: String) -> Value? {
    try? JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
