import Model

/// Says in Bulgarian why: for a clerk and a court.
struct Explainer {
  private let evaluation: Evaluation
  private var program: Program { evaluation.program }

  init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  func explanation(
    of outcome: Decision.Outcome, review: ReviewReason?, winners: [Int], beaten: [Int], marks: [Int], disputed: [Int]
  ) -> Explanation {
    let decided = (winners + marks).map(fired)
    let nearest = winners.isEmpty && review?.code != "budget" ? nearestRule() : nil
    var sentences: [String] = []
    let source = "правилата „\(program.name)“, редакция \(program.version)"
    switch outcome {
    case .register(let registration):
      let by =
        winners.isEmpty || review?.code == "conflict"
        ? "Никое правило не определи документа еднозначно." : "Решението е по \(ruleWords(winners)) от \(source)."
      sentences.append(by)
      sentences.append(
        "Документът се вписва в дневник „\(registration.journal)“ като „\(registration.typeTitle)“, звено „\(registration.unit.name)“.")
      if registration.urgent { sentences.append("Документът е спешен.") }
      if let links = registration.links {
        let numbers = Explainer.joined(links.map { "„\($0)“" }, "и")
        sentences.append(
          "Свързва се с \(links.count == 1 ? "посочения" : "посочените") вх. № \(numbers), ако \(links.count == 1 ? "е" : "са") в дневниците.")
      }
    case .notRegistered(let reason):
      sentences.append("Съобщението не подлежи на регистриране по \(ruleWords(winners)) от \(source). Причина: \(Explainer.ended(reason))")
    }
    for rule in decided {
      for evidence in rule.evidence { sentences.append("Основание („\(rule.rule)“): \(sentence(evidence))") }
    }
    if !beaten.isEmpty {
      sentences.append("\(beaten.count == 1 ? "Изпълнено е и правило" : "Изпълнени са и правилата") \(list(beaten)), но с по-ниско предимство.")
    }
    if let review { sentences.append("За преглед от служител: \(Explainer.ended(review.text))") }
    if let nearest { sentences.append(nearest) }
    return Explanation(
      ruleset: program.name, version: program.version, digest: program.digest, decided: decided, beaten: beaten.map(fired), nearest: nearest,
      sentences: sentences)
  }

  private func fired(_ rule: Int) -> FiredRule {
    let compiled = program.rules[rule]
    return FiredRule(rule: compiled.description.name, stage: compiled.description.stage, evidence: evaluation.evidence(compiled.condition))
  }

  // MARK: Words

  func list(_ rules: [Int]) -> String { Explainer.joined(rules.map { "„\(program.rules[$0].description.name)“" }, "и") }

  private func ruleWords(_ rules: [Int]) -> String { (rules.count == 1 ? "правило " : "правила ") + list(rules) }

  private static func joined(_ parts: [String], _ conjunction: String) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }

  private static func ended(_ text: String) -> String {
    guard let last = text.last else { return "." }
    return ".!?…".contains(last) ? text : text + "."
  }

  private static func place(_ document: String) -> String {
    switch document {
    case "message": return ""
    case "ruleset": return " (таблица на правилата)"
    case "body": return " (текст на съобщението)"
    default:
      let parts = document.split(separator: "/")
      return parts.count > 1 ? " (приложение \(parts[0]), вложен файл \(parts.dropFirst().joined(separator: ".")))" : " (приложение \(document))"
    }
  }

  private func sentence(_ evidence: Evidence) -> String {
    let meaning = FactCatalogue.definition(named: evidence.fact)?.meaning ?? evidence.fact
    return "\(meaning)\(Explainer.place(evidence.document)): „\(evidence.quote)“."
  }

  var otherwiseReason: String {
    let unread = evaluation.submission.documents.filter { $0.path != "body" && $0.reading.status == .unread }.count
    guard unread > 0 else { return "Никое правило не разпозна документа." }
    return "Никое правило не разпозна документа; \(unread == 1 ? "1 приложение не е прочетено" : "\(unread) приложения не са прочетени")."
  }

  func disputeReason(_ rules: [Int]) -> String {
    let names = evaluation.submission.disagreements.compactMap { FactCatalogue.definition(named: $0)?.meaning }
    let what = names.isEmpty ? "данните" : "данните за „\(Explainer.joined(names, "и"))“"
    return "Източниците си противоречат за \(what), а от това зависи \(rules.count == 1 ? "правило" : "правилата") \(list(rules))."
  }

  // MARK: The rule that came nearest

  /// Rules that are looked at to find the nearest.
  private static let nearestLimit = 100

  /// The rule with the greatest share of true conditions, and those it lacked; `nil` when no rule has any.
  private func nearestRule() -> String? {
    var best: (rule: Int, share: Double, lacking: [Int])?
    for index in evaluation.mentioning(limit: Explainer.nearestLimit) where !program.rules[index].description.isMark {
      guard case .all(let children) = program.nodes[program.rules[index].condition] else { continue }
      let lacking = children.filter { evaluation.truth($0) != .yes }
      let share = Double(children.count - lacking.count) / Double(children.count)
      guard !lacking.isEmpty, share > 0, evaluation.touches(program.rules[index].condition) else { continue }
      if share > best?.share ?? 0 { best = (index, share, lacking) }
    }
    guard let best else { return nil }
    let describe = ConditionWords(program)
    let missing = best.lacking.prefix(3).map { node in
      let truth = evaluation.truth(node)
      let words = describe.words(node)
      return truth == .no ? words : "\(words) (неизвестно)"
    }
    return "Най-близо беше правило „\(program.rules[best.rule].description.name)“; не е изпълнено: \(missing.joined(separator: "; "))."
  }
}

/// A condition in Bulgarian words.
struct ConditionWords {
  private let program: Program

  init(_ program: Program) { self.program = program }

  func words(_ node: Int, depth: Int = 0) -> String {
    guard depth < 4 else { return "…" }
    switch program.nodes[node] {
    case .atom(let atom): return words(program.atoms[atom])
    case .not(let inner): return "да не е вярно, че \(words(inner, depth: depth + 1))"
    case .all(let children): return group(children, " и ", depth)
    case .any(let children): return group(children, " или ", depth)
    case .anyDocument(let inner): return "за някой от документите \(words(inner, depth: depth + 1))"
    }
  }

  private func group(_ children: [Int], _ conjunction: String, _ depth: Int) -> String {
    let shown = children.prefix(4).map { words($0, depth: depth + 1) }
    return "(" + shown.joined(separator: conjunction) + (children.count > 4 ? conjunction + "…" : "") + ")"
  }

  private func words(_ atom: Atom) -> String {
    let subject: String
    switch atom.subject {
    case .fact(let fact): subject = (atom.every ? "всяко от: " : "") + FactCatalogue.all[fact].meaning
    case .column(let binding, let column):
      subject = "„\(program.tables[binding.table].columns[column])“ от таблица „\(program.tables[binding.table].name)“"
    }
    switch atom.test {
    case .exists: return "\(subject) е налице"
    case .flag: return subject
    case .words(let words): return "\(subject) е \(words.sorted().joined(separator: " или "))"
    case .number(let comparison, let numbers): return "\(subject) \(sign(comparison)) \(numbers.map(String.init).joined(separator: " или "))"
    case .date(let comparison, let dates): return "\(subject) \(sign(comparison)) \(dates.map(\.description).joined(separator: " или "))"
    case .sameAs(let other): return "\(subject) съвпада с „\(FactCatalogue.all[other].meaning)“"
    case .inTable(let table): return "\(subject) е в таблица „\(program.tables[table].name)“"
    case .text(let test): return "\(subject) \(words(test))"
    }
  }

  private func sign(_ comparison: Comparison) -> String {
    switch comparison {
    case .isOneOf, .equal: "е"
    case .unequal: "не е"
    case .less: "е под"
    case .lessOrEqual: "е най-много"
    case .greater: "е над"
    case .greaterOrEqual: "е най-малко"
    }
  }

  private func words(_ test: TextTest) -> String {
    let verb =
      switch test.kind {
      case .contains: "съдържа"
      case .equals: "е"
      case .startsWith: "започва с"
      case .endsWith: "завършва с"
      case .pattern: "съдържа нещо по образец"
      }
    var text = "\(verb) \(test.kind == .pattern ? patterns(test.patterns) : quoted(test.literals))"
    if let near = test.near { text += " близо до \(quoted(near.literals))" }
    if let window = test.window { text += " в първите \(window) знака" }
    return text
  }

  private func patterns(_ patterns: [Int]) -> String { patterns.prefix(3).map { "„\(program.patterns[$0].text)“" }.joined(separator: " или ") }

  private func quoted(_ literals: [Int]) -> String {
    let shown = literals.prefix(5).map { "„\(program.literals[$0].text)“" }
    return shown.joined(separator: " или ") + (literals.count > 5 ? " или …" : "")
  }
}
