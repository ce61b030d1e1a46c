/// The first schema. Never edited once a journal exists: what comes later is a migration of its own.
///
/// Times are microseconds since 1970 UTC. Digests are 32 bytes.
enum SchemaVersion1 {
  static let script = bindings + messages + jobs + journals + replies + appendOnly

  private static let bindings = """
    CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE epoch (
      ordinal INTEGER PRIMARY KEY CHECK (ordinal > 0),
      token TEXT NOT NULL UNIQUE CHECK (length(token) = 6),
      opened_at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      reason TEXT NOT NULL
    ) STRICT;

    CREATE TABLE mailbox (
      id INTEGER PRIMARY KEY,
      recipient TEXT NOT NULL UNIQUE CHECK (recipient <> ''),
      name TEXT NOT NULL,
      serve_from INTEGER NOT NULL,
      mode TEXT NOT NULL CHECK (mode IN ('active', 'paused', 'shadow')),
      opened_by_person TEXT NOT NULL CHECK (opened_by_person IN ('review', 'register')),
      watermark INTEGER,
      pause TEXT
    ) STRICT;

    """

  private static let messages = """
    CREATE TABLE object (
      digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
      size INTEGER NOT NULL CHECK (size >= 0),
      stored_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE message (
      id INTEGER PRIMARY KEY,
      mailbox INTEGER NOT NULL REFERENCES mailbox (id),
      message_id INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN (
        'listed', 'opened', 'read', 'decided', 'registered', 'settled', 'not-registered', 'waiting', 'before-take-over', 'shadowed')),
      reason TEXT NOT NULL DEFAULT '',
      date_sent INTEGER NOT NULL,
      date_received INTEGER,
      subject TEXT NOT NULL,
      sender_name TEXT NOT NULL,
      template_id INTEGER,
      rnu TEXT,
      seen_at INTEGER NOT NULL,
      opening_at INTEGER,
      opened_at INTEGER,
      sender_profile INTEGER,
      body BLOB REFERENCES object (digest),
      decided_at INTEGER,
      duplicate_of INTEGER REFERENCES entry (id),
      UNIQUE (mailbox, message_id),
      CHECK ((state IN ('waiting', 'not-registered')) = (reason <> '')),
      CHECK (opened_at IS NULL OR (opening_at IS NOT NULL AND sender_profile IS NOT NULL))
    ) STRICT;
    CREATE INDEX message_state ON message (mailbox, state);
    CREATE INDEX message_order ON message (mailbox, sender_profile, message_id) WHERE state IN ('opened', 'read', 'decided');
    CREATE INDEX message_waiting ON message (state, date_sent) WHERE state NOT IN ('settled', 'before-take-over');

    CREATE TABLE message_content (
      message INTEGER PRIMARY KEY REFERENCES message (id),
      envelope TEXT,
      submission TEXT,
      decision TEXT
    ) STRICT;

    CREATE TABLE attachment (
      message INTEGER NOT NULL REFERENCES message (id),
      ordinal INTEGER NOT NULL CHECK (ordinal > 0),
      blob_id INTEGER NOT NULL,
      file_name TEXT NOT NULL,
      stated_size INTEGER,
      stated_digest BLOB CHECK (length(stated_digest) = 32),
      is_malicious INTEGER CHECK (is_malicious IN (0, 1)),
      registration_number TEXT,
      state TEXT NOT NULL CHECK (state IN ('expected', 'stored', 'missing')),
      reason TEXT NOT NULL DEFAULT '',
      digest BLOB REFERENCES object (digest),
      PRIMARY KEY (message, ordinal),
      CHECK ((state = 'stored') = (digest IS NOT NULL)),
      CHECK (state <> 'missing' OR reason <> '')
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE reading (
      id INTEGER PRIMARY KEY,
      digest BLOB NOT NULL CHECK (length(digest) = 32),
      reader_version INTEGER NOT NULL,
      reading TEXT NOT NULL,
      UNIQUE (digest, reader_version)
    ) STRICT;

    """

  private static let jobs = """
    CREATE TABLE job (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('open', 'fetch', 'read', 'decide', 'register', 'confirm', 'handoff')),
      state TEXT NOT NULL CHECK (state IN ('available', 'running', 'done', 'parked', 'discarded')),
      mailbox INTEGER NOT NULL REFERENCES mailbox (id),
      message INTEGER NOT NULL REFERENCES message (id),
      message_id INTEGER NOT NULL,
      attachment INTEGER NOT NULL DEFAULT 0,
      reply INTEGER NOT NULL DEFAULT 0,
      token INTEGER NOT NULL DEFAULT 0,
      attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
      snoozes INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL,
      run_at INTEGER NOT NULL,
      claimed_at INTEGER,
      finished_at INTEGER,
      last_code TEXT NOT NULL DEFAULT '',
      last_text TEXT NOT NULL DEFAULT '',
      UNIQUE (message, kind, attachment, reply),
      CHECK ((state = 'running') = (claimed_at IS NOT NULL)),
      CHECK ((state IN ('done', 'discarded')) = (finished_at IS NOT NULL)),
      CHECK ((kind = 'fetch') = (attachment > 0)),
      CHECK ((kind = 'confirm') = (reply > 0))
    ) STRICT;
    CREATE INDEX job_due ON job (kind, mailbox, run_at, message_id) WHERE state = 'available';
    CREATE INDEX job_running ON job (id) WHERE state = 'running';
    CREATE INDEX job_parked ON job (mailbox, id) WHERE state = 'parked';

    CREATE TABLE attempt (
      job INTEGER NOT NULL REFERENCES job (id),
      token INTEGER NOT NULL,
      number INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      outcome TEXT NOT NULL CHECK (outcome IN ('running', 'done', 'failed', 'snoozed', 'parked', 'rescued', 'discarded')),
      code TEXT NOT NULL DEFAULT '',
      text TEXT NOT NULL DEFAULT '',
      PRIMARY KEY (job, token),
      CHECK ((outcome = 'running') = (ended_at IS NULL))
    ) STRICT, WITHOUT ROWID;

    """

  private static let journals = """
    CREATE TABLE counter (
      journal TEXT NOT NULL,
      unit TEXT NOT NULL,
      year INTEGER NOT NULL,
      next INTEGER NOT NULL,
      PRIMARY KEY (journal, unit, year)
    ) STRICT, WITHOUT ROWID;

    -- Without a message: a void entry, for a number that is known to have been given and cannot be proved to belong to one.
    CREATE TABLE entry (
      id INTEGER PRIMARY KEY,
      journal TEXT NOT NULL,
      counter_unit TEXT NOT NULL,
      counter_year INTEGER NOT NULL,
      sequence INTEGER NOT NULL,
      number TEXT NOT NULL UNIQUE CHECK (number <> ''),
      registered_at INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      message INTEGER UNIQUE REFERENCES message (id),
      unit_identifier TEXT NOT NULL,
      unit_name TEXT NOT NULL,
      unit_index TEXT NOT NULL,
      unit_phone TEXT NOT NULL,
      UNIQUE (journal, counter_unit, counter_year, sequence)
    ) STRICT;
    CREATE INDEX entry_time ON entry (journal, registered_at);
    CREATE INDEX entry_all_times ON entry (registered_at);

    CREATE TABLE duplicate (
      sender_profile INTEGER NOT NULL,
      digest BLOB NOT NULL CHECK (length(digest) = 32),
      entry INTEGER NOT NULL REFERENCES entry (id),
      received_at INTEGER NOT NULL,
      PRIMARY KEY (sender_profile, digest)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE chain (
      name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
      sequence INTEGER NOT NULL CHECK (sequence >= 0),
      head BLOB NOT NULL CHECK (length(head) = 32),
      last_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE event (
      id INTEGER PRIMARY KEY,
      chain TEXT NOT NULL REFERENCES chain (name),
      sequence INTEGER NOT NULL,
      previous BLOB NOT NULL,
      hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
      kind TEXT NOT NULL,
      at INTEGER NOT NULL,
      entry INTEGER REFERENCES entry (id),
      message INTEGER REFERENCES message (id),
      UNIQUE (chain, sequence)
    ) STRICT;
    CREATE INDEX event_entry ON event (entry) WHERE entry IS NOT NULL;
    CREATE INDEX event_message ON event (message) WHERE message IS NOT NULL;

    CREATE TABLE event_field (
      event INTEGER NOT NULL REFERENCES event (id),
      name TEXT NOT NULL,
      value TEXT,
      salt BLOB CHECK (length(salt) = 16),
      commitment BLOB CHECK (length(commitment) = 32),
      PRIMARY KEY (event, name),
      CHECK ((value IS NULL) = (salt IS NULL)),
      CHECK ((value IS NULL) = (commitment IS NOT NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX event_field_rnu ON event_field (value) WHERE name = 'rnu' AND value IS NOT NULL;

    """

  private static let replies = """
    CREATE TABLE reply (
      id INTEGER PRIMARY KEY,
      message INTEGER NOT NULL REFERENCES message (id),
      entry INTEGER REFERENCES entry (id),
      kind TEXT NOT NULL CHECK (kind IN ('a', 'v', 'g', 'd')),
      mark TEXT NOT NULL,
      subject TEXT NOT NULL,
      frozen TEXT NOT NULL,
      sender_profile INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('intended', 'sending', 'uncertain', 'sent', 'abandoned')),
      created_at INTEGER NOT NULL,
      sending_at INTEGER,
      uncertain_since INTEGER,
      lookups INTEGER NOT NULL DEFAULT 0,
      looked_up_at INTEGER,
      resends INTEGER NOT NULL DEFAULT 0,
      sent_at INTEGER,
      ssev_id INTEGER,
      UNIQUE (message, kind),
      CHECK (state <> 'sending' OR sending_at IS NOT NULL),
      CHECK (state <> 'uncertain' OR uncertain_since IS NOT NULL),
      CHECK ((state = 'sent') = (sent_at IS NOT NULL))
    ) STRICT;
    CREATE INDEX reply_sender ON reply (sender_profile, sending_at) WHERE sending_at IS NOT NULL;
    CREATE INDEX reply_mark ON reply (mark);
    CREATE INDEX reply_sending ON reply (id) WHERE state = 'sending';

    """

  /// What was written stays written. The one way out is the erasure of a field's content, which leaves its commitment (domain.md 13).
  private static let appendOnly = """
    CREATE TRIGGER entry_kept BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'entries are never deleted'); END;
    CREATE TRIGGER entry_fixed BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'entries are never changed'); END;
    CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'events are never deleted'); END;
    CREATE TRIGGER event_fixed BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'events are never changed'); END;
    CREATE TRIGGER event_continues BEFORE INSERT ON event
      WHEN NOT EXISTS (SELECT 1 FROM chain WHERE name = NEW.chain AND sequence = NEW.sequence - 1 AND head = NEW.previous)
      BEGIN SELECT raise(ABORT, 'an event must continue its chain'); END;
    CREATE TRIGGER event_field_kept BEFORE DELETE ON event_field BEGIN SELECT raise(ABORT, 'fields are never deleted'); END;
    CREATE TRIGGER event_field_fixed BEFORE UPDATE ON event_field
      WHEN NOT (NEW.event = OLD.event AND NEW.name = OLD.name AND OLD.value IS NOT NULL AND NEW.value IS NULL
        AND NEW.salt IS NULL AND NEW.commitment IS NOT NULL)
      BEGIN SELECT raise(ABORT, 'a field may only be erased'); END;
    CREATE TRIGGER chain_kept BEFORE DELETE ON chain BEGIN SELECT raise(ABORT, 'chains are never deleted'); END;
    CREATE TRIGGER chain_grows BEFORE UPDATE ON chain WHEN NEW.name <> OLD.name OR NEW.sequence <> OLD.sequence + 1
      BEGIN SELECT raise(ABORT, 'a chain grows by one'); END;
    CREATE TRIGGER counter_kept BEFORE DELETE ON counter BEGIN SELECT raise(ABORT, 'counters are never deleted'); END;
    CREATE TRIGGER counter_grows BEFORE UPDATE ON counter
      WHEN NEW.next <= OLD.next OR NEW.journal <> OLD.journal OR NEW.unit <> OLD.unit OR NEW.year <> OLD.year
      BEGIN SELECT raise(ABORT, 'a counter only grows'); END;
    CREATE TRIGGER reply_kept BEFORE DELETE ON reply BEGIN SELECT raise(ABORT, 'replies are never deleted'); END;
    CREATE TRIGGER reply_frozen BEFORE UPDATE OF message, kind, mark, subject, frozen ON reply
      BEGIN SELECT raise(ABORT, 'a reply is worded once'); END;
    CREATE TRIGGER epoch_kept BEFORE DELETE ON epoch BEGIN SELECT raise(ABORT, 'epochs are never deleted'); END;
    CREATE TRIGGER epoch_fixed BEFORE UPDATE ON epoch BEGIN SELECT raise(ABORT, 'epochs are never changed'); END;
    """
}
