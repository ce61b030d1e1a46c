/// The states of one pattern's automaton as they are met, and the steps between them: a table that is filled while texts are read. It never grows
/// beyond its bound; when it is full it begins anew, and the worst that can be is that every unit costs one pass over the pattern.
///
/// What is found does not depend on what the table holds.
struct PatternStates: Sendable {
  /// Steps that the table may hold before it begins anew.
  private static let maximumEntries = 1 << 15
  /// … and places of threads in all its states.
  private static let maximumPlaces = 1 << 16
  private static let unknown: Int32 = -1
  private static let found: Int32 = -2

  private let width: Int
  /// For state `s` and class `c`, the next state or what is known of it, at `s * width + c`.
  private var table: [Int32]
  private var kernels: [Kernel] = []
  private var ids: [Kernel: Int32] = [:]
  private var scratch: Marks
  /// How often a step had to be computed.
  private(set) var misses = 0

  /// Where threads stand before what follows is known, and what stands before them.
  private struct Kernel: Hashable {
    let places: [Int32]
    let before: Neighbour
  }

  /// Instructions already met at one place of the text.
  private struct Marks {
    var generation: UInt32 = 0
    var marks: [UInt32]
    var stack: [Int32] = []
    var taking: [Int32] = []
  }

  init(_ pattern: Pattern) {
    width = pattern.alphabet.count + 1
    table = []
    scratch = Marks(marks: [UInt32](repeating: 0, count: pattern.instructions.count))
    _ = state(Kernel(places: [], before: .edge))
  }

  /// Bytes held, about: a kernel is kept twice.
  var bytes: Int { table.count * 4 + kernels.count * 200 + kernelPlaces * 8 + scratch.marks.count * 12 }
  private var kernelPlaces = 0

  /// Where the earliest match ends that begins at `start` or behind and ends within the first `limit` units; `nil` when there is none.
  mutating func end(of pattern: Pattern, in units: [UInt16], from start: Int = 0, limit: Int) -> Int? {
    let last = min(limit, units.count)
    var position = start
    var current: Int32 = 0
    if start > 0 {
      let before = pattern.alphabet.neighbours[pattern.alphabet.classOf(units[start - 1])]
      current = state(Kernel(places: [], before: before))
    }
    while position <= last {
      // Through what is known already.
      (position, current) = walk(pattern.alphabet, units, from: position, to: last, current)
      guard position <= last else { return nil }
      let symbol = position < units.count ? pattern.alphabet.classOf(units[position]) : width - 1
      var next = table[Int(current) + symbol]
      if next == PatternStates.unknown { next = step(pattern, &current, symbol) }
      if next == PatternStates.found { return position }
      current = next
      position += 1
    }
    return nil
  }

  /// Up to the first unit whose step is unknown or finds a match, or past the end. Offsets are those of `table`.
  @inline(__always)
  private func walk(_ alphabet: PatternAlphabet, _ units: [UInt16], from start: Int, to last: Int, _ state: Int32) -> (Int, Int32) {
    var position = start
    var current = state
    let inside = min(last + 1, units.count)
    table.withUnsafeBufferPointer { table in
      units.withUnsafeBufferPointer { units in
        alphabet.low.withUnsafeBufferPointer { low in
          while position < inside {
            let unit = Int(units[position])
            let symbol = unit < LetterTable.limit ? Int(low[unit]) : alphabet.classOf(UInt16(unit))
            let next = table[Int(current) + symbol]
            guard next >= 0 else { return }
            current = next
            position += 1
          }
        }
      }
    }
    return (position, current)
  }

  /// The step from a state; the table may begin anew, and then the state has another offset.
  private mutating func step(_ pattern: Pattern, _ current: inout Int32, _ symbol: Int) -> Int32 {
    misses += 1
    let kernel = kernels[Int(current) / width]
    let after: Neighbour = symbol == width - 1 ? .edge : pattern.alphabet.neighbours[symbol]
    let isFound = close(pattern, kernel, after)
    if isFound || symbol == width - 1 {
      // At the end of the text nothing follows, so any state does.
      table[Int(current) + symbol] = isFound ? PatternStates.found : 0
      return table[Int(current) + symbol]
    }
    var places: [Int32] = []
    for place in scratch.taking {
      if case .take(let set) = pattern.instructions[Int(place)], pattern.alphabet.members[Int(set)][symbol] { places.append(place + 1) }
    }
    places.sort()
    let next = Kernel(places: places, before: after)
    if let known = ids[next] {
      table[Int(current) + symbol] = known
      return known
    }
    let isFull = table.count + width > PatternStates.maximumEntries || kernelPlaces + places.count > PatternStates.maximumPlaces
    if isFull, kernels.count > 2 {
      table.removeAll(keepingCapacity: true)
      kernels.removeAll(keepingCapacity: true)
      ids.removeAll(keepingCapacity: true)
      kernelPlaces = 0
      _ = state(Kernel(places: [], before: .edge))
      current = state(kernel)
    }
    let id = state(next)
    table[Int(current) + symbol] = id
    return id
  }

  private mutating func state(_ kernel: Kernel) -> Int32 {
    if let known = ids[kernel] { return known }
    let id = Int32(kernels.count * width)
    kernels.append(kernel)
    kernelPlaces += kernel.places.count
    ids[kernel] = id
    table.append(contentsOf: repeatElement(PatternStates.unknown, count: width))
    return id
  }

  /// Follows everything that takes no unit, from the kernel and from a match that begins here; true when a match ends here. What takes a unit is
  /// then in `scratch.taking`.
  private mutating func close(_ pattern: Pattern, _ kernel: Kernel, _ after: Neighbour) -> Bool {
    scratch.generation &+= 1
    if scratch.generation == 0 {
      for index in scratch.marks.indices { scratch.marks[index] = 0 }
      scratch.generation = 1
    }
    scratch.taking.removeAll(keepingCapacity: true)
    scratch.stack.removeAll(keepingCapacity: true)
    scratch.stack.append(0)
    scratch.stack.append(contentsOf: kernel.places)
    while let place = scratch.stack.popLast() {
      guard scratch.marks[Int(place)] != scratch.generation else { continue }
      scratch.marks[Int(place)] = scratch.generation
      switch pattern.instructions[Int(place)] {
      case .take: scratch.taking.append(place)
      case .split(let first, let second):
        scratch.stack.append(second)
        scratch.stack.append(first)
      case .jump(let target): scratch.stack.append(target)
      case .save: scratch.stack.append(place + 1)
      case .assertion(let assertion): if assertion.holds(kernel.before, after) { scratch.stack.append(place + 1) }
      case .match: return true
      }
    }
    return false
  }
}
