import FoundationEssentials
import Model
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    // Every form of ССЕВ (contract section 3.2).
    ("2026-02-03T14:05:09.337+02:00", "2026-02-03T12:05:09.337000Z"),
    ("2026-07-01T09:00:00.1234567+03:00", "2026-07-01T06:00:00.123456Z"),
    ("2026-02-03T10:15:02+02:00", "2026-02-03T08:15:02.000000Z"),
    ("2026-02-03T10:15:02", "2026-02-03T08:15:02.000000Z"),
    ("2026-07-03T10:15:02", "2026-07-03T07:15:02.000000Z"),
    ("2026-02-02T09:00:00.1", "2026-02-02T07:00:00.100000Z"),
    ("2026-02-03T08:15:02Z", "2026-02-03T08:15:02.000000Z"),
    ("2026-02-03T08:15:02.9999999Z", "2026-02-03T08:15:02.999999Z"),
    ("2026-02-03T08:15:02.123456789Z", "2026-02-03T08:15:02.123456Z"),
    ("2026-02-03 08:15:02z", "2026-02-03T08:15:02.000000Z"),
    ("2026-02-03T08:15Z", "2026-02-03T08:15:00.000000Z"),
    ("2026-02-03T08:15:02-0530", "2026-02-03T13:45:02.000000Z"),
    // Across midnight and new year, and before 1970.
    ("2026-01-01T00:30:00+02:00", "2025-12-31T22:30:00.000000Z"),
    ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
    ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z"),
  ]) func read(text: String, utc: String) throws {
    let moment = try #require(Timestamp(iso8601: text))
    #expect(moment.iso8601 == utc)
    #expect(Timestamp(iso8601: moment.iso8601) == moment)
  }

  @Test(arguments: [
    "", "2026-02-03", "2026-02-03T", "2026-02-03T1:05:09Z", "2026-02-03T24:00:00Z", "2026-02-03T10:60:00Z", "2026-02-03T10:00:60Z",
    "2026-02-30T10:00:00Z", "2026-02-03T10:00:00.Z", "2026-02-03T10:00:00.1234567890Z", "2026-02-03T10:00:00+", "2026-02-03T10:00:00+2",
    "2026-02-03T10:00:00+02:60", "2026-02-03T10:00:00+19:00", "2026-02-03T10:00:00Zx", "2026-02-03T10:00:00+02:00x", "02/03/2026 10:00:00",
    "2026-02-03T10:00:00,5Z", "вчера", "2026-02-03T10:00:00 Z",
  ]) func refuse(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  /// Text order is time order: the store sorts by it.
  @Test func textOrderIsTimeOrder() {
    let moments = [-62_135_596_800_000_000, -1, 0, 1, 999_999, 1_000_000, 1_770_000_000_000_001, 253_402_300_799_999_999]
      .map { Timestamp(microseconds: $0) }
    #expect(moments.map(\.iso8601) == moments.map(\.iso8601).sorted())
    for moment in moments { #expect(Timestamp(iso8601: moment.iso8601) == moment) }
  }

  @Test func wholeSecondsAreRoundedDown() {
    #expect(Timestamp(microseconds: -1).seconds == -1)
    #expect(Timestamp(microseconds: -1_000_000).seconds == -1)
    #expect(Timestamp(microseconds: 999_999).seconds == 0)
  }

  @Test func arithmetic() {
    let moment = Timestamp(seconds: 1_000)
    #expect(moment + .milliseconds(1_500) == Timestamp(microseconds: 1_001_500_000))
    #expect(moment - .seconds(1_001) == Timestamp(seconds: -1))
    #expect(moment - Timestamp(microseconds: 999_999_999) == .microseconds(1))
    #expect(Duration.nanoseconds(1_999).microseconds == 1)
    #expect(Duration.nanoseconds(-1_999).microseconds == -1)
  }

  @Test func coding() throws {
    let moment = Timestamp(microseconds: 1_770_121_509_337_000)
    let data = try JSONEncoder().encode([moment])
    #expect(String(decoding: data, as: UTF8.self) == "[\"2026-02-03T12:25:09.337000Z\"]")
    #expect(try JSONDecoder().decode([Timestamp].self, from: data) == [moment])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Timestamp].self, from: Data("[\"x\"]".utf8)) }
  }
}
