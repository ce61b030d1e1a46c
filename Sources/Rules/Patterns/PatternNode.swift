/// A pattern as it is written, over units of normalised text.
indirect enum PatternNode: Hashable, Sendable {
  case empty
  case set(UnitSet)
  /// A space of the pattern: one space of the text, or nothing where the preparation of texts leaves none, beside punctuation and at the edges.
  case gap
  case assertion(Assertion)
  case sequence([PatternNode])
  /// The first that leads to a match is taken.
  case choice([PatternNode])
  /// `most` is `nil` for no bound. `isLazy` tries fewer first.
  case repetition(PatternNode, least: Int, most: Int?, isLazy: Bool)
  /// From 1.
  case capture(Int, PatternNode)

  enum Assertion: UInt8, Hashable, Sendable {
    case textStart, textEnd, wordBoundary, noWordBoundary
    /// Punctuation or an edge on at least one side.
    case besidePunctuation
  }

  /// Whether it can match the empty text somewhere.
  var isNullable: Bool {
    switch self {
    case .empty, .gap, .assertion: true
    case .set: false
    case .sequence(let parts): parts.allSatisfy(\.isNullable)
    case .choice(let parts): parts.contains(where: \.isNullable)
    case .repetition(let inner, let least, _, _): least == 0 || inner.isNullable
    case .capture(_, let inner): inner.isNullable
    }
  }
}

/// What stands on either side of a place in a text.
enum Neighbour: UInt8, Sendable {
  case edge = 0
  case word = 1
  case other = 2
}

extension PatternNode.Assertion {
  func holds(_ before: Neighbour, _ after: Neighbour) -> Bool {
    switch self {
    case .textStart: before == .edge
    case .textEnd: after == .edge
    case .wordBoundary: (before == .word) != (after == .word)
    case .noWordBoundary: (before == .word) == (after == .word)
    case .besidePunctuation: before != .word || after != .word
    }
  }
}
