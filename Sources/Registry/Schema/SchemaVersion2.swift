/// The second schema: what happened to a reply is also kept by the machine's uptime (microseconds), which no setting of the wall clock moves.
enum SchemaVersion2 {
  static let script = """
    ALTER TABLE reply ADD COLUMN uncertain_uptime INTEGER;
    ALTER TABLE reply ADD COLUMN looked_up_uptime INTEGER;
    """
}
