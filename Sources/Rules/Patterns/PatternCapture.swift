/// Where a match and its groups stand: all ways through the pattern at once, unit by unit, the preferred one first. Costs one pass over the pattern
/// for each unit, at most; asked only where a match is known to be.
struct PatternCapture {
  private let pattern: Pattern
  private let slots: Int
  private var marks: [Int]
  private var generation = 0

  private struct Thread {
    let place: Int32
    var slots: [Int32]
  }

  init(_ pattern: Pattern) {
    self.pattern = pattern
    slots = 2 * (pattern.groups.count + 1)
    marks = [Int](repeating: -1, count: pattern.instructions.count)
  }

  /// The leftmost match, of those the one that the pattern prefers, that begins at `start` or behind and ends within the first `limit` units: the whole and each group, `nil` for a
  /// group that took no part. `limit` cuts what may be taken, not what stands behind.
  static func first(of pattern: Pattern, in units: [UInt16], from start: Int = 0, limit: Int) -> [Range<Int>?]? {
    var capture = PatternCapture(pattern)
    return capture.run(units, from: start, limit: min(limit, units.count))
  }

  private mutating func run(_ units: [UInt16], from start: Int, limit: Int) -> [Range<Int>?]? {
    var current: [Thread] = []
    var best: [Int32]?
    var position = start
    while position <= limit {
      let before = neighbour(units, position - 1)
      let after = neighbour(units, position)
      // Threads as they stand, then one that begins here, unless a match has been found: an earlier beginning is preferred.
      generation += 1
      var closed: [Thread] = []
      for thread in current { close(thread, position, before, after, &closed) }
      if best == nil {
        var fresh = Thread(place: 0, slots: [Int32](repeating: -1, count: slots))
        fresh.slots[0] = Int32(position)
        close(fresh, position, before, after, &closed)
      }
      current.removeAll(keepingCapacity: true)
      step: for thread in closed {
        switch pattern.instructions[Int(thread.place)] {
        case .take(let set):
          if position < limit, pattern.sets[Int(set)].contains(units[position]) {
            current.append(Thread(place: thread.place + 1, slots: thread.slots))
          }
        default:
          // A match: what is preferred less is given up.
          best = thread.slots
          best?[1] = Int32(position)
          break step
        }
      }
      if current.isEmpty, best != nil { break }
      position += 1
    }
    guard let best else { return nil }
    return (0..<(slots / 2)).map { (group: Int) -> Range<Int>? in
      let (start, end) = (Int(best[2 * group]), Int(best[2 * group + 1]))
      return start >= 0 && end >= start ? start..<end : nil
    }
  }

  private func neighbour(_ units: [UInt16], _ index: Int) -> Neighbour {
    guard units.indices.contains(index) else { return .edge }
    return LetterTable.shared.isWord(units[index]) ? .word : .other
  }

  /// Adds what a thread leads to without taking a unit, the preferred first.
  private mutating func close(_ thread: Thread, _ position: Int, _ before: Neighbour, _ after: Neighbour, _ result: inout [Thread]) {
    var stack = [thread]
    while let next = stack.popLast() {
      guard marks[Int(next.place)] != generation else { continue }
      marks[Int(next.place)] = generation
      switch pattern.instructions[Int(next.place)] {
      case .take, .match: result.append(next)
      case .split(let first, let second):
        stack.append(Thread(place: second, slots: next.slots))
        stack.append(Thread(place: first, slots: next.slots))
      case .jump(let target): stack.append(Thread(place: target, slots: next.slots))
      case .save(let slot):
        var slots = next.slots
        slots[Int(slot)] = Int32(position)
        stack.append(Thread(place: next.place + 1, slots: slots))
      case .assertion(let assertion):
        if assertion.holds(before, after) { stack.append(Thread(place: next.place + 1, slots: next.slots)) }
      }
    }
  }
}
