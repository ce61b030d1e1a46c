import HTTPTransport
import Mailbox
import Model
import Runtime
import Simulator

/// A running simulator with one mailbox, one sender, and a client for the mailbox.
final class SimulatedMailbox {
  let server: SimulatorServer
  let client: MailboxClient
  static let sender: Int64 = 7002

  init(_ change: (inout Configuration) -> Void = { _ in }) throws {
    var configuration = Configuration()
    configuration.clockStart = Instant("2026-02-03T14:30:00+02:00")
    configuration.clockStandsStill = true
    configuration.profiles = [
      Simulator.Profile(
        profileId: 8101, identifier: "1210150561306", name: "Дирекция Пример", kind: .institution, oid: "2.16.100.1.1.999.1",
        clientName: "intake.robot.test"),
      Simulator.Profile(profileId: 7002, identifier: "0001010003", name: "Тест Тестов Пробев", kind: .person),
    ]
    change(&configuration)
    server = try SimulatorServer(configuration)
    try server.start()
    client = makeSimulatedClient(server)
  }

  deinit { server.stop() }

  /// A letter of the sender; attachments are texts by file name.
  @discardableResult
  func add(_ subject: String, sent: String = "2026-02-03T10:00:00+02:00", files: [String: String] = [:]) throws -> Int64 {
    let attachments = files.sorted { $0.key < $1.key }.map { "{\"fileName\":\"\($0.key)\",\"text\":\"\($0.value)\"}" }.joined(separator: ",")
    return Int64(
      try server.addMessage(
        """
        {"mailbox":"1210150561306","dateSent":"\(sent)","sender":{"profileId":7002,"name":"Тест Тестов Пробев","identifier":"0001010003",
        "kind":"person"},"subject":"\(subject)","body":"Моля за помощ.","attachments":[\(attachments)]}
        """))
  }
}

func makeSimulatedClient(
  _ server: SimulatorServer, limits: MailboxEndpoint.Limits = MailboxEndpoint.Limits(), authority: String? = nil,
  transport: HTTPTransport = HTTPTransport(),
  authentication: MailboxAuthentication = .direct(oid: "2.16.100.1.1.999.1", clientId: "intake.robot.test")
) -> MailboxClient {
  MailboxClient(
    recipient: "1210150561306",
    endpoint: MailboxEndpoint(api: server.baseURL, upload: server.baseURL, certificateAuthority: authority, limits: limits),
    authentication: authentication, transport: transport, surroundings: surroundings())
}
