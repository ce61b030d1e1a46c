import Model
import Testing

@Suite struct SofiaTimeTests {
  private func utc(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

  /// The published switch days of the European Union; both switches are at 01:00 UTC.
  @Test(arguments: [
    (2024, "03-31", "10-27"), (2025, "03-30", "10-26"), (2026, "03-29", "10-25"), (2027, "03-28", "10-31"), (2028, "03-26", "10-29"),
    (2029, "03-25", "10-28"), (2030, "03-31", "10-27"), (2033, "03-27", "10-30"),
  ]) func switches(year: Int, march: String, october: String) throws {
    let spring = try utc("\(year)-\(march)T01:00:00Z")
    let autumn = try utc("\(year)-\(october)T01:00:00Z")
    #expect(SofiaTime.offset(at: spring - .microseconds(1)) == 7_200)
    #expect(SofiaTime.offset(at: spring) == 10_800)
    #expect(SofiaTime.offset(at: autumn - .microseconds(1)) == 10_800)
    #expect(SofiaTime.offset(at: autumn) == 7_200)
    #expect(SofiaTime.iso8601(spring - .seconds(1)) == "\(year)-\(march)T02:59:59+02:00")
    #expect(SofiaTime.iso8601(spring) == "\(year)-\(march)T04:00:00+03:00")
    #expect(SofiaTime.iso8601(autumn - .seconds(1)) == "\(year)-\(october)T03:59:59+03:00")
    #expect(SofiaTime.iso8601(autumn) == "\(year)-\(october)T03:00:00+02:00")
  }

  /// 03:00–04:00 comes twice in October: without an offset it is the second one, as ССЕВ reads it (contract section 3.2).
  @Test(arguments: [
    ("2026-10-25T02:59:59", "2026-10-24T23:59:59.000000Z"), ("2026-10-25T03:00:00", "2026-10-25T01:00:00.000000Z"),
    ("2026-10-25T03:30:00", "2026-10-25T01:30:00.000000Z"), ("2026-10-25T03:59:59.997", "2026-10-25T01:59:59.997000Z"),
    ("2026-10-25T04:00:00", "2026-10-25T02:00:00.000000Z"),
    // With an offset nothing is ambiguous.
    ("2026-10-25T03:30:00+03:00", "2026-10-25T00:30:00.000000Z"), ("2026-10-25T03:30:00+02:00", "2026-10-25T01:30:00.000000Z"),
  ]) func repeatedHour(local: String, utc: String) throws {
    #expect(try #require(Timestamp(iso8601: local)).iso8601 == utc)
  }

  /// 03:00–04:00 does not exist in March: it is read as summer time.
  @Test(arguments: [
    ("2026-03-29T02:59:59", "2026-03-29T00:59:59.000000Z"), ("2026-03-29T03:00:00", "2026-03-29T00:00:00.000000Z"),
    ("2026-03-29T03:30:00", "2026-03-29T00:30:00.000000Z"), ("2026-03-29T04:00:00", "2026-03-29T01:00:00.000000Z"),
  ]) func skippedHour(local: String, utc: String) throws {
    #expect(try #require(Timestamp(iso8601: local)).iso8601 == utc)
  }

  /// Every local quarter of an hour of ten years comes back as it was, but for the hours that do not exist.
  @Test func localTimesRoundTrip() throws {
    let start = Int64(try #require(CivilDate(iso8601: "2023-01-01")).daysSince1970) * 86_400
    var odd = 0
    for local in stride(from: start, to: start + 3_653 * 86_400, by: 900) {
      let moment = Timestamp(seconds: SofiaTime.utcSeconds(fromLocalSeconds: local))
      let back = moment.seconds + Int64(SofiaTime.offset(at: moment))
      guard back != local else { continue }
      odd += 1
      let shown = SofiaTime.LocalTime(moment)
      #expect(shown.date.month == 3 && shown.date.weekday == 7 && shown.hour == 2)
    }
    #expect(odd == 10 * 4)
  }

  /// Years turn at midnight in Sofia, two hours before UTC.
  @Test func dayBoundaries() throws {
    let newYear = try utc("2025-12-31T22:00:00Z")
    #expect(SofiaTime.date(of: newYear).description == "2026-01-01")
    #expect(SofiaTime.date(of: newYear - .microseconds(1)).description == "2025-12-31")
    #expect(SofiaTime.midnight(of: try #require(CivilDate(iso8601: "2026-01-01"))) == newYear)
    #expect(SofiaTime.midnight(of: try #require(CivilDate(iso8601: "2026-07-01"))).iso8601 == "2026-06-30T21:00:00.000000Z")
    // Days of 23 and of 25 hours.
    for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-05-05", 24)] {
      let date = try #require(CivilDate(iso8601: day))
      #expect(SofiaTime.midnight(of: date.adding(days: 1)) - SofiaTime.midnight(of: date) == .seconds(hours * 3600))
    }
  }

  @Test func patterns() throws {
    let moment = try utc("2026-07-03T07:05:09Z")
    #expect(SofiaTime.format(moment, "dd.MM.yyyy 'г.,' HH:mm:ss") == "03.07.2026 'г.,' 10:05:09")
    #expect(SofiaTime.format(moment, "dd.MM.yyyy г., HH:mm:ss ч.") == "03.07.2026 г., 10:05:09 ч.")
    #expect(SofiaTime.format(moment, "yyyyMMdd") == "20260703")
    #expect(SofiaTime.format(moment, "") == "")
    #expect(SofiaTime.format(moment, "d M yy") == "d M yy")
  }
}
