import Testing

@testable import Simulator

/// Times, JSON, digests: against vectors that come from elsewhere.
struct ValueTests {
  @Test(arguments: [
    ("2026-02-03T12:05:09.337Z", "2026-02-03T14:05:09.337+02:00"), ("2026-07-01T06:00:00.1234567Z", "2026-07-01T09:00:00.1234567+03:00"),
    ("2026-07-01T06:00:00.5Z", "2026-07-01T09:00:00.5+03:00"), ("2026-07-01T06:00:00Z", "2026-07-01T09:00:00+03:00"),
    // The changes of 2025: 30 March and 26 October at 01:00 UTC.
    ("2025-03-30T00:59:59Z", "2025-03-30T02:59:59+02:00"), ("2025-03-30T01:00:00Z", "2025-03-30T04:00:00+03:00"),
    ("2025-10-25T23:59:59Z", "2025-10-26T02:59:59+03:00"),
    // The first pass of the repeated hour is read back as the second.
    ("2025-10-26T00:30:00Z", "2025-10-26T03:30:00+02:00"), ("2025-10-26T01:30:00Z", "2025-10-26T03:30:00+02:00"),
    ("2025-10-26T02:00:00Z", "2025-10-26T04:00:00+02:00"), ("2024-02-29T22:00:00Z", "2024-03-01T00:00:00+02:00"),
    ("1999-12-31T22:00:00Z", "2000-01-01T00:00:00+02:00"),
  ])
  func sofiaTime(_ input: String, _ expected: String) throws {
    let instant = try #require(Instant(input))
    #expect(SofiaTime(instant).text == expected)
  }

  @Test(arguments: [
    ("2026-02-03", "2026-02-03T00:00:00"), ("2026-02-03 10:15", "2026-02-03T10:15:00"), ("02/03/2026 10:15:02", "2026-02-03T10:15:02"),
    ("2026-02-03T10:15:02.1234567+02:00", "2026-02-03T10:15:02.1234567"), ("2026-02-03T08:15:02Z", "2026-02-03T10:15:02"),
  ])
  func inputTimes(_ input: String, _ expected: String) throws {
    #expect(SofiaTime(try #require(Instant(input))).textWithoutOffset == expected)
  }

  @Test(arguments: [
    "", "2026", "2026-13-01", "2026-02-29", "2026-02-03T25:00", "2026-02-03T10:15:02.12345678", "2026-02-03T10:15:02+2", "3.2.2026", "утре",
  ])
  func notTimes(_ input: String) { #expect(Instant(input) == nil) }

  /// `datetime` of SQL Server: 1/300 s, shown in milliseconds ending in 0, 3 or 7.
  @Test(arguments: [(0, 0), (1, 0), (2, 3), (4, 3), (5, 7), (6, 7), (8, 7), (9, 10), (336, 337), (337, 337), (998, 997), (999, 1000)])
  func threeHundredths(_ milliseconds: Int64, _ expected: Int64) {
    #expect(SofiaTime(wall: milliseconds * 10_000).roundedToDateTime.wall == expected * 10_000)
  }

  @Test func httpDate() throws {
    // The example of RFC 9110, section 5.6.7.
    #expect(try #require(Instant("1994-11-06T08:49:37Z")).httpDate == "Sun, 06 Nov 1994 08:49:37 GMT")
  }

  @Test(
    arguments: [
      ("{}", "{}"), (" [1, -2.50 ,3e+2,null,true,false]\n", "[1,-2.50,3e+2,null,true,false]"),
      (#"{"а":"\u0416\n\"\\\/\ud83d\ude00"}"#, "{\"а\":\"Ж\\n\\\"\\\\/😀\"}"), ("\u{FEFF}[\"\u{1}\"]", nil), ("[1,]", nil),
      ("{\"a\":1,}", nil),
      ("01", nil), ("1 2", nil), ("\"\\ud800\"", nil), ("\"a", nil), ("nul", nil), ("", nil), (".5", nil), ("+1", nil), ("[1}", nil),
    ] as [(String, String?)])
  func json(_ input: String, _ expected: String?) {
    #expect((try? JSON.parse(input))?.text == expected)
  }

  @Test func lineEndsOfJavaScriptAreEscaped() {
    #expect(JSON.string("а\u{85}\u{2028}\u{2029}\u{7}№ £").text == #""а\u0085\u2028\u2029\u0007№ £""#)
  }

  @Test func jsonErrorsHaveAPlace() {
    #expect { _ = try JSON.parse("{\n \"a\": x}") } throws: { "\($0)" == "2:7: expected a value" }
  }

  @Test func deepNestingIsRefused() {
    #expect(throws: JSONError.self) { _ = try JSON.parse(String(repeating: "[", count: 100_000)) }
  }

  @Test func digests() {
    #expect(Digest.sha256(Array("abc".utf8)) == "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")
    // The vectors of RFC 4648, section 10.
    let vectors = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=", "foobar": "Zm9vYmFy"]
    for (plain, coded) in vectors {
      #expect(Digest.base64(Array(plain.utf8)) == coded)
      #expect(Digest.fromBase64(coded) == Array(plain.utf8))
    }
    #expect(Digest.fromBase64("a!") == nil)
  }

  @Test func uuidsAreVersion4() {
    var chance = Chance(seed: 3)
    let uuid = chance.uuid()
    #expect(uuid.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
    #expect(Array(uuid)[14] == "4" && uuid == uuid.lowercased() && chance.uuid() != uuid)
  }

  @Test(
    arguments: [
      ("form-data; name=\"f\"; filename=\"a.txt\"", "a.txt"), ("form-data; filename=a.txt", "a.txt"),
      ("form-data; filename=\"a;b.txt\"", "a;b.txt"),
      ("form-data; filename=\"x\"; filename*=UTF-8''%D0%B0.txt", "а.txt"), ("form-data; filename=\"../../etc/passwd\"", "passwd"),
      ("form-data; filename=\"\"", nil), ("form-data; name=\"f\"", nil), ("attachment; filename=\"a\"", nil),
    ] as [(String, String?)])
  func multipartNames(_ disposition: String, _ expected: String?) {
    let body = Array("--b\r\nContent-Disposition: \(disposition)\r\n\r\n\r\n--x\r\n\r\n--b--".utf8)
    let part = Multipart.firstFile(body, boundary: "b")
    #expect(part?.fileName == expected)
    if expected != nil { #expect(part?.content == Array("\r\n--x\r\n".utf8)) }
  }
}
