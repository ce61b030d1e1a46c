import Model

/// Which of a message's documents is the application itself, and what subject and file names say of it.
///
/// People attach their earlier applications to a new one. The request whose РНУ stands in the subject is the main one, and those with another
/// РНУ are then appendices; without such a subject every request counts, and differing ones disagree.
struct MainRequest {
  /// The documents whose word on the service counts, the main one first.
  let requests: [SubmissionDocument]
  let subjectMatch: NamePatterns.Match?
  /// File names of the platform's form, appendices of other applications left out.
  let fileNameMatches: [(path: String, match: NamePatterns.Match)]
  /// Names of facts on which the files of one application differ, the form's PDF and the data beside it for instance.
  let disagreements: [String]
  /// All facts of the main form that are neither sets nor decided elsewhere.
  let formFacts: [Fact]

  init(subject: String, _ documents: [SubmissionDocument]) {
    let forms = documents.filter { $0.reading.form == .eform }
    let known = forms.compactMap { MainRequest.rnu(of: $0) }
    let subjectMatch = NamePatterns.subject(subject, known: known)
    self.subjectMatch = subjectMatch
    let main = subjectMatch?.rnu.flatMap { wanted in forms.first { MainRequest.rnu(of: $0)?.lowercased() == wanted.lowercased() } }
    let chosen: [SubmissionDocument]
    if let main {
      let rnu = MainRequest.rnu(of: main)
      chosen = [main] + forms.filter { $0.path != main.path && MainRequest.rnu(of: $0) == rnu }
    } else {
      chosen = forms
    }
    requests = chosen
    let names = documents.filter { $0.path != "body" }.compactMap { document in
      NamePatterns.fileName(document.fileName).map { (path: document.path, match: $0) }
    }
    let settled = main.flatMap { MainRequest.rnu(of: $0) }?.lowercased()
    fileNameMatches = names.filter { settled == nil || $0.match.rnu?.lowercased() == settled }
    let source = chosen.first ?? documents.first { $0.reading.form == .classic }
    var facts = source?.reading.facts.filter { MainRequest.isOfForm($0.name) } ?? []
    // In the form of three files each may hold what another lacks.
    var disagreements: [String] = []
    for other in chosen.dropFirst() where MainRequest.rnu(of: other) == source.flatMap({ MainRequest.rnu(of: $0) }) {
      let names = Set(facts.map(\.name))
      for fact in other.reading.facts where MainRequest.compared.contains(fact.name) && !disagreements.contains(fact.name) {
        guard let first = facts.first(where: { $0.name == fact.name }), first.value != fact.value else { continue }
        disagreements.append(fact.name)
      }
      facts += other.reading.facts.filter { MainRequest.isOfForm($0.name) && !names.contains($0.name) }
    }
    self.disagreements = disagreements
    formFacts = facts
  }

  private static func rnu(of document: SubmissionDocument) -> String? {
    document.reading.facts.first { $0.name == "rnu" }?.value.display
  }

  /// What must be the same wherever one application says it.
  private static let compared: Set<String> = ["applicant.identifier", "unit.identifier", "provider.identifier", "request.type"]

  private static let decidedElsewhere: Set<String> = ["rnu", "service.number", "service.evidence", "letter.reference"]

  private static func isOfForm(_ name: String) -> Bool {
    guard let definition = FactCatalogue.definition(named: name) else { return false }
    return !definition.ofDocument && !definition.isSet && !decidedElsewhere.contains(name)
  }
}
