import Model
import XMLReading

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
