import Model
import XMLReading

/// Kinds of XML that people attach and that are told by namespace: e-documents of the register, receipts, RegiX answers, СЕОС envelopes, documents
/// of the Registry Agency (submissions.md 3). A word of the fact `family`.
enum XMLFamily {
  static func word(_ root: XMLElement) -> String {
    let namespace = root.namespace.lowercased()
    if ClassicDocument.isClassic(root) { return ClassicDocument.receipts.contains(root.name) ? "receipt" : "ereg" }
    // Spelt so in the agency's own schemas.
    if namespace.hasPrefix("http://regisrtyagency.bg/") || namespace.hasPrefix("http://registryagency.bg/") { return "registry-agency" }
    if namespace.hasPrefix("http://egov.bg/regix/") { return "regix" }
    if isExchange(root) { return "seos" }
    if namespace.hasPrefix("http://ns.adobe.com/xdp/") || namespace.hasPrefix("http://www.xfa.org/") { return "xfa" }
    return "other"
  }

  /// Whether the word is that of a document of the register.
  static func isClassic(_ word: String) -> Bool { word == "ereg" || word == "receipt" }

  /// Whether the root is that of an envelope of the exchange between administrations.
  static func isExchange(_ root: XMLElement) -> Bool { root.namespace.lowercased().hasPrefix("http://schemas.egov.bg/messaging/") }
}

/// The envelope of the electronic exchange between administrations (СЕОС). Elements by local name, since its schema is not published with samples:
/// a registered number, what it is about, and files in base64 [guess].
enum ExchangeEnvelope {
  static func facts(_ root: XMLElement) -> [Fact] {
    var facts = FactCollector(method: "seos")
    facts.add("letter.reference", number(root), at: "DocumentNumber")
    facts.add("provider.name", party(root.descendant("Recipient")), at: "Recipient")
    facts.add("author.name", party(root.descendant("Sender")), at: "Sender")
    return facts.facts
  }

  static func title(_ root: XMLElement) -> String? {
    root.descendant("DocAbout")?.content ?? root.descendant("Subject")?.content ?? root.descendant("DocKind")?.content
  }

  static func attachments(_ root: XMLElement) -> [Part] {
    var found: [Part] = []
    var level = root.children
    while !level.isEmpty {
      for element in level {
        if let body = element.value("AttBody"), let bytes = Base64.decode(body) {
          found.append(Part(name: element.value("AttFileName"), bytes: bytes))
        }
      }
      level = level.flatMap(\.children)
    }
    return found
  }

  private static func number(_ root: XMLElement) -> String? {
    guard let number = root.descendant("DocumentNumber") ?? root.descendant("DocID") else { return nil }
    let digits = number.descendant("DocNumber")?.content ?? number.content
    let date = number.descendant("DocDate")?.content.flatMap { CivilDate(iso8601: $0.prefix(10)) }
    return digits.map { digits in
      let written = date.map { "\(digits)/\(padded($0.day, 2)).\(padded($0.month, 2)).\($0.year)" } ?? digits
      return CitedNumber.normalise(written) ?? written
    }
  }

  private static func party(_ element: XMLElement?) -> String? {
    element?.value("AdministrativeBodyName") ?? element?.value("Name")
  }
}
