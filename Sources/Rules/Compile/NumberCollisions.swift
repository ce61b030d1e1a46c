import Model

/// Refuses counters that could print the same number: two journals, or two units of one journal.
struct NumberCollisions {
  private let context: CompileContext

  init(_ context: CompileContext) { self.context = context }

  func check() {
    let journals = context.journals.filter { $0.numbering == .byRobot }
    let units = context.units.values.sorted { $0.identifier < $1.identifier }
    let languages = journals.map { TemplateLanguage($0.template, units: units) }
    for (index, journal) in journals.enumerated() {
      for earlier in 0..<index {
        guard let text = languages[index].commonText(with: languages[earlier]) else { continue }
        report(
          journal, "the journals \"\(journals[earlier].name)\" and \"\(journal.name)\" could both print `\(text)`",
          "give each journal its own letters in the template")
      }
    }
    let indexes = units.map { Array(TextNormalisation.normalise($0.index).units) }
    let beginning = NumberCollisions.pairs(indexes) { $0.starts(with: $1) }
    let ending = NumberCollisions.pairs(indexes) { $0.reversed().starts(with: $1.reversed()) }
    for journal in journals where journal.counter.perUnit {
      checkUnits(of: journal, (NumberCollisions.isUnitBeforeSequence(journal.template) ? beginning : ending).map { (units[$0], units[$1]) })
    }
  }

  /// What stands on the other side of the unit than the sequence has a fixed length. So two units can print the same only when the index of
  /// one begins (or, behind the sequence, ends) with that of the other.
  private static func isUnitBeforeSequence(_ template: NumberTemplate) -> Bool {
    for part in template.parts {
      switch part {
      case .unitIndex, .unitIdentifier: return true
      case .sequence: return false
      default: continue
      }
    }
    return true
  }

  private static func pairs(_ indexes: [[UInt16]], _ isRelated: ([UInt16], [UInt16]) -> Bool) -> [(Int, Int)] {
    var result: [(Int, Int)] = []
    for (later, index) in indexes.enumerated() {
      for earlier in 0..<later {
        let other = indexes[earlier]
        if index.count < other.count ? isRelated(other, index) : isRelated(index, other) { result.append((earlier, later)) }
      }
    }
    return result
  }

  private func checkUnits(of journal: JournalDefinition, _ pairs: [(Unit, Unit)]) {
    for (first, second) in pairs {
      let one = TemplateLanguage(journal.template, units: [first])
      guard let text = one.commonText(with: TemplateLanguage(journal.template, units: [second])) else { continue }
      return report(
        journal, "in the journal \"\(journal.name)\" the units \(first.identifier) and \(second.identifier) could both print `\(text)`",
        "give them different indexes, or add `{unit.identifier}` to the template")
    }
  }

  private func report(_ journal: JournalDefinition, _ message: String, _ help: String) {
    guard let span = context.numberSpans[journal.name] else { return }
    context.report(.numbersCollide, at: span, message, help: help)
  }
}
