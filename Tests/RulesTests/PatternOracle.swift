import Model

@testable import Rules

/// Patterns at random, each as text and as a tree of its own, with the slowest way to match it that is plainly right. Shares nothing with the engine.
indirect enum OraclePattern {
  case letter(Character)
  case oneOf([Character], isNegated: Bool)
  case anything
  case gap
  case start, end, boundary, noBoundary
  case sequence([OraclePattern])
  case choice([OraclePattern])
  case repetition(OraclePattern, Int, Int?, isLazy: Bool)
  case group(OraclePattern)

  static let alphabet: [Character] = ["а", "б", "в", "1", " ", ".", "-"]

  // MARK: As text

  var text: String {
    switch self {
    case .letter(let letter): letter == "." ? "\\." : String(letter)
    case .oneOf(let letters, let isNegated): "[\(isNegated ? "^" : "")\(letters.map { $0 == "-" ? "\\-" : String($0) }.joined())]"
    case .anything: "."
    case .gap: " "
    case .start: "^"
    case .end: "$"
    case .boundary: "\\b"
    case .noBoundary: "\\B"
    case .sequence(let parts): parts.map { if case .choice = $0 { "(?:\($0.text))" } else { $0.text } }.joined()
    case .choice(let parts): parts.map(\.text).joined(separator: "|")
    case .repetition(let inner, let least, let most, let isLazy): "(?:\(inner.text))" + Self.bounds(least, most) + (isLazy ? "?" : "")
    case .group(let inner): "(\(inner.text))"
    }
  }

  private static func bounds(_ least: Int, _ most: Int?) -> String {
    switch (least, most) {
    case (0, nil): "*"
    case (1, nil): "+"
    case (0, 1): "?"
    case (_, nil): "{\(least),}"
    case (_, let most?) where most == least: "{\(least)}"
    case (_, let most?): "{\(least),\(most)}"
    }
  }

  // MARK: At random

  static func random(_ random: inout SeededRandom, depth: Int) -> OraclePattern {
    func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
    func inner() -> OraclePattern { .random(&random, depth: depth - 1) }
    guard depth > 0 else {
      switch random.next() % 12 {
      case 0: return .anything
      case 1: return .gap
      case 2: return pick([.start, .end, .boundary, .noBoundary])
      case 5, 6: return .sequence([.letter(pick(["а", "б", "в"])), .letter(pick(["а", "1"])), .letter(pick(["а", "в"]))])
      case 3, 4: return .oneOf([pick(["а", "б", "в", "1"]), pick(["а", "1", ".", "-"])], isNegated: random.next() % 3 == 0)
      default: return .letter(pick(["а", "а", "б", "в", "1", "."]))
      }
    }
    switch random.next() % 8 {
    case 0, 1, 2: return .sequence((0...Int(random.next() % 3)).map { _ in inner() })
    case 3, 4: return .choice((0...Int(random.next() % 2)).map { _ in inner() })
    case 5, 6:
      let body = inner()
      if case .start = body { return body }
      let least = Int(random.next() % 3)
      let most = pick([nil, least + Int(random.next() % 3)])
      return .repetition(body, least, most == 0 ? 1 : most, isLazy: random.next() % 4 == 0)
    default: return .group(inner())
    }
  }

  // MARK: Slowly

  /// Every end of a match that begins here.
  func ends(_ text: [Character], from start: Int) -> Set<Int> {
    let here = start < text.count ? text[start] : nil
    switch self {
    case .letter(let letter): return here == letter ? [start + 1] : []
    case .oneOf(let letters, let isNegated): return here.map { letters.contains($0) != isNegated } == true ? [start + 1] : []
    case .anything: return here != nil ? [start + 1] : []
    case .gap:
      let isBare = !(Self.isWord(text, start - 1) && Self.isWord(text, start))
      return Set((here == " " ? [start + 1] : []) + (isBare ? [start] : []))
    case .start: return start == 0 ? [start] : []
    case .end: return start == text.count ? [start] : []
    case .boundary: return Self.isWord(text, start - 1) != Self.isWord(text, start) ? [start] : []
    case .noBoundary: return Self.isWord(text, start - 1) == Self.isWord(text, start) ? [start] : []
    case .sequence(let parts):
      return parts.reduce([start]) { starts, part in starts.reduce(into: []) { $0.formUnion(part.ends(text, from: $1)) } }
    case .choice(let parts): return parts.reduce(into: []) { $0.formUnion($1.ends(text, from: start)) }
    case .group(let inner): return inner.ends(text, from: start)
    case .repetition(let inner, let least, let most, _):
      var ends: Set<Int> = least == 0 ? [start] : []
      var reached: Set<Int> = [start]
      // After as many rounds as there are places, nothing new is reached.
      for round in 1...(least + text.count + 1) where most.map({ round <= $0 }) ?? true {
        reached = reached.reduce(into: []) { $0.formUnion(inner.ends(text, from: $1)) }
        if round >= least { ends.formUnion(reached) }
        if reached.isEmpty { break }
      }
      return ends
    }
  }

  private static func isWord(_ text: [Character], _ index: Int) -> Bool {
    text.indices.contains(index) && (text[index].isLetter || text[index].isNumber)
  }

  // MARK: By preference, with groups

  /// Whether a repetition in it repeats what may be empty: how often is then a matter of taste.
  var repeatsNothing: Bool {
    switch self {
    case .sequence(let parts), .choice(let parts): parts.contains(where: \.repeatsNothing)
    case .group(let inner): inner.repeatsNothing
    case .repetition(let inner, _, _, _): inner.mayBeEmpty || inner.repeatsNothing
    default: false
    }
  }

  var mayBeEmpty: Bool {
    switch self {
    case .letter, .oneOf, .anything: false
    case .gap, .start, .end, .boundary, .noBoundary: true
    case .sequence(let parts): parts.allSatisfy(\.mayBeEmpty)
    case .choice(let parts): parts.contains(where: \.mayBeEmpty)
    case .group(let inner): inner.mayBeEmpty
    case .repetition(let inner, let least, _, _): least == 0 || inner.mayBeEmpty
    }
  }

  /// The number of groups in it, by which those behind it are numbered.
  var groupCount: Int {
    switch self {
    case .sequence(let parts), .choice(let parts): parts.reduce(0) { $0 + $1.groupCount }
    case .group(let inner): inner.groupCount + 1
    case .repetition(let inner, _, _, _): inner.groupCount
    default: 0
    }
  }

  typealias Groups = [Int: Range<Int>]

  /// Tries every way in the order of preference; `next` says whether the rest fits.
  func tryAll(
    _ text: [Character], _ start: Int, _ groups: Groups, number: Int, _ steps: inout Int, _ next: (Int, Groups, inout Int) -> (Int, Groups)?
  ) -> (Int, Groups)? {
    steps += 1
    guard steps < 200_000 else { return nil }
    switch self {
    case .sequence(let parts): return Self.inOrder(parts[...], text, start, groups, number: number, &steps, next)
    case .choice(let parts):
      var first = number
      for part in parts {
        if let found = part.tryAll(text, start, groups, number: first, &steps, next) { return found }
        first += part.groupCount
      }
      return nil
    case .group(let inner):
      return inner.tryAll(text, start, groups, number: number + 1, &steps) { end, groups, steps in
        next(end, groups.merging([number: start..<end]) { $1 }, &steps)
      }
    case .repetition(let inner, let least, let most, let isLazy):
      return Self.repeated(inner, least, most, isLazy, 0, text, start, groups, number: number, &steps, next)
    case .gap:
      // One space is preferred to none.
      for end in ends(text, from: start).sorted(by: >) { if let found = next(end, groups, &steps) { return found } }
      return nil
    default:
      guard let end = ends(text, from: start).first else { return nil }
      return next(end, groups, &steps)
    }
  }

  private static func inOrder(
    _ parts: ArraySlice<OraclePattern>, _ text: [Character], _ start: Int, _ groups: Groups, number: Int, _ steps: inout Int,
    _ next: (Int, Groups, inout Int) -> (Int, Groups)?
  ) -> (Int, Groups)? {
    guard let first = parts.first else { return next(start, groups, &steps) }
    return first.tryAll(text, start, groups, number: number, &steps) { end, groups, steps in
      inOrder(parts.dropFirst(), text, end, groups, number: number + first.groupCount, &steps, next)
    }
  }

  private static func repeated(
    _ inner: OraclePattern, _ least: Int, _ most: Int?, _ isLazy: Bool, _ done: Int, _ text: [Character], _ start: Int, _ groups: Groups,
    number: Int, _ steps: inout Int, _ next: (Int, Groups, inout Int) -> (Int, Groups)?
  ) -> (Int, Groups)? {
    let canStop = done >= least
    let canGoOn = most.map { done < $0 } ?? true
    if canStop, isLazy, let found = next(start, groups, &steps) { return found }
    if canGoOn {
      let found = inner.tryAll(text, start, groups, number: number, &steps) { end, groups, steps in
        repeated(inner, least, most, isLazy, done + 1, text, end, groups, number: number, &steps, next)
      }
      if let found { return found }
    }
    return canStop && !isLazy ? next(start, groups, &steps) : nil
  }
}
