/// A message template (contract 8).
struct Template: Sendable {
  struct Component: Sendable {
    var id: String
    var type: String
    var isRequired: Bool
    var json: JSON
  }

  var id: Int
  var name: String
  /// May be chosen for sending; a listed template need not be.
  var maySend = true
  var components: [Component]
  /// The details as the API shows them.
  var json: JSON

  /// Reads template details in the shape of contract 8.1. A member `maySend` (true when absent) is the simulator's own.
  init(json: JSON) throws(SimulatorError) {
    guard let id = json["templateId"]?.int, let name = json["name"]?.string, let content = json["content"]?.array else {
      throw SimulatorError("a template needs templateId, name and content")
    }
    self.id = id
    self.name = name
    maySend = json["maySend"]?.bool ?? true
    components = []
    for item in content {
      guard let key = item["id"]?.string, let type = item["type"]?.string else {
        throw SimulatorError("template \(id): a component needs id and type")
      }
      components.append(Component(id: key.lowercased(), type: type, isRequired: item["isRequired"]?.bool ?? false, json: item))
    }
    self.json = .object((json.members ?? []).filter { $0.name != "maySend" })
  }

  private init(_ id: Int, _ name: String, maySend: Bool = true, answeredBy response: Int? = nil, _ content: [JSON]) {
    self.id = id
    self.name = name
    self.maySend = maySend
    components = content.map {
      Component(id: $0["id"]?.string ?? "", type: $0["type"]?.string ?? "", isRequired: $0["isRequired"]?.bool ?? false, json: $0)
    }
    json = .members([
      "templateId": .int(id), "name": .string(name), "identityNumber": .string(String(id)), "read": 1, "write": 1,
      "content": .array(content),
      "responseTemplateId": .int(response),
    ])
  }

  func component(_ key: String) -> Component? { components.first { $0.id == key.lowercased() } }

  /// Where a message's plain text goes: the first visible text component.
  var bodyKey: String? { components.first { $0.type == "textarea" || $0.type == "textfield" }?.id }

  var filesKey: String? { components.first { $0.type == "file" }?.id }

  static let builtIn = [
    Template(
      1, "Съобщение",
      [
        area("179ea4dc-7879-43ad-8073-72b263915656", "Съдържание", required: true),
        file("e2135802-5e34-4c60-b36e-c86d910a571a", "Документи"),
      ]),
    Template(2, "Препращане", answeredBy: 1, [area("8d3747fe-dcee-4371-92f2-75549a3f804d", "Съдържание", required: true)]),
    Template(
      10001, "Електронен фиш", maySend: false,
      [
        area("d7f6dcc0-7dbd-4e8f-b600-8dbfb6a05a49", "Съдържание", required: true),
        file("87ea1787-2fa7-49ad-b384-59e68f59a1b7", "Документ"),
      ]),
  ]

  private static func area(_ id: String, _ label: String, required: Bool) -> JSON {
    .members([
      "value": .null, "id": .string(id), "label": .string(label), "type": "textarea", "isEncrypted": true, "isRequired": .bool(required),
      "discriminator": "TextAreaComponent",
    ])
  }

  private static func file(_ id: String, _ label: String) -> JSON {
    .members([
      "maxSize": 50, "expirationPeriod": 0, "allowedExtensions": .null, "instances": 10, "id": .string(id), "label": .string(label),
      "type": "file", "isEncrypted": true, "isRequired": false, "discriminator": "FileComponent",
    ])
  }
}
