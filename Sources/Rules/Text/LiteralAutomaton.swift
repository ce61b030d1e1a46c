/// Finds all literals of a ruleset in one pass over a text (Aho–Corasick).
///
/// States are numbered in breadth order; the edges of a state stand side by side, sorted by unit; the root has a full table. Each unit of
/// the text costs at most two steps on average, whatever the literals are.
struct LiteralAutomaton: Sendable {
  /// A literal that ends at this unit of the text: its number, and where it begins.
  struct Hit {
    let literal: Int32
    let start: Int32
    let end: Int32
  }

  private let edgeStart: [Int32]
  private let edgeUnit: [UInt16]
  private let edgeTarget: [Int32]
  private let fail: [Int32]
  /// The nearest state on the way of failures, itself included, at which a literal ends; -1 for none.
  private let output: [Int32]
  private let rootTable: [Int32]
  private let outputStart: [Int32]
  private let outputLiteral: [Int32]
  private let depth: [Int32]

  var stateCount: Int { fail.count }

  /// Several patterns may name the same literal (its variants).
  init(_ patterns: some Sequence<(units: [UInt16], literal: Int32)>) {
    var builder = TrieBuilder()
    for pattern in patterns where !pattern.units.isEmpty { builder.insert(pattern.units, pattern.literal) }
    let trie = builder.breadthFirst()
    edgeStart = trie.edgeStart
    edgeUnit = trie.edgeUnit
    edgeTarget = trie.edgeTarget
    depth = trie.depth
    outputStart = trie.outputStart
    outputLiteral = trie.outputLiteral
    let count = trie.depth.count
    var root = [Int32](repeating: 0, count: 0x10000)
    for edge in Int(edgeStart[0])..<Int(edgeStart[1]) { root[Int(edgeUnit[edge])] = edgeTarget[edge] }
    rootTable = root
    var fail = [Int32](repeating: 0, count: count)
    var output = [Int32](repeating: -1, count: count)
    for state in 0..<count {
      if trie.outputStart[state + 1] > trie.outputStart[state] {
        output[state] = Int32(state)
      } else if state > 0 {
        output[state] = output[Int(fail[state])]
      }
      for edge in Int(edgeStart[state])..<Int(edgeStart[state + 1]) {
        let unit = edgeUnit[edge]
        let target = Int(edgeTarget[edge])
        guard state != 0 else { continue }
        var ahead = fail[state]
        while true {
          if ahead == 0 {
            fail[target] = root[Int(unit)]
            break
          }
          let next = LiteralAutomaton.child(ahead, unit, trie.edgeStart, trie.edgeUnit, trie.edgeTarget)
          if next >= 0 {
            fail[target] = next
            break
          }
          ahead = fail[Int(ahead)]
        }
      }
    }
    self.fail = fail
    self.output = output
  }

  /// Calls `found` for every occurrence, in the order of their ends.
  func scan(_ units: [UInt16], _ found: (Hit) -> Void) {
    guard fail.count > 1 else { return }
    var state: Int32 = 0
    for index in 0..<units.count {
      let unit = units[index]
      while true {
        if state == 0 {
          state = rootTable[Int(unit)]
          break
        }
        let next = LiteralAutomaton.child(state, unit, edgeStart, edgeUnit, edgeTarget)
        if next >= 0 {
          state = next
          break
        }
        state = fail[Int(state)]
      }
      var ending = output[Int(state)]
      while ending >= 0 {
        let end = Int32(index + 1)
        let start = end - depth[Int(ending)]
        for slot in Int(outputStart[Int(ending)])..<Int(outputStart[Int(ending) + 1]) {
          found(Hit(literal: outputLiteral[slot], start: start, end: end))
        }
        let next = fail[Int(ending)]
        ending = next == 0 ? -1 : output[Int(next)]
      }
    }
  }

  @inline(__always)
  private static func child(_ state: Int32, _ unit: UInt16, _ starts: [Int32], _ edges: [UInt16], _ targets: [Int32]) -> Int32 {
    var low = Int(starts[Int(state)])
    var high = Int(starts[Int(state) + 1])
    while high - low > 4 {
      let middle = (low + high) / 2
      if edges[middle] <= unit { low = middle } else { high = middle }
    }
    while low < high {
      if edges[low] == unit { return targets[low] }
      low += 1
    }
    return -1
  }
}

/// A trie in which each state keeps its first child and next sibling; turned into flat arrays once all literals are in.
private struct TrieBuilder {
  private var firstChild: [Int32] = [-1]
  private var nextSibling: [Int32] = [-1]
  private var unit: [UInt16] = [0]
  private var literals: [Int32: [Int32]] = [:]
  private var rootChildren: [UInt16: Int32] = [:]

  mutating func insert(_ pattern: [UInt16], _ literal: Int32) {
    var state: Int32 = 0
    for next in pattern { state = child(of: state, next) }
    if literals[state]?.contains(literal) != true { literals[state, default: []].append(literal) }
  }

  private mutating func child(of state: Int32, _ wanted: UInt16) -> Int32 {
    if state == 0, let known = rootChildren[wanted] { return known }
    var candidate = firstChild[Int(state)]
    while candidate >= 0 {
      if unit[Int(candidate)] == wanted { return candidate }
      candidate = nextSibling[Int(candidate)]
    }
    let new = Int32(firstChild.count)
    firstChild.append(-1)
    nextSibling.append(firstChild[Int(state)])
    unit.append(wanted)
    firstChild[Int(state)] = new
    if state == 0 { rootChildren[wanted] = new }
    return new
  }

  struct Flat {
    var edgeStart: [Int32] = []
    var edgeUnit: [UInt16] = []
    var edgeTarget: [Int32] = []
    var depth: [Int32] = []
    var outputStart: [Int32] = []
    var outputLiteral: [Int32] = []
  }

  func breadthFirst() -> Flat {
    var flat = Flat()
    var order: [Int32] = [0]
    flat.depth = [0]
    var index = 0
    while index < order.count {
      let state = order[index]
      flat.edgeStart.append(Int32(flat.edgeUnit.count))
      flat.outputStart.append(Int32(flat.outputLiteral.count))
      flat.outputLiteral += literals[state] ?? []
      var children: [Int32] = []
      var child = firstChild[Int(state)]
      while child >= 0 {
        children.append(child)
        child = nextSibling[Int(child)]
      }
      children.sort { unit[Int($0)] < unit[Int($1)] }
      for child in children {
        flat.edgeUnit.append(unit[Int(child)])
        flat.edgeTarget.append(Int32(order.count))
        flat.depth.append(flat.depth[index] + 1)
        order.append(child)
      }
      index += 1
    }
    flat.edgeStart.append(Int32(flat.edgeUnit.count))
    flat.outputStart.append(Int32(flat.outputLiteral.count))
    return flat
  }
}
