/// One thing found out about a document or a message: its name in the catalogue, its value, where it came from and how sure it is.
package struct Fact: Sendable, Equatable, Codable {
  /// A name of `FactCatalogue`.
  package var name: String
  package var value: FactValue
  package var source: FactSource
  package var certainty: Certainty

  package init(_ name: String, _ value: FactValue, source: FactSource, certainty: Certainty = .stated) {
    self.name = name
    self.value = value
    self.source = source
    self.certainty = certainty
  }
}

/// A fact's value. Codes, identifiers and names are text; leading zeros are part of it.
package enum FactValue: Sendable, Equatable, Codable {
  case text(String)
  case number(Int64)
  case date(CivilDate)
  case flag(Bool)

  /// As an explanation or a table cell shows it.
  package var display: String {
    switch self {
    case .text(let value): value
    case .number(let value): String(value)
    case .date(let value): value.description
    case .flag(let value): value ? "да" : "не"
    }
  }
}

/// Where a fact was found.
package struct FactSource: Sendable, Equatable, Codable {
  /// The document: `message` (the fields of ССЕВ), `body`, `1`, `2` … for attachments in order, `2/1` for one nested in the second.
  package var document: String
  /// How: a stable word such as `info.xml`, `ereg`, `subject`, `file-name`, `text`, `pattern`.
  package var method: String
  /// Where inside: an element path, a line, a page; empty when the document is all there is to say.
  package var place: String

  package init(document: String, method: String, place: String = "") {
    self.document = document
    self.method = method
    self.place = place
  }
}

/// How far a fact may be trusted.
package enum Certainty: String, Sendable, Equatable, Codable {
  /// A field of a structured document says it.
  case stated
  /// Found in text by a label or pattern.
  case found
  /// Repaired or guessed on the way (homoglyphs, encoding, OCR).
  case guessed
}
