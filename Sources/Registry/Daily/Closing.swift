import Database
import Model

/// A month or a year of a journal that has ended.
struct Period: Equatable, CustomStringConvertible {
  let year: Int
  /// `nil` for the whole year.
  let month: Int?

  /// `2026-07` or `2026`.
  var description: String { month.map { "\(padded(year, 4))-\(padded($0, 2))" } ?? padded(year, 4) }

  init(year: Int, month: Int?) {
    self.year = year
    self.month = month
  }

  init?(_ text: String) {
    let parts = text.split(separator: "-").map { Int($0) }
    guard (1...2).contains(parts.count), let year = parts[0] else { return nil }
    self.init(year: year, month: parts.count == 2 ? parts[1] : nil)
  }

  /// Midnights in Sofia.
  var bounds: (from: Timestamp, to: Timestamp)? {
    let next = (month ?? 12) == 12 ? (year + 1, 1) : (year, (month ?? 12) + 1)
    guard let first = CivilDate(year: year, month: month ?? 1, day: 1), let last = CivilDate(year: next.0, month: next.1, day: 1) else { return nil }
    return (SofiaTime.midnight(of: first), SofiaTime.midnight(of: last))
  }

  /// The months from this period's end up to the one before `date`, each December followed by its year.
  func following(until date: CivilDate) -> [Period] {
    var periods: [Period] = []
    var (year, month) = (self.year, self.month ?? 12)
    while true {
      (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
      guard (year, month) < (date.year, date.month) else { return periods }
      periods.append(Period(year: year, month: month))
      if month == 12 { periods.append(Period(year: year, month: nil)) }
    }
  }
}

/// The last events of a month: how many numbers each counter gave, from which to which. What is closed can no longer be added to unseen.
enum Closing {
  /// The numbers of one counter within a period, as the field `counters` lists them.
  struct CounterText: Codable, Equatable {
    var count: Int64
    var first: Int64
    var last: Int64
    var unit: String
    var year: Int64
  }

  /// Periods of a journal that have ended before this day and were not closed.
  static func due(_ journal: String, on date: CivilDate, _ connection: Connection) throws -> [Period] {
    let last = try connection.one(
      """
      SELECT value FROM event_field
      WHERE name = 'period' AND event = (SELECT id FROM event WHERE chain = ? AND kind = 'closing' ORDER BY id DESC LIMIT 1)
      """, journal
    ) { $0.text(0) }
    if let last, let period = Period(last) { return period.following(until: date) }
    guard let begun = try connection.one("SELECT at FROM event WHERE chain = ? AND sequence = 1", journal, body: { $0.moment(0) }) else { return [] }
    // The period before the first one counts as closed.
    let first = SofiaTime.date(of: begun)
    let before = first.month == 1 ? Period(year: first.year - 1, month: 12) : Period(year: first.year, month: first.month - 1)
    return before.following(until: date)
  }

  static func fields(_ period: Period, of journal: String, _ connection: Connection) throws -> [String: String?] {
    guard let bounds = period.bounds else { return [:] }
    let counters = try connection.all(
      """
      SELECT counter_unit, counter_year, min(sequence), max(sequence), count(*) FROM entry
      WHERE journal = ? AND registered_at >= ? AND registered_at < ? GROUP BY counter_unit, counter_year ORDER BY counter_unit, counter_year
      """, journal, bounds.from, bounds.to
    ) { row in
      CounterText(count: row.integer(4), first: row.integer(2), last: row.integer(3), unit: row.text(0), year: row.integer(1))
    }
    return [
      EventField.period: period.description, EventField.entries: String(counters.reduce(0) { $0 + $1.count }),
      EventField.counters: try JSONText.encode(counters),
    ]
  }
}
