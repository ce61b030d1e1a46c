import Testing

@testable import Simulator

/// Every pair of `Tests/Golden/ssev` against the simulator. The files come from the contract's text; a difference is the simulator's fault.
struct GoldenTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var configure: @Sendable (inout Configuration) throws -> Void = { _ in }
    var before: @Sendable (GoldenWorld) throws -> Void = { _ in }
    /// Member names whose values are free in this case only.
    var free: Set<String> = []

    var testDescription: String { name }
  }

  private static let plain = [
    "inbox-page", "inbox-second-page", "inbox-no-limit", "inbox-empty", "inbox-offset-beyond-end", "inbox-limit-zero",
    "inbox-to-is-midnight",
    "inbox-from-to-inclusive", "inbox-october-hour", "inbox-chunked-answer", "open-files", "open-plain", "open-again", "open-signatures",
    "open-forward-outer", "open-forwarded", "open-unknown-500", "open-foreign-403", "open-not-integer-404", "unauthorized-401",
    "view-foreign-403", "send-empty-subject-400", "send-recipients-400", "send-fields-400", "send-iso-date-400", "send-no-template-403",
    "send-unknown-blob-405", "send-long-subject-405", "send-malformed-405", "send-chunked-405", "template-1", "template-unknown-403",
    "templates", "target-groups", "profile", "profile-no-address", "profile-404", "profiles-check", "profiles-check-company",
    "profiles-search", "profiles-search-no-group-403", "profiles-list", "upload-accepted", "upload-cyrillic-name", "upload-type-400",
    "upload-no-file-400", "upload-chunked-500", "blob-404", "download", "download-cyrillic-name", "download-range-206",
    "download-range-416", "download-head-405", "token", "obo-inbox", "obo-without-person-500",
  ]

  private static let special = [
    Case(name: "unknown-version-400", free: ["message"]),
    Case(name: "inbox-bad-date", free: ["from"]),
    Case(name: "download-no-token-400", free: ["t"]),
    Case(name: "inbox-after-open", before: { _ = try $0.get("/api/v1/messages/500122/open") }),
    Case(name: "send", before: { try $0.play("upload-accepted") }),
    Case(name: "outbox-page", before: { try $0.play("upload-accepted", "send") }, free: ["rnu"]),
    Case(name: "view", before: { try $0.play("upload-accepted", "send") }, free: ["rnu"]),
    Case(
      name: "view-opened",
      before: { world in
        try world.play("upload-accepted", "send")
        world.simulator.advanceClock(seconds: 600)
        try world.simulator.markOpened(500_200)
        // The links of the answer are as old as the others in the file.
        world.simulator.advanceClock(seconds: -600)
      }, free: ["rnu"]),
    Case(name: "upload-not-scanned", configure: { $0.faults = [try Fault("upload-not-scanned")] }),
    Case(name: "upload-malicious", configure: { $0.faults = [try Fault("upload-malicious")] }),
    Case(name: "upload-quota", configure: { $0.storageQuota = 100 }),
    Case(name: "upload-accepted-as-documented", configure: { $0.asDocumented = true }),
    Case(name: "inbox-as-documented", configure: { $0.asDocumented = true }),
    Case(name: "blobs-list", before: { _ = try $0.upload(Array("test".utf8), name: "sklad.txt", type: "STORAGE") }),
    Case(name: "blob", before: { _ = try $0.upload(Array("test".utf8), name: "sklad.txt", type: "STORAGE") }),
    Case(name: "blob-delete", before: { _ = try $0.upload(Array("test".utf8), name: "sklad.txt", type: "STORAGE") }),
    Case(name: "download-expired-400"),
    Case(name: "download-gone-404", before: { $0.simulator.removeBlob(90_017) }),
    Case(name: "inbox-bearer"),
  ]

  static let cases = plain.map { Case(name: $0) } + special

  @Test(arguments: cases)
  func answersAsWritten(_ golden: Case) throws {
    let world = try GoldenWorld(golden.configure)
    try golden.before(world)
    let request = try world.prepare(Golden.request(golden.name), for: golden.name)
    let method = String(decoding: request.prefix { $0 != 32 }, as: UTF8.self)
    let expected = try Golden.response(golden.name)
    let actual = try WireClient(port: world.port).exchange(request, method: method)
    try Golden.compare(actual, expected, free: golden.free)
    if golden.name == "inbox-chunked-answer" { #expect(actual.header("Transfer-Encoding") == "chunked") }
  }

  @Test(arguments: [("gateway-503", "503:retry-after=30"), ("gateway-429", "429:retry-after=2")])
  func gatewayAnswers(_ name: String, _ fault: String) throws {
    let world = try GoldenWorld()
    try world.simulator.setFaults([fault])
    let expected = try Golden.response(name)
    let actual = try world.get("/api/v1/messages/inbox")
    #expect(actual.status == expected.status)
    #expect(actual.header("Content-Type") == expected.header("Content-Type"))
    #expect(actual.header("Retry-After") == expected.header("Retry-After"))
  }

  /// A pair that nobody asserts is worthless.
  @Test func everyFileIsUsed() throws {
    let names = try Golden.names()
    let used = Set(Self.cases.map(\.name) + ["gateway-503", "gateway-429"])
    #expect(names.subtracting(used).isEmpty)
    #expect(used.subtracting(names).isEmpty)
  }

  @Test func contentLengthsAreRight() throws {
    for name in try Golden.names() {
      let response = try Golden.response(name)
      #expect(response.isComplete, "\(name)")
    }
  }
}

extension GoldenWorld {
  /// Sends the requests of earlier cases.
  func play(_ names: String...) throws {
    for name in names { _ = try WireClient(port: port).exchange(try Golden.request(name)) }
  }

  /// Puts real tokens where the file has place holders.
  func prepare(_ bytes: [UInt8], for name: String) throws -> [UInt8] {
    var text = String(decoding: bytes, as: UTF8.self)
    if name.hasPrefix("download") {
      let links = try links(of: 500_123)
      for (index, link) in links.enumerated() {
        text = Golden.replace("/message?t=AbC_-9QxT\(index + 1)", link, in: text)
      }
      if name.contains("expired") { simulator.advanceClock(seconds: 3601) }
    }
    if name == "inbox-bearer" {
      let token = try WireClient(port: port).exchange(try Golden.request("token")).json()["access_token"]?.string
      text = Golden.replace("AAIgZGVtbw", try #require(token), in: text)
    }
    return Array(text.utf8)
  }
}
