import Model
import XMLReading

/// An XFA form: the registration forms of ССЕВ and the electronic forms of 2018-21 (submissions.md 4.3). The page of a dynamic one says only
/// "Please wait…"; its wording is in the packet `template` and the answers in `datasets`.
struct XFAForm {
  /// What the form itself says: headings and captions, in order.
  var wording: String
  /// The answers, named by their path below the root of the data.
  var fields: [PDFForm.Field]

  /// The form in a document of packets (`xdp`), or in one packet of answers.
  static func find(in root: XMLElement) -> XFAForm? {
    if root.name == "xdp", root.namespace.hasPrefix("http://ns.adobe.com/xdp") {
      return XFAForm(template: root.first("template"), datasets: root.first("datasets"))
    }
    if root.name == "datasets", root.namespace.hasPrefix(dataNamespace) { return XFAForm(template: nil, datasets: root) }
    return nil
  }

  /// From the catalog's form: `/XFA` is one stream, or an array of names and streams.
  static func read(_ xfa: PDFObject, _ file: PDFFile) -> Result<XFAForm, PDFFile.Failure> {
    if let whole = xfa.reference {
      return file.stream(whole, maximumBytes: maximumBytes).flatMap { bytes in
        guard let root = parse(bytes), let form = find(in: root) else { return .failure(.damaged) }
        return .success(form)
      }
    }
    guard case .array(let elements) = xfa else { return .failure(.damaged) }
    var packets: [String: PDFObject.Reference] = [:]
    for index in stride(from: 0, to: elements.count - 1, by: 2) {
      if let name = elements[index].string?.text, let reference = elements[index + 1].reference { packets[name] = reference }
    }
    // Beside each other; the wording is a help, and without it the answers are read all the same.
    let template = packets["template"].map { file.startStream($0, maximumBytes: maximumBytes) }
    let answers = packets["datasets"].map { file.startStream($0, maximumBytes: maximumBytes) }
    let wording = template.flatMap { try? PDFFile.stream($0).get() }.flatMap(parse)
    guard let answers else { return .success(XFAForm(template: wording, datasets: nil)) }
    return PDFFile.stream(answers).flatMap { bytes in
      guard let datasets = parse(bytes) else { return .failure(.damaged) }
      return .success(XFAForm(template: wording, datasets: datasets))
    }
  }

  private static let maximumBytes = 16 << 20
  private static let maximumFields = 1_000
  private static let dataNamespace = "http://www.xfa.org/schema/xfa-data/"

  private static func parse(_ bytes: [UInt8]) -> XMLElement? {
    guard let decoded = TextDecoding.decode(bytes, declared: XMLDeclaration.encoding(bytes)) else { return nil }
    // Packets are cut out of a larger document, line ends and all.
    let start = decoded.text.drop { $0.isWhitespace }
    return try? XMLReading.parse(Array(start.utf8), encoding: "UTF-8")
  }

  init(template: XMLElement?, datasets: XMLElement?) {
    var lines: [String] = []
    if let template { XFAForm.collectWording(template, &lines) }
    wording = lines.joined(separator: "\n")
    fields = []
    for root in datasets?.first("data")?.children ?? [] { XFAForm.collectAnswers(root, path: "", &fields) }
  }

  /// The text of `draw` and `caption`; lists of choices and scripts are no wording.
  private static func collectWording(_ element: XMLElement, _ lines: inout [String]) {
    guard lines.count < 5_000, !element.attributes.contains(where: { $0.name == "presence" && $0.value != "visible" }) else { return }
    switch element.name {
    case "items", "script", "desc", "config", "variables", "event", "calculate", "validate", "proto": return
    // What a field holds before anybody fills it in stands in the answers.
    case "field":
      for caption in element.all("caption") { collectWording(caption, &lines) }
      return
    case "text":
      if let content = element.content { lines.append(content) }
      return
    case "exData":
      let paragraphs = element.children.flatMap { $0.name == "body" ? $0.children : [$0] }
      lines += paragraphs.map(flat).filter { !$0.isEmpty }
      return
    default: break
    }
    for child in element.children { collectWording(child, &lines) }
  }

  private static func flat(_ element: XMLElement) -> String {
    ([element.content ?? ""] + element.children.map(flat)).filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func collectAnswers(_ element: XMLElement, path: String, _ fields: inout [PDFForm.Field]) {
    guard fields.count < maximumFields else { return }
    let name = path.isEmpty ? element.name : "\(path).\(element.name)"
    guard element.children.isEmpty else {
      for child in element.children { collectAnswers(child, path: path.isEmpty && element.name == "form1" ? "" : name, &fields) }
      return
    }
    guard let value = element.content else { return }
    let field = PDFForm.Field(name: PDFForm.fieldName(name), value: value, isRepaired: false)
    if !fields.contains(field) { fields.append(field) }
  }

  /// The answers; and, by the names that the portal's forms of that time have, for whom the form is.
  func facts(method: String) -> [Fact] {
    var facts = FactCollector(method: method)
    if let destination = fields.first(where: { Homoglyphs.latin($0.name).hasSuffix("txtEDeliveryDestination") }) {
      facts.add("provider.identifier", destination.value, at: destination.name)
    }
    return facts.facts + FormAnswers.facts(fields, method: method)
  }

  /// A form's reading: what it says, then what was answered. A blank one is read, too.
  func reading(_ kind: DocumentKind, method: String, notes: [String]) -> DocumentReading {
    let layer = TextLayer.prepare([wording, FormAnswers.text(fields)].filter { !$0.isEmpty }.joined(separator: "\n"))
    return DocumentReading(
      kind: kind, status: .read, form: .structured, title: LetterTitle.find(in: TextLayer.clean(wording)), text: layer.text,
      textIsTruncated: layer.isTruncated, textQuality: layer.quality, facts: facts(method: method),
      notes: notes + layer.notes + (fields.isEmpty ? ["form-empty"] : []))
  }
}
