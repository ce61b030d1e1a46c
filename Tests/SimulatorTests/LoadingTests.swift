import Testing

@testable import Simulator

/// Loading sample folders, the log, the control routes, the command line.
struct LoadingTests {
  private static let minimal = #"{"mailbox": "1210150561307", "sender": {"name": "Тест"}, "subject": "Б"}"#

  @Test func numbersAndCredentials() throws {
    let folder = try TemporaryFolder()
    try folder.write("set/b/message.json", Self.minimal)
    try folder.write(
      "set/a/message.json", #"{"mailbox": "1210150561306", "messageId": 700101, "sender": {"name": "Тест"}, "subject": "А"}"#)
    try folder.write("set/c/message.json", Self.minimal)
    var configuration = Configuration()
    configuration.messageFolders = [folder.path]
    let simulator = try SimulatorServer(configuration)
    #expect(simulator.mailboxes.map(\.identifier) == ["1210150561306", "1210150561307"])
    #expect(simulator.mailboxes.map(\.oid) == ["2.16.100.1.1.999.1", "2.16.100.1.1.999.2"])
    #expect(simulator.mailboxes.map(\.clientName) == ["intake-1210150561306", "intake-1210150561307"])
    let messages = simulator.stateDump["messages"]?.array ?? []
    #expect(messages.map { $0["messageId"]?.int } == [700_101, 700_102, 700_103])
  }

  @Test(arguments: [
    ("{", "message.json:1:2"), (#"{"sender": {"name": "x"}}"#, "\"mailbox\" is missing"), (#"{"mailbox": "1"}"#, "\"sender\" is missing"),
    (#"{"mailbox": "1", "sender": {"name": "x"}, "subjekt": ""}"#, "\"subjekt\""),
    (#"{"mailbox": "1", "sender": {"name": "x", "kind": "bank"}}"#, "kind \"bank\""),
    (#"{"mailbox": "1", "sender": {"name": "x"}, "dateSent": "вчера"}"#, "\"dateSent\""),
    (#"{"mailbox": "1", "sender": {"name": "x"}, "attachments": [{"file": "none.pdf"}]}"#, "attachment 1"),
    (#"{"mailbox": "1", "sender": {"name": "x"}, "messageId": "7"}"#, "\"messageId\""),
  ])
  func mistakesNameTheFile(_ text: String, _ part: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("m/message.json", text)
    var configuration = Configuration()
    configuration.messageFolders = [folder.path]
    #expect { _ = try SimulatorServer(configuration) } throws: { "\($0)".contains("m/message.json") && "\($0)".contains(part) }
  }

  @Test func attachmentSwitches() throws {
    let world = try GoldenWorld()
    let id = try world.simulator.addMessage(
      """
      {"mailbox": "1210150561306", "sender": {"name": "Тест"}, "attachments": [
        {"text": "a", "fileName": "a.txt", "hash": "00", "size": 7, "documentRegistrationNumber": "РН-1"},
        {"fileName": "gone.txt", "missing": true}, {"base64": "/wA=", "fileName": "b.bin", "hash": null, "size": null}]}
      """)
    let links = try world.links(of: id)
    let files = try world.get("/api/v1/messages/\(id)/open").json()["fields"]?[GoldenWorld.files]?.array ?? []
    #expect(files.map { $0["hash"]?.string?.count } == [2, 64, nil])
    #expect(files.map { $0["size"]?.int } == [7, 0, nil])
    #expect(files[0]["documentRegistrationNumber"] == "РН-1" && files[2]["hashAlgorithm"] == .null)
    #expect(try links.map { try world.get($0, as: nil).status } == [200, 404, 200])
    #expect(try world.get(links[2], as: nil).body == [255, 0])
  }

  @Test func theLogIsJSONLines() throws {
    let folder = try TemporaryFolder()
    try folder.write("log.jsonl", "")
    let world = try GoldenWorld { $0.logFile = folder.path + "/log.jsonl" }
    _ = try world.get("/api/v1/messages/500123/open")
    _ = try world.reply("Отговор\nна два реда")
    #expect(try world.reply("Отговор").status == 200)
    let lines = try folder.text("log.jsonl").split(separator: "\n").map { try JSON.parse(String($0)) }
    #expect(lines.map { $0["event"]?.string } == Array(repeating: "added", count: 7) + ["opened", "sent"])
    #expect(lines.map { $0["seq"]?.int } == Array(1...9))
    #expect(lines.last?["subject"] == "Отговор")
  }

  @Test func controlRoutes() throws {
    let world = try GoldenWorld { $0.faults = [try Fault("503")] }
    func control(_ method: String, _ path: String, _ body: String? = nil) throws -> JSON {
      try world.request(method, "/_simulator/\(path)", as: nil, body: body.map { Array($0.utf8) }).json()
    }
    #expect(try world.get("/api/v1/templates").status == 503)
    #expect(try control("DELETE", "faults") == .array([]))
    #expect(try world.get("/api/v1/templates").status == 200)
    #expect(try control("POST", "faults", #"{"faults": ["429:count=1"]}"#).array?.count == 1)
    #expect(try control("POST", "messages", Self.minimal)["messageId"]?.int == 500_200)
    #expect(try control("POST", "messages/500200/opened", #"{"by": "Човек"}"#)["messageId"]?.int == 500_200)
    #expect(try world.get("/api/v1/templates").status == 429)
    let row = try world.get("/api/v1/messages/inbox?limit=1", as: GoldenWorld.mailbox2).json()["result"]?.array?.first
    #expect(row?["recipientLoginName"] == "Човек")
    #expect(try control("POST", "clock", #"{"advance": 60}"#)["now"] == "2026-02-03T14:31:00+02:00")
    #expect(try control("POST", "clock", #"{"set": "2026-03-01"}"#)["now"] == "2026-03-01T00:00:00+02:00")
    _ = try world.reply("Отговор")
    #expect(try control("GET", "sent").array?.first?["subject"] == "Отговор")
    #expect(try control("GET", "log?event=fault").array?.count == 2)
    #expect(try control("GET", "credentials").array?.count == 3)
    #expect(try control("GET", "state")["messages"]?.array?.count == 9)
    for (method, path, body) in [
      ("POST", "clock", "{}"), ("POST", "faults", "x"), ("GET", "nothing", ""), ("POST", "messages/1/opened", ""),
    ] {
      #expect(try control(method, path, body)["error"]?.string != nil)
    }
  }

  @Test func profilesFile() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "p.json",
      #"[{"profileId": 5, "identifier": "1210150561306", "name": "ДСП", "kind": "institution", "oid": "1.2", "cn": "x", "loginId": 9}]"#)
    let profile = try #require(try Profile.list(file: folder.path + "/p.json").first)
    #expect(profile.oid == "1.2" && profile.clientName == "x" && profile.loginId == 9 && profile.loginName == "ДСП")
    var configuration = Configuration()
    configuration.profiles = [profile]
    let simulator = try SimulatorServer(configuration)
    #expect { try simulator.addMessage(Self.minimal) } throws: { "\($0)".contains("1210150561307") }
    try folder.write("q.json", #"[{"profileId": 5, "identifier": "1", "name": "a"}, {"profileId": "6", "identifier": "1", "name": "a"}]"#)
    #expect { _ = try Profile.list(file: folder.path + "/q.json") } throws: { "\($0)".contains("profile 2: \"profileId\"") }
  }

  @Test func furtherTemplate() throws {
    let world = try GoldenWorld {
      $0.templates = [
        try JSON.parse(
          """
          {"templateId": 300, "name": "Проба", "identityNumber": "300", "read": 1, "write": 1, "responseTemplateId": 1, "content": [
            {"id": "AAAAAAAA-0000-0000-0000-000000000001", "type": "checkbox", "isRequired": false, "label": "Да", "value": false},
            {"id": "aaaaaaaa-0000-0000-0000-000000000002", "type": "textfield", "isRequired": true, "label": "Име", "value": null}]}
          """)
      ]
    }
    let id = try world.simulator.addMessage(
      #"{"mailbox": "1210150561306", "sender": {"name": "Т"}, "templateId": 300, "fields": {"aaaaaaaa-0000-0000-0000-000000000001": true}}"#
    )
    let fields = try world.get("/api/v1/messages/\(id)/open").json()["fields"]
    #expect(fields == .object([.init("aaaaaaaa-0000-0000-0000-000000000001", true)]))
    #expect(try world.get("/api/v1/templates").json().array?.map { $0["templateId"]?.int } == [1, 2, 300, 10001])
    for (value, status) in [("true", 200), ("null", 200), ("\"да\"", 400)] {
      let body =
        #"{"recipientProfileIds":[7001],"subject":"x","templateId":300,"fields":{"aaaaaaaa-0000-0000-0000-000000000001":\#(value)}}"#
      #expect(try world.post(body).status == status)
    }
  }

  @Test(arguments: [
    ("--nonsense", 64), ("--port", 64), ("--port 70000", 64), ("--fault x", 64), ("--clock-start x", 64), ("--auth=x", 64), ("--tls a", 64),
    ("--seed -1", 64), ("--messages /nonexistent", 78), ("--profiles /nonexistent", 78), ("--tls /n,/n,/n", 78), ("--help", 0),
    ("--print-credentials", 0),
  ])
  func exitCodes(_ line: String, _ code: Int32) {
    var said: [Int32: String] = [:]
    let result = SimulatorProgram.run(line.split(separator: " ").map { String($0) }) { said[$1, default: ""] += $0 }
    #expect(result == code)
    // Errors go to stderr and name the option or the file; all else goes to stdout.
    #expect(said.keys.sorted() == [code == 0 ? 1 : 2])
    if code != 0 { #expect(said[2]?.hasPrefix("error: ") == true) }
  }

  @Test func busyPortIsAnError() throws {
    let world = try GoldenWorld()
    #expect(SimulatorProgram.run(["--port", "\(world.port)"], say: { _, _ in }) == 1)
  }

  @Test func stopTwiceAndStopWithoutStart() throws {
    let idle = try SimulatorServer()
    idle.stop()
    let world = try GoldenWorld()
    let client = try WireClient(port: world.port)
    world.simulator.stop()
    world.simulator.stop()
    #expect(throws: WireError.self) { _ = try client.exchange(Array("GET / HTTP/1.1\r\n\r\n".utf8)) }
    #expect(throws: WireError.cannotConnect) { _ = try world.get("/") }
  }

  @Test func keepAliveAndPipelining() throws {
    let world = try GoldenWorld()
    let client = try WireClient(port: world.port)
    let one = "GET /api/v1/target-groups HTTP/1.1\r\nHost: x\r\nDp-Miscinfo: \(GoldenWorld.mailbox1)\r\n\r\n"
    for _ in 0..<3 { #expect(try client.exchange(Array(one.utf8)).status == 200) }
    #expect(try client.exchange(Array("GARBAGE\r\n\r\n".utf8)).status == 400)
    #expect(throws: (any Error).self) { _ = try client.exchange(Array(one.utf8)) }
    #expect(world.simulator.requestCount(.targetGroups) == 3)
  }
}
