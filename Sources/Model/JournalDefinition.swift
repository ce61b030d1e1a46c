/// An incoming journal (входящ дневник) as the ruleset declares it.
package struct JournalDefinition: Sendable, Equatable, Codable {
  /// Its short name, the key of its chain: `ЗСПД`. Never reused for another journal.
  package var name: String
  package var title: String
  /// Where its documents are handed on: `ИИС`, `документооборот`.
  package var system: String
  package var numbering: Numbering
  package var counter: CounterScope
  package var template: NumberTemplate

  package enum Numbering: String, Sendable, Codable {
    case byRobot, byTarget
  }

  package init(name: String, title: String, system: String, numbering: Numbering, counter: CounterScope, template: NumberTemplate) {
    self.name = name
    self.title = title
    self.system = system
    self.numbering = numbering
    self.counter = counter
    self.template = template
  }
}

/// What one number sequence of a journal belongs to.
package struct CounterScope: Sendable, Equatable, Codable {
  package var perUnit: Bool
  /// Starts anew at midnight Europe/Sofia on 1 January.
  package var perYear: Bool
  package var start: Int64

  package init(perUnit: Bool, perYear: Bool, start: Int64 = 1) {
    self.perUnit = perUnit
    self.perYear = perYear
    self.start = start
  }
}

/// The unit whose counter and index a number uses (a row of `units.csv`).
package struct Unit: Sendable, Equatable, Codable {
  /// Identifier in ССЕВ, 13 digits (9 for the central office).
  package var identifier: String
  package var name: String
  /// The fragment in its numbers: `Д-В`. An obviously fictitious one (`Д-?1306`) until the administration sets it.
  package var index: String
  package var phone: String

  package init(identifier: String, name: String, index: String, phone: String = "") {
    self.identifier = identifier
    self.name = name
    self.index = index
    self.phone = phone
  }

  /// Not yet set by the administration: no mailbox with it may be active.
  package var hasFictitiousIndex: Bool { index.contains("?") }
}

/// The shape of a journal's numbers: literal text with `{unit.index}`, `{unit.identifier}`, `{seq}`, `{seq:000}`, `{year}`,
/// `{date:dd.MM.yyyy}`. Dates are those of registration, Europe/Sofia, so that numbers are monotonic in date (domain.md 5.2).
package struct NumberTemplate: Sendable, Equatable {
  package enum Part: Sendable, Equatable {
    case literal(String)
    case unitIndex
    case unitIdentifier
    /// The sequence number, zero-padded to this width.
    case sequence(width: Int)
    case year
    case date(pattern: String)
  }

  package let source: String
  package let parts: [Part]

  package struct Mistake: Error, Equatable, Sendable {
    package let message: String
    /// Characters from the start of the template.
    package let offset: Int
  }

  package init(_ source: String) throws(Mistake) {
    var parts: [Part] = []
    var literal = ""
    var rest = Substring(source)
    while let character = rest.first {
      let offset = source.count - rest.count
      if character == "}" { throw Mistake(message: "`}` without `{`", offset: offset) }
      guard character == "{" else {
        literal.append(character)
        rest = rest.dropFirst()
        continue
      }
      guard let end = rest.firstIndex(of: "}") else { throw Mistake(message: "`{` without `}`", offset: offset) }
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal = ""
      parts.append(try NumberTemplate.field(String(rest[rest.index(after: rest.startIndex)..<end]), offset: offset))
      rest = rest[rest.index(after: end)...]
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
    let sequences = parts.filter { if case .sequence = $0 { true } else { false } }.count
    guard sequences == 1 else { throw Mistake(message: "a number template needs `{seq}` exactly once", offset: 0) }
    self.source = source
    self.parts = parts
  }

  private static func field(_ text: String, offset: Int) throws(Mistake) -> Part {
    switch text {
    case "unit.index": return .unitIndex
    case "unit.identifier": return .unitIdentifier
    case "seq": return .sequence(width: 0)
    case "year": return .year
    default: break
    }
    if text.hasPrefix("seq:"), text.dropFirst(4).allSatisfy({ $0 == "0" }), (1...12).contains(text.count - 4) {
      return .sequence(width: text.count - 4)
    }
    if text.hasPrefix("date:"), text.count > 5 { return .date(pattern: String(text.dropFirst(5))) }
    throw Mistake(
      message: "unknown field `{\(text)}`: use {unit.index}, {unit.identifier}, {seq}, {seq:000}, {year} or {date:dd.MM.yyyy}", offset: offset)
  }

  package var usesUnit: Bool { parts.contains(.unitIndex) || parts.contains(.unitIdentifier) }

  /// Whether two years always print differently.
  package var usesYear: Bool {
    parts.contains { part in
      if case .date(let pattern) = part { pattern.contains("yyyy") } else { part == .year }
    }
  }

  /// The printed number.
  package func render(sequence: Int64, unit: Unit, registeredAt: Timestamp) -> String {
    parts.map { part in
      switch part {
      case .literal(let text): text
      case .unitIndex: unit.index
      case .unitIdentifier: unit.identifier
      case .sequence(let width): padded(Int(sequence), width)
      case .year: padded(SofiaTime.date(of: registeredAt).year, 4)
      case .date(let pattern): SofiaTime.format(registeredAt, pattern)
      }
    }.joined()
  }
}

extension NumberTemplate: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      self = try NumberTemplate(try container.decode(String.self))
    } catch let mistake as Mistake {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: mistake.message)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(source)
  }
}
