import Model

/// Facts that stand in running text behind a label, or that a check digit proves.
enum LetterFacts {
  /// What lies further back is no letter's matter.
  private static let reach = 256 << 10

  static func find(in text: String) -> [Fact] {
    let scalars = Array(text.prefix(utf8Bytes: reach).unicodeScalars)
    let lines = LineIndex(scalars)
    var facts = FactCollector(method: "text")
    func place(_ offset: Int) -> String { "line \(lines.line(at: offset))" }
    for (number, offset) in CitedNumber.findPlaced(in: scalars) {
      switch number.label {
      case .outgoing:
        // A letter has one number of its own, and it stands at its head.
        if !facts.has("letter.reference") { facts.add("letter.reference", number.normal, at: place(offset), certainty: .found) }
      case .incoming, .none: facts.add("cited.number", number.normal, at: place(offset), certainty: .found)
      }
      if facts.facts.count >= 100 { break }
    }
    for identifier in LabelledIdentifier.find(in: scalars) {
      facts.add(
        "identifier", identifier.value, at: "\(place(identifier.offset)), \(identifier.isLabelled ? "label" : "check-digit")",
        certainty: identifier.isRepaired ? .guessed : .found)
    }
    let parties = LetterParties.find(in: text)
    facts.add("letter.to", parties.to?.text, at: "line \(parties.to?.line ?? 0)", certainty: .found)
    facts.add("letter.from", parties.from?.text, at: "line \(parties.from?.line ?? 0)", certainty: .found)
    for date in DatesAndSums.dates(in: scalars) { facts.add("letter.date", .date(date.value), at: place(date.offset), certainty: .found) }
    for sum in DatesAndSums.sums(in: scalars) { facts.add("letter.sum", .text(sum.value), at: place(sum.offset), certainty: .found) }
    for settlement in LetterSettlement.find(in: scalars) {
      facts.add("letter.settlement", settlement.value, at: place(settlement.offset), certainty: .found)
    }
    return facts.facts
  }
}

/// „гр. Балчик“, „с. Оброчище“: towns and villages that a letter names, most often in addresses. Names only; their ЕКАТТЕ is known where a form
/// says it.
enum LetterSettlement {
  static func find(in scalars: [Unicode.Scalar]) -> [DatesAndSums.Found<String>] {
    var found: [DatesAndSums.Found<String>] = []
    var index = 0
    while index + 3 < scalars.count, found.count < 20 {
      defer { index += 1 }
      guard index == 0 || !scalars[index - 1].properties.isAlphabetic, let length = label(scalars, index) else { continue }
      var name = index + length
      while name < scalars.count, scalars[name] == " " || scalars[name] == "\u{A0}" { name += 1 }
      var end = name
      var words = 0
      // Names of two or three words: „Долна Митрополия“, „Велико Търново“.
      while end < scalars.count, words < 3, scalars[end].isUpperCyrillic {
        var last = end
        while last < scalars.count, scalars[last].isBulgarianLetter || scalars[last] == "-" { last += 1 }
        // „ул.“ and „ЖК“ are no part of a name.
        guard last - end >= 3, last == scalars.count || scalars[last] != "." || words == 0 else { break }
        words += 1
        end = last
        guard last + 1 < scalars.count, scalars[last] == " ", scalars[last + 1].isUpperCyrillic else { break }
        end = last + 1
      }
      while end > name, scalars[end - 1] == " " { end -= 1 }
      guard words > 0, end > name else { continue }
      let value = "\(length == 3 ? "гр." : "с.") \(String(String.UnicodeScalarView(scalars[name..<end])))"
      if !found.contains(where: { $0.value == value }) { found.append(DatesAndSums.Found(value: value, offset: index)) }
    }
    return found
  }

  private static func label(_ scalars: [Unicode.Scalar], _ index: Int) -> Int? {
    let first = scalars[index]
    if first == "г" || first == "Г", scalars[index + 1] == "р" || scalars[index + 1] == "Р", scalars[index + 2] == "." { return 3 }
    return (first == "с" || first == "С") && scalars[index + 1] == "." ? 2 : nil
  }
}

/// ЕГН, ЛНЧ, ЕИК and БУЛСТАТ in text. Ten digits may as well be a telephone, a case or a part of an account, so one must have its label, or
/// a right check digit and nothing like a digit beside it (domain.md 10).
struct LabelledIdentifier: Equatable {
  var value: String
  var isLabelled: Bool
  /// Letters stood for digits: `О` for 0, `З` for 3, `I` and `l` for 1.
  var isRepaired: Bool
  /// Of its label or, without one, of its first digit, in scalars from the start of the text.
  var offset = 0

  static let maximumFound = 200

  static func find(in text: String) -> [LabelledIdentifier] { find(in: Array(text.unicodeScalars.prefix(512 << 10))) }

  static func find(in scalars: [Unicode.Scalar]) -> [LabelledIdentifier] {
    var found: [LabelledIdentifier] = []
    var index = 0
    while index < scalars.count, found.count < maximumFound {
      if let (identifier, end) = labelled(scalars, index) ?? bare(scalars, index) {
        if !found.contains(where: { $0.value == identifier.value }) {
          found.append(identifier)
          found[found.count - 1].offset = index
        }
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
    var needsCheck = false
    var end = index
    while index < scalars.count, digits.utf8.count < 14 {
      let scalar = scalars[index]
      if scalar.isDigit {
        digits.unicodeScalars.append(scalar)
      } else if isZeroLetter(scalar) {
        digits += "0"
        repaired = true
      } else if let digit = likeDigit(scalar), !digits.isEmpty {
        digits += digit
        needsCheck = true
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
    // Rarer slips count only where the check digit confirms them.
    guard !needsCheck || !PersonalIdentifier.kinds(of: digits).isEmpty else { return nil }
    return (LabelledIdentifier(value: digits, isLabelled: true, isRepaired: repaired || needsCheck), end)
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

  private static func likeDigit(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "З", "з": "3"
    case "I", "l", "І", "|": "1"
    default: nil
    }
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
