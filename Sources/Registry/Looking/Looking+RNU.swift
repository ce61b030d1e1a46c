import Database
package import Model

extension Registry {
  /// The entry that a text means when it cites this number: as it was printed, or in the shape to which `CitedNumber` brings what people write.
  /// `nil` when no journal has it.
  package func citedEntry(_ cited: String) throws(OperatorError) -> NumberedEntry? {
    try read { connection in
      let environment = configuration.environment
      if let entry = try Looking.entry(connection, environment, .number(cited)) { return entry }
      guard let normal = CitedNumber.normalise(cited), normal != cited else { return nil }
      return try Looking.entry(connection, environment, .number(normal))
    }
  }

  /// Entries registered under one РНУ with the profile that sent each, the newest first, at most `limit`. The same РНУ with other bytes is a
  /// supplement or a mistake; from another sender it is an entry of its own, flagged (design.md 3).
  package func entries(ofRNU rnu: String, limit: Int = 20) throws(OperatorError) -> [(entry: NumberedEntry, senderProfileId: Int64)] {
    try read { connection in
      let found = try connection.all(
        """
        SELECT event.entry, message.sender_profile FROM event_field JOIN event ON event.id = event_field.event
          JOIN message ON message.id = event.message
        WHERE event_field.name = 'rnu' AND event_field.value = ? AND event.kind = 'register' AND event.entry IS NOT NULL
        ORDER BY event.entry DESC LIMIT ?
        """, rnu, limit
      ) { ($0.integer(0), $0.integer(1)) }
      var entries: [(entry: NumberedEntry, senderProfileId: Int64)] = []
      for (id, profile) in found {
        if let entry = try Looking.entry(connection, configuration.environment, .id(id)) { entries.append((entry, profile)) }
      }
      return entries
    }
  }
}
