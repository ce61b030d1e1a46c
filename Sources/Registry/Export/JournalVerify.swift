import Crypto
import Database
import Model

package struct VerifyReport: Sendable, Equatable {
  package var chains: Int
  package var events: Int
  package var entries: Int
  /// At most `JournalVerify.limit`.
  package var findings: [VerifyFinding]

  package var isSound: Bool { findings.isEmpty }
}

package struct VerifyFinding: Sendable, Equatable {
  /// Stable: `gap-in-chain`, `chain-broken`, `hash-wrong`, `field-missing`, `event-differs`, `head-wrong`, `entry-differs`, `entry-without-event`,
  /// `event-without-entry`, `gap-in-numbers`, `counter-wrong`, `checkpoint-differs`, `mirror-differs`, `mirror-ahead`,
  /// `erased-unfounded`.
  package var code: String
  package var journal: String
  /// Sequence of the event, or of the number; 0 when it is about the whole journal.
  package var sequence: Int64
  package var text: String
}

/// Recomputes everything that can be recomputed: commitments and hashes from the fields, the chain, entries from events, counters from
/// entries, and the mirror against the chain.
struct JournalVerify {
  static let limit = 1000

  private let connection: Connection
  private var report = VerifyReport(chains: 0, events: 0, entries: 0, findings: [])

  static func run(_ connection: Connection, mirror: (file: Mirror, length: Int64)?) throws -> VerifyReport {
    var verify = JournalVerify(connection: connection)
    try verify.events(mirror)
    try verify.entries()
    try verify.counters()
    try verify.checkpoints()
    return verify.report
  }

  private init(connection: Connection) { self.connection = connection }

  private mutating func find(_ code: String, _ journal: String, _ sequence: Int64, _ text: String) {
    guard report.findings.count < JournalVerify.limit else { return }
    report.findings.append(VerifyFinding(code: code, journal: journal, sequence: sequence, text: text))
  }

  // MARK: events

  /// One pass over every event, in the order in which they were written: its chain from its fields, and its line in the mirror.
  private mutating func events(_ mirror: (file: Mirror, length: Int64)?) throws {
    var walk = EventWalk(connection)
    var findings: [VerifyFinding] = []
    let report: EventWalk.Report = { code, chain, sequence, text in
      guard findings.count < JournalVerify.limit else { return }
      findings.append(VerifyFinding(code: code, journal: chain, sequence: sequence, text: text))
    }
    var comparison = mirror.map { MirrorComparison($0.file, upTo: $0.length) }
    let line: EventWalk.Line = { try comparison?.next($0) }
    try connection.query(EventWalk.query) { row in try walk.take(row, report, line) }
    try walk.finish(report, line)
    self.report.events = walk.events
    let heads = try connection.all("SELECT name, sequence, head FROM chain ORDER BY name") { ($0.text(0), $0.integer(1), $0.digest(2)) }
    self.report.chains = heads.count
    let unknown = Set(walk.chains.keys).subtracting(heads.map(\.0)).sorted()
    for chain in unknown { report("head-wrong", chain, 0, "events of a chain that has no head") }
    for (name, last, head) in heads {
      let (sequence, hash) = walk.chains[name].map { ($0.sequence, $0.hash) } ?? (0, Digest.zero)
      if sequence != last || hash != head { report("head-wrong", name, last, "the chain ends at event \(sequence), its head says \(last)") }
    }
    for finding in findings { find(finding.code, finding.journal, finding.sequence, finding.text) }
    for chain in walk.chains.values.sorted(by: { $0.name < $1.name }) {
      for event in chain.closed { try checkErased(chain.name, event.sequence, event.field) }
    }
    if let mirror, let place = comparison?.firstDifference { try compare(mirror.file, from: place, upTo: mirror.length) }
  }

  /// A value may be gone only where a later event says that the content of the message was erased, and only one that an erasure takes.
  private mutating func checkErased(_ chain: String, _ sequence: Int64, _ field: String) throws {
    let isTold = try connection.one(
      """
      SELECT 1 FROM event JOIN event AS erasure ON erasure.message = event.message AND erasure.kind = 'erasure' AND erasure.id > event.id
      WHERE event.chain = ? AND event.sequence = ? LIMIT 1
      """, chain, sequence
    ) { _ in true }
    if isTold == nil || !Erasure.isErased(field) { find("erased-unfounded", chain, sequence, "`\(field)` has no value, and no event says so") }
  }

  // MARK: entries and counters

  private mutating func entries() throws {
    let count = try connection.one("SELECT count(*) FROM entry") { Int($0.integer(0)) } ?? 0
    report.entries = count
    let unfounded = try connection.all(
      """
      SELECT journal, sequence, number, events FROM (
        SELECT id, journal, sequence, number,
          (SELECT count(*) FROM event WHERE event.entry = entry.id AND event.kind IN ('register', 'void')) AS events
        FROM entry) WHERE events <> 1 ORDER BY id LIMIT ?
      """, JournalVerify.limit
    ) { (journal: $0.text(0), sequence: $0.integer(1), number: $0.text(2), events: $0.integer(3)) }
    for entry in unfounded {
      find("entry-without-event", entry.journal, entry.sequence, "number \(entry.number) has \(entry.events) events of registration")
    }
    let orphans = try connection.all("SELECT chain, sequence FROM event WHERE kind IN ('register', 'void') AND entry IS NULL") {
      ($0.text(0), $0.integer(1))
    }
    for (chain, sequence) in orphans { find("event-without-entry", chain, sequence, "a registration without its entry") }
    // Kinds come from a column that the hash does not cover: count registrations by the field that it does.
    let told =
      try connection.one(
        "SELECT count(*) FROM event_field WHERE name = 'kind' AND value IN ('register', 'void')"
      ) { Int($0.integer(0)) } ?? 0
    if told != count { find("event-without-entry", "", 0, "\(told) registrations and \(count) entries") }
  }

  private mutating func counters() throws {
    let counted = try connection.all(
      """
      SELECT journal, counter_unit, counter_year, min(sequence), max(sequence), count(*),
        (SELECT next FROM counter WHERE counter.journal = entry.journal AND unit = counter_unit AND year = counter_year)
      FROM entry GROUP BY journal, counter_unit, counter_year
      """
    ) { row in
      (journal: row.text(0), first: row.integer(3), last: row.integer(4), count: row.integer(5), next: row.optionalInteger(6))
    }
    for counter in counted {
      if counter.last - counter.first + 1 != counter.count {
        find("gap-in-numbers", counter.journal, counter.last, "\(counter.count) entries between \(counter.first) and \(counter.last)")
      }
      if counter.next != counter.last + 1 {
        find("counter-wrong", counter.journal, counter.last, "the last number is \(counter.last), the next \(counter.next.map(String.init) ?? "?")")
      }
    }
    let unused = try connection.all(
      """
      SELECT journal, next FROM counter WHERE NOT EXISTS (
        SELECT 1 FROM entry WHERE entry.journal = counter.journal AND counter_unit = unit AND counter_year = year)
      """
    ) { ($0.text(0), $0.integer(1)) }
    for (journal, next) in unused { find("counter-wrong", journal, next, "a counter without entries stands at \(next)") }
  }

  // MARK: checkpoints

  /// Each head that was signed must still be where it was, and each checkpoint must name the one before.
  private mutating func checkpoints() throws {
    var previous = Digest.zero
    var findings: [(String, Int64, String)] = []
    try connection.query(
      """
      SELECT event.sequence, value FROM event JOIN event_field ON event_field.event = event.id AND name = 'checkpoint'
      WHERE kind = 'checkpoint' ORDER BY event.id
      """
    ) { row in
      let (number, text) = (row.integer(0), row.text(1))
      guard let heads = Checkpoint.heads(of: text) else { return findings.append((robotChain, number, "the checkpoint cannot be read")) }
      if !text.contains("\nprevious: \(previous.hex)\n") {
        findings.append((robotChain, number, "the checkpoint does not name the one before"))
      }
      previous = SHA256.digest(text)
      for head in heads where head.sequence > 0 {
        let hash = try connection.one("SELECT hash FROM event WHERE chain = ? AND sequence = ?", head.chain, head.sequence) { $0.digest(0) }
        if hash != head.hash { findings.append((head.chain, head.sequence, "the event is not the one that checkpoint \(number) has signed")) }
      }
    }
    for finding in findings { find("checkpoint-differs", finding.0, finding.1, finding.2) }
  }

  // MARK: mirror

  /// What the mirror holds from a place on where it is not, byte for byte, what the events would give: line by line, for the words to say so.
  private mutating func compare(_ mirror: Mirror, from start: Int64, upTo length: Int64) throws {
    var findings: [(String, String, Int64, String)] = []
    try mirror.events(from: start, upTo: length) { event in
      let hash = try connection.one("SELECT hash FROM event WHERE chain = ? AND sequence = ?", event.chain, event.sequence) { $0.digest(0) }
      guard findings.count < JournalVerify.limit else { return }
      if let hash {
        if hash != event.hash {
          findings.append(("mirror-differs", event.chain, event.sequence, "the mirror holds another event at this place"))
        }
      } else {
        findings.append(("mirror-ahead", event.chain, event.sequence, "the mirror holds an event that the database lacks"))
      }
    }
    for finding in findings { find(finding.0, finding.1, finding.2, finding.3) }
  }
}
