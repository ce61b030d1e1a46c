import LoopbackServer
import Mailbox
import Model
import Testing

/// No error may hold a name, a subject, a file name, a body, an identifier of a person, a link or a token, whatever the server answers.
@Suite(.timeLimit(.minutes(8))) struct PrivacyTests {
  private static let secrets = [
    "Тайнов", "0001010003", "Моля за", "zayavlenie", "AbC_-9QxT1", "SECRET", "example.test", "0888000000", "TOKEN", "Потвърждение",
  ]

  private func check(_ error: OperatorError, location: SourceLocation = #_sourceLocation) {
    let text = "\(error) \(error.summary) \(error.remedy) \(error.context) \(String(reflecting: error))"
    for secret in PrivacyTests.secrets { #expect(!text.contains(secret), "\(error.code) tells \(secret)", sourceLocation: location) }
  }

  /// Answers that hold personal data and are wrong in every place in turn.
  @Test(arguments: [
    "messageId", "dateSent", "dateReceived", "sender", "fields", "result", "length", "content", "profileId", "recipients", "templateId",
  ]) func wrongAnswers(member: String) async throws {
    let body = """
      {"messageId":1,"dateSent":"2026-02-03T10:00:00","dateReceived":null,"profileId":1,"identifier":"0001010003","name":"Иван Тайнов",
      "email":"a@example.test","phone":"0888000000","sender":{"profileId":1,"name":"Иван Тайнов"},"subject":"Моля за помощ","templateId":1,
      "fields":{"a":"Моля за помощ","b":[{"fileName":"zayavlenie","downloadLink":"https://x/message?t=AbC_-9QxT1"}]},"recipients":[],
      "content":[],"result":[],"length":0}
      """.replacing("\"\(member)\":", with: "\"\(member)\":\"Иван Тайнов\",\"Моля за\":")
    for status in [200, 400, 401, 403, 404, 418, 429, 500, 503] {
      let server = try LoopbackServer { _ in [.answer(status, body, headers: ["Content-Type: text/plain", "X-Name: SECRET"])] }
      let client = makeClient(server)
      let calls: [() async throws -> Void] = [
        { _ = try await client.inbox(limit: 1) }, { _ = try await client.open(1) }, { _ = try await client.view(1) },
        { _ = try await client.template(1) }, { _ = try await client.profile(1) }, { _ = try await client.templates() },
        { _ = try await client.targetGroups() }, { _ = try await client.upload(fileName: "zayavlenie", content: [1]) },
      ]
      for call in calls {
        do { try await call() } catch let error as OperatorError { check(error) }
      }
      switch await client.send(reply) {
      case .sent: Issue.record("sent")
      case .notSent(let error), .uncertain(let error): check(error)
      }
      let blob = Blob(
        blobId: 1, fileName: "zayavlenie", size: 1, sha256: nil, isMalicious: nil, downloadLink: server.base + "/message?t=SECRET",
        linkExpires: nil, documentRegistrationNumber: nil)
      check(try await failure { try await client.download(blob, into: CollectingSink()) })
      #expect(!"\(blob) \(String(reflecting: blob))".contains("SECRET"))
      var dumped = ""
      dump(blob, to: &dumped)
      #expect(!dumped.contains("SECRET") && !dumped.contains("zayavlenie"))
    }
  }

  @Test func connectionFailures() async throws {
    for steps: [LoopbackServer.Step] in [[.close], [.reset], [.send(Array("SECRET\r\n\r\n".utf8)), .close]] {
      let server = try LoopbackServer { _ in steps }
      let blob = Blob(
        blobId: 1, fileName: "zayavlenie", size: 1, sha256: nil, isMalicious: nil, downloadLink: server.base + "/message?t=SECRET",
        linkExpires: nil, documentRegistrationNumber: nil)
      check(try await failure { try await makeClient(server).download(blob, into: CollectingSink()) })
    }
  }
}
