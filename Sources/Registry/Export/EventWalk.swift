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
  private var fieldInput: [UInt8] = []
  private var fieldPrefix = 0
  /// What the event's hash is computed from: grows with each field, which come in the order of their names.
  private var eventInput: [UInt8] = []
  private var line: [UInt8] = []
  private var hasFields = false

  static let query = """
    SELECT event.id, chain, event.sequence, previous, hash, kind, at, name, value, salt, commitment
    FROM event LEFT JOIN event_field ON event_field.event = event.id ORDER BY event.id, name
    """

  /// A row of `query`.
  mutating func take(_ row: borrowing Row, _ report: Report, _ line: Line) throws {
    if row.integer(0) != id || current == nil {
      try finishEvent(report, line)
      begin(row, report)
    }
    guard !row.isNull(7), let current else { return }
    let isClosed = !row.isNull(10)
    if isClosed {
      row.withBytes(10) { bytes in
        for (index, byte) in bytes.enumerated() where index < Digest.length { commitment[index] = byte }
      }
      let name = row.text(7)
      if current.closed.last?.sequence != current.sequence || !Erasure.isErased(name) { current.closed.append((current.sequence, name)) }
    } else {
      if row.withBytes(7, { $0.elementsEqual(EventField.kind.utf8) }) { told.kind = row.text(8) }
      if row.withBytes(7, { $0.elementsEqual(EventField.at.utf8) }) { told.at = row.text(8) }
      fieldInput.removeLast(fieldInput.count - fieldPrefix)
      row.withBytes(7) { EventWalk.addPrefixed($0, to: &fieldInput) }
      row.withBytes(9) { fieldInput.append(contentsOf: $0) }
      row.withBytes(8) { EventWalk.addPrefixed($0, to: &fieldInput) }
      hash(fieldInput)
    }
    row.withBytes(7) { EventWalk.addPrefixed($0, to: &eventInput) }
    eventInput.append(contentsOf: commitment)
    row.withBytes(7) { name in
      row.withBytes(8) { value in row.withBytes(9) { salt in addToLine(name, isClosed ? nil : (value, salt)) } }
    }
  }

  mutating func finish(_ report: Report, _ line: Line) throws { try finishEvent(report, line) }

  // MARK: One event

  private mutating func begin(_ row: borrowing Row, _ report: Report) {
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
    fieldInput.removeAll(keepingCapacity: true)
    fieldInput += EventHasher.fieldMark.utf8
    EventWalk.addPrefixed(name, to: &fieldInput)
    EventWalk.addPrefixed(String(number), to: &fieldInput)
    fieldPrefix = fieldInput.count
    eventInput.removeAll(keepingCapacity: true)
    eventInput += EventHasher.eventMark.utf8
    eventInput += stated.previous.bytes
    EventWalk.addPrefixed(name, to: &eventInput)
    EventWalk.addPrefixed(String(number), to: &eventInput)
    line.removeAll(keepingCapacity: true)
    MirrorLine.begin(chain: name, &line)
  }

  private mutating func finishEvent(_ report: Report, _ body: Line) throws {
    guard let current else { return }
    hash(eventInput)
    if commitment != stated.hash.bytes { report("hash-wrong", current.name, current.sequence, "the hash is not that of the fields") }
    if told.kind != stated.kind || told.at != stated.at.iso8601 {
      report("event-differs", current.name, current.sequence, "kind or time of the event is not what its fields say")
    }
    current.hash = stated.hash
    MirrorLine.end(hash: stated.hash, previous: stated.previous, sequence: current.sequence, &line)
    try line.withUnsafeBytes { try body($0) }
  }

  private mutating func addToLine(_ name: UnsafeRawBufferPointer, _ open: (value: UnsafeRawBufferPointer, salt: UnsafeRawBufferPointer)?) {
    MirrorLine.field(name: name, commitment: commitment, open: open, isFirst: !hasFields, &line)
    hasFields = true
  }

  /// Into `commitment`.
  private mutating func hash(_ bytes: [UInt8]) {
    hasher.update(bytes)
    commitment.withUnsafeMutableBytes { hasher.finish(into: $0) }
  }

  private static func addPrefixed(_ bytes: UnsafeRawBufferPointer, to input: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { input.append(contentsOf: $0) }
    input.append(contentsOf: bytes)
  }

  private static func addPrefixed(_ text: String, to input: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) { input.append(contentsOf: $0) }
    input.append(contentsOf: text.utf8)
  }
}
