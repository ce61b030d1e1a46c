import Crypto
import Database
package import Model

extension Looking {
  /// Every journal that has begun, by name.
  static func journals(_ connection: Connection) throws(DatabaseError) -> [JournalSummary] {
    let chains = try connection.all("SELECT name, sequence, head FROM chain WHERE name <> ? ORDER BY name", robotChain) {
      (name: $0.text(0), events: $0.integer(1), head: $0.digest(2))
    }
    var summaries: [JournalSummary] = []
    for chain in chains {
      let count = try connection.one("SELECT count(*) FROM entry WHERE journal = ?", chain.name) { Int($0.integer(0)) }
      let last = try connection.one(
        "SELECT number, registered_at FROM entry WHERE journal = ? ORDER BY registered_at DESC, id DESC LIMIT 1", chain.name
      ) { ($0.text(0), $0.moment(1)) }
      summaries.append(
        JournalSummary(
          journal: chain.name, entries: count ?? 0, events: chain.events, lastNumber: last?.0, lastRegisteredAt: last?.1, head: chain.head.hex))
    }
    return summaries
  }

  static func epochs(_ connection: Connection) throws(DatabaseError) -> [EpochRecord] {
    try connection.all("SELECT ordinal || 'x' || token, opened_at, reason FROM epoch ORDER BY ordinal") { row in
      Epoch(row.text(0)).map { EpochRecord(epoch: $0, openedAt: row.moment(1), reason: row.text(2)) }
    }.compactMap { $0 }
  }
}

package struct JournalSummary: Sendable, Equatable {
  package var journal: String
  package var entries: Int
  package var events: Int64
  package var lastNumber: String?
  package var lastRegisteredAt: Timestamp?
  /// Hash of the newest event, lower-case hex.
  package var head: String
}

package struct EpochRecord: Sendable, Equatable {
  package var epoch: Epoch
  package var openedAt: Timestamp
  package var reason: String
}
