import Model
import XMLReading

/// A classic XML e-document of the register of information objects (`http://ereg.egov.bg/…`, submissions.md 3). Elements are matched by local
/// name: each segment has a namespace of its own, in two spellings, and header and footer stand in any order.
enum ClassicDocument {
  /// Answers to a submission that people attach again: the number or the refusal they were given (domain.md 8).
  static let receipts: Set<String> = ["ReceiptAcknowledgedMessage", "ReceiptNotAcknowledgedMessage"]

  static let header = "ElectronicAdministrativeServiceHeader"

  /// Whether the tree is such a document: its root or its header is in the register's namespace.
  static func isClassic(_ root: XMLElement) -> Bool {
    isOfRegister(root.namespace)
      || root.descendant(header).map { isOfRegister($0.namespace) || $0.children.contains { isOfRegister($0.namespace) } } ?? false
  }

  /// `http://ereg.egov.bg/segment/R-3113`, also with the double slash of some schemas.
  static func isOfRegister(_ namespace: String) -> Bool {
    ["http://ereg.egov.bg/", "https://ereg.egov.bg/"].contains { namespace.lowercased().hasPrefix($0) }
  }

  static func title(_ root: XMLElement) -> String? {
    let header = root.descendant(self.header)
    return header?.value("DocumentTypeName") ?? header?.value("SUNAUServiceName")
  }

  static func facts(_ root: XMLElement) -> [Fact] {
    var facts = FactCollector(method: "ereg")
    facts.add("root", root.name)
    facts.add("root.namespace", root.namespace)
    if let header = root.descendant(self.header) { add(header, to: &facts) }
    if receipts.contains(root.name) { facts.add("cited.number", caseNumber(root.descendant("DocumentURI")), at: "DocumentURI") }
    facts.add("process.time", root.descendant("ServiceTermType")?.content, at: "ServiceTermType")
    facts.add("result.channel", root.descendant("ServiceResultReceiptMethod")?.content, at: "ServiceResultReceiptMethod")
    facts.add("request.time", root.descendant("ApplicationSigningTime")?.content, at: "ApplicationSigningTime")
    facts.add(
      "unit.name", root.descendant("UnitInAdministration")?.value("AdministrativeDepartmentName"),
      at: "UnitInAdministration/AdministrativeDepartmentName")
    for (kind, names) in [("permanent", ["PermanentAddress"]), ("present", ["PresentAddress", "CurrentAddress"])] {
      guard let address = names.lazy.compactMap({ root.descendant($0) }).first else { continue }
      facts.add("address.\(kind).settlement", address.descendant("SettlementGRAOCode")?.content, at: address.name)
      facts.add(
        "address.\(kind).municipality",
        address.descendant("MunicipalityGRAOName")?.content ?? address.descendant("MunicipalityGRAOCode")?.content, at: address.name)
    }
    return facts.facts
  }

  private static func add(_ header: XMLElement, to facts: inout FactCollector) {
    if let number = header.value("SUNAUServiceURI") {
      facts.add("service.number", number, at: "SUNAUServiceURI")
      facts.add("service.evidence", "classic")
    }
    facts.add("service.name", header.value("SUNAUServiceName"), at: "SUNAUServiceName")
    facts.add("document.type", typeIdentifier(header.first("DocumentTypeURI")), at: "DocumentTypeURI")
    facts.add("request.type", header.value("ApplicationType").flatMap(RequestType.word), at: "ApplicationType")
    facts.add("cited.number", caseNumber(header.first("DocumentURI")), at: "DocumentURI")
    let provider = header.first("ElectronicServiceProviderBasicData")?.first("EntityBasicData")
    facts.add("provider.name", provider?.value("Name"), at: "EntityBasicData/Name")
    facts.add("provider.identifier", provider?.value("Identifier"), at: "EntityBasicData/Identifier")

    guard let applicant = header.first("ElectronicServiceApplicant") else { return }
    facts.add("contact.email", applicant.value("EmailAddress"), at: "EmailAddress")
    facts.add("contact.phone", header.descendant("PhoneNumber")?.content, at: "PhoneNumber")
    let group = applicant.first("RecipientGroup")
    let author = group?.first("Author")
    let authorParty = author.flatMap(party)
    facts.add("author.name", authorParty?.name, at: "RecipientGroup/Author")
    facts.add("author.identifier", authorParty?.identifier, at: "RecipientGroup/Author")
    facts.add(
      "author.quality",
      author?.value("AuthorQualityType") ?? author?.value("AuthorQuality") ?? group?.value("AuthorQuality"), at: "AuthorQualityType")
    let chosen = group?.first("Recipient").flatMap(party) ?? authorParty
    facts.add("applicant.name", chosen?.name, at: "RecipientGroup/Recipient")
    facts.add("applicant.identifier", chosen?.identifier, at: "RecipientGroup/Recipient")
    if let chosen { facts.add("applicant.kind", chosen.isCompany ? "company" : "person") }
  }

  private static func party(_ holder: XMLElement) -> (name: String?, identifier: String?, isCompany: Bool)? {
    for element in holder.children {
      switch element.name {
      case "Person", "ForeignCitizen", "ForeignPerson":
        let names = element.first("Names") ?? element.first("Name") ?? element
        let parts = ["First", "Middle", "Last", "FirstCyrillic", "LastCyrillic"].compactMap { names.value($0) }
        let identifier = element.first("Identifier")
        return (
          parts.isEmpty ? names.content : parts.joined(separator: " "),
          identifier?.value("EGN") ?? identifier?.value("LNCh") ?? identifier?.content, false
        )
      case "Entity", "ForeignEntity":
        return (element.value("Name") ?? element.value("ForeignEntityName"), element.value("Identifier"), true)
      default: continue
      }
    }
    return nil
  }

  /// `10` and `3113` as `0010-003113`.
  private static func typeIdentifier(_ element: XMLElement?) -> String? {
    guard let index = element?.value("RegisterIndex").flatMap({ Int($0) }), let batch = element?.value("BatchNumber").flatMap({ Int($0) }),
      index >= 0, batch >= 0
    else { return nil }
    return "\(padded(index, 4))-\(padded(batch, 6))"
  }

  /// The number of the case that the document follows up: register index, sequence number, date.
  private static func caseNumber(_ element: XMLElement?) -> String? {
    guard let index = element?.value("RegisterIndex").flatMap({ Int($0) }),
      let sequence = element?.value("SequenceNumber").flatMap({ Int($0) }), index >= 0, sequence >= 0
    else { return nil }
    let date = element?.value("ReceiptOrSigningDate").flatMap { CivilDate(iso8601: $0.prefix(10)) }
    return "\(padded(index, 4))-\(padded(sequence, 6))" + (date.map { "-\(padded($0.day, 2)).\(padded($0.month, 2)).\($0.year)" } ?? "")
  }

  /// The files inside, decoded from base64.
  static func attachments(_ root: XMLElement) -> [Part] {
    var found: [Part] = []
    for list in root.all("AttachedDocuments") {
      for document in list.all("AttachedDocument") {
        if let content = document.value("AttachedDocumentFileContent"), let bytes = Base64.decode(content) {
          found.append(Part(name: document.value("AttachedDocumentFileName"), bytes: bytes))
        }
      }
    }
    return found
  }
}
