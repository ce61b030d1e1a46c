import Model

/// Ids that every installation of ССЕВ has (contract section 8.3).
package enum BuiltInTemplate {
  package static let message: Int64 = 1
  package static let forward: Int64 = 2
  package static let ticket: Int64 = 10001

  package static let messageBody = "179ea4dc-7879-43ad-8073-72b263915656"
  package static let messageFiles = "e2135802-5e34-4c60-b36e-c86d910a571a"

  static let bodyFields: [Int64: String] = [
    message: messageBody, forward: "8d3747fe-dcee-4371-92f2-75549a3f804d", ticket: "d7f6dcc0-7dbd-4e8f-b600-8dbfb6a05a49",
  ]
}

/// A template's definition (contract sections 8.1, 8.2). Administrators may change it at any time: read it, do not keep it.
package struct TemplateDefinition: Sendable, Equatable {
  package let templateId: Int64
  package let name: String
  package let fields: [Field]
  package let responseTemplateId: Int64?

  package struct Field: Sendable, Equatable {
    /// GUID, lower-case.
    package let id: String
    package let label: String
    package let kind: Kind
    package let isRequired: Bool
    /// Of a file field: the most files and the largest file in MB.
    package let maximumFiles: Int64?
    package let maximumMegabytes: Int64?
  }

  /// By discriminator first: markdown says `textfield` in `type`.
  package enum Kind: String, Sendable, Equatable {
    case text, hidden, dateTime, checkbox, select, file, markdown, unknown
  }
}

package struct TemplateSummary: Sendable, Equatable {
  package let templateId: Int64
  package let name: String
  package let responseTemplateId: Int64?
}

package struct TargetGroup: Sendable, Equatable {
  /// 1 people, 2 companies, 3 administrations, 4 social organisations.
  package let targetGroupId: Int64
  package let name: String
  /// Whether this profile may write to the group.
  package let canSelectRecipients: Bool
}

/// What stands between the definition of template 1 and a confirmation by it.
package enum TemplateMistake: Sendable, Equatable {
  /// The field the text goes into is not there.
  case missing(field: String)
  /// It is there, but does not take text.
  case changed(field: String, kind: TemplateDefinition.Kind)
  /// A field we do not fill has become required.
  case required(field: String)
  /// The answer describes another template.
  case otherTemplate(Int64)
}

extension TemplateDefinition {
  /// Whether a confirmation can be sent with this definition of template 1; empty when it can.
  package func verifyReplyTemplate() -> [TemplateMistake] {
    var mistakes: [TemplateMistake] = []
    if templateId != BuiltInTemplate.message { mistakes.append(.otherTemplate(templateId)) }
    if let body = fields.first(where: { $0.id == BuiltInTemplate.messageBody }) {
      if body.kind != .text && body.kind != .markdown { mistakes.append(.changed(field: body.id, kind: body.kind)) }
    } else {
      mistakes.append(.missing(field: BuiltInTemplate.messageBody))
    }
    mistakes += fields.filter { $0.isRequired && $0.id != BuiltInTemplate.messageBody }.map { .required(field: $0.id) }
    return mistakes
  }
}

// MARK: Wire

extension TemplateDefinition: Decodable {
  package init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    templateId = try object.integer("templateId")
    name = object.text("name")
    fields = try object.array("content", of: Field.self)
    responseTemplateId = object.optionalInteger("responseTemplateId")
  }
}

extension TemplateDefinition.Field: Decodable {
  package init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    guard let id = object.optionalText("id") else { throw WireMistake(["content.id"]) }
    self.id = id.lowercased()
    label = object.text("label")
    kind = TemplateDefinition.Kind(discriminator: object.text("discriminator"), type: object.text("type"))
    isRequired = object.optionalFlag("isRequired") ?? false
    maximumFiles = object.optionalInteger("instances")
    maximumMegabytes = object.optionalInteger("maxSize")
  }
}

extension TemplateDefinition.Kind {
  fileprivate init(discriminator: String, type: String) {
    self =
      switch discriminator.lowercased() {
      case "textfieldcomponent", "textareacomponent": .text
      case "hiddencomponent": .hidden
      case "datetimecomponent": .dateTime
      case "checkboxcomponent": .checkbox
      case "selectcomponent": .select
      case "filecomponent": .file
      case "markdowncomponent": .markdown
      default:
        switch type.lowercased() {
        case "textfield", "textarea": .text
        case "hidden": .hidden
        case "datetime": .dateTime
        case "checkbox": .checkbox
        case "select": .select
        case "file": .file
        case "markdown": .markdown
        default: .unknown
        }
      }
  }
}

extension TemplateSummary: Decodable {
  package init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    templateId = try object.integer("templateId")
    name = object.text("name")
    responseTemplateId = object.optionalInteger("responseTemplateId")
  }
}

extension TargetGroup: Decodable {
  package init(from decoder: any Decoder) throws {
    let object = try WireObject(decoder)
    targetGroupId = try object.integer("targetGroupId")
    name = object.text("name")
    canSelectRecipients = object.optionalFlag("canSelectRecipients") ?? false
  }
}
