import Model

/// A message made so that given conditions are likely to be true of it: their words one behind the other, their facts set. Whether they are true
/// is then for the evaluator to say.
struct ExampleMessage {
  private let context: CompileContext
  private var values: [Int: FactValue] = [:]
  /// By fact: what a text begins with, holds, ends with, or is as a whole.
  private var texts: [Int: Pieces] = [:]
  private var documents: [[Int: Pieces]] = []
  private var documentWords: [[Int: String]] = []

  private struct Pieces {
    var whole: String?
    var front: [String] = []
    var middle: [String] = []
    var back: [String] = []

    var text: String { whole ?? (front + middle + back).joined(separator: " ") }
  }

  init(_ context: CompileContext) { self.context = context }

  /// Adds what makes a node true, as far as that can be chosen; false when it plainly cannot.
  mutating func add(_ node: Int) -> Bool { add(node, document: nil) }

  private mutating func add(_ node: Int, document: Int?) -> Bool {
    switch context.nodes[node] {
    case .not: return true
    case .all(let children):
      for child in children { guard add(child, document: document) else { return false } }
      return true
    case .any(let children):
      for child in children {
        var trial = self
        if trial.add(child, document: document) {
          self = trial
          return true
        }
      }
      return false
    case .anyDocument(let inner):
      documents.append([:])
      documentWords.append([:])
      return add(inner, document: documents.count - 1)
    case .atom(let index): return add(context.atoms[index], document: document)
    }
  }

  private mutating func add(_ atom: Atom, document: Int?) -> Bool {
    guard case .fact(let fact) = atom.subject else { return true }
    let definition = FactCatalogue.all[fact]
    switch atom.test {
    case .text(let test):
      guard let piece = ExampleMessage.piece(of: test, context) else { return false }
      var pieces = (document.map { documents[$0][fact] } ?? texts[fact]) ?? Pieces()
      switch test.kind {
      case .equals:
        guard pieces.whole == nil || pieces.whole == piece else { return false }
        pieces.whole = piece
      case .startsWith: pieces.front.insert(piece, at: 0)
      case .endsWith: pieces.back.append(piece)
      case .contains, .pattern: if test.window != nil { pieces.front.append(piece) } else { pieces.middle.append(piece) }
      }
      if let document { documents[document][fact] = pieces } else { texts[fact] = pieces }
      return true
    case .words(let words):
      guard let word = definition.words.first(where: words.contains) else { return false }
      if let document {
        documentWords[document][fact] = word
        return true
      }
      return set(fact, .text(word))
    case .flag: return set(fact, .flag(true))
    case .number(let comparison, let numbers):
      guard let first = numbers.first else { return false }
      return set(fact, .number(ExampleMessage.number(comparison, first)))
    case .date(let comparison, let dates):
      guard let first = dates.first else { return false }
      return set(fact, .date(CivilDate(daysSince1970: Int(ExampleMessage.number(comparison, Int64(first.daysSince1970))))))
    case .exists:
      guard values[fact] == nil, texts[fact] == nil, document == nil else { return true }
      switch definition.type {
      case .number: return set(fact, .number(1))
      case .date: return set(fact, .date(context.effective))
      case .flag: return set(fact, .flag(true))
      case .word: return set(fact, .text(definition.words.first ?? ""))
      case .text:
        texts[fact, default: Pieces()].middle.append(definition.example)
        return true
      }
    case .inTable(let table):
      guard let key = context.tables[table].rowByKey.keys.min() else { return false }
      guard texts[fact]?.whole == nil else { return true }
      texts[fact, default: Pieces()].whole = key
      return true
    case .sameAs: return true
    }
  }

  private mutating func set(_ fact: Int, _ value: FactValue) -> Bool {
    if let known = values[fact] { return known == value }
    values[fact] = value
    return true
  }

  private static func number(_ comparison: Comparison, _ value: Int64) -> Int64 {
    switch comparison {
    case .isOneOf, .equal, .lessOrEqual, .greaterOrEqual: value
    case .less: value - 1
    case .greater, .unequal: value + 1
    }
  }

  /// Words that a test finds; `nil` for a pattern that names no words.
  private static func piece(of test: TextTest, _ context: CompileContext) -> String? {
    if test.kind == .pattern {
      // Patterns are opaque: the words it requires, when they are all of it.
      guard let pattern = test.patterns.first, let form = context.patterns[pattern].required.first?.forms.first else { return nil }
      return String(decoding: form, as: UTF16.self)
    }
    guard let literal = test.literals.first else { return nil }
    let text = context.literals[literal].text
    guard let near = test.near?.literals.first else { return text }
    return text + " " + context.literals[near].text
  }

  // MARK: The message

  /// `nil` when the facts contradict what every message has.
  func submission() -> Submission? {
    guard let environment = EnvironmentName("example") else { return nil }
    func text(_ name: String) -> String? { FactIndex.index(of: name).flatMap { texts[$0]?.text } }
    func value(_ name: String) -> FactValue? { FactIndex.index(of: name).flatMap { values[$0] } }
    var facts: [Fact] = []
    for (fact, pieces) in texts.sorted(by: { $0.key < $1.key }) where !FactCatalogue.all[fact].ofDocument {
      facts.append(Fact(FactCatalogue.all[fact].name, .text(pieces.text), source: FactSource(document: "message", method: "example")))
    }
    for (fact, value) in values.sorted(by: { $0.key < $1.key }) where !FactCatalogue.all[fact].ofDocument {
      facts.append(Fact(FactCatalogue.all[fact].name, value, source: FactSource(document: "message", method: "example")))
    }
    var received = context.effective
    if case .date(let day) = value("received") { received = day }
    var readings = [reading(texts.filter { FactCatalogue.all[$0.key].ofDocument }, words: wordsOfDocument(values), body: text("body"))]
    for (pieces, words) in zip(documents, documentWords) { readings.append(reading(pieces, words: words, body: nil)) }
    return Submission(
      key: MessageKey(environment: environment, recipient: text("mailbox") ?? context.units.keys.min() ?? "1", messageId: 1),
      receivedAt: SofiaTime.midnight(of: received), subject: text("subject") ?? "", senderProfileId: 1, senderName: text("sender.name") ?? "",
      documents: readings.enumerated().map {
        SubmissionDocument(path: $0.offset == 0 ? "body" : String($0.offset), fileName: "", size: 1, digest: "0", reading: $0.element)
      }, facts: facts)
  }

  private func wordsOfDocument(_ values: [Int: FactValue]) -> [Int: String] {
    values.reduce(into: [:]) { words, entry in
      if FactCatalogue.all[entry.key].ofDocument, case .text(let word) = entry.value { words[entry.key] = word }
    }
  }

  private func reading(_ pieces: [Int: Pieces], words: [Int: String], body: String?) -> DocumentReading {
    func piece(_ name: String) -> String? { FactIndex.index(of: name).flatMap { pieces[$0]?.text } }
    func word(_ name: String) -> String? { FactIndex.index(of: name).flatMap { words[$0] } }
    let text = [piece("text"), body].compactMap(\.self).joined(separator: " ")
    let filling = (0..<Submission.wordsOfALetter).map { _ in "…" }.joined(separator: " ")
    return DocumentReading(
      kind: word("kind").flatMap(DocumentKind.init) ?? .text, status: .read, form: word("form").flatMap(DocumentForm.init) ?? .letter,
      title: piece("title"), text: piece("text").map { $0 + " " + filling } ?? (text.isEmpty ? filling : text + " " + filling), textQuality: .good)
  }

  /// What stands in it, for a person: `text: „…“; subject: „…“`.
  var shown: String {
    var parts: [String] = []
    for (fact, pieces) in texts.sorted(by: { $0.key < $1.key }) { parts.append("\(FactCatalogue.all[fact].name) „\(pieces.text)“") }
    for (fact, value) in values.sorted(by: { $0.key < $1.key }) { parts.append("\(FactCatalogue.all[fact].name) \(value.display)") }
    for document in documents {
      for (fact, pieces) in document.sorted(by: { $0.key < $1.key }) {
        parts.append("\(FactCatalogue.all[fact].name) of a document „\(pieces.text)“")
      }
    }
    return parts.joined(separator: "; ")
  }
}
