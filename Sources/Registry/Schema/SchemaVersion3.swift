/// The third schema: finds what closes a period without reading every event.
enum SchemaVersion3 {
  static let script = """
    CREATE INDEX event_checkpoint ON event (id) WHERE kind = 'checkpoint';
    CREATE INDEX event_closing ON event (chain, id) WHERE kind = 'closing';
    """
}
