/// The request body bound to the server's model.
struct SendOrder {
  var recipientIds: [Int] = []
  var subject = ""
  var rnu = JSON.null
  /// The fields as they came.
  var json = JSON.null
  /// The fields as they would be stored.
  var fields: [(key: String, value: Message.Value)] = []

  /// Model errors only: null members, keys that are no GUID, wrong types (contract 7.2, check 2).
  init(_ body: JSON) throws(Failure) {
    var errors: [(key: String, messages: [String])] = []
    func missing(_ name: String) { errors.append((name, ["The \(name) field is required."])) }
    switch body.member("recipientProfileIds") {
    case .none, .some(.null): missing("RecipientProfileIds")
    case .some(.array(let items)):
      recipientIds = items.compactMap(\.lenientInt)
      if recipientIds.count != items.count { errors.append(("recipientProfileIds", ["Could not convert a value to an integer."])) }
    case .some: errors.append(("recipientProfileIds", ["An array of integers is expected."]))
    }
    switch body.member("subject") {
    case .none, .some(.null): missing("Subject")
    case .some(.string(let text)): subject = text
    case .some(.number(let text)): subject = text
    case .some: errors.append(("subject", ["Unexpected character encountered while parsing value."]))
    }
    rnu = body.member("rnu") ?? .null
    switch body.member("fields") {
    case .none, .some(.null): missing("Fields")
    case .some(.object(let members)):
      json = .object(members)
      for member in members where !Self.isGUID(member.name) {
        errors.append(("fields", ["Could not convert string '\(member.name)' to dictionary key type 'System.Guid'."]))
      }
    case .some: errors.append(("fields", ["An object is expected."]))
    }
    guard errors.isEmpty else { throw .validation(errors) }
  }

  private static func isGUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.joined().allSatisfy { $0.isASCII && $0.isHexDigit }
  }

  /// Checks every *present* value against its component and keeps it for storing; absent required fields pass (contract 7.2, check 3).
  mutating func bind(to template: Template) -> Bool {
    for member in json.members ?? [] {
      guard let component = template.component(member.name) else { return false }
      let key = member.name.lowercased()
      switch (component.type, member.value) {
      case (_, .null):
        guard !component.isRequired else { return false }
        fields.append((key, component.type == "file" ? .files([]) : component.type == "checkbox" ? .flag(false) : .text("")))
      case ("file", .array(let items)):
        let ids = items.compactMap(\.int)
        guard ids.count == items.count else { return false }
        fields.append((key, .files(ids)))
      case ("checkbox", .bool(let flag)): fields.append((key, .flag(flag)))
      case ("file", _), ("checkbox", _): return false
      case (_, .string(let text)):
        // The JSON reader has made a date of it, and a date is no string.
        guard !ISODate.looksLikeOne(text) else { return false }
        fields.append((key, .text(text)))
      default: return false
      }
    }
    return true
  }
}
