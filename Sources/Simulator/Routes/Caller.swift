/// Who is asking, as resolved from `Dp-Miscinfo` (contract 2.1).
struct Caller: Sendable {
  /// The profile whose credential it is.
  var profile: Profile
  var represented: Profile?

  /// In whose name the lists, blobs and sent messages are.
  var acting: Profile { represented ?? profile }
}

/// The header's parts, taken by position; the labels are never looked at.
struct Miscinfo: Sendable, Equatable {
  var oid: String
  var clientName: String
  var representedId: String?
  var operatorId: String?

  /// Nil where the server answers 401.
  init?(_ header: String) {
    let pieces = header.split(separator: "|")
    guard pieces.count >= 4 else { return nil }
    let names = pieces[0].split(separator: "/")
    guard let oidPart = names.first(where: { $0.lowercased().hasPrefix("st=oid") }),
      let namePart = names.first(where: { $0.hasPrefix("CN=") })
    else { return nil }
    oid = Self.after(":", oidPart)
    clientName = Self.after("=", namePart)
    let person = Self.after(":", pieces[1])
    if !person.isEmpty {
      // The first run of digits: an identifier with letters loses them.
      representedId = String(person.drop { !$0.isASCII || !$0.isNumber }.prefix { $0.isASCII && $0.isNumber })
    }
    let user = Self.after(":", pieces[3])
    operatorId = user.isEmpty ? nil : user
  }

  /// The text after the last separator, or the whole text when there is none.
  private static func after(_ separator: Character, _ text: Substring) -> String {
    guard let index = text.lastIndex(of: separator) else { return text.trimmed }
    return text[text.index(after: index)...].trimmed
  }
}

extension World {
  /// Nil is a 401. `Authorization` counts in the modes bearer and both, the header of the client in direct and both.
  func caller(of request: HTTPRequest) -> Caller? {
    if configuration.authentication != .direct, let authorization = request.header("Authorization") {
      guard authorization.lowercased().hasPrefix("bearer "), let token = tokens[authorization.dropFirst(7).trimmed], token.expires > now
      else {
        return nil
      }
      return resolve(token.miscinfo)
    }
    guard configuration.authentication != .bearer, let header = request.header("Dp-Miscinfo") else { return nil }
    return resolve(header)
  }

  private func resolve(_ header: String) -> Caller? {
    guard let info = Miscinfo(header) else { return nil }
    let owner = profiles.values.first { profile in
      guard let oid = profile.oid, let name = profile.clientName, profile.isActivated else { return false }
      return Like.matches(oid, info.oid) && Like.matches(name, info.clientName)
    }
    guard let owner else { return nil }
    guard let wanted = info.representedId, !wanted.isEmpty else { return Caller(profile: owner) }
    let found = profiles.values.sorted { $0.profileId < $1.profileId }.first {
      Like.matches($0.identifier, wanted) && ($0.kind == .person || $0.isActivated)
    }
    guard let found else { return nil }
    // The operator counts only with a represented person, and must be a login of that profile.
    if let user = info.operatorId, Int(user) != found.loginId { return nil }
    return Caller(profile: owner, represented: found)
  }
}

/// SQL `LIKE` without regard to case: `%` and `_` in the pattern are wildcards (contract 2.1, 8.4).
enum Like {
  static func matches(_ value: String, _ pattern: String) -> Bool {
    let value = Array(value.lowercased())
    let pattern = Array(pattern.lowercased())
    // reachable[i]: the pattern so far matches the first i characters.
    var reachable = [true] + [Bool](repeating: false, count: value.count)
    for symbol in pattern {
      var next = [Bool](repeating: false, count: value.count + 1)
      if symbol == "%" {
        var any = false
        for index in next.indices {
          any = any || reachable[index]
          next[index] = any
        }
      } else {
        for index in value.indices where reachable[index] && (symbol == "_" || symbol == value[index]) { next[index + 1] = true }
      }
      reachable = next
    }
    return reachable[value.count]
  }
}
