import Model

/// Conditions as the evaluator runs them: nodes in one list, equal ones only once, so that a test shared by many rules is made once.
enum Node: Hashable, Sendable {
  case atom(Int)
  case all([Int])
  case any([Int])
  case not(Int)
  /// True when the inner node is true of one and the same document.
  case anyDocument(Int)
}

/// One test.
struct Atom: Hashable, Sendable {
  enum Subject: Hashable, Sendable {
    /// Index in the fact catalogue.
    case fact(Int)
    case column(RowBinding, Int)
  }

  enum Test: Hashable, Sendable {
    case exists
    case flag
    case words(Set<String>)
    case text(TextTest)
    case number(Comparison, [Int64])
    case date(Comparison, [CivilDate])
    case inTable(Int)
    /// The same text as another fact has.
    case sameAs(Int)
  }

  let subject: Subject
  /// All values must pass, and there must be one.
  let every: Bool
  let test: Test
}

enum Comparison: String, Hashable, Sendable {
  case isOneOf = "is"
  case equal = "="
  case unequal = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  func holds<Value: Comparable>(_ value: Value, _ wanted: [Value]) -> Bool {
    guard let first = wanted.first else { return false }
    switch self {
    case .isOneOf: return wanted.contains(value)
    case .equal: return value == first
    case .unequal: return value != first
    case .less: return value < first
    case .lessOrEqual: return value <= first
    case .greater: return value > first
    case .greaterOrEqual: return value >= first
    }
  }
}

/// A test on text. Literals are indices in the ruleset's list; several mean any of them.
struct TextTest: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case contains
    /// The whole text, after normalisation.
    case equals
    case startsWith
    case endsWith
    /// `patterns` instead of literals.
    case pattern
  }

  let kind: Kind
  let literals: [Int]
  /// Indices in the ruleset's list of patterns; several mean any of them.
  var patterns: [Int] = []
  /// Only what begins and ends within the first so many characters of the normalised text counts.
  var window: Int?
  var near: Near?

  /// Whether it finds its words anywhere in the text.
  var looksInside: Bool { kind == .contains || kind == .pattern }

  struct Near: Hashable, Sendable {
    let literals: [Int]
    /// Words that may stand between the two.
    let words: Int
  }
}

/// A text that rules look for.
struct Literal: Hashable, Sendable {
  enum Mode: Hashable, Sendable {
    /// Whole words.
    case words
    /// Anywhere, also inside a word.
    case part
    /// The beginning of a word whose ending may differ: at most `stemEnding` letters follow.
    case stem
  }

  /// Letters that may follow a stem: enough for endings and articles („обжалв“ + „ането“), too few for another word („жалб“ + „оподател“).
  static let stemEnding = 5

  let text: String
  let mode: Mode
  /// Normalised forms; any of them is the literal.
  let variants: [[UInt16]]

  init(_ text: String, mode: Mode) {
    self.text = text
    self.mode = mode
    let plain = TextNormalisation.normalise(text).units
    var variants = [plain]
    // A part of a word does not show the script of the word around it.
    if mode != .words { variants.append(TextNormalisation.normalise(text, lookAlikes: .latin).units) }
    // „заявление-декларация“ may be broken at its own hyphen, and then reads as one word.
    let dash: UInt16 = 0x2D
    if plain.contains(dash) { variants.append(Literal.withoutInnerDashes(plain)) }
    self.variants = variants.reduce(into: []) { if !$1.isEmpty, !$0.contains($1) { $0.append($1) } }
  }

  /// Anywhere, in any of these forms.
  init(forms: [[UInt16]]) {
    text = String(decoding: forms.first ?? [], as: UTF16.self)
    mode = .part
    variants = forms
  }

  private static func withoutInnerDashes(_ units: [UInt16]) -> [UInt16] {
    let table = LetterTable.shared
    return units.indices.filter { index in
      guard units[index] == 0x2D, index > 0, index + 1 < units.count else { return true }
      return !(table.isWord(units[index - 1]) && table.isWord(units[index + 1]))
    }.map { units[$0] }
  }
}
