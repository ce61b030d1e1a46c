/// The identifiers of people and organisations in Bulgaria and what their check digits say (domain.md 10). A wrong one is a flag on a
/// document, never a reason to refuse it.
package enum PersonalIdentifier {
  package enum Kind: String, Sendable, Codable, CaseIterable {
    /// ЕГН: ten digits, a date of birth, a check digit.
    case civil = "egn"
    /// ЛНЧ: ten digits of a foreigner, no date.
    case foreigner = "lnch"
    /// ЕИК/БУЛСТАТ of nine digits.
    case entity = "eik"
    /// БУЛСТАТ of thirteen digits: a branch or unit of the entity in its first nine.
    case branch = "bulstat"
  }

  /// Everything that the digits pass as; empty for none.
  package static func kinds(of text: some StringProtocol) -> [Kind] {
    guard let digits = digits(text) else { return [] }
    switch digits.count {
    case 9: return isEntity(digits) ? [.entity] : []
    case 13: return isBranch(digits) ? [.branch] : []
    case 10: return (birthDate(digits) != nil && isCivil(digits) ? [.civil] : []) + (isForeigner(digits) ? [.foreigner] : [])
    default: return []
    }
  }

  /// The verdict on a day: a date of birth after it is a flag of its own.
  package static func validity(of text: some StringProtocol, on day: CivilDate) -> IdentifierValidity {
    guard let digits = digits(text), [9, 10, 13].contains(digits.count) else { return .unknown }
    let kinds = kinds(of: text)
    if kinds.count > 1 { return .ambiguous }
    guard let kind = kinds.first else { return .invalid }
    if kind == .civil, let birth = birthDate(digits), birth > day { return .future }
    return .valid
  }

  /// The date that ten digits begin with as an ЕГН: month as it is for the 1900s, plus 20 for the 1800s, plus 40 for the 2000s. `nil` when
  /// there is no such day.
  package static func birthDate(ofCivil text: some StringProtocol) -> CivilDate? {
    guard let digits = digits(text), digits.count == 10 else { return nil }
    return birthDate(digits)
  }

  private static func digits(_ text: some StringProtocol) -> [Int]? {
    var digits: [Int] = []
    for byte in text.utf8 {
      guard (0x30...0x39).contains(byte), digits.count < 14 else { return nil }
      digits.append(Int(byte) - 0x30)
    }
    return digits
  }

  private static func birthDate(_ digits: [Int]) -> CivilDate? {
    let year = digits[0] * 10 + digits[1]
    let month = digits[2] * 10 + digits[3]
    let day = digits[4] * 10 + digits[5]
    return switch month {
    case 1...12: CivilDate(year: 1900 + year, month: month, day: day)
    case 21...32: CivilDate(year: 1800 + year, month: month - 20, day: day)
    case 41...52: CivilDate(year: 2000 + year, month: month - 40, day: day)
    default: nil
    }
  }

  private static func weighted(_ digits: some Sequence<Int>, _ weights: [Int]) -> Int {
    zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func isCivil(_ digits: [Int]) -> Bool {
    weighted(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == digits[9]
  }

  private static func isForeigner(_ digits: [Int]) -> Bool {
    weighted(digits, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == digits[9]
  }

  private static func isEntity(_ digits: [Int]) -> Bool {
    checkDigit(digits, [1, 2, 3, 4, 5, 6, 7, 8], [3, 4, 5, 6, 7, 8, 9, 10]) == digits[8]
  }

  private static func isBranch(_ digits: [Int]) -> Bool {
    isEntity(Array(digits[..<9])) && checkDigit(digits[8...], [2, 7, 3, 5], [4, 9, 5, 7]) == digits[12]
  }

  /// Modulo 11 with the first weights, with the second when that gives 10, and 0 when it does again.
  private static func checkDigit(_ digits: some Sequence<Int>, _ first: [Int], _ second: [Int]) -> Int {
    let remainder = weighted(digits, first) % 11
    return remainder < 10 ? remainder : weighted(digits, second) % 11 % 10
  }
}
