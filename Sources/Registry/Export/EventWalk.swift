import Crypto
import Database
import Model

/// Goes along all chains at once, in the order in which their events were written, a field at a time, and recomputes each: commitments and hash from
/// the fields, and the line that the mirror must hold for it. So everything is read once, where SQLite keeps it, and hashed once.
struct EventWalk: ~Copyable {
  typealias Report = (_ code: String, _ chain: String, _ sequence: Int64, _ text: String) -> Void
  /// The line of the mirror for the event that has just ended, line end included.
  typealias Line = (UnsafeRawBufferPointer) throws -> Void

  /// How far one chain was followed.
  final class Chain {
    let name: String
    fileprivate(set) var sequence: Int64 = 0
    fileprivate(set) var hash = Digest.zero
    /// Events with a field that has lost its value, and the first such field.
    fileprivate(set) var closed: [(sequence: Int64, field: String)] = []

    fileprivate init(name: String) { self.name = name }
  }

  /// By name.
  private(set) var chains: [String: Chain] = [:]
  private(set) var events = 0

  private var current: Chain?
  private var id: Int64 = 0
  private var stated = (previous: Digest.zero, hash: Digest.zero, kind: "", at: Timestamp(microseconds: 0))
  /// What the covered fields say, to compare with the columns that are not covered.
  private var told: (kind: String?, at: String?) = (nil, nil)
  private var hasher = SHA256()
  private var commitment = [UInt8](repeating: 0, count: Digest.length)
  /// What a field's commitment is computed from; the part that is the same for each field of the event is kept.
  private var fieldInput = ByteWriter()
  private var fieldPrefix = 0
  /// What the event's hash is computed from: grows with each field, which come in the order of their names.
  private var eventInput = ByteWriter()
  private var line = ByteWriter()
  private var hasFields = false
  /// Of an event that registered an entry.
  private var entry: EntryComparison?
  private let connection: Connection

  init(_ connection: Connection) { self.connection = connection }

  static let query = """
    SELECT event.id, chain, event.sequence, previous, hash, kind, at, name, value, salt, commitment, event.entry
    FROM event LEFT JOIN event_field ON event_field.event = event.id ORDER BY event.id, name
    """

  /// A row of `query`.
  mutating func take(_ row: borrowing Row, _ report: Report, _ line: Line) throws {
    if row.integer(0) != id || current == nil {
      try finishEvent(report, line)
      try begin(row, report)
    }
    guard !row.isNull(7) else { return }
    // Each asked for once: every question to SQLite costs about as much as the field itself.
    row.withBytes(7) { name in
      guard row.isNull(10) else {
        row.withBytes(10) { commitment in
          for (index, byte) in commitment.enumerated() where index < Digest.length { self.commitment[index] = byte }
        }
        return closed(name)
      }
      row.withBytes(8) { value in row.withBytes(9) { salt in open(name, value, salt) } }
    }
  }

  private mutating func open(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ salt: UnsafeRawBufferPointer) {
    if name.count == 4, name.elementsEqual(EventField.kind.utf8) { told.kind = String(decoding: value, as: UTF8.self) }
    if name.count == 2, name.elementsEqual(EventField.at.utf8) { told.at = String(decoding: value, as: UTF8.self) }
    fieldInput.cut(to: fieldPrefix)
    fieldInput.appendPrefixed(name)
    fieldInput.append(salt)
    fieldInput.appendPrefixed(value)
    hasher.update(fieldInput.bytes)
    finishHash()
    eventInput.appendPrefixed(name)
    eventInput.append(commitment)
    MirrorLine.field(name: name, commitment: commitment, open: (value, salt), isFirst: !hasFields, &line)
    hasFields = true
    entry?.take(name: name, value: value)
  }

  /// A field that has lost its value; its commitment is read.
  private mutating func closed(_ name: UnsafeRawBufferPointer) {
    let text = String(decoding: name, as: UTF8.self)
    if let current, current.closed.last?.sequence != current.sequence || !Erasure.isErased(text) { current.closed.append((current.sequence, text)) }
    eventInput.appendPrefixed(name)
    eventInput.append(commitment)
    MirrorLine.field(name: name, commitment: commitment, open: nil, isFirst: !hasFields, &line)
    hasFields = true
    entry?.take(name: name, value: nil)
  }

  mutating func finish(_ report: Report, _ line: Line) throws { try finishEvent(report, line) }

  // MARK: One event

  private mutating func begin(_ row: borrowing Row, _ report: Report) throws {
    let name = row.text(1)
    let chain = chains[name] ?? Chain(name: name)
    chains[name] = chain
    current = chain
    id = row.integer(0)
    events += 1
    let number = row.integer(2)
    if number != chain.sequence + 1 { report("gap-in-chain", name, number, "event \(chain.sequence + 1) is missing") }
    chain.sequence = number
    stated = (row.digest(3), row.digest(4), row.text(5), row.moment(6))
    if stated.previous != chain.hash { report("chain-broken", name, number, "the event does not name its predecessor's hash") }
    told = (nil, nil)
    hasFields = false
    fieldInput.cut(to: 0)
    fieldInput.append(EventHasher.fieldMark)
    fieldInput.appendPrefixed(name)
    fieldInput.appendPrefixed(String(number))
    fieldPrefix = fieldInput.count
    eventInput.cut(to: 0)
    eventInput.append(EventHasher.eventMark)
    eventInput.append(stated.previous.bytes)
    eventInput.appendPrefixed(name)
    eventInput.appendPrefixed(String(number))
    line.cut(to: 0)
    MirrorLine.begin(chain: name, &line)
    // Kinds and entries come from columns that the hash does not cover: who calls counts them once more by what it does cover.
    let registers = (stated.kind == "register" || stated.kind == "void") && !row.isNull(11)
    entry = registers ? try EntryComparison(entry: row.integer(11), chain: name, connection) : nil
  }

  private mutating func finishEvent(_ report: Report, _ body: Line) throws {
    guard let current else { return }
    hasher.update(eventInput.bytes)
    finishHash()
    if commitment != stated.hash.bytes { report("hash-wrong", current.name, current.sequence, "the hash is not that of the fields") }
    if told.kind != stated.kind || told.at != stated.at.iso8601 {
      report("event-differs", current.name, current.sequence, "kind or time of the event is not what its fields say")
    }
    current.hash = stated.hash
    entry?.finish(report)
    MirrorLine.end(hash: stated.hash, previous: stated.previous, sequence: current.sequence, &line)
    try body(line.bytes)
  }

  /// Into `commitment`.
  private mutating func finishHash() { commitment.withUnsafeMutableBytes { hasher.finish(into: $0) } }
}
