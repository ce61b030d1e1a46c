import FoundationEssentials
import Rules

/// Writes generated sets where another engine can read them: `set.rules`, `expressions.json` (RE2, one for each test of a text), `messages.json` (as
/// sent) and `normalised.json` (as our engine compares them, so that both look through the same).
enum RuleSetExport {
  static let sizes = [200, 2_000, 20_000]
  static let messages = 200

  static func header(rules: Int) -> String {
    """
    ruleset "bench" {
      version   "1"
      effective 2026-01-01
    }
    journal "А" { title "А"; system "A"; numbers by robot; counter per year; number "А-{seq}/{year}" }
    otherwise { journal "А"; review }

    """
  }

  static func source(_ set: RuleSetGenerator) -> String {
    // All rules want the same: what is measured is matching, and no order between them is needed.
    header(rules: set.rules.count)
      + set.rules.enumerated().map { "rule \"\($0)\" { when \($1.condition); then { journal \"А\"; type \"x\" } }\n" }.joined()
  }

  static func write(to folder: String) throws {
    for kind in RuleSetGenerator.Kind.allCases {
      for size in sizes {
        let set = RuleSetGenerator(kind, rules: size, messages: messages)
        let place = "\(folder)/\(kind.rawValue)-\(size)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data(source(set).utf8).write(to: URL(filePath: place + "/set.rules"))
        try JSONEncoder().encode(set.rules.map(\.expressions)).write(to: URL(filePath: place + "/expressions.json"))
        try JSONEncoder().encode(set.messages).write(to: URL(filePath: place + "/messages.json"))
        let normalised = set.messages.map { TextNormalisation.normalise($0).string }
        try JSONEncoder().encode(normalised).write(to: URL(filePath: place + "/normalised.json"))
      }
    }
  }
}
