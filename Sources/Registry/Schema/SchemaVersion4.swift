/// The fourth schema: the messages of one day, for the daily statement.
enum SchemaVersion4 {
  static let script = "CREATE INDEX message_sent ON message (mailbox, date_sent)"
}
