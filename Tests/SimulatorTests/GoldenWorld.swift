import Testing

@testable import Simulator

/// The world of `Tests/Golden/ssev/README.md`, on a clock that stands still, and a short way to talk to it.
final class GoldenWorld {
  let simulator: SimulatorServer
  let port: UInt16

  static let mailbox1 = miscinfo("2.16.100.1.1.999.1", "intake.robot.test")
  static let mailbox2 = miscinfo("2.16.100.1.1.999.2", "intake-2.robot.test")
  static let mailbox3 = miscinfo("2.16.100.1.1.999.3", "intake-3.robot.test")
  static let body = "179ea4dc-7879-43ad-8073-72b263915656"
  static let files = "e2135802-5e34-4c60-b36e-c86d910a571a"

  static func miscinfo(_ oid: String, _ name: String, person: String = "", user: String = "") -> String {
    "dn:/C=BG/ST=OID:\(oid)/L=BG/CN=\(name)|representedPersonID:\(person)|correspondentOID:|operatorID:\(user)"
  }

  init(_ change: (inout Configuration) throws -> Void = { _ in }) throws {
    var configuration = Configuration()
    configuration.clockStart = Instant("2026-02-03T14:30:00+02:00")
    configuration.clockStandsStill = true
    configuration.firstBlobId = 90_017
    configuration.nextMessageId = 500_200
    configuration.profiles = Self.profiles
    try change(&configuration)
    simulator = try SimulatorServer(configuration)
    for message in Self.messages { try simulator.addMessage(message) }
    port = try simulator.start()
  }

  deinit { simulator.stop() }

  /// One request on a connection of its own.
  @discardableResult
  func request(
    _ method: String = "GET", _ target: String, as who: String? = GoldenWorld.mailbox1, headers: [String] = [], body: [UInt8]? = nil
  ) throws -> WireResponse {
    var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
    if let who { head += "Dp-Miscinfo: \(who)\r\n" }
    for header in headers { head += header + "\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    return try WireClient(port: port).exchange(Array((head + "\r\n").utf8) + (body ?? []), method: method)
  }

  func get(_ target: String, as who: String? = GoldenWorld.mailbox1) throws -> WireResponse { try request("GET", target, as: who) }

  func post(_ json: String, to target: String = "/api/v1/messages", as who: String = GoldenWorld.mailbox1) throws -> WireResponse {
    try request("POST", target, as: who, headers: ["Content-Type: application/json"], body: Array(json.utf8))
  }

  /// A reply to profile 7001 with this subject.
  func reply(_ subject: String) throws -> WireResponse {
    try post(#"{"recipientProfileIds":[7001],"subject":"\#(subject)","templateId":1,"fields":{"\#(Self.body)":"Текст"}}"#)
  }

  /// The numbers of a list, in order.
  func ids(_ target: String, as who: String = GoldenWorld.mailbox1) throws -> [Int] {
    try get(target, as: who).json()["result"]?.array?.compactMap { $0["messageId"]?.int } ?? []
  }

  /// The subjects in the outbox of mailbox 1.
  func outboxSubjects() throws -> [String] {
    try get("/api/v1/messages/outbox?limit=100").json()["result"]?.array?.compactMap { $0["subject"]?.string } ?? []
  }

  /// Path and query of the links to a message's files.
  func links(of message: Int, as who: String = GoldenWorld.mailbox1) throws -> [String] {
    let files = try get("/api/v1/messages/\(message)/open", as: who).json()["fields"]?[Self.files]?.array ?? []
    return files.compactMap { $0["downloadLink"]?.string?.split(separator: "/", maxSplits: 2).last.map { "/" + $0 } }
  }

  func upload(_ content: [UInt8], name: String = "otgovor.txt", type: String = "TEMPORARY") throws -> WireResponse {
    let head = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\(name)\"\r\n\r\n"
    return try request(
      "POST", "/api/v1/blobs?type=\(type)", headers: ["Content-Type: multipart/form-data; boundary=b"],
      body: Array(head.utf8) + content + Array("\r\n--b--\r\n".utf8))
  }

  private static var profiles: [Profile] {
    let addressed = JSON.members(["addressId": 71, "residence": "ул. Примерна 1", "city": "Балчик", "state": "Добрич", "countryIso": "BG"])
    var firm = Profile(
      profileId: 7001, identifier: "000123456", name: "Примерна Фирма ООД", kind: .company, loginId: 42, loginName: "Примерен Потребител")
    firm.email = "firma@example.test"
    firm.phone = "0888000000"
    firm.address = addressed
    return [
      Profile(
        profileId: 8101, identifier: "1210150561306", name: "Дирекция Пример", kind: .institution, oid: "2.16.100.1.1.999.1",
        clientName: "intake.robot.test", loginId: 31),
      Profile(
        profileId: 8102, identifier: "1210150561307", name: "Дирекция Втора", kind: .institution, oid: "2.16.100.1.1.999.2",
        clientName: "intake-2.robot.test", loginId: 32),
      Profile(
        profileId: 8103, identifier: "1210150561308", name: "Дирекция Трета", kind: .institution, oid: "2.16.100.1.1.999.3",
        clientName: "intake-3.robot.test", loginId: 33),
      firm,
      Profile(profileId: 7002, identifier: "0001010003", name: "Тест Тестов Пробев", kind: .person),
    ]
  }

  private static let messages = [
    """
    {"mailbox": "1210150561306", "messageId": 500123, "dateSent": "2026-02-03T14:05:09.337+02:00", "subject": "Заявление за помощ",
     "sender": {"profileId": 7001, "name": "Примерна Фирма ООД", "identifier": "000123456", "kind": "company"},
     "rnu": "3f0c6a0e-5b1d-4f6e-9a51-0c2d3e4f5a6b", "templateId": 1, "body": "Моля вижте приложението.",
     "attachments": [{"text": "test", "fileName": "zayavlenie.xml", "isMalicious": false},
                     {"text": "%PDF-1.4 sample", "fileName": "снимка на молба.pdf", "isMalicious": null}]}
    """,
    """
    {"mailbox": "1210150561306", "messageId": 500122, "dateSent": "2026-02-03T10:15:02+02:00", "subject": "Молба",
     "sender": {"profileId": 7002, "name": "Тест Тестов Пробев"}, "rnu": "b2a1c0d9-0e1f-4a2b-8c3d-4e5f60718293",
     "body": "Моля за помощ.\\r\\nБлагодаря."}
    """,
    """
    {"mailbox": "1210150561306", "messageId": 500121, "dateSent": "2026-02-02T09:00:00.1+02:00", "subject": "Жалба",
     "dateReceived": "2026-02-03T08:00:00.1234567+02:00", "openedBy": "Служител Пробен",
     "sender": {"profileId": 7001, "name": "Примерна Фирма ООД"}, "rnu": "0d9f8e7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f", "body": "Обжалвам."}
    """,
    """
    {"mailbox": "1210150561306", "messageId": 500120, "dateSent": "2025-10-26T03:30:00+03:00", "subject": "Въпрос",
     "dateReceived": "2025-10-27T09:00:00.5+02:00", "openedBy": "Служител Пробен",
     "sender": {"profileId": 7002, "name": "Тест Тестов Пробев"}, "rnu": "77777777-1111-4222-8333-444444444444", "body": "Въпрос"}
    """,
    """
    {"mailbox": "1210150561308", "messageId": 500131, "dateSent": "2026-02-03T11:00:00.003+02:00", "subject": "Подписано заявление",
     "sender": {"profileId": 7002, "name": "Тест Тестов Пробев"}, "rnu": "11111111-2222-4333-8444-555555555555", "body": "",
     "attachments": [
       {"text": "%PDF-1.4 sample", "fileName": "podpisan.pdf", "isMalicious": false, "signatures": [
         {"coversDocument": true, "signDate": "2026-01-30T11:20:30+02:00", "isTimestamp": false, "validAtTimeOfSigning": true,
          "issuer": "CN=Test CA, C=BG", "subject": "CN=Тест Тестов Пробев, C=BG", "validFrom": "2025-06-01T00:00:00+03:00",
          "validTo": "2027-06-01T00:00:00+03:00"},
         {"coversDocument": false, "signDate": "2026-01-30T11:20:35+02:00", "isTimestamp": true, "validAtTimeOfSigning": true,
          "issuer": "CN=Test TSA CA, C=BG", "subject": "CN=Test TSA, C=BG", "validFrom": "2025-06-01T00:00:00+03:00",
          "validTo": "2027-06-01T00:00:00+03:00"}]},
       {"text": "not a real virus", "fileName": "opasen.docx", "isMalicious": true}]}
    """,
    """
    {"mailbox": "1210150561308", "messageId": 500130, "dateSent": "2026-02-03T12:00:00+02:00", "subject": "FW: Молба за съдействие",
     "sender": {"profileId": 7001, "name": "Примерна Фирма ООД"}, "rnu": "22222222-2222-4333-8444-555555555555", "templateId": 2,
     "body": "Препращам по компетентност.",
     "forwarded": {"messageId": 500110, "dateSent": "2026-02-01T09:30:00+02:00", "dateReceived": "2026-02-01T10:00:00+02:00",
       "subject": "Молба за съдействие", "sender": {"profileId": 7002, "name": "Тест Тестов Пробев"},
       "rnu": "33333333-2222-4333-8444-555555555555", "body": "Моля за съдействие.", "openedBy": "Примерен Потребител"}}
    """,
  ]
}
