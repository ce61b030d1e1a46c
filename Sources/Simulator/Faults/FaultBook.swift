/// The faults in force, and what has become of them.
struct FaultBook: Sendable {
  private struct Entry {
    var fault: Fault
    var seen = 0
    var struck = 0
    var firstStrike: Instant?
  }

  private var entries: [Entry]

  init(_ faults: [Fault]) { entries = faults.map { Entry(fault: $0) } }

  mutating func set(_ faults: [Fault]) { entries = faults.map { Entry(fault: $0) } }

  mutating func add(_ fault: Fault) { entries.append(Entry(fault: fault)) }

  /// How often each fault has struck, in the order they were set.
  var strikes: [(fault: Fault, count: Int)] { entries.map { ($0.fault, $0.struck) } }

  /// The faults that strike now. `matches` says which kinds the occasion is for.
  mutating func take(at now: Instant, _ chance: inout Chance, matching matches: (Fault) -> Bool) -> [Fault] {
    var taken: [Fault] = []
    for index in entries.indices where matches(entries[index].fault) {
      let fault = entries[index].fault
      if let first = entries[index].firstStrike, let lasting = fault.lasting, now > first.advanced(bySeconds: lasting) { continue }
      if let count = fault.count, entries[index].struck >= count { continue }
      entries[index].seen += 1
      guard entries[index].seen > fault.skip else { continue }
      guard fault.rate >= 1 || chance.fraction() < fault.rate else { continue }
      entries[index].struck += 1
      entries[index].firstStrike = entries[index].firstStrike ?? now
      taken.append(fault)
    }
    return taken
  }

  /// Seconds by which a late row or commit is late: as given, else random below the horizon; with `beyond`, that much after it.
  func delay(of fault: Fault, horizon: Double, _ chance: inout Chance) -> Double {
    if fault.values["beyond"] != nil { return horizon + (fault.number("seconds") ?? 1 + chance.fraction() * horizon) }
    // Rounded so that the log shows a number anybody can read.
    return min(fault.number("seconds") ?? (chance.fraction() * horizon * 0.9 * 10).rounded() / 10, horizon)
  }
}
