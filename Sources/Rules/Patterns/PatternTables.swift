import Synchronization

/// The tables of all patterns of a ruleset, lent to one decision at a time: they are filled while texts are read and serve the next decision too.
final class PatternTables: Sendable {
  /// One decision's tables. What they hold changes how fast a pattern is matched, never what is found.
  struct Set: Sendable {
    private var states: [PatternStates?]
    /// Bytes held by all of them, about.
    private(set) var bytes = 0

    /// All tables of one set together; when they hold more, all begin anew.
    static let maximumBytes = 16 << 20

    init(count: Int) { states = Array(repeating: nil, count: count) }

    mutating func end(of pattern: Pattern, _ number: Int, in units: [UInt16], from start: Int, limit: Int) -> Int? {
      if states[number] == nil { states[number] = PatternStates(pattern) }
      bytes -= states[number]?.bytes ?? 0
      let end = states[number]?.end(of: pattern, in: units, from: start, limit: limit)
      bytes += states[number]?.bytes ?? 0
      if bytes > Set.maximumBytes {
        states = Array(repeating: nil, count: states.count)
        bytes = 0
      }
      return end
    }
  }

  private let count: Int
  private let idle = Mutex<[Set]>([])

  init(count: Int) { self.count = count }

  func take() -> Set { idle.withLock { $0.popLast() } ?? Set(count: count) }

  func give(_ set: Set) { idle.withLock { $0.append(set) } }
}
