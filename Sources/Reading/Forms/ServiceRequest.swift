import Model
import XMLReading

/// An application from the national e-forms platform: `ServiceRequest` in both its shapes (the template of 2022 and the files of 2023-24),
/// from XML or from the JSON that mirrors it (submissions.md 2.4).
enum ServiceRequest {
  /// The roots under which it comes: the application, and the embedded forms beside it.
  static let roots: Set<String> = ["ServiceRequest", "ServiceRequestEmbedded"]

  /// The element itself, or inside the wrapper that JSON has.
  static func find(in tree: XMLElement) -> XMLElement? {
    if roots.contains(tree.name) { return tree }
    return tree.children.first { roots.contains($0.name) }
  }

  /// Everything that the request says. `method` names where it was found: `info.xml`, `info.json`, `xml`, `json`.
  static func facts(_ request: XMLElement, method: String) -> [Fact] {
    var facts = FactCollector(method: method)
    facts.add("rnu", request.value("requestURI", "identifier"), at: "requestURI/identifier")
    facts.add("request.time", request.value("requestDateTime"), at: "requestDateTime")
    if let number = request.value("publicService", "identifier", "identifier") {
      facts.add("service.number", number, at: "publicService/identifier/identifier")
      facts.add("service.evidence", "request")
    }
    facts.add("service.name", request.value("publicService", "name"), at: "publicService/name")
    addProvider(request, to: &facts)
    if let code = request.value("requestType", "code") {
      facts.add("request.type", RequestType.word(code), at: "requestType/code")
    }
    facts.add(
      "result.channel", request.value("resultChannel", "identifier") ?? request.value("resultChannel", "channelType", "code"),
      at: "resultChannel/identifier")
    facts.add("process.time", request.value("processTime", "processTimeType", "code"), at: "processTime/processTimeType/code")
    addPeople(request, to: &facts)
    return facts.facts
  }

  private static func addProvider(_ request: XMLElement, to facts: inout FactCollector) {
    guard let provider = request.first("serviceProvider") else { return }
    facts.add("provider.identifier", provider.value("legalIdentifier", "identifier"), at: "serviceProvider/legalIdentifier/identifier")
    facts.add("provider.name", provider.value("preferredLabel"), at: "serviceProvider/preferredLabel")
    let units = provider.all("administrativeUnits")
    let unit = units.first { $0.value("legalIdentifier", "identifier") != nil } ?? units.first
    facts.add(
      "unit.identifier", unit?.value("legalIdentifier", "identifier"),
      at: "serviceProvider/administrativeUnits/legalIdentifier/identifier")
    facts.add("unit.name", unit?.value("preferredLabel"), at: "serviceProvider/administrativeUnits/preferredLabel")
  }

  private static func addPeople(_ request: XMLElement, to facts: inout FactCollector) {
    let author = request.first("requestAuthor")
    let authorPerson = author.flatMap { Party(person: $0.first("person"), at: "requestAuthor/person") }
    facts.add("author.name", authorPerson?.name, at: authorPerson?.place ?? "")
    facts.add("author.identifier", authorPerson?.identifier, at: authorPerson?.place ?? "")
    facts.add("author.quality", request.value("authorType", "code") ?? author?.value("authorType", "code"), at: "authorType/code")

    // Both skeletons are always there; the one with an identifier is meant, and with none the author is the applicant (trap 1).
    let applicant = request.first("applicant")
    let candidates = [
      Party(person: applicant?.first("person"), at: "applicant/person"),
      Party(company: applicant?.first("legal") ?? applicant?.first("legalEntity"), at: "applicant/legal"),
    ]
    let parties = candidates.compactMap { $0 }
    let chosen = parties.first { $0.identifier != nil } ?? authorPerson ?? parties.first { $0.name != nil }
    facts.add("applicant.name", chosen?.name, at: chosen?.place ?? "")
    facts.add("applicant.identifier", chosen?.identifier, at: chosen?.place ?? "")
    if let chosen, chosen.name != nil || chosen.identifier != nil {
      facts.add("applicant.kind", chosen.isCompany ? "company" : "person", at: chosen.place)
    }
    for address in chosen?.addresses ?? [] {
      facts.add("address.\(address.kind).settlement", address.element.value("settlement", "code"), at: address.place)
      facts.add(
        "address.\(address.kind).municipality",
        address.element.value("municipality", "code") ?? address.element.value("municipality", "name"), at: address.place)
    }
    addContacts(of: [("requestAuthor", author), ("applicant", applicant), ("", request)], to: &facts)
  }

  private static func addContacts(of owners: [(place: String, element: XMLElement?)], to facts: inout FactCollector) {
    var seen: Set<String> = []
    for (place, owner) in owners {
      guard let owner else { continue }
      let channels = owner.all("communicationChannel") + owner.all("communicationChannels").flatMap { $0.all("communicationChannel") }
      for channel in channels {
        guard let contact = channel.value("contact"), let code = channel.value("contactType", "code") else { continue }
        let name = code == "1006-030006" ? "contact.email" : code == "1006-030005" ? "contact.phone" : nil
        guard let name, seen.insert("\(name) \(contact)").inserted else { continue }
        facts.add(name, contact, at: "\(place)/communicationChannel")
      }
    }
  }
}

/// A person or company of a request, in whichever of the two shapes.
private struct Party {
  var name: String?
  var identifier: String?
  var isCompany: Bool
  var place: String
  var addresses: [(kind: String, element: XMLElement, place: String)] = []

  init?(person: XMLElement?, at place: String) {
    guard let person else { return nil }
    let data = person.first("personalData") ?? person
    // `identifierType/name` repeats the ЕГН (trap 2); only `identifier/identifier` is the identifier.
    identifier = data.value("identifier", "identifier")
    let parts = ["firstName", "middleName", "familyName"].compactMap { data.value($0) }
    name = data.value("fullName") ?? (parts.isEmpty ? nil : parts.joined(separator: " "))
    isCompany = false
    self.place = place
    for (kind, element) in [("permanent", "permanentAddress"), ("present", "presentAddress")] {
      if let address = person.at(element, "address") { addresses.append((kind, address, "\(place)/\(element)")) }
    }
  }

  init?(company: XMLElement?, at place: String) {
    guard let company else { return nil }
    let data = company.first("legalData") ?? company
    identifier = data.value("eik") ?? data.value("identifier", "identifier")
    name = data.value("name")
    isCompany = true
    self.place = place
  }
}

/// Kinds of request by the code of the register of information objects (domain.md 7).
enum RequestType {
  static func word(_ code: String) -> String? {
    switch code {
    case "0006-000121": "first"
    case "0006-000122": "change"
    case "0006-000123": "correction"
    case "0006-000124": "withdrawal"
    default: nil
    }
  }
}
