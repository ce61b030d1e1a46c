import FoundationEssentials
import LoopbackServer
import Model
import Testing

/// A pair of `Tests/Golden/ssev`.
struct Golden {
  let name: String
  let request: ReceivedRequest?
  let response: [UInt8]

  static let folder = String(#filePath.dropLast("MailboxTests/Golden.swift".count)) + "Golden/ssev/"

  init(_ name: String) throws {
    self.name = name
    var bytes = [UInt8]((try? Data(contentsOf: URL(filePath: Golden.folder + name + ".request.http"))) ?? Data())
    request = ReceivedRequest(taking: &bytes)
    response = [UInt8](try Data(contentsOf: URL(filePath: Golden.folder + name + ".response.http")))
  }

  /// A server that gives this answer to anything.
  func server() throws -> LoopbackServer {
    let response = response
    return try LoopbackServer { _ in [.send(response)] }
  }

  /// What the client sent must be the golden request in all that the contract fixes: method, address with its query, the headers that the file
  /// has, the JSON member by member.
  func check(_ sent: ReceivedRequest?, location: SourceLocation = #_sourceLocation) throws {
    let request = try #require(request, sourceLocation: location)
    let sent = try #require(sent, "nothing was sent", sourceLocation: location)
    #expect(sent.method == request.method, sourceLocation: location)
    #expect(sent.target == request.target, sourceLocation: location)
    for (name, value) in request.headers where !["host", "content-length", "content-type"].contains(name.lowercased()) {
      #expect(sent[name] == value, "\(self.name): \(name)", sourceLocation: location)
    }
    if request.method == "POST" { #expect(sent["Content-Length"] == String(sent.body.count), sourceLocation: location) }
    guard request["Content-Type"] == "application/json" else { return }
    #expect(sent["Content-Type"] == "application/json", sourceLocation: location)
    let wanted = try JSONDecoder().decode(JSONValue.self, from: Data(request.body))
    #expect(try JSONDecoder().decode(JSONValue.self, from: Data(sent.body)) == wanted, sourceLocation: location)
  }
}

/// Every golden case is either asserted here or named with the reason why this client never meets it.
@Suite struct GoldenCoverageTests {
  /// Requests this client never makes: no limit, dates without an offset, on behalf of others, other routes, wrong methods, broken bodies.
  private static let notOurs: Set<String> = [
    "blob", "blob-404", "blob-delete", "blobs-list", "download-head-405", "download-range-416", "inbox-from-to-inclusive", "inbox-limit-zero",
    "inbox-no-limit", "inbox-october-hour", "inbox-offset-beyond-end", "inbox-to-is-midnight", "obo-inbox", "obo-without-person-500",
    "profiles-check", "profiles-check-company", "profiles-list", "profiles-search", "profiles-search-no-group-403", "send-malformed-405",
    "send-no-template-403", "upload-no-file-400", "upload-type-400", "view-foreign-403",
  ]

  @Test func everyCaseIsAccountedFor() throws {
    let folder = String(#filePath.dropLast("Golden.swift".count))
    let tests = try ["GoldenTests", "GatewayTests", "ToleranceTests"].map {
      String(decoding: try Data(contentsOf: URL(filePath: folder + $0 + ".swift")), as: UTF8.self)
    }.joined()
    let files = try FileManager.default.contentsOfDirectory(atPath: Golden.folder)
    let names = Set(files.filter { $0.hasSuffix(".response.http") }.map { String($0.dropLast(".response.http".count)) })
    #expect(names.count > 60)
    for name in names.subtracting(GoldenCoverageTests.notOurs) { #expect(tests.contains("\"\(name)\""), "\(name) is asserted nowhere") }
    #expect(names.isSuperset(of: GoldenCoverageTests.notOurs))
  }
}
