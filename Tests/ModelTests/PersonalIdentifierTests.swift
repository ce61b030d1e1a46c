import Model
import Testing

/// Every vector of domain.md 10.
struct PersonalIdentifierTests {
  let today = CivilDate(year: 2026, month: 11, day: 22) ?? CivilDate(daysSince1970: 0)

  @Test(arguments: [
    ("0001010003", "1900-01-01"), ("0012317774", "1900-12-31"), ("2022290015", "1820-02-29"), ("8922267066", "1889-02-26"),
    ("0001010030", "1900-01-01"),
  ])
  func validCivilNumbers(number: String, birth: String) {
    #expect(PersonalIdentifier.kinds(of: number) == [.civil])
    #expect(PersonalIdentifier.validity(of: number, on: today) == .valid)
    #expect(PersonalIdentifier.birthDate(ofCivil: number)?.description == birth)
  }

  @Test(arguments: [("9952290007", "2099-12-29"), ("9542123456", "2095-02-12")])
  func datesToComeAreFlagged(number: String, birth: String) {
    #expect(PersonalIdentifier.validity(of: number, on: today) == .future)
    #expect(PersonalIdentifier.birthDate(ofCivil: number)?.description == birth)
    #expect(PersonalIdentifier.validity(of: number, on: CivilDate(iso8601: birth) ?? today) == .valid)
  }

  @Test func wrongCheckDigitAndImpossibleDates() {
    #expect(PersonalIdentifier.validity(of: "0001010004", on: today) == .invalid)
    #expect(PersonalIdentifier.validity(of: "0002300007", on: today) == .invalid)
    for month in [13, 20, 33, 40, 53, 99, 0] {
      for check in 0..<10 {
        #expect(!PersonalIdentifier.kinds(of: "00\(padded(month, 2))01000\(check)").contains(.civil))
      }
    }
  }

  @Test(arguments: ["0000000011", "9876543217", "9999999999", "5555555500"])
  func foreigners(number: String) {
    #expect(PersonalIdentifier.kinds(of: number) == [.foreigner])
    #expect(PersonalIdentifier.validity(of: number, on: today) == .valid)
  }

  @Test func bothChecksPass() {
    #expect(PersonalIdentifier.kinds(of: "0001010024") == [.civil, .foreigner])
    #expect(PersonalIdentifier.validity(of: "0001010024", on: today) == .ambiguous)
  }

  @Test(arguments: ["999990003", "987650154", "900000490", "121015056"])
  func entities(number: String) { #expect(PersonalIdentifier.kinds(of: number) == [.entity]) }

  @Test(arguments: ["9999900030006", "9999900030030", "9999900030710", "1210150561306"])
  func branches(number: String) { #expect(PersonalIdentifier.kinds(of: number) == [.branch]) }

  @Test func otherInvalidNumbers() {
    #expect(PersonalIdentifier.validity(of: "999990004", on: today) == .invalid)
    #expect(PersonalIdentifier.validity(of: "9999900030007", on: today) == .invalid)
    #expect(PersonalIdentifier.validity(of: "9999900040006", on: today) == .invalid)
    for text in ["", "12345678", "00010100030", "000101000A", "٠٠٠١٠١٠٠٠٣"] {
      #expect(PersonalIdentifier.validity(of: text, on: today) == .unknown)
    }
  }
}
