import FoundationEssentials
import Model
import Testing

@Suite struct CivilDateTests {
  /// Every day of 9999 years against an independent walk through the calendar.
  @Test func daysRunOnWithoutGapOrDouble() throws {
    var expected = try #require(CivilDate(year: 1, month: 1, day: 1))
    var weekday = expected.weekday
    for days in expected.daysSince1970..<expected.daysSince1970 + 3_652_059 {
      let date = CivilDate(daysSince1970: days)
      guard date == expected, date.daysSince1970 == days, date.weekday == weekday else {
        Issue.record("day \(days) is \(date), expected \(expected)")
        return
      }
      weekday = weekday % 7 + 1
      let isLeap = date.year % 400 == 0 || date.year % 4 == 0 && date.year % 100 != 0
      let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][date.month - 1]
      let next =
        if date.day < length { CivilDate(year: date.year, month: date.month, day: date.day + 1) } else if date.month < 12 {
          CivilDate(year: date.year, month: date.month + 1, day: 1)
        } else { CivilDate(year: date.year + 1, month: 1, day: 1) }
      guard let next else {
        #expect(date.description == "9999-12-31")
        return
      }
      expected = next
    }
  }

  @Test(arguments: [
    ("1970-01-01", 0, 4), ("1969-12-31", -1, 3), ("2000-02-29", 11_016, 2), ("2026-07-03", 20_637, 5), ("1600-03-01", -135_080, 3),
    ("0001-01-01", -719_162, 1),
  ]) func knownDays(text: String, days: Int, weekday: Int) throws {
    let date = try #require(CivilDate(iso8601: text))
    #expect(date.daysSince1970 == days)
    #expect(date.weekday == weekday)
    #expect(date.description == text)
  }

  @Test(arguments: [
    "2026-02-29", "1900-02-29", "2026-04-31", "2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32", "0000-01-01", "2026-1-01", "2026-01-1",
    "2026-01-011", "20260101", "2026/01/01", " 2026-01-01", "2026-01-01 ", "+026-01-01", "２０２６-01-01", "",
  ]) func textsThatAreNoDates(text: String) {
    #expect(CivilDate(iso8601: text) == nil)
  }

  /// ЗЗД чл. 72: a term in months ends on the same day of the last month, or on its last day.
  @Test(arguments: [
    ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-03-31", 1, "2026-04-30"), ("2026-12-15", 1, "2027-01-15"),
    ("2026-11-30", 3, "2027-02-28"), ("2026-01-15", 0, "2026-01-15"), ("2026-01-31", -2, "2025-11-30"), ("2026-06-30", 14, "2027-08-30"),
  ]) func months(from: String, months: Int, to: String) throws {
    let start = try #require(CivilDate(iso8601: from))
    #expect(start.adding(months: months).description == to)
  }

  @Test func lastOfMonth() throws {
    #expect(try #require(CivilDate(iso8601: "2028-02-01")).lastOfMonth.description == "2028-02-29")
    #expect(try #require(CivilDate(iso8601: "2026-12-31")).lastOfMonth.description == "2026-12-31")
  }

  @Test func orderAndCoding() throws {
    let early = try #require(CivilDate(iso8601: "2025-12-31"))
    let late = try #require(CivilDate(iso8601: "2026-01-01"))
    #expect(early < late)
    #expect(early.adding(days: 1) == late)
    #expect(late.adding(days: -1) == early)
    let data = try JSONEncoder().encode([early])
    #expect(String(decoding: data, as: UTF8.self) == "[\"2025-12-31\"]")
    #expect(try JSONDecoder().decode([CivilDate].self, from: data) == [early])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([CivilDate].self, from: Data("[\"2025-02-30\"]".utf8)) }
  }
}
