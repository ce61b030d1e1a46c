import Model

/// A file that lies inside another: an entry of an archive, what was signed in a container, an attachment of a mail or of a PDF.
struct Part {
  /// As `Part.label` leaves it; `nil` when it has none.
  let name: String?
  let bytes: [UInt8]
  /// Stable words about the part itself that its reading must carry: `name-guessed-cp866`.
  let notes: [String]

  /// `name` as the container has it, with folders, controls and all: `label` makes it fit to be shown.
  init(name: String?, bytes: [UInt8], notes: [String] = []) {
    self.name = name.flatMap(Part.label)
    self.bytes = bytes
    self.notes = notes
  }

  /// The last component of a name, in one line without controls, at most `ReadingLimits.nameBytes`. Folders go: a name is shown to people and
  /// asked about by rules, and where the part lies is said by its path (`2/1`). `nil` when nothing is left.
  static func label(_ name: String) -> String? {
    let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last { $0 != "." && $0 != ".." } ?? ""
    let line = String(TextLayer.clean(String(last)).map { $0.isWhitespace ? " " : $0 })
    let label = String(line[...].trimmingSpaces()).prefix(utf8Bytes: ReadingLimits.nameBytes)
    return label.isEmpty || label == "." || label == ".." ? nil : label
  }
}
