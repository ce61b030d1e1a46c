import HTTPTransport
import LoopbackServer
import Mailbox
import Model
import Simulator
import Testing

/// The client against the whole simulator, which shares no wire code with it.
@Suite(.timeLimit(.minutes(8))) struct ClientAgainstSimulatorTests {
  /// Waits for nothing long where the fault is that nothing comes; a loaded machine must not turn another fault into a time-out.
  private func client(_ mailbox: SimulatedMailbox, for fault: String) -> MailboxClient {
    guard fault.hasPrefix("stall") || fault.contains("ms=200") else { return mailbox.client }
    let limits = TransferLimits(connect: .seconds(5), total: .milliseconds(400))
    return makeSimulatedClient(mailbox.server, limits: MailboxEndpoint.Limits(call: limits, download: limits))
  }

  private func outgoing(_ subject: String, blobs: [Int64] = []) -> OutgoingMessage {
    OutgoingMessage(
      recipientProfileIds: [SimulatedMailbox.sender], subject: subject, rnu: nil, templateId: 1,
      fields: [
        BuiltInTemplate.messageBody: "Документът Ви е регистриран.", BuiltInTemplate.messageFiles: .array(blobs.map { .integer($0) }),
      ])
  }

  @Test(arguments: [false, true]) func wholeConversation(asDocumented: Bool) async throws {
    let mailbox = try SimulatedMailbox {
      $0.asDocumented = asDocumented
      $0.strictBodyReads = true
    }
    let id = try mailbox.add("Молба", files: ["a.txt": "първи файл", "б.txt": ""])
    let client = mailbox.client

    let rows = try await client.inboxTop()
    #expect(rows.map(\.messageId) == [id])
    #expect(rows[0].dateReceived == nil)
    let message = try await client.open(id)
    #expect(message.body == "Моля за помощ.")
    #expect(message.senderProfileId == SimulatedMailbox.sender)
    #expect(message.dateSent == at("2026-02-03T10:00:00+02:00"))
    #expect(message.blobs.map(\.fileName) == ["a.txt", "б.txt"])
    for (blob, text) in zip(message.blobs, ["първи файл", ""]) {
      let sink = CollectingSink()
      try await client.download(blob, into: sink)
      #expect(String(decoding: sink.bytes, as: UTF8.self) == text)
    }
    #expect(try await client.inboxTop().first?.dateReceived == goldenNow)
    #expect(try await client.profile(message.senderProfileId)?.identifier == "0001010003")
    #expect(try await client.template(1).verifyReplyTemplate().isEmpty)
    #expect(try await client.templates().contains { $0.templateId == 1 })
    #expect(try await client.targetGroups().count == 4)

    guard case .accepted(let blob) = try await client.upload(fileName: "отговор.txt", content: Array("отговор".utf8)) else {
      Issue.record("the upload was refused")
      return
    }
    guard case .sent(let sent) = await client.send(outgoing("Потвърждение", blobs: [blob.blobId])) else {
      Issue.record("the message was not sent")
      return
    }
    #expect(try await client.findInOutbox(subject: "Потвърждение", since: goldenNow - .seconds(3600)).map(\.messageId) == [sent])
    #expect(try await client.view(sent).recipients.map(\.dateReceived) == [nil])
    try mailbox.server.markOpened(Int(sent), by: "Получател")
    let viewed = try await client.view(sent)
    #expect(viewed.recipients.first?.profileId == SimulatedMailbox.sender)
    #expect(viewed.recipients.first?.dateReceived == goldenNow)
    #expect(viewed.fields[BuiltInTemplate.messageBody]?.string == "Документът Ви е регистриран.")
    #expect(mailbox.server.log("sent").count == 1)
  }

  // MARK: Sending under faults

  /// Whatever happens on the way: `sent` means once, `not-sent` means never, and only `uncertain` may be either.
  @Test(arguments: [
    "reset-before:route=send", "close-before:route=send", "reset-after:route=send", "cut-after:route=send", "stall-before:route=send",
    "stall:route=send", "down:count=1", "cut-body:route=send", "malformed-json:route=send", "truncated-json:route=send", "redirect:route=send",
    "503:route=send,when=before", "503:route=send,when=after", "429:route=send,when=before", "502:route=send,when=after",
    "405:route=send,when=before", "405:route=send,when=after", "401:route=send,when=before", "403:route=send,when=before",
    "413:route=send,when=before", "404:route=send,when=before", "500:route=send,when=after", "late-commit:answer=cut",
    "late-commit:answer=reset", "late-commit:answer=504", "late-commit:answer=405", "dribble:route=send,ms=1", "wrong-date:route=send",
  ]) func outcomeIsTheTruth(fault: String) async throws {
    let mailbox = try SimulatedMailbox()
    try mailbox.server.setFaults([fault])
    let outcome = await client(mailbox, for: fault).send(outgoing("Потвърждение"))
    try mailbox.server.setFaults([])
    mailbox.server.advanceClock(seconds: 3_600)
    let reached = mailbox.server.log("sent").count
    switch outcome {
    case .sent: #expect(reached == 1, "\(fault)")
    case .notSent: #expect(reached == 0, "\(fault)")
    case .uncertain: #expect(reached <= 1, "\(fault)")
    }
    // What the robot does next: the outbox tells the truth once everything has settled.
    #expect(try await mailbox.client.findInOutbox(subject: "Потвърждение", since: goldenNow - .seconds(3600)).count == reached)
  }

  // MARK: Reading under faults

  @Test(arguments: [
    ("reset-before", "mailbox.unreachable"), ("close-before", "mailbox.unreachable"), ("reset-after", "mailbox.unreachable"),
    ("cut-after", "mailbox.unreachable"), ("stall", "mailbox.unreachable"), ("down", "mailbox.unreachable"), ("cut-body", "mailbox.unreachable"),
    ("malformed-json", "mailbox.bad-response"), ("truncated-json", "mailbox.bad-response"), ("oversized:mb=9", "mailbox.too-large"),
    ("redirect", "mailbox.redirected"), ("401", "mailbox.unauthorized"), ("403", "mailbox.forbidden"), ("429:retry-after=9", "mailbox.rate-limited"),
    ("500", "mailbox.not-found-or-broken"), ("503", "mailbox.gateway"), ("504", "mailbox.gateway"),
  ]) func listingUnderAFault(fault: String, code: String) async throws {
    let mailbox = try SimulatedMailbox()
    try mailbox.add("Молба")
    try mailbox.server.setFaults([fault])
    let error = try await failure { try await client(mailbox, for: fault).inboxTop() }
    #expect(error.code == code)
    try mailbox.server.setFaults([])
    // A client that has learnt nothing from the fault: after a `Retry-After` the first one leaves the host alone.
    #expect(try await makeSimulatedClient(mailbox.server).inboxTop().count == 1)
  }

  @Test(arguments: ["page-open", "page-new-message", "duplicate-rows", "swap-ties", "page-open:rate=0.3"], [1 as UInt64, 2, 3])
  func listingsAreCompleteWhileRowsMove(fault: String, seed: UInt64) async throws {
    let mailbox = try SimulatedMailbox { $0.seed = seed }
    var ids: Set<Int64> = []
    for index in 0..<40 { ids.insert(try mailbox.add("Молба \(index)", sent: "2026-02-03T10:00:\(10 + index % 7)+02:00")) }
    try mailbox.server.setFaults([fault])
    do throws(OperatorError) {
      let rows = try await mailbox.client.inboxSince(goldenNow - .seconds(86_400), pageSize: 9)
      #expect(Set(rows.map(\.messageId)).isSuperset(of: ids))
      #expect(Set(rows.map(\.messageId)).count == rows.count)
    } catch {
      #expect(error.code == "mailbox.listing-moved")
      #expect(fault == "page-open")
    }
  }

  @Test func messageThatNeverOpens() async throws {
    let mailbox = try SimulatedMailbox()
    let id = try mailbox.server.addMessage(
      "{\"mailbox\":\"1210150561306\",\"sender\":{\"profileId\":7002,\"name\":\"Тест Тестов Пробев\"},\"subject\":\"Молба\",\"open\":\"fails\"}")
    let error = try await failure { try await mailbox.client.open(Int64(id)) }
    #expect(error.code == "mailbox.not-found-or-broken")
    #expect(error.disposition == .retry)
  }

  // MARK: Files

  @Test(arguments: [
    ("wrong-size", "mailbox.size-mismatch"), ("link-expired", "mailbox.link-expired"), ("blob-gone", "mailbox.link-expired"),
    ("cut-body:route=download", "mailbox.unreachable"), ("reset-after:route=download", "mailbox.unreachable"),
    ("oversized:route=download,mb=3", "mailbox.size-mismatch"), ("503:route=download", "mailbox.gateway"),
    ("stall:route=download", "mailbox.unreachable"),
    ("dribble:route=download,ms=200", "mailbox.unreachable"), ("redirect:route=download", "mailbox.redirected"),
  ]) func downloadUnderAFault(fault: String, code: String) async throws {
    let mailbox = try SimulatedMailbox()
    let id = try mailbox.add("Молба", files: ["a.txt": "дванадесет букви и още"])
    try mailbox.server.setFaults([fault])
    let blob = try #require(try await mailbox.client.open(id).blobs.first)
    let error = try await failure { try await client(mailbox, for: fault).download(blob, into: CollectingSink()) }
    #expect(error.code == code)
    // A fresh link and no fault: the file comes whole.
    try mailbox.server.setFaults([])
    let fresh = try #require(try await mailbox.client.open(id).blobs.first)
    let sink = CollectingSink()
    try await mailbox.client.download(fresh, into: sink)
    #expect(String(decoding: sink.bytes, as: UTF8.self) == "дванадесет букви и още")
  }

  @Test func linkDiesAfterAnHour() async throws {
    let mailbox = try SimulatedMailbox()
    let id = try mailbox.add("Молба", files: ["a.txt": "текст"])
    let old = try #require(try await mailbox.client.open(id).blobs.first)
    #expect(old.linkExpires == goldenNow + .seconds(3_600))
    mailbox.server.advanceClock(seconds: 3_601)
    #expect(try await failure { try await mailbox.client.download(old, into: CollectingSink()) }.code == "mailbox.link-expired")
    let fresh = try #require(try await mailbox.client.open(id).blobs.first)
    try await mailbox.client.download(fresh, into: CollectingSink())
  }

  @Test(arguments: [("upload-malicious", "malicious"), ("upload-quota", "quota")]) func uploadRefused(fault: String, why: String) async throws {
    let mailbox = try SimulatedMailbox()
    try mailbox.server.setFaults([fault])
    guard case .refused(let refusal) = try await mailbox.client.upload(fileName: "a.txt", content: [1]) else {
      Issue.record("the upload was accepted")
      return
    }
    #expect("\(refusal)" == why)
  }

  // MARK: mTLS

  @Test func mutualTLSAndToken() async throws {
    let certificates = try Certificates()
    let mailbox = try SimulatedMailbox {
      $0.authentication = .bearer
      $0.tls = .init(
        certificateFile: certificates.certificate("server"), keyFile: certificates.key("server"),
        clientAuthorityFile: certificates.certificate("authority"))
    }
    let id = try mailbox.add("Молба", files: ["a.txt": "текст"])
    func client(_ identity: String, authority: String? = "authority") -> MailboxClient {
      makeSimulatedClient(
        mailbox.server, authority: authority.map(certificates.certificate),
        authentication: .gateway(
          GatewayCredential(
            tokenService: mailbox.server.baseURL, oid: "2.16.100.1.1.999.1", clientId: "intake.robot.test", scope: "ssev",
            certificate: certificates.certificate(identity), key: certificates.key(identity))))
    }
    #expect(try await client("intake.robot.test").inboxTop().count == 1)
    guard case .sent = await client("intake.robot.test").send(outgoing("Потвърждение")) else {
      Issue.record("not sent")
      return
    }
    // Files may lie behind the same door, which wants to see the certificate; another host that asks for it does not get it.
    let blob = try #require(try await client("intake.robot.test").open(id).blobs.first)
    try await client("intake.robot.test").download(blob, into: CollectingSink())
    let elsewhere = try SimulatedMailbox {
      $0.tls = .init(
        certificateFile: certificates.certificate("server"), keyFile: certificates.key("server"),
        clientAuthorityFile: certificates.certificate("authority"))
    }
    let foreign = Mailbox.Blob(
      blobId: 1, fileName: "a", size: 1, sha256: nil, isMalicious: nil, downloadLink: elsewhere.server.baseURL + "/message?t=x", linkExpires: nil,
      documentRegistrationNumber: nil)
    #expect(try await failure { try await client("intake.robot.test").download(foreign, into: CollectingSink()) }.code == "mailbox.tls")
    // A certificate of somebody else's authority, none at all, a server we do not trust: each has its own words, and nothing is sent.
    for (client, code) in [
      (client("foreign"), "mailbox.tls"), (client("intake.robot.test", authority: "stranger"), "mailbox.tls"),
      (client("intake.robot.test", authority: nil), "mailbox.tls"), (client("nobody"), "mailbox.credential-unusable"),
    ] {
      #expect(try await failure { try await client.inboxTop() }.code == code)
      #expect(await client.send(outgoing("Потвърждение")).word == "not-sent \(code)")
    }
    #expect(mailbox.server.log("sent").count == 1)
    // Without a client certificate the server's refusal is understood too.
    let bare = makeSimulatedClient(mailbox.server, authority: certificates.certificate("authority"))
    #expect(try await failure { try await bare.inboxTop() }.code == "mailbox.tls")
  }

  /// Mailboxes share one transport. A connection opened with one mailbox's certificate must never carry another's request: behind the bus
  /// the certificate is who we are.
  @Test func connectionsOfTwoMailboxesAreNeverMixed() async throws {
    let certificates = try Certificates()
    let mailbox = try SimulatedMailbox {
      $0.authentication = .bearer
      $0.tls = .init(
        certificateFile: certificates.certificate("server"), keyFile: certificates.key("server"),
        clientAuthorityFile: certificates.certificate("authority"))
      $0.profiles.append(
        Simulator.Profile(
          profileId: 8102, identifier: "1210150561307", name: "Дирекция Втора", kind: .institution, oid: "2.16.100.1.1.999.2",
          clientName: "second.robot.test"))
    }
    try mailbox.add("Молба")
    let transport = HTTPTransport()
    func client(_ oid: String, _ name: String, certificate: String? = nil) -> MailboxClient {
      makeSimulatedClient(
        mailbox.server, authority: certificates.certificate("authority"), transport: transport,
        authentication: .gateway(
          GatewayCredential(
            tokenService: mailbox.server.baseURL, oid: oid, clientId: name, scope: "ssev", certificate: certificates.certificate(certificate ?? name),
            key: certificates.key(certificate ?? name))))
    }
    let first = client("2.16.100.1.1.999.1", "intake.robot.test")
    let second = client("2.16.100.1.1.999.2", "second.robot.test")
    for _ in 0..<5 {
      #expect(try await first.inboxTop().count == 1)
      #expect(try await second.inboxTop().isEmpty)
    }
    // The token service takes the name from the certificate: a borrowed connection would be believed here.
    let borrower = client("2.16.100.1.1.999.1", "intake.robot.test", certificate: "second.robot.test")
    #expect(try await failure { try await borrower.inboxTop() }.code == "mailbox.token-refused")
  }

  /// The same address under a name the certificate does not have.
  @Test func certificateForAnotherName() async throws {
    let certificates = try Certificates()
    let mailbox = try SimulatedMailbox {
      $0.tls = .init(
        certificateFile: certificates.certificate("server"), keyFile: certificates.key("server"),
        clientAuthorityFile: certificates.certificate("authority"))
    }
    let url = mailbox.server.baseURL.replacing("127.0.0.1", with: "localhost") + "/api/v1/messages/inbox"
    let request = HTTPRequest(
      .get, url,
      tls: TLSSettings(
        certificate: certificates.certificate("intake.robot.test"), key: certificates.key("intake.robot.test"),
        authorities: certificates.certificate("authority")))
    await #expect {
      try await HTTPTransport().perform(request)
    } throws: { error in
      if case .tlsFailed? = (error as? HTTPFailure)?.kind { true } else { false }
    }
  }
}
