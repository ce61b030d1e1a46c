import Model
import XMLReading

/// The answers in a fillable form: AcroForm fields from their values, never from what the page shows, since a page shows `????` where the font
/// has no Cyrillic, and nothing where a viewer was to draw it (submissions.md 4.2). Read by `qpdf --json-key=acroform`.
struct PDFForm {
  struct Field: Equatable {
    /// With the names of its parents: `applicant.name`.
    var name: String
    var value: String
    /// The encoding was guessed.
    var isRepaired: Bool
  }

  /// In the order of the pages; only what was filled in, each value of a name once.
  var fields: [Field]

  static func read(_ file: PDFFile) -> Result<PDFForm, PDFFile.Failure> {
    let run = file.tools.run("qpdf", ["--json=2", "--json-key=acroform", file.path], maximumOutput: 16 << 20)
    switch run {
    case .failed(let reason): return .failure(.tool(reason))
    case .finished(let code, let output, _):
      guard code == 0 || code == 3, let tree = try? JSONText.parse(String(decoding: output, as: UTF8.self)) else { return .failure(.damaged) }
      return .success(PDFForm(fields: fields(in: tree.first("acroform")?.all("fields") ?? [])))
    }
  }

  /// A field's name in one line, as long as a place may be.
  static func fieldName(_ name: String) -> String {
    String(TextLayer.clean(name).map { $0.isWhitespace ? " " : $0 }).prefix(utf8Bytes: 256)
  }

  private static let maximumFields = 1_000
  /// Bit 14 of a text field's flags: what is typed is not shown.
  private static let passwordFlag = 1 << 13

  private static func fields(in elements: [XMLElement]) -> [Field] {
    var fields: [Field] = []
    for element in elements {
      guard fields.count < maximumFields else { break }
      let type = element.value("fieldtype")
      guard type != "/Sig", !(type == "/Tx" && (Int(element.value("fieldflags") ?? "") ?? 0) & passwordFlag != 0) else { continue }
      let name = element.value("fullname").map(PDFForm.fieldName) ?? ""
      for value in element.all("value").compactMap({ answer($0.text, type: type) }) {
        let field = Field(name: name, value: value.text, isRepaired: value.isRepaired)
        if !fields.contains(field) { fields.append(field) }
      }
    }
    return fields
  }

  /// Text, or the state of a button; `nil` for nothing filled in.
  private static func answer(_ json: String, type: String?) -> PDFString? {
    if json.hasPrefix("/") {
      let state = String(json.dropFirst())
      return type == "/Btn" && !state.isEmpty && state != "Off" ? PDFString(text: state, isRepaired: false) : nil
    }
    guard let string = PDFString(json: json), string.text.contains(where: { !$0.isWhitespace }) else { return nil }
    return string
  }
}

/// Answers of a form, whatever kind of form it is, to facts and to text.
enum FormAnswers {
  /// `form.field`, its place the field's name; and the identifiers and numbers that the answers hold.
  static func facts(_ fields: [PDFForm.Field], method: String) -> [Fact] {
    var facts = FactCollector(method: method)
    for field in fields { facts.add("form.field", field.value, at: field.name, certainty: field.isRepaired ? .guessed : .stated) }
    let found = LetterFacts.find(in: text(fields)).map { fact in
      var fact = fact
      fact.source.method = method
      return fact
    }
    return facts.facts + found
  }

  /// A line for each, behind the field's name.
  static func text(_ fields: [PDFForm.Field]) -> String { fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n") }
}
