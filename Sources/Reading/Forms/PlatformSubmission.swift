import Model
import XMLReading

/// The raw answers of a form (`{"data": {…}}`, or `<document><data>…` of the three-file form of 2022): what the platform turns into a
/// `ServiceRequest`. Keys differ from form to form; those below are the ones its templates name (submissions.md 2.3, 2.4).
enum PlatformSubmission {
  /// The `data` of a submission; `nil` when the tree is something else.
  static func find(in tree: XMLElement) -> XMLElement? {
    guard tree.name == "json" || tree.name == "document", let data = tree.first("data"), !data.children.isEmpty else { return nil }
    let isPlatform = ["businessKey", "buisnessKeyCaseIdentifier", "requestor", "documentCode", "caseDataSource", "termTaxesSubmission"]
      .contains { data.first($0) != nil }
    return isPlatform ? data : nil
  }

  static func facts(_ data: XMLElement, method: String) -> [Fact] {
    var facts = FactCollector(method: method)
    facts.add("rnu", data.value("businessKey") ?? data.value("buisnessKeyCaseIdentifier"), at: "businessKey")
    facts.add("request.time", data.value("issueDateCaseIdentifier"), at: "issueDateCaseIdentifier")
    let source = data.at("caseDataSource", "data")
    if let number = source?.value("serviceId") ?? source?.value("arId") ?? data.descendant("arId")?.content {
      facts.add("service.number", number, at: "arId")
      facts.add("service.evidence", "request")
    }
    facts.add("service.name", source?.value("serviceName") ?? source?.value("serviceTitle") ?? data.descendant("serviceTitle")?.content)
    facts.add("provider.identifier", source?.value("supplier"), at: "caseDataSource/data/supplier")
    facts.add(
      "provider.name",
      data.value("serviceSupplierName") ?? source?.value("serviceSupplierName") ?? data.descendant("serviceSupplierTitle")?.content)
    let unit = data.first("administrationUnit")
    facts.add("unit.identifier", unit?.value("administrationUnitEDelivery") ?? source?.value("administrationUnitEDelivery"))
    facts.add("unit.name", unit?.value("administrationUnit") ?? unit?.content)
    if let code = data.value("requestTypeCode") { facts.add("request.type", RequestType.word(code), at: "requestTypeCode") }
    facts.add("result.channel", data.value("channel", "channelType") ?? data.value("channelType"), at: "channel/channelType")
    facts.add(
      "process.time",
      data.value("deadline", "deadlineType", "deadlineTypeType") ?? data.value("deadline", "deadlineType") ?? chosenTerm(data))
    addPeople(data, to: &facts)
    return facts.facts
  }

  /// Of the terms offered, the one that was chosen.
  private static func chosenTerm(_ data: XMLElement) -> String? {
    let offers = data.at("termTaxesSubmission", "data")?.all("channelsAndTermsList") ?? []
    return offers.first { $0.value("isRowSelected") == "true" }?.value("deadlineType")
  }

  private static func addPeople(_ data: XMLElement, to facts: inout FactCollector) {
    func name(_ keys: String...) -> String? {
      let parts = keys.compactMap { data.value($0) }
      return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
    // `requestor` is the identifier, often as `PNOBG-…`.
    let requestor = data.value("requestor").map { $0.hasPrefix("PNOBG-") ? String($0.dropFirst(6)) : $0 }
    let author = (
      name: name("requestorFirstName", "requestorMiddleName", "requestorFamilyName"),
      identifier: data.value("requestorIdentifier") ?? requestor
    )
    let person = (
      name: name("applicantPhysicalFirstName", "applicantPhysicalMiddleName", "applicantPhysicalFamilyName")
        ?? name("firstName", "surName", "familyName"),
      identifier: data.value("applicantPhysicalIdentifier") ?? data.value("identifier")
    )
    let company = (
      name: data.value("applicantLegalName"),
      identifier: data.value("applicantLegalEik") ?? data.value("applicantLegalIdentifier")
    )
    facts.add("author.name", author.name ?? (author.identifier == person.identifier ? person.name : nil))
    facts.add("author.identifier", author.identifier, at: "requestor")
    facts.add("author.quality", data.value("requestorTypeSelect", "authorTypeCode") ?? data.value("requestorType"))
    let isCompany = person.identifier == nil && company.identifier != nil
    let applicant = isCompany ? company : person.identifier != nil ? person : author
    facts.add("applicant.name", applicant.name)
    facts.add("applicant.identifier", applicant.identifier)
    if applicant.name != nil || applicant.identifier != nil { facts.add("applicant.kind", isCompany ? "company" : "person") }
    for (kind, part, old) in [("present", "Pres", "Present"), ("permanent", "Perm", "Permanent")] {
      facts.add("address.\(kind).settlement", data.value("applicantPhysical\(part)AddrSettlementSelect", "settlementCode"))
      facts.add(
        "address.\(kind).municipality",
        data.value("applicantPhysical\(part)AddrMunicipalitySelect", "municipalityCode") ?? data.value("municipalityName\(old)"))
    }
    facts.add("contact.email", data.value("applicantEmailAddress"))
    facts.add("contact.phone", data.value("applicantPhoneNumber"))
  }
}
