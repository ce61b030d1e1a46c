import Model

/// A kind of document, one line of the ruleset's table of types.
package struct DocumentType: Sendable, Equatable {
  package let code: String
  package let title: String
  /// The class of domain.md 12: `family-benefits`, `complaint`, …
  package let group: String
  package let system: String
  /// Whether its sender gets a confirmation unless the rule says otherwise.
  package let confirmation: Bool
  package let urgent: Bool
}

/// What the rest of the program may know about a rule.
package struct RuleDescription: Sendable, Equatable {
  package let name: String
  /// Empty for a `mark` rule, and in a ruleset without stages.
  package let stage: String
  package let isMark: Bool
  /// Samples that this rule decides.
  package let matches: [String]
  /// Samples for which it is true though another rule decides.
  package let fires: [String]
  /// Samples for which it is not true though at least one of its tests is.
  package let ignores: [String]
  /// `asp.rules:12`.
  package let place: String
}

/// A table of the ruleset, checked, with its rows by key.
struct RuleTable: Sendable {
  let name: String
  let columns: [String]
  let rows: [[String]]
  /// Row by normalised key.
  let rowByKey: [String: Int]
}

/// `service.number in services as s`: the row that `s.…` means.
struct RowBinding: Hashable, Sendable {
  let fact: Int
  let table: Int
}

/// A value of an outcome: written in the rule, or taken from the row of a table.
enum ValueSource<Value: Sendable & Hashable>: Sendable, Hashable {
  case constant(Value)
  case column(RowBinding, Int)
}

enum UnitSource: Sendable, Hashable {
  case constant(String)
  case column(RowBinding, Int)
  case fact(Int)
}

/// What a rule says is to be done.
struct OutcomeTemplate: Sendable, Hashable {
  enum Reply: Sendable, Hashable {
    case none
    case kind(String)
  }

  var notRegistered: String?
  var journal: ValueSource<String>?
  var type: ValueSource<String>?
  var unit: UnitSource?
  var system: ValueSource<String>?
  /// A constant in its written form: `14 days`.
  var term: ValueSource<String>?
  var urgent: Bool?
  var reply: Reply?
  var tags: [String] = []
  /// Facts with the numbers of earlier documents.
  var links: [Int] = []
  var review: String?
}

struct CompiledRule: Sendable {
  let description: RuleDescription
  /// 0 is the highest stage.
  let stage: Int
  let condition: Int
  let outcome: OutcomeTemplate
  /// Indices of rules of the same stage that it beats, also through others.
  var beats: Set<Int> = []
}

/// Terms as they are written: `14 days`, `10 working-days`, `2 months`, `48 hours`, `end-of-next-month`.
enum TermText {
  static let units = ["day", "days", "working-day", "working-days", "month", "months", "hour", "hours"]
  static let expected = "`14 days`, `10 working-days`, `2 months`, `48 hours` or `end-of-next-month`"

  static func parse(_ text: String) -> Term? {
    if text == "end-of-next-month" { return .endOfNextMonth }
    let parts = text.split(separator: " ")
    guard parts.count == 2, let count = Int(parts[0]), (1...3650).contains(count) else { return nil }
    switch parts[1] {
    case "day", "days": return .days(count)
    case "working-day", "working-days": return .workingDays(count)
    case "month", "months": return .months(count)
    case "hour", "hours": return .hours(count)
    default: return nil
    }
  }
}

/// Kinds of reply by the Bulgarian letters of domain.md 6.3.
enum ReplyLetter {
  static let kinds: [String: ReplyKind] = ["А": .confirmation, "В": .notConfirmed, "Г": .forwarded, "Д": .duplicate]
}
