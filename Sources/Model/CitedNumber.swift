/// Incoming numbers as people cite them: „вх. № ЗСП/Д-ЕН-ДМ/1197 / 08.08.2023 г.“ with stray spaces, Latin look-alikes, `No` for `№`
/// (domain.md 5.1, 5.2), brought to one form so that they can be looked up: `ЗСП/Д-ЕН-ДМ/1197/08.08.2023`.
package struct CitedNumber: Sendable, Equatable {
  /// Capital Cyrillic letters, digits and `/ - # ? .`, no spaces; a date, where one follows, as `/dd.MM.yyyy` at the end.
  package let normal: String
  /// What stands before it: an incoming number, the writer's own outgoing one, or no label at all.
  package let label: Label

  package enum Label: String, Sendable {
    case incoming, outgoing, none
  }

  package init(normal: String, label: Label) {
    self.normal = normal
    self.label = label
  }

  /// More than a letter cites; a text made of numbers is none.
  package static let maximumFound = 200

  /// The one form of a number that somebody typed alone. `nil` when it holds no digit or is longer than a number can be.
  package static func normalise(_ text: some StringProtocol) -> String? {
    var scanner = NumberScanner(Array(text.unicodeScalars.prefix(200)))
    if scanner.label() == .none { scanner.skipLabelSigns() }
    return scanner.number(needsShape: false)
  }

  /// The numbers cited in a text, in order, each once, at most `maximumFound`. Cost is linear in the text.
  package static func find(in text: some StringProtocol) -> [CitedNumber] { findPlaced(in: Array(text.unicodeScalars)).map(\.number) }

  /// The same, each with the place where it begins, in scalars from the start.
  package static func findPlaced(in scalars: [Unicode.Scalar]) -> [(number: CitedNumber, offset: Int)] {
    var found: [(number: CitedNumber, offset: Int)] = []
    var previousWord = ""
    var index = 0
    while index < scalars.count, found.count < maximumFound {
      let isWordStart = index == 0 || !scalars[index - 1].isNumberPart
      guard isWordStart, scalars[index].isNumberPart else {
        index += 1
        continue
      }
      var scanner = NumberScanner(scalars, at: index)
      var label = scanner.label()
      // „На Ваш изх. № …“ cites a number of the addressee.
      if label == .outgoing && previousWord.hasPrefix("ваш") { label = .incoming }
      previousWord = NumberScanner(scalars, at: index).word()
      if let number = scanner.number(needsShape: label == .none), !found.contains(where: { $0.number.normal == number }) {
        found.append((CitedNumber(normal: number, label: label), index))
        index = max(index + 1, scanner.position)
      } else {
        index += 1
      }
    }
    return found
  }
}

/// Reads one number off a text, tolerantly.
private struct NumberScanner {
  private let scalars: [Unicode.Scalar]
  private(set) var position: Int

  init(_ scalars: [Unicode.Scalar], at position: Int = 0) {
    self.scalars = scalars
    self.position = position
  }

  /// `вх.`, `входящ`, `преписка`, `към №` and their like, or `изх.`; moves past it.
  mutating func label() -> CitedNumber.Label {
    let start = position
    let word = word()
    position += word.unicodeScalars.count
    let label: CitedNumber.Label
    switch word {
    case "вх", "входящ", "входящия", "вхн", "преписка", "преписката", "рег", "регистрационен", "към", "ваш", "вашия": label = .incoming
    case "изх", "изходящ": label = .outgoing
    default: label = .none
    }
    let rest = position
    // „към“, „ваш“ and „преписка“ are words of every day: only a number sign makes them a label.
    skipLabelSigns()
    let hasSign = scalars[rest..<position].contains { $0 == "№" || $0 == "N" || $0 == "n" || $0 == "н" || $0 == "Н" }
    let isStrong = label == .outgoing || word.hasPrefix("вх")
    if label != .none, isStrong ? position > rest : hasSign { return label }
    position = start
    return .none
  }

  /// `.`, spaces, `№`, `No`, `N:`, `номер`.
  mutating func skipLabelSigns() {
    while position < scalars.count {
      let scalar = scalars[position]
      if scalar == "." || scalar == ":" || scalar == "№" || scalar.properties.isWhitespace {
        position += 1
      } else if (scalar == "N" || scalar == "n"), position + 1 < scalars.count, "oо.:°º ".unicodeScalars.contains(scalars[position + 1]) {
        position += 2
      } else if word(at: position, is: "номер") {
        position += 5
      } else {
        return
      }
    }
  }

  /// The number itself. `needsShape` demands what an unlabelled number must have to be told from other text: a law, a slash, a unit.
  mutating func number(needsShape: Bool) -> String? {
    let start = position
    var parts = ""
    var pendingSpace = false
    scan: while position < scalars.count, parts.unicodeScalars.count <= 64 {
      let scalar = scalars[position]
      switch scalar {
      case _ where scalar.properties.isWhitespace:
        if scalar == "\n" && pendingSpace { break scan }
        pendingSpace = true
      case "/", "-", "#", "–", "‑":
        parts.unicodeScalars.append(scalar == "–" || scalar == "‑" ? "-" : scalar)
        pendingSpace = false
      case "г", "Г":
        // „2012г.“ ends a date; elsewhere it is a letter of an index.
        if parts.contains("."), parts.unicodeScalars.last?.isASCIIDigit == true { break scan }
        fallthrough
      case _ where scalar.isNumberPart:
        // A space is part of a number only beside a separator, or between the letters and the digits of „РД 09“.
        if pendingSpace, let last = parts.unicodeScalars.last, last.isNumberPart, !joins(last, scalar, parts) { break scan }
        pendingSpace = false
        parts.unicodeScalars.append(scalar.foldedToCyrillicCapital)
      case "." where position + 1 < scalars.count && scalars[position + 1].isASCIIDigit && endsWithDigits(parts, atMost: 4) && !pendingSpace:
        parts.append(".")
      default: break scan
      }
      position += 1
    }
    while let last = parts.last, "/-#.".contains(last) { parts.removeLast() }
    guard parts.unicodeScalars.contains(where: \.isASCIIDigit), !parts.isEmpty, parts.unicodeScalars.count <= 64,
      !needsShape || NumberScanner.hasShape(parts)
    else {
      position = start
      return nil
    }
    return withDate(parts)
  }

  /// „РД 09/0134“: capitals, a space and digits, at the start of the number.
  private func joins(_ last: Unicode.Scalar, _ next: Unicode.Scalar, _ parts: String) -> Bool {
    !last.isASCIIDigit && next.isASCIIDigit && (1...3).contains(parts.unicodeScalars.count)
      && parts.unicodeScalars.allSatisfy { !$0.isASCIIDigit }
  }

  private func endsWithDigits(_ text: String, atMost limit: Int) -> Bool {
    let digits = text.unicodeScalars.reversed().prefix { $0.isASCIIDigit }.count
    return digits > 0 && digits <= limit
  }

  /// `ЗСПД/Д-В/10504…`, `ЗД/Д-В-118…`: two to five letters, a slash, `Д-` and more; or a document-flow number with `#`.
  private static func hasShape(_ number: String) -> Bool {
    let sections = number.split(separator: "/", omittingEmptySubsequences: false)
    if let law = sections.first, sections.count >= 2, (2...5).contains(law.count), law.unicodeScalars.allSatisfy(\.isCyrillicCapital),
      sections[1].hasPrefix("Д-"), sections[1].count >= 3
    {
      return true
    }
    guard let mark = number.firstIndex(of: "#") else { return false }
    return number[..<mark].split(separator: "-").count >= 3
  }

  /// Appends the date that „от 12.12.2019 г.“ gives, and writes one that is there already with two-digit day and month.
  private mutating func withDate(_ number: String) -> String {
    let sections = number.split(separator: "/", omittingEmptySubsequences: false)
    if let last = sections.last, sections.count > 1, let date = NumberScanner.date(last) {
      return sections.dropLast().joined(separator: "/") + "/" + date
    }
    let rest = position
    skipSpaces()
    guard word(at: position, is: "от") else {
      position = rest
      return number
    }
    position += 2
    skipSpaces()
    var text = ""
    while position < scalars.count, scalars[position].isASCIIDigit || scalars[position] == ".", text.count < 11 {
      text.unicodeScalars.append(scalars[position])
      position += 1
    }
    if let date = NumberScanner.date(text.hasSuffix(".") ? text.dropLast() : Substring(text)) { return number + "/" + date }
    position = rest
    return number
  }

  private static func date(_ text: Substring) -> String? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let day = Int(parts[0]), let month = Int(parts[1]), var year = Int(parts[2]) else { return nil }
    if parts[2].count == 2 { year += 2000 }
    guard CivilDate(year: year, month: month, day: day) != nil, year >= 1900 else { return nil }
    return "\(padded(day, 2)).\(padded(month, 2)).\(year)"
  }

  private mutating func skipSpaces() {
    while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
  }

  /// The letters that stand here, at most twenty, in small.
  func word() -> String {
    let letters = scalars[position...].prefix(20).prefix { $0.properties.isAlphabetic }
    return String(String.UnicodeScalarView(letters)).lowercased()
  }

  private func word(at start: Int, is word: String) -> Bool {
    let wanted = Array(word.unicodeScalars)
    guard start + wanted.count <= scalars.count else { return false }
    let here = String(String.UnicodeScalarView(scalars[start..<(start + wanted.count)])).lowercased()
    let next = start + wanted.count
    return here == word && (next == scalars.count || !scalars[next].properties.isAlphabetic)
  }
}

extension Unicode.Scalar {
  fileprivate var isASCIIDigit: Bool { (0x30...0x39).contains(value) }

  fileprivate var isCyrillicCapital: Bool { (0x0410...0x042F).contains(value) }

  /// A letter of a number's index (Cyrillic, or Latin that looks like it), a digit, or the `?` of an index not yet known.
  fileprivate var isNumberPart: Bool {
    isASCIIDigit || (0x0410...0x044F).contains(value) || (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value) || self == "?"
  }

  /// Capital, and Cyrillic where a Latin letter only looks so.
  fileprivate var foldedToCyrillicCapital: Unicode.Scalar {
    let capital = properties.uppercaseMapping.unicodeScalars.first ?? self
    return Unicode.Scalar.lookAlikes[capital] ?? capital
  }

  private static let lookAlikes: [Unicode.Scalar: Unicode.Scalar] = [
    "A": "А", "B": "В", "C": "С", "E": "Е", "H": "Н", "K": "К", "M": "М", "O": "О", "P": "Р", "T": "Т", "X": "Х", "Y": "У",
  ]
}
