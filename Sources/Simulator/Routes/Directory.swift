/// Templates, target groups and profiles (contract 8).
extension World {
  func templateList() -> HTTPResponse {
    let items = templates.sorted { $0.id < $1.id }.map { template in
      JSON.object((template.json.members ?? []).filter { $0.name != "content" }.map { asDocumented($0) })
    }
    return .json(.array(items))
  }

  /// No access is 403, and that includes numbers that do not exist.
  func template(_ call: Call) throws(Failure) -> HTTPResponse {
    guard let template = templates.first(where: { $0.id == call.target.ids[0] }) else { throw .forbidden }
    return .json(.object((template.json.members ?? []).map { asDocumented($0) }))
  }

  private func asDocumented(_ member: JSON.Member) -> JSON.Member {
    guard configuration.asDocumented, member.name == "responseTemplateId", let id = member.value.int else { return member }
    return .init(member.name, .string(String(id)))
  }

  func targetGroups() -> HTTPResponse {
    .json(
      .array(
        Profile.Kind.allCases.map {
          .members(["targetGroupId": .int($0.targetGroup), "name": .string($0.groupName), "canSelectRecipients": true])
        }))
  }

  private func details(_ profile: Profile, _ more: KeyValuePairs<String, JSON> = [:]) -> JSON {
    let base: KeyValuePairs<String, JSON> = [
      "profileId": .int(profile.profileId), "identifier": .string(profile.identifier), "name": .string(profile.name),
      "email": .string(profile.email), "phone": .string(profile.phone), "address": profile.address,
    ]
    return .object((Array(base) + Array(more)).map { .init($0.key, $0.value) })
  }

  /// Anybody may read any profile; one in two target groups fails.
  func profile(_ call: Call) throws(Failure) -> HTTPResponse {
    guard let profile = profiles[call.target.ids[0]] else { throw .notFound }
    guard !profile.inTwoGroups else { throw .unhandled }
    return .json(details(profile))
  }

  /// A missing or invalid group is 403, not 400.
  private func group(_ request: HTTPRequest) throws(Failure) -> Int {
    guard let text = request.query("targetGroupId"), let group = Int(text), (1...4).contains(group) else { throw .forbidden }
    return group
  }

  func profileList(_ call: Call) throws(Failure) -> HTTPResponse {
    let group = try group(call.request)
    let rows = profiles.values.filter { $0.kind.targetGroup == group && $0.isActivated }.sorted { $0.profileId < $1.profileId }
    let cut = try Page(call.request).cut(rows)
    return .json(.members(["result": .array(cut.rows.map { details($0) }), "length": .int(cut.length)]))
  }

  func search(_ call: Call) throws(Failure) -> HTTPResponse {
    let group = try group(call.request)
    guard let identifier = call.request.query("identifier"), !identifier.isEmpty else {
      throw .invalid("identifier", "The identifier field is required.")
    }
    let found = profiles.values.filter { $0.kind.targetGroup == group && $0.isActivated && Like.matches($0.identifier, identifier) }
    if let template = try Page.int(call.request, "templateId"), !templates.contains(where: { $0.id == template }) { throw .notFound }
    guard found.count < 2 else { throw .unhandled }
    guard let profile = found.first else { throw .notFound }
    return .json(details(profile))
  }

  /// Individuals only, whatever the document says.
  func check(_ call: Call) -> HTTPResponse {
    let identifier = call.request.query("identifier") ?? ""
    let found = profiles.values.filter {
      $0.kind == .person && ($0.isActivated || $0.isPassive) && Like.matches($0.identifier, identifier)
    }
    return .json(
      .array(
        found.sorted { $0.profileId < $1.profileId }.map {
          details(
            $0,
            [
              "isActivated": .bool($0.isActivated), "isPassive": .bool($0.isPassive), "targetGroupId": .int($0.kind.targetGroup),
              "targetGroupName": .string($0.kind.groupName),
            ])
        }))
  }
}
