import Database
package import Model

extension Registry {
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
