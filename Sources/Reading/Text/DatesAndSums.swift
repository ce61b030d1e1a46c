import Model

/// Dates and sums of money in running text (submissions.md 6): `03.02.2026 г.`, `3.2.26`, `2026-02-03`, `3 февруари 2026`; `1 234,50 лв.`, `€ 20`.
enum DatesAndSums {
  struct Found<Value: Equatable>: Equatable {
    var value: Value
    /// In scalars from the start of the text.
    var offset: Int
  }

  static let maximum = 50

  private static let months = [
    "януари", "февруари", "март", "април", "май", "юни", "юли", "август", "септември", "октомври", "ноември", "декември",
  ].map { Array($0.unicodeScalars) }

  /// Each date once, in order.
  static func dates(in scalars: [Unicode.Scalar]) -> [Found<CivilDate>] {
    var found: [Found<CivilDate>] = []
    var index = 0
    while index < scalars.count, found.count < maximum {
      guard isNumberStart(scalars, index) else {
        index += 1
        continue
      }
      guard let (date, end) = date(scalars, index) else {
        while index < scalars.count, scalars[index].isDigit { index += 1 }
        continue
      }
      if !found.contains(where: { $0.value == date }) { found.append(Found(value: date, offset: index)) }
      index = end
    }
    return found
  }

  /// `1234.50 BGN` or `20.00 EUR`, each once, in order.
  static func sums(in scalars: [Unicode.Scalar]) -> [Found<String>] {
    var found: [Found<String>] = []
    var index = 0
    while index < scalars.count, found.count < maximum {
      guard isNumberStart(scalars, index) else {
        index += 1
        continue
      }
      let (amount, end) = amount(scalars, index)
      let isBefore = index > 0 && before(scalars, index) == "€"
      if let amount, let currency = isBefore ? "EUR" : currency(scalars, end) {
        let value = "\(amount) \(currency)"
        if !found.contains(where: { $0.value == value }) { found.append(Found(value: value, offset: index)) }
      }
      index = max(end, index + 1)
    }
    return found
  }

  /// A digit that goes on no other number: not after a digit, a letter, or what joins parts of an index.
  private static func isNumberStart(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    guard scalars[index].isDigit else { return false }
    guard index > 0 else { return true }
    let previous = scalars[index - 1]
    return !previous.isDigit && !previous.properties.isAlphabetic && !"./-#,_".unicodeScalars.contains(previous)
  }

  private static func number(_ scalars: [Unicode.Scalar], _ index: inout Int, atMost length: Int) -> (value: Int, digits: Int)? {
    var value = 0
    var digits = 0
    while index < scalars.count, scalars[index].isDigit, digits <= length {
      value = value * 10 + Int(scalars[index].value - 0x30)
      digits += 1
      index += 1
    }
    return digits == 0 || digits > length ? nil : (value, digits)
  }

  private static func date(_ scalars: [Unicode.Scalar], _ start: Int) -> (CivilDate, Int)? {
    var index = start
    guard let first = number(scalars, &index, atMost: 4), index < scalars.count else { return nil }
    if first.digits == 4, scalars[index] == "-" {
      index += 1
      guard let month = number(scalars, &index, atMost: 2), month.digits == 2, index < scalars.count, scalars[index] == "-" else { return nil }
      index += 1
      guard let day = number(scalars, &index, atMost: 2), day.digits == 2, let date = CivilDate(year: first.value, month: month.value, day: day.value)
      else { return nil }
      return plausible(date, scalars, index)
    }
    guard first.digits <= 2 else { return nil }
    let month: Int
    if scalars[index] == "." {
      index += 1
      if index < scalars.count, scalars[index] == " " { index += 1 }
      guard let number = number(scalars, &index, atMost: 2), index < scalars.count, scalars[index] == "." else { return nil }
      month = number.value
      index += 1
      if index < scalars.count, scalars[index] == " " { index += 1 }
    } else {
      while index < scalars.count, scalars[index] == " " || scalars[index] == "\u{A0}" { index += 1 }
      guard let named = months.firstIndex(where: { starts(scalars, index, $0) }) else { return nil }
      month = named + 1
      index += months[named].count
      while index < scalars.count, scalars[index] == " " || scalars[index] == "\u{A0}" { index += 1 }
    }
    guard let year = number(scalars, &index, atMost: 4), year.digits == 4 || year.digits == 2 else { return nil }
    let whole = year.digits == 4 ? year.value : year.value <= 50 ? 2000 + year.value : 1900 + year.value
    return CivilDate(year: whole, month: month, day: first.value).flatMap { plausible($0, scalars, index) }
  }

  private static func plausible(_ date: CivilDate, _ scalars: [Unicode.Scalar], _ end: Int) -> (CivilDate, Int)? {
    let goesOn = end < scalars.count && (scalars[end] == "/" || scalars[end] == "-") && end + 1 < scalars.count && scalars[end + 1].isDigit
    return (1800...2199).contains(date.year) && !goesOn ? (date, end) : nil
  }

  private static func starts(_ scalars: [Unicode.Scalar], _ index: Int, _ word: [Unicode.Scalar]) -> Bool {
    guard index + word.count <= scalars.count else { return false }
    return zip(scalars[index..<(index + word.count)], word).allSatisfy { pair in
      pair.0 == pair.1 || pair.0.properties.lowercaseMapping.unicodeScalars.first == pair.1
    }
  }

  /// Digits with spaces or points between thousands and a comma or point before the last one or two.
  private static func amount(_ scalars: [Unicode.Scalar], _ start: Int) -> (String?, Int) {
    var groups = [""]
    var separators: [Unicode.Scalar] = []
    var index = start
    while index < scalars.count, index - start < 24 {
      let scalar = scalars[index]
      if scalar.isDigit {
        groups[groups.count - 1].unicodeScalars.append(scalar)
      } else if " \u{A0}.,".unicodeScalars.contains(scalar), index + 1 < scalars.count, scalars[index + 1].isDigit {
        if scalar == " " || scalar == "\u{A0}" {
          // „на 5 100 лв.“ is one sum; „до 2026 100 лв.“ is not.
          let next = scalars[(index + 1)...].prefix { $0.isDigit }.count
          guard next == 3, groups[groups.count - 1].count <= 3 else { break }
        }
        separators.append(scalar)
        groups.append("")
      } else {
        break
      }
      index += 1
    }
    var decimals = ""
    if let last = groups.last, let separator = separators.last, separator == "," || separator == ".", last.count <= 2 {
      decimals = last
      groups.removeLast()
    }
    guard groups.dropFirst().allSatisfy({ $0.count == 3 }), groups.joined().count <= 12 else { return (nil, index) }
    let whole = groups.joined().drop { $0 == "0" }
    return ("\(whole.isEmpty ? "0" : whole).\(decimals.isEmpty ? "00" : decimals.count == 1 ? decimals + "0" : decimals)", index)
  }

  private static func before(_ scalars: [Unicode.Scalar], _ index: Int) -> Unicode.Scalar? {
    var place = index - 1
    while place > 0, scalars[place] == " " || scalars[place] == "\u{A0}" { place -= 1 }
    return scalars[place]
  }

  private static func currency(_ scalars: [Unicode.Scalar], _ end: Int) -> String? {
    var index = end
    while index < scalars.count, scalars[index] == " " || scalars[index] == "\u{A0}" { index += 1 }
    if index < scalars.count, scalars[index] == "€" { return "EUR" }
    let word = String(String.UnicodeScalarView(scalars[index...].prefix(8).prefix { $0.properties.isAlphabetic })).lowercased()
    switch word {
    case "лв", "лева", "лев", "bgn": return "BGN"
    case "евро", "eur", "euro": return "EUR"
    default: return nil
    }
  }
}

/// From an offset in a text to its line, 1-based.
struct LineIndex {
  private var ends: [Int] = []

  init(_ scalars: [Unicode.Scalar]) {
    for (offset, scalar) in scalars.enumerated() where scalar == "\n" { ends.append(offset) }
  }

  func line(at offset: Int) -> Int {
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return low + 1
  }
}
