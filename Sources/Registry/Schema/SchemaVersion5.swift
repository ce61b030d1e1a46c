/// The fifth schema: content can be erased (ЗЗЛД чл. 25а). `erased_object` names the originals that are gone, so that backups forget them too;
/// `accepted_mark` the confirmations in an outbox that another database sent and `recover` has taken account of.
enum SchemaVersion5 {
  static let script = """
    ALTER TABLE message ADD COLUMN erased_at INTEGER;
    CREATE TABLE erased_object (
      digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
      erased_at INTEGER NOT NULL,
      removed_at INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX erased_object_left ON erased_object (digest) WHERE removed_at IS NULL;
    CREATE TABLE accepted_mark (
      mailbox INTEGER NOT NULL REFERENCES mailbox (id),
      ssev_id INTEGER NOT NULL,
      mark TEXT NOT NULL,
      accepted_at INTEGER NOT NULL,
      PRIMARY KEY (mailbox, ssev_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER accepted_mark_kept BEFORE DELETE ON accepted_mark BEGIN SELECT raise(ABORT, 'accepted marks are never deleted'); END;

    DROP TRIGGER reply_frozen;
    CREATE TRIGGER reply_fixed BEFORE UPDATE OF message, kind, mark, subject ON reply
      BEGIN SELECT raise(ABORT, 'a reply is worded once'); END;
    CREATE TRIGGER reply_frozen BEFORE UPDATE OF frozen ON reply
      WHEN (SELECT erased_at FROM message WHERE message.id = OLD.message) IS NULL
      BEGIN SELECT raise(ABORT, 'a reply is worded once'); END;
    """
}
