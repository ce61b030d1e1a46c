/// What `intake-reader` got out of one attachment: the whole content of its output pipe, and all that the rest of the program ever sees of
/// a stranger's bytes. The parent validates it as hostile input (caps on text, facts, nesting) before it is stored.
package struct DocumentReading: Sendable, Equatable, Codable {
  /// Changes whenever the same bytes may read differently; part of the key under which a reading is cached.
  package var readerVersion: Int
  package var kind: DocumentKind
  /// What the file is called inside the document that it came out of: for people and rules, never a path. At most `ReadingLimits.nameBytes`
  /// of one line; `nil` for an attachment itself, whose name the reader never learns, and for a part without one.
  package var name: String?
  package var status: ReadingStatus
  /// Why it was not read, or not wholly: a stable word (`password-protected`, `no-text`, `tool-missing`, `page-limit`, `damaged`, …); empty when read.
  package var reason: String
  package var form: DocumentForm
  /// The document's own title as far as one was recognised.
  package var title: String?
  /// Text in reading order, UTF-8, at most `ReadingLimits.textBytes`.
  package var text: String?
  package var textIsTruncated: Bool
  package var textQuality: TextQuality
  package var facts: [Fact]
  package var nested: [DocumentReading]
  /// Stable words on what happened on the way: guesses, repairs, limits reached, missing layers.
  package var notes: [String]

  /// The version of this build's reader.
  package static let currentReaderVersion = 2

  package init(
    readerVersion: Int = DocumentReading.currentReaderVersion, kind: DocumentKind, name: String? = nil, status: ReadingStatus,
    reason: String = "", form: DocumentForm = .none, title: String? = nil, text: String? = nil, textIsTruncated: Bool = false,
    textQuality: TextQuality = .none, facts: [Fact] = [], nested: [DocumentReading] = [], notes: [String] = []
  ) {
    self.readerVersion = readerVersion
    self.kind = kind
    self.name = name
    self.status = status
    self.reason = reason
    self.form = form
    self.title = title
    self.text = text
    self.textIsTruncated = textIsTruncated
    self.textQuality = textQuality
    self.facts = facts
    self.nested = nested
    self.notes = notes
  }
}

/// What a file is, by its content.
package enum DocumentKind: String, Sendable, Codable, CaseIterable {
  case pdf, xml, json, text, html, csv
  case docx, doc, rtf, odt, xlsx, xls, ods
  case image, cms, asic, zip, archive, mail, msg
  case empty, unknown
}

package enum ReadingStatus: String, Sendable, Codable {
  case read, partly, unread
}

/// The form of a document, for the rules' `form`.
package enum DocumentForm: String, Sendable, Codable, CaseIterable {
  /// Application from the national e-forms platform (ServiceRequest).
  case eform
  /// Classic XML e-document of `http://ereg.egov.bg/`.
  case classic
  /// XML or JSON of some other known or unknown kind.
  case structured
  /// Text written by a person.
  case letter
  case none
}

/// May rules trust the text?
package enum TextQuality: String, Sendable, Codable {
  case good, poor, ocr, none
}
