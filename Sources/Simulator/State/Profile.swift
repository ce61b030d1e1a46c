/// A profile of ССЕВ: a mailbox the client serves, or somebody who writes to it.
package struct Profile: Sendable {
  /// The four target groups with their fixed numbers (contract 3.5).
  package enum Kind: String, Sendable, CaseIterable {
    case person, company, institution, social

    var targetGroup: Int {
      switch self {
      case .person: 1
      case .company: 2
      case .institution: 3
      case .social: 4
      }
    }

    var groupName: String {
      switch self {
      case .person: "Физически лица"
      case .company: "Юридически лица"
      case .institution: "Публична администрация"
      case .social: "Лица по чл. 1, ал. 2 ЗЕУ"
      }
    }
  }

  package var profileId: Int
  package var identifier: String
  package var name: String
  package var kind: Kind
  /// The credential: OID and client id. Without one nobody can log in as this profile.
  package var oid: String?
  package var clientName: String?
  /// The integration login.
  package var loginId: Int
  package var loginName: String
  package var email = ""
  package var phone = ""
  /// `{addressId, residence, city, state, countryIso}` or null.
  package var address = JSON.null
  package var isActivated = true
  package var isPassive = false
  /// May act on behalf of others (contract 2.4).
  package var maySendOnBehalf = true
  /// Stands in two target groups, which makes its details fail (contract 8.4).
  package var inTwoGroups = false

  package init(
    profileId: Int, identifier: String, name: String, kind: Kind, oid: String? = nil, clientName: String? = nil, loginId: Int? = nil,
    loginName: String? = nil
  ) {
    self.profileId = profileId
    self.identifier = identifier
    self.name = name
    self.kind = kind
    self.oid = oid
    self.clientName = clientName
    self.loginId = loginId ?? profileId + 100_000
    self.loginName = loginName ?? name
  }

  /// Reads one element of a profiles file.
  package init(json: JSON) throws(SimulatorError) {
    let reader = MemberReader(
      json,
      known: [
        "profileId", "identifier", "name", "kind", "oid", "cn", "loginId", "loginName", "email", "phone", "address", "isActivated",
        "isPassive",
        "maySendOnBehalf", "inTwoGroups",
      ])
    try reader.checkNames()
    let kind = try reader.string("kind") ?? "institution"
    guard let group = Kind(rawValue: kind) else {
      throw SimulatorError("kind \"\(kind)\": write person, company, institution or social")
    }
    self.init(
      profileId: try reader.required(try reader.int("profileId"), "profileId"),
      identifier: try reader.required(try reader.string("identifier"), "identifier"),
      name: try reader.required(try reader.string("name"), "name"), kind: group, oid: try reader.string("oid"),
      clientName: try reader.string("cn"), loginId: try reader.int("loginId"), loginName: try reader.string("loginName"))
    email = try reader.string("email") ?? ""
    phone = try reader.string("phone") ?? ""
    address = json["address"] ?? .null
    isActivated = try reader.bool("isActivated") ?? true
    isPassive = try reader.bool("isPassive") ?? false
    maySendOnBehalf = try reader.bool("maySendOnBehalf") ?? true
    inTwoGroups = try reader.bool("inTwoGroups") ?? false
  }

  /// Reads a profiles file: an array of profiles.
  package static func list(file path: String) throws(SimulatorError) -> [Profile] {
    let json = try Files.json(path)
    guard let items = json.array else { throw SimulatorError("\(path): an array of profiles is expected") }
    var profiles: [Profile] = []
    for (index, item) in items.enumerated() {
      do { profiles.append(try Profile(json: item)) } catch { throw SimulatorError("\(path): profile \(index + 1): \(error)") }
    }
    return profiles
  }
}

/// Reads members of an object written by hand, with errors that name the member.
struct MemberReader {
  private let json: JSON
  private let known: Set<String>

  init(_ json: JSON, known: Set<String>) {
    self.json = json
    self.known = known
  }

  func checkNames() throws(SimulatorError) {
    guard let members = json.members else { throw SimulatorError("an object is expected") }
    if let odd = members.first(where: { !known.contains($0.name) }) {
      throw SimulatorError("unknown member \"\(odd.name)\"; known are \(known.sorted().joined(separator: ", "))")
    }
  }

  func required<Value>(_ value: Value?, _ name: String) throws(SimulatorError) -> Value {
    guard let value else { throw SimulatorError("\"\(name)\" is missing") }
    return value
  }

  func string(_ name: String) throws(SimulatorError) -> String? {
    try read(name, "a string") { $0.string }
  }

  func int(_ name: String) throws(SimulatorError) -> Int? {
    try read(name, "a whole number") { $0.int }
  }

  func bool(_ name: String) throws(SimulatorError) -> Bool? {
    try read(name, "true or false") { $0.bool }
  }

  func array(_ name: String) throws(SimulatorError) -> [JSON]? {
    try read(name, "an array") { $0.array }
  }

  func time(_ name: String) throws(SimulatorError) -> Instant? {
    try read(name, "a time such as 2026-07-03T10:15:02.337+03:00") { $0.string.flatMap { Instant($0) } }
  }

  /// Absent and null are the same here.
  private func read<Value>(_ name: String, _ expected: String, _ convert: (JSON) -> Value?) throws(SimulatorError) -> Value? {
    guard let value = json[name], !value.isNull else { return nil }
    guard let converted = convert(value) else { throw SimulatorError("\"\(name)\" is \(value.text); \(expected) is expected") }
    return converted
  }
}
