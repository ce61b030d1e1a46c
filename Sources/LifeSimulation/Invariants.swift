import Database

/// What must hold after every single write, as triggers in the world's own database: a write that breaks one is refused, the step fails, and the
/// failure is kept. They stand beside the product's own triggers, which forbid changing what was written.
enum Invariants {
  /// The words by which a refusal is known.
  static let mark = "simulation:"

  static func install(in database: String) throws {
    let connection = try Connection(path: database, mode: .readWrite)
    defer { connection.close() }
    try connection.execute(script)
  }

  private static let script =
    trigger(
      "job_state", "BEFORE UPDATE OF state ON job",
      """
      NOT (OLD.state = NEW.state OR (OLD.state = 'available' AND NEW.state IN ('running', 'parked', 'discarded', 'done'))
        OR (OLD.state = 'running' AND NEW.state IN ('available', 'done', 'parked', 'discarded'))
        OR (OLD.state = 'parked' AND NEW.state IN ('available', 'discarded')) OR (OLD.state = 'discarded' AND NEW.state = 'available'))
      """, "a job may not go there")
    + trigger("job_token", "BEFORE UPDATE OF token ON job", "NEW.token < OLD.token", "a fencing token went back")
    + trigger(
      "job_claim", "BEFORE UPDATE OF state ON job", "NEW.state = 'running' AND OLD.state <> 'running' AND NEW.token <= OLD.token",
      "a claim without a new token")
    + trigger(
      "entry_next", "BEFORE INSERT ON entry",
      """
      NEW.sequence <> coalesce((SELECT max(sequence) + 1 FROM entry WHERE journal = NEW.journal AND counter_unit = NEW.counter_unit
        AND counter_year = NEW.counter_year), 1)
      """, "a number was left out or given twice")
    + trigger(
      "message_state", "BEFORE UPDATE OF state ON message",
      """
      NOT (OLD.state = NEW.state OR (OLD.state IN ('listed', 'waiting') AND NEW.state IN ('opened', 'waiting', 'listed'))
        OR (OLD.state = 'opened' AND NEW.state = 'read') OR (OLD.state = 'read' AND NEW.state IN ('decided', 'not-registered'))
        OR (OLD.state = 'decided' AND NEW.state IN ('registered', 'not-registered', 'settled'))
        OR (OLD.state = 'registered' AND NEW.state = 'settled'))
      """, "a message may not go there")
    + trigger(
      "message_settled", "AFTER UPDATE OF state ON message",
      "NEW.state IN ('registered', 'settled') AND NEW.duplicate_of IS NULL AND NOT EXISTS (SELECT 1 FROM entry WHERE message = NEW.id)",
      "a message is called registered and has no entry")
    + trigger(
      "message_twice", "BEFORE INSERT ON entry",
      "NEW.message IS NOT NULL AND (SELECT duplicate_of FROM message WHERE id = NEW.message) IS NOT NULL", "a duplicate was given a number")
    + trigger(
      "reply_end", "BEFORE UPDATE OF state ON reply", "OLD.state IN ('sent', 'abandoned') AND NEW.state <> OLD.state", "a reply was sent again")
    + trigger(
      "reply_founded", "BEFORE INSERT ON reply",
      """
      NOT EXISTS (SELECT 1 FROM entry WHERE message = NEW.message)
        AND NOT EXISTS (SELECT 1 FROM message WHERE id = NEW.message AND duplicate_of IS NOT NULL)
      """, "a reply to a message that has no number")

  private static func trigger(_ name: String, _ moment: String, _ isBroken: String, _ what: String) -> String {
    """
    CREATE TRIGGER simulation_\(name) \(moment) WHEN \(isBroken)
      BEGIN SELECT raise(ABORT, '\(mark) \(what)'); END;

    """
  }
}
