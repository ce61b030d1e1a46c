import Testing

@testable import Simulator

/// Credentials (contract 2).
struct AccessTests {
  @Test(arguments: [
    "", "dn:/ST=OID:1/CN=a|b|c", "dn:/ST=OID:1|a|b|c", "dn:/CN=a|a|b|c", "dn:/ST=OID:1/CN=a||b|c",
  ])
  func malformedHeaders(_ header: String) { #expect(Miscinfo(header) == nil) }

  @Test func partsAreTakenByPosition() {
    let info = Miscinfo("x:/C=BG/st=oid:whatever: 1.2.3 /CN=a=b |anything: PNOBG-0001010003/7 |ignored|z:5")
    #expect(info?.oid == "1.2.3")
    #expect(info?.clientName == "b")
    #expect(info?.representedId == "0001010003")
    #expect(info?.operatorId == "5")
    #expect(Miscinfo("dn:/ST=OID:1/CN=a|r:|c:|operatorID=5")?.operatorId == "operatorID=5")
    #expect(Miscinfo("dn:/ST=OID:1/CN=a|r:|c:|o:")?.representedId == nil)
  }

  @Test(arguments: [
    (GoldenWorld.miscinfo("2.16.100.1.1.999.1", "intake.robot.test"), 200), (GoldenWorld.miscinfo("2.16.100.1.1.999.1", "other"), 401),
    (GoldenWorld.miscinfo("2.16.100.1.1.999.2", "intake.robot.test"), 401),
    // A represented person that nobody knows, and an operator of another profile.
    (GoldenWorld.miscinfo("2.16.100.1.1.999.1", "intake.robot.test", person: "9999"), 401),
    (GoldenWorld.miscinfo("2.16.100.1.1.999.1", "intake.robot.test", person: "1210150561307", user: "31"), 401),
    (GoldenWorld.miscinfo("2.16.100.1.1.999.1", "intake.robot.test", person: "1210150561307", user: "32"), 200),
    // The comparison is LIKE.
    (GoldenWorld.miscinfo("2.16.100.1.1.999.1", "INTAKE_ROBOT%"), 200),
  ])
  func resolution(_ header: String, _ status: Int) throws {
    let response = try GoldenWorld().get("/api/v1/messages/inbox", as: header)
    #expect(response.status == status)
    if status == 401 { #expect(response.body.isEmpty && response.header("WWW-Authenticate") == nil) }
  }

  @Test func onBehalf() throws {
    let world = try GoldenWorld()
    let other = GoldenWorld.miscinfo("2.16.100.1.1.999.1", "intake.robot.test", person: "1210150561308")
    #expect(try world.ids("/api/v1/obo/messages/inbox?limit=9", as: other) == [500_130, 500_131])
    #expect(try world.ids("/api/v1/messages/inbox?limit=1", as: other) == [500_123], "one's own routes stay one's own")
    let plain = GoldenWorld.mailbox1
    #expect(try world.get("/api/v1/obo/templates/1", as: plain).status == 403)
    #expect(try world.post("{\"templateId\":1}", to: "/api/v1/obo/messages", as: plain).status == 403)
    #expect(try world.get("/api/v1/obo/templates", as: other).status == 200)
    let sent = try world.post(
      #"{"recipientProfileIds":[7001],"subject":"От името на","templateId":1,"fields":{}}"#, to: "/api/v1/obo/messages", as: other)
    #expect(sent.status == 200)
    #expect(try world.ids("/api/v1/obo/messages/outbox?limit=9", as: other) == [500_200])
    #expect(try world.ids("/api/v1/messages/outbox?limit=9").isEmpty)
  }

  private func token(_ world: GoldenWorld, _ query: String, _ headers: [String]) throws -> WireResponse {
    try world.request("POST", "/token?\(query)", as: nil, headers: headers, body: [])
  }

  private static let good = "grant_type=client_credentials&client_id=intake.robot.test&scope=x"

  @Test func bearerTokens() throws {
    let world = try GoldenWorld { $0.authentication = .bearer }
    let issued = try token(world, Self.good, ["OID: 2.16.100.1.1.999.1"]).json()
    let bearer = "Authorization: Bearer \(issued["access_token"]?.string ?? "")"
    func inbox(_ headers: [String], as who: String? = nil) throws -> Int {
      try world.request("GET", "/api/v1/messages/inbox", as: who, headers: headers).status
    }
    #expect(try inbox([bearer]) == 200)
    #expect(try inbox([], as: GoldenWorld.mailbox1) == 401, "the bus throws the client's own header away")
    #expect(try inbox(["Authorization: Bearer nonsense"]) == 401)
    world.simulator.advanceClock(seconds: 3601)
    #expect(try inbox([bearer]) == 401)
  }

  @Test(arguments: [
    ("client_id=intake.robot.test", ["OID: 2.16.100.1.1.999.1"], 400), ("grant_type=client_credentials", ["OID: 2.16.100.1.1.999.1"], 400),
    (good, [], 400), (good, ["OID: 2.16.100.1.1.999.2"], 401),
  ])
  func tokensRefused(_ query: String, _ headers: [String], _ status: Int) throws {
    #expect(try token(try GoldenWorld(), query, headers).status == status)
  }

  /// The represented person is bound into the token.
  @Test func tokenForAnother() throws {
    let world = try GoldenWorld()
    let issued = try token(world, Self.good, ["OID: 2.16.100.1.1.999.1", "representedPersonID: 1210150561308"]).json()
    let header = "Authorization: Bearer \(issued["access_token"]?.string ?? "")"
    let list = try world.request("GET", "/api/v1/obo/messages/inbox?limit=9", as: nil, headers: [header])
    #expect(try list.json()["length"]?.int == 2)
  }

  @Test(arguments: [
    ("abc", "abc", true), ("ABC", "abc", true), ("abc", "a%", true), ("abc", "a_c", true), ("abc", "b%", false), ("", "%", true),
    ("a", "", false),
  ])
  func like(_ value: String, _ pattern: String, _ expected: Bool) { #expect(Like.matches(value, pattern) == expected) }

  @Test func directory() throws {
    let world = try GoldenWorld()
    #expect(try world.get("/api/v1/profiles/search?identifier=1210150561%25&targetGroupId=3").status == 500, "more than one match")
    #expect(try world.get("/api/v1/profiles/search?identifier=1210150561306&targetGroupId=2").status == 404)
    #expect(try world.get("/api/v1/profiles?targetGroupId=9").status == 403)
    #expect(try world.get("/API/V1.0/Profiles/7001").status == 200)
    var both = Profile(profileId: 7100, identifier: "000000019", name: "В две групи", kind: .company)
    both.inTwoGroups = true
    try world.simulator.addProfile(both)
    #expect(try world.get("/api/v1/profiles/7100").status == 500)
  }
}
