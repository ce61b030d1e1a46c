import Crypto
import Database
import Model

/// Goes along one chain, a field at a time, and recomputes it. Reads names, values and salts where SQLite keeps them.
struct ChainVerifier: ~Copyable {
  typealias Report = (_ code: String, _ sequence: Int64, _ text: String) -> Void

  private(set) var sequence: Int64 = 0
  private(set) var hash = Digest.zero
  private(set) var events = 0
  /// Events with a field that has lost its value, and the first such field.
  private(set) var closed: [(sequence: Int64, field: String)] = []

  private let chain: String
  private var commitments = EventHasher()
  private var stated = (previous: Digest.zero, hash: Digest.zero, kind: "", at: Timestamp(microseconds: 0))
  private var fields: [(name: String, commitment: Digest)] = []
  /// What the covered fields say, to compare with the columns that are not covered.
  private var told: (kind: String?, at: String?) = (nil, nil)

  init(chain: String) { self.chain = chain }

  /// A row: sequence, previous, hash, kind, at, field's name, value, salt, commitment; ordered by sequence.
  mutating func take(_ row: borrowing Row, _ report: Report) {
    let number = row.integer(0)
    if events == 0 || number != sequence {
      finishEvent(report)
      if number != sequence + 1 { report("gap-in-chain", number, "event \(sequence + 1) is missing") }
      begin(number, row, report)
    }
    guard !row.isNull(5) else { return }
    let name = row.text(5)
    if let commitment = row.optionalDigest(8) {
      fields.append((name, commitment))
      if closed.last?.sequence != number || !Erasure.isErased(name) { closed.append((number, name)) }
      return
    }
    switch name {
    case EventField.kind: told.kind = row.text(6)
    case EventField.at: told.at = row.text(6)
    default: break
    }
    fields.append((name, commitments.commitment(chain: chain, sequence: number, row)))
  }

  mutating func finish(_ report: Report) { finishEvent(report) }

  private mutating func begin(_ number: Int64, _ row: borrowing Row, _ report: Report) {
    sequence = number
    events += 1
    stated = (row.digest(1), row.digest(2), row.text(3), row.moment(4))
    if stated.previous != hash { report("chain-broken", number, "the event does not name its predecessor's hash") }
    fields.removeAll(keepingCapacity: true)
    told = (nil, nil)
  }

  private mutating func finishEvent(_ report: Report) {
    guard events > 0 else { return }
    let computed = commitments.eventHash(previous: stated.previous, chain: chain, sequence: sequence, fields: fields)
    if computed != stated.hash { report("hash-wrong", sequence, "the hash is not that of the fields") }
    if told.kind != stated.kind || told.at != stated.at.iso8601 {
      report("event-differs", sequence, "kind or time of the event is not what its fields say")
    }
    hash = stated.hash
  }
}

extension EventHasher {
  /// Of the row of a `ChainVerifier`, without copies.
  fileprivate mutating func commitment(chain: String, sequence: Int64, _ row: borrowing Row) -> Digest {
    begin(chain: chain, sequence: sequence)
    row.withBytes(5) { add($0) }
    row.withBytes(7) { update($0) }
    row.withBytes(6) { add($0) }
    return finish()
  }
}
