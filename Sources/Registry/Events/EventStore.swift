import Crypto
import Database
import Model
import Runtime

/// What is to be appended: the writer adds sequence, salts and hashes.
struct EventDraft {
  var chain: String
  var kind: EventKind
  var at: Timestamp
  var actor: String
  /// Rows of this database that the event is about.
  var entry: Int64?
  var message: Int64?
  /// Besides kind, time and actor. `nil` values are left out.
  var fields: [String: String?]

  init(
    _ kind: EventKind, chain: String, at: Timestamp, actor: String, entry: Int64? = nil, message: Int64? = nil,
    fields: [String: String?] = [:]
  ) {
    self.chain = chain
    self.kind = kind
    self.at = at
    self.actor = actor
    self.entry = entry
    self.message = message
    self.fields = fields
  }
}

/// The chains of events in the database.
enum EventStore {
  /// Appends an event to its chain; the first one of a chain is preceded by its opening.
  static func append(
    _ draft: EventDraft, environment: EnvironmentName, epoch: Epoch, random: any RandomSource, _ transaction: borrowing Transaction
  ) throws(DatabaseError) {
    if try head(of: draft.chain, transaction.connection) == nil {
      let opening = EventDraft(
        .open, chain: draft.chain, at: draft.at, actor: draft.actor,
        fields: [
          EventField.environment: environment.description, "journal": draft.chain, EventField.epoch: epoch.description, "format": "1",
        ])
      try insert(seal(opening, after: (0, .zero), random), of: opening, transaction)
    }
    guard let head = try head(of: draft.chain, transaction.connection) else { return }
    try insert(seal(draft, after: head, random), of: draft, transaction)
  }

  /// The newest event of a chain; `nil` when there is no such chain.
  static func head(of chain: String, _ connection: Connection) throws(DatabaseError) -> (sequence: Int64, hash: Digest)? {
    try connection.one("SELECT sequence, head FROM chain WHERE name = ?", chain) { ($0.integer(0), $0.digest(1)) }
  }

  /// The time of the newest event of all chains. There are as many rows to look at as journals.
  static func lastTime(_ connection: Connection) throws(DatabaseError) -> Timestamp? {
    try connection.one("SELECT max(last_at) FROM chain") { $0.optionalMoment(0) } ?? nil
  }

  private static func seal(_ draft: EventDraft, after head: (sequence: Int64, hash: Digest), _ random: any RandomSource) -> Event {
    var values = draft.fields.compactMapValues { $0 }
    values[EventField.kind] = draft.kind.rawValue
    values[EventField.at] = draft.at.iso8601
    values[EventField.actor] = draft.actor
    let sequence = head.sequence + 1
    let salts = random.bytes(saltLength * values.count)
    var hasher = EventHasher()
    var fields: [Event.Field] = []
    fields.reserveCapacity(values.count)
    for (name, value) in values.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      let salt = Array(salts[fields.count * saltLength..<(fields.count + 1) * saltLength])
      let commitment = hasher.commitment(chain: draft.chain, sequence: sequence, name: name, salt: salt, value: value)
      fields.append(Event.Field(name: name, content: .open(value: value, salt: salt), commitment: commitment))
    }
    let hash = hasher.eventHash(
      previous: head.hash, chain: draft.chain, sequence: sequence, fields: fields.map { ($0.name, $0.commitment) })
    return Event(chain: draft.chain, sequence: sequence, previous: head.hash, hash: hash, fields: fields)
  }

  private static let saltLength = 16

  private static func insert(_ event: Event, of draft: EventDraft, _ transaction: borrowing Transaction) throws(DatabaseError) {
    try insert(event, kind: draft.kind.rawValue, at: draft.at, entry: draft.entry, message: draft.message, transaction)
  }

  /// Enters an event that is whole, and moves the head of its chain. The database refuses one that does not continue the chain.
  static func insert(
    _ event: Event, kind: String, at: Timestamp, entry: Int64?, message: Int64?, _ transaction: borrowing Transaction
  ) throws(DatabaseError) {
    if event.sequence == 1 {
      try transaction.run("INSERT INTO chain (name, sequence, head, last_at) VALUES (?, 0, ?, ?)", event.chain, Digest.zero, at)
    }
    let id = try transaction.insert(
      "INSERT INTO event (chain, sequence, previous, hash, kind, at, entry, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      event.chain, event.sequence, event.previous, event.hash, kind, at, entry, message)
    for field in event.fields {
      switch field.content {
      case .open(let value, let salt):
        try transaction.run("INSERT INTO event_field (event, name, value, salt) VALUES (?, ?, ?, ?)", id, field.name, value, salt)
      case .closed:
        try transaction.run("INSERT INTO event_field (event, name, commitment) VALUES (?, ?, ?)", id, field.name, field.commitment)
      }
    }
    try transaction.run(
      "UPDATE chain SET sequence = ?, head = ?, last_at = max(last_at, ?) WHERE name = ?", event.sequence, event.hash, at, event.chain)
  }

  /// Calls `body` with every event whose id is greater, in the order they were written.
  static func events(after id: Int64, _ connection: Connection, body: (_ id: Int64, Event) throws -> Void) throws {
    try connection.query("SELECT id, chain, sequence, previous, hash FROM event WHERE id > ? ORDER BY id", id) { row in
      let id = row.integer(0)
      let chain = row.text(1)
      let sequence = row.integer(2)
      try body(
        id,
        Event(
          chain: chain, sequence: sequence, previous: row.digest(3), hash: row.digest(4),
          fields: try fields(of: id, chain: chain, sequence: sequence, connection)))
    }
  }

  /// The fields of one event by name; commitments of open fields are computed anew.
  static func fields(of id: Int64, chain: String, sequence: Int64, _ connection: Connection) throws(DatabaseError) -> [Event.Field] {
    var hasher = EventHasher()
    var fields: [Event.Field] = []
    // BINARY collation orders by UTF-8 bytes, as the format wants.
    let rows = try connection.all("SELECT name, value, salt, commitment FROM event_field WHERE event = ? ORDER BY name", id) { row in
      (name: row.text(0), value: row.optionalText(1), salt: row.blob(2), commitment: row.optionalDigest(3))
    }
    for row in rows {
      if let value = row.value {
        let commitment = hasher.commitment(chain: chain, sequence: sequence, name: row.name, salt: row.salt, value: value)
        fields.append(Event.Field(name: row.name, content: .open(value: value, salt: row.salt), commitment: commitment))
      } else {
        fields.append(Event.Field(name: row.name, content: .closed, commitment: row.commitment ?? .zero))
      }
    }
    return fields
  }
}
