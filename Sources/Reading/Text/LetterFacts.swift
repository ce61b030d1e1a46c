import Model

/// Facts that stand in running text behind a label, or that a check digit proves.
enum LetterFacts {
  static func find(in text: String) -> [Fact] {
    var facts = FactCollector(method: "text")
    for number in CitedNumber.find(in: text.prefix(utf8Bytes: 256 << 10)) {
      switch number.label {
      case .outgoing:
        // A letter has one number of its own, and it stands at its head.
        if !facts.has("letter.reference") { facts.add("letter.reference", number.normal, certainty: .found) }
      case .incoming, .none: facts.add("cited.number", number.normal, certainty: .found)
      }
      if facts.facts.count >= 100 { break }
    }
    for identifier in LabelledIdentifier.find(in: text) {
      facts.add(
        "identifier", identifier.value, at: identifier.isLabelled ? "label" : "check-digit",
        certainty: identifier.isRepaired ? .guessed : .found)
    }
    return facts.facts
  }
}

/// ЕГН, ЛНЧ, ЕИК and БУЛСТАТ in text. Ten digits may as well be a telephone, a case or a part of an account, so one must have its label, or
/// a right check digit and nothing like a digit beside it (domain.md 10).
struct LabelledIdentifier: Equatable {
  var value: String
  var isLabelled: Bool
  /// Letters O stood for zeros.
  var isRepaired: Bool

  static let maximumFound = 200

  static func find(in text: String) -> [LabelledIdentifier] {
    let scalars = Array(text.unicodeScalars.prefix(512 << 10))
    var found: [LabelledIdentifier] = []
    var index = 0
    while index < scalars.count, found.count < maximumFound {
      if let (identifier, end) = labelled(scalars, index) ?? bare(scalars, index) {
        if !found.contains(where: { $0.value == identifier.value }) { found.append(identifier) }
        index = end
      } else {
        index += 1
      }
    }
    return found
  }

  private static let labels: [[Unicode.Scalar]] = ["егн", "лнч", "еик", "булстат"].map { Array($0.unicodeScalars) }

  private static func labelled(_ scalars: [Unicode.Scalar], _ start: Int) -> (LabelledIdentifier, Int)? {
    guard start == 0 || !scalars[start - 1].properties.isAlphabetic, scalars[start].properties.isAlphabetic else { return nil }
    guard let label = labels.first(where: { matches(scalars, start, $0) }) else { return nil }
    var index = start + label.count
    // „ЕГН: “, „ЕИК/БУЛСТАТ № “, „ЕГН/ЛНЧ“
    var skipped = 0
    while index < scalars.count, skipped < 16, !scalars[index].isDigit, !isZeroLetter(scalars[index]) || scalars[index].isLetterBefore(scalars, index)
    {
      guard " \t\n:№./-=\u{A0}(".unicodeScalars.contains(scalars[index]) || scalars[index].properties.isAlphabetic else { return nil }
      index += 1
      skipped += 1
    }
    var digits = ""
    var repaired = false
    var end = index
    while index < scalars.count, digits.utf8.count < 14 {
      let scalar = scalars[index]
      if scalar.isDigit {
        digits.unicodeScalars.append(scalar)
      } else if isZeroLetter(scalar) {
        digits += "0"
        repaired = true
      } else if (scalar == " " || scalar == "\u{A0}"), index + 1 < scalars.count, scalars[index + 1].isDigit,
        ![9, 10, 13].contains(digits.utf8.count)
      {
        index += 1
        continue
      } else {
        break
      }
      index += 1
      end = index
    }
    guard [9, 10, 13].contains(digits.utf8.count) else { return nil }
    return (LabelledIdentifier(value: digits, isLabelled: true, isRepaired: repaired), end)
  }

  private static func bare(_ scalars: [Unicode.Scalar], _ start: Int) -> (LabelledIdentifier, Int)? {
    guard scalars[start].isDigit, start == 0 || !scalars[start - 1].isIdentifierNeighbour else { return nil }
    var end = start
    while end < scalars.count, scalars[end].isDigit { end += 1 }
    guard [9, 10, 13].contains(end - start), end == scalars.count || !scalars[end].isIdentifierNeighbour else { return nil }
    let value = String(String.UnicodeScalarView(scalars[start..<end]))
    let kinds = PersonalIdentifier.kinds(of: value)
    // One telephone in ten passes as ЛНЧ.
    let isTelephone = value.utf8.count <= 10 && value.hasPrefix("0") && !kinds.contains(.civil)
    guard !kinds.isEmpty, !isTelephone else { return nil }
    return (LabelledIdentifier(value: value, isLabelled: false, isRepaired: false), end)
  }

  private static func matches(_ scalars: [Unicode.Scalar], _ start: Int, _ word: [Unicode.Scalar]) -> Bool {
    guard start + word.count <= scalars.count else { return false }
    for (offset, letter) in word.enumerated() {
      let here = Homoglyphs.cyrillic(String(scalars[start + offset])).lowercased()
      guard here.unicodeScalars.first == letter else { return false }
    }
    return true
  }

  private static func isZeroLetter(_ scalar: Unicode.Scalar) -> Bool { ["O", "О", "o", "о"].contains(scalar) }
}

extension Unicode.Scalar {
  var isDigit: Bool { (0x30...0x39).contains(value) }

  /// What makes digits part of something longer: a digit, a letter, or a separator of numbers.
  fileprivate var isIdentifierNeighbour: Bool { isDigit || properties.isAlphabetic || "/-#_+".unicodeScalars.contains(self) }

  /// Whether an `О` belongs to a word rather than to a number.
  fileprivate func isLetterBefore(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    guard index + 1 < scalars.count else { return true }
    return !scalars[index + 1].isDigit && !["O", "О", "o", "о", " "].contains(scalars[index + 1])
  }
}
