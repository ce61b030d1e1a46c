import Model
import Robot
import Testing

@Suite("Terms and working days (domain.md 9)")
struct TermTests {
  private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(iso8601: text)) }

  @Test(
    "Orthodox Easter",
    arguments: ["2025-04-20", "2026-04-12", "2027-05-02", "2028-04-16", "2029-04-08", "2030-04-28"])
  func easter(text: String) throws {
    let date = try day(text)
    #expect(WorkCalendar.orthodoxEaster(of: date.year) == date)
  }

  @Test("fixed holidays on a weekend move; 1 May on Holy Saturday moves past Easter Monday")
  func movedDays() throws {
    let calendar = WorkCalendar()
    for text in ["2026-05-25", "2026-09-07", "2026-12-28", "2027-05-04", "2027-12-27", "2027-12-28", "2026-04-10", "2026-04-13"] {
      #expect(!calendar.isWorkingDay(try day(text)), "\(text)")
    }
    for text in ["2026-05-26", "2026-09-08", "2026-12-29", "2027-05-05", "2027-12-29", "2026-04-14", "2026-11-02"] {
      #expect(calendar.isWorkingDay(try day(text)), "\(text)")
    }
  }

  @Test("days given and taken by the Council of Ministers count")
  func overrides() throws {
    let calendar = WorkCalendar(daysOff: [try day("2026-07-06")], workedDays: [try day("2026-07-11")])
    #expect(!calendar.isWorkingDay(try day("2026-07-06")))
    #expect(calendar.isWorkingDay(try day("2026-07-11")))
  }

  @Test(
    "the last day of a term",
    arguments: [
      (Term.days(14), "2026-07-03T10:00:00+03:00", "2026-07-17"),
      // 14 days from 4 July end on a Saturday.
      (.days(14), "2026-07-04T10:00:00+03:00", "2026-07-20"),
      (.workingDays(3), "2026-07-03T10:00:00+03:00", "2026-07-08"),
      (.months(1), "2026-08-31T10:00:00+03:00", "2026-09-30"),
      (.months(2), "2026-12-31T10:00:00+02:00", "2027-03-01"),
      (.endOfNextMonth, "2026-01-31T23:59:59+02:00", "2026-02-28"),
      (.hours(48), "2026-07-03T23:30:00+03:00", "2026-07-05"),
    ])
  func due(term: Term, received: String, expected: String) throws {
    let moment = try #require(Timestamp(iso8601: received))
    #expect(DueDate.of(term, receivedAt: moment, calendar: WorkCalendar()) == (try day(expected)))
  }

  @Test("receipt is counted by the day in Sofia, not in UTC")
  func sofiaDay() throws {
    let late = try #require(Timestamp(iso8601: "2026-07-02T21:30:00Z"))
    #expect(DueDate.of(.days(1), receivedAt: late, calendar: WorkCalendar()) == (try day("2026-07-06")))
  }
}
