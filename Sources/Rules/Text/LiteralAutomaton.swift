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

  private struct State {
    var firstEdge: Int32
    var fail: Int32 = 0
    /// The nearest state on the way of failures, itself included, at which a literal ends; -1 for none.
    var output: Int32 = -1
    var depth: Int32
    var firstLiteral: Int32
  }

  private struct Edge {
    let unit: UInt16
    let target: Int32
  }

  /// One more than there are states: the last one only ends the edges and literals of the one before.
  private let states: [State]
  private let edges: [Edge]
  private let literals: [Int32]
  /// By unit, for the root.
  private let root: [Int32]

  /// Several patterns may name the same literal (its variants).
  init(_ patterns: some Sequence<(units: [UInt16], literal: Int32)>) {
    var builder = TrieBuilder()
    for pattern in patterns where !pattern.units.isEmpty { builder.insert(pattern.units, pattern.literal) }
    let trie = builder.breadthFirst()
    edges = zip(trie.edgeUnit, trie.edgeTarget).map { Edge(unit: $0, target: $1) }
    literals = trie.outputLiteral
    var states = trie.edgeStart.indices.map {
      State(firstEdge: trie.edgeStart[$0], depth: $0 < trie.depth.count ? trie.depth[$0] : 0, firstLiteral: trie.outputStart[$0])
    }
    var root = [Int32](repeating: 0, count: 0x10000)
    for edge in edges[0..<Int(states[1].firstEdge)] { root[Int(edge.unit)] = edge.target }
    for state in 0..<(states.count - 1) {
      if states[state + 1].firstLiteral > states[state].firstLiteral {
        states[state].output = Int32(state)
      } else if state > 0 {
        states[state].output = states[Int(states[state].fail)].output
      }
      guard state > 0 else { continue }
      for edge in edges[Int(states[state].firstEdge)..<Int(states[state + 1].firstEdge)] {
        var ahead = states[state].fail
        while true {
          if ahead == 0 {
            states[Int(edge.target)].fail = root[Int(edge.unit)]
            break
          }
          let next = edges.withUnsafeBufferPointer { edges in
            states.withUnsafeBufferPointer { LiteralAutomaton.child(ahead, edge.unit, $0, edges) }
          }
          if next >= 0 {
            states[Int(edge.target)].fail = next
            break
          }
          ahead = states[Int(ahead)].fail
        }
      }
    }
    self.states = states
    self.root = root
  }

  /// Calls `found` for every occurrence, in the order of their ends, until it says no.
  func scan(_ units: [UInt16], _ found: (Hit) -> Bool) {
    guard states.count > 2 else { return }
    // All indices below come from this automaton's own tables; only `unit` comes from the text, and the root has an entry for each.
    states.withUnsafeBufferPointer { states in
      edges.withUnsafeBufferPointer { edges in
        root.withUnsafeBufferPointer { root in
          var state: Int32 = 0
          var end: Int32 = 0
          for unit in units {
            end += 1
            while true {
              if state == 0 {
                state = root[Int(unit)]
                break
              }
              let next = LiteralAutomaton.child(state, unit, states, edges)
              if next >= 0 {
                state = next
                break
              }
              state = states[Int(state)].fail
            }
            var ending = states[Int(state)].output
            while ending >= 0 {
              let here = states[Int(ending)]
              for slot in Int(here.firstLiteral)..<Int(states[Int(ending) + 1].firstLiteral) {
                guard found(Hit(literal: literals[slot], start: end - here.depth, end: end)) else { return }
              }
              ending = here.fail == 0 ? -1 : states[Int(here.fail)].output
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func child(
    _ state: Int32, _ unit: UInt16, _ states: UnsafeBufferPointer<State>, _ edges: UnsafeBufferPointer<Edge>
  ) -> Int32 {
    var low = Int(states[Int(state)].firstEdge)
    var high = Int(states[Int(state) + 1].firstEdge)
    while high - low > 4 {
      let middle = (low + high) / 2
      if edges[middle].unit <= unit { low = middle } else { high = middle }
    }
    while low < high {
      if edges[low].unit == unit { return edges[low].target }
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
  private var isEnd: [Bool] = [false]
  private var rootChildren: [UInt16: Int32] = [:]

  mutating func insert(_ pattern: [UInt16], _ literal: Int32) {
    var state: Int32 = 0
    for next in pattern { state = child(of: state, next) }
    if literals[state]?.contains(literal) != true { literals[state, default: []].append(literal) }
    isEnd[Int(state)] = true
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
    isEnd.append(false)
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
    let count = firstChild.count
    var order: [Int32] = [0]
    order.reserveCapacity(count)
    flat.depth = [0]
    flat.depth.reserveCapacity(count)
    flat.edgeStart.reserveCapacity(count + 1)
    flat.outputStart.reserveCapacity(count + 1)
    flat.edgeUnit.reserveCapacity(count)
    flat.edgeTarget.reserveCapacity(count)
    var siblings: [Int32] = []
    var index = 0
    while index < order.count {
      let state = Int(order[index])
      flat.edgeStart.append(Int32(flat.edgeUnit.count))
      flat.outputStart.append(Int32(flat.outputLiteral.count))
      if isEnd[state] { flat.outputLiteral += literals[Int32(state)] ?? [] }
      let depth = flat.depth[index] + 1
      func append(_ child: Int32) {
        flat.edgeUnit.append(unit[Int(child)])
        flat.edgeTarget.append(Int32(order.count))
        flat.depth.append(depth)
        order.append(child)
      }
      let first = firstChild[state]
      if first >= 0, nextSibling[Int(first)] < 0 {
        append(first)
      } else if first >= 0 {
        siblings.removeAll(keepingCapacity: true)
        var child = first
        while child >= 0 {
          siblings.append(child)
          child = nextSibling[Int(child)]
        }
        siblings.sort { unit[Int($0)] < unit[Int($1)] }
        for child in siblings { append(child) }
      }
      index += 1
    }
    flat.edgeStart.append(Int32(flat.edgeUnit.count))
    flat.outputStart.append(Int32(flat.outputLiteral.count))
    return flat
  }
}
