import Model
import Spawn
import XMLReading

/// A PDF to its reading: the data of the e-forms platform where its Info dictionary holds some, and the text layer.
struct PDFReader {
  let tools: Toolbox
  let workspace: Workspace

  /// More pages than any letter has; what follows is not read and the reading says so.
  static let maximumPages = 300

  func read(_ bytes: [UInt8]) -> DocumentReading {
    workspace.withFile(bytes) { path in read(path: path, bytes) } ?? .unread(.pdf, "scratch-full")
  }

  private func read(path: String, _ bytes: [UInt8]) -> DocumentReading {
    var notes: [String] = []
    var form: FormData?
    // Without the dictionary an application would pass for a letter: the reading is then one in part.
    var lack: String?
    switch InfoDictionary.read(path: path, bytes: bytes, tools: tools) {
    case .strings(let strings): form = signedForm(strings, bytes, notes: &notes)
    case .passwordProtected: return .unread(.pdf, "password-protected")
    case .damaged: lack = "info-damaged"
    case .failed(let reason): lack = reason
    }
    if let lack { notes.append(lack) }
    var reading = text(path: path, notes: notes)
    if let lack, reading.status == .read {
      reading.status = .partly
      reading.reason = lack
    }
    guard let form else { return reading }
    reading.status = .read
    reading.reason = ""
    reading.form = .eform
    reading.title = form.title ?? reading.title
    reading.facts = form.facts
    return reading
  }

  /// The form's data; where they were changed after the last signature, those that were signed (submissions.md 2.3).
  private func signedForm(_ strings: [String: PDFString], _ bytes: [UInt8], notes: inout [String]) -> FormData? {
    guard var form = FormData(strings: strings, notes: &notes) else { return nil }
    guard let end = SignedRevision.end(in: bytes) else { return form }
    let revision = Array(bytes[..<end])
    let read = workspace.withFile(revision) { InfoDictionary.read(path: $0, bytes: revision, tools: tools) }
    guard case .strings(let signed) = read, FormData.values(signed) != FormData.values(strings) else { return form }
    notes.append("info-changed-after-signature")
    var ignored: [String] = []
    if let signedForm = FormData(strings: signed, notes: &ignored) { return signedForm }
    form.facts = form.facts.map(\.guessed)
    return form
  }

  private func text(path: String, notes: [String]) -> DocumentReading {
    let arguments = ["-enc", "UTF-8", "-l", String(PDFReader.maximumPages), path, "-"]
    switch tools.run("pdftotext", arguments, maximumOutput: 4 * ReadingLimits.textBytes) {
    case .failed(let reason): return .unread(.pdf, reason, notes)
    case .finished(let code, let output, let errors):
      if errors.contains("Incorrect password") { return .unread(.pdf, "password-protected", notes) }
      guard code == 0 else { return .unread(.pdf, "damaged", notes) }
      let text = String(decoding: output, as: UTF8.self)
      guard text.contains(where: { !$0.isWhitespace }) else { return .unread(.pdf, "no-text", notes) }
      // A dynamic XFA form shows this page to every reader but Adobe's; its answers are elsewhere (submissions.md 4.3).
      if text.utf8.count < 2_000, text.contains("Please wait") { return .unread(.pdf, "xfa-form", notes) }
      var reading = DocumentReading.letter(.pdf, text, notes: notes)
      if errors.contains("Syntax Error") {
        reading.status = .partly
        reading.reason = "damaged"
      }
      if text.count(where: { $0 == "\u{C}" }) >= PDFReader.maximumPages {
        reading.status = .partly
        reading.reason = "page-limit"
      }
      return reading
    }
  }
}

/// What the e-forms platform put into the Info dictionary: keys end in `_xml`, `_json`, `_submission`; what a value is, its content says, since
/// `_json` changed its meaning between the generations (submissions.md 2.3).
struct FormData {
  var facts: [Fact]
  var title: String?

  /// `nil` when there is none. What could not be parsed is noted.
  init?(strings: [String: PDFString], notes: inout [String]) {
    var trees: [(method: String, tree: XMLElement)] = []
    var isRepaired = false
    for suffix in FormData.suffixes {
      for (_, value) in strings.filter({ $0.key.hasSuffix(suffix) }).sorted(by: { $0.key < $1.key }) {
        if let tree = FormData.parse(value.text) {
          trees.append(("info.\(suffix.dropFirst())", tree))
          isRepaired = isRepaired || value.isRepaired
        } else {
          notes.append("info\(suffix.replacing("_", with: "-"))-malformed")
        }
      }
    }
    let requests = trees.compactMap { entry in ServiceRequest.find(in: entry.tree).map { (entry.method, $0) } }
    let submissions = trees.compactMap { entry in PlatformSubmission.find(in: entry.tree).map { (entry.method, $0) } }
    let fromRequest = requests.first.map { ServiceRequest.facts($0.1, method: $0.0) }
    let fromSubmission = submissions.first.map { PlatformSubmission.facts($0.1, method: $0.0) }
    guard var facts = fromRequest ?? fromSubmission else { return nil }
    // The raw answers fill in only what the request does not have; they never speak against it.
    if fromRequest != nil, let fromSubmission {
      let known = Set(facts.map(\.name))
      let filling: Set<String> = [
        "unit.identifier", "unit.name", "provider.identifier", "provider.name", "address.present.settlement", "address.present.municipality",
        "address.permanent.settlement", "address.permanent.municipality",
      ]
      facts += fromSubmission.filter { !known.contains($0.name) && filling.contains($0.name) }
    }
    if isRepaired { notes.append("info-encoding-repaired") }
    self.facts = isRepaired ? facts.map(\.guessed) : facts
    title = submissions.first?.1.value("documentTitle") ?? requests.first?.1.value("publicService", "name")
  }

  private static let suffixes = ["_xml", "_json", "_submission"]

  /// The strings that would be read, by key.
  static func values(_ strings: [String: PDFString]) -> [String: PDFString] {
    strings.filter { entry in suffixes.contains { entry.key.hasSuffix($0) } }
  }

  private static func parse(_ text: String) -> XMLElement? {
    let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if start.first == "<" { return try? XMLReading.parse(Array(start.utf8), encoding: "UTF-8") }
    return try? JSONText.parse(String(start))
  }
}

extension DocumentReading {
  fileprivate static func unread(_ kind: DocumentKind, _ reason: String, _ notes: [String]) -> DocumentReading {
    var reading = DocumentReading.unread(kind, reason)
    reading.notes = notes
    return reading
  }
}
