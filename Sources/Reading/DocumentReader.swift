package import Model
import Spawn
import XMLReading

/// One document's bytes, and those of every file inside it, to its reading. Pure but for the tools it starts; it never fails: what cannot be read
/// is a reading that says why.
package struct DocumentReader {
  package enum Expectation: Sendable {
    /// Decide by content.
    case anything
    /// The body of a message: text, whatever it begins with.
    case text
  }

  let tools: Toolbox
  let workspace: Workspace
  let pages: PageLimits
  private let limits: NestingLimits
  private let time: Duration

  /// `time`: for one attachment with everything inside it; what is not read by then is left out, and said to be.
  package init(
    hasPrivateRoot: Bool, limits: NestingLimits = NestingLimits(), pages: PageLimits = PageLimits(), time: Duration = .seconds(60)
  ) {
    self.init(hasPrivateRoot: hasPrivateRoot, tools: Toolbox(), limits: limits, pages: pages, time: time)
  }

  init(
    hasPrivateRoot: Bool, tools: Toolbox, limits: NestingLimits = NestingLimits(), pages: PageLimits = PageLimits(),
    time: Duration = .seconds(60)
  ) {
    self.tools = tools
    self.pages = pages
    self.limits = limits
    self.time = time
    workspace = Workspace(hasPrivateRoot: hasPrivateRoot)
  }

  package func read(_ bytes: [UInt8], as expectation: Expectation = .anything) -> DocumentReading {
    let budget = ReadingBudget(limits: limits, size: bytes.count, end: .now + time)
    return ReadingSeal.close(read(bytes, expectation, ReadingContext(reader: self, budget: budget, depth: 0)))
  }

  /// One document of the tree, for `ReadingContext`.
  func read(_ bytes: [UInt8], _ expectation: Expectation, _ context: ReadingContext) -> DocumentReading {
    let kind = expectation == .text ? .text : ContentType.recognise(bytes)
    switch kind {
    case .pdf: return PDFReader(context: context).read(bytes)
    case .xml: return readXML(bytes, context)
    case .json: return readJSON(bytes)
    case .text, .csv: return readText(bytes, kind)
    case .html: return readHTML(bytes)
    case .empty: return .unread(.empty, "empty")
    case .image: return RecognisedText(1...1, TextRecognition(context: context)) { _ in .success(bytes) }.reading(.image, notes: [])
    case .unknown:
      return ContentType.isEncryptedOffice(bytes) ? .unread(.docx, "password-protected") : .unread(.unknown, "unknown-format")
    case .docx: return WordDocument(package: package(context)).read(bytes)
    case .odt, .ods: return OpenDocument(package: package(context)).read(bytes, kind: kind)
    case .xlsx: return Workbook(package: package(context)).read(bytes)
    case .doc: return LegacyOffice(tools: context.tools, workspace: context.workspace).readDoc(bytes)
    case .xls: return LegacyOffice(tools: context.tools, workspace: context.workspace).readXls(bytes)
    case .rtf: return RichText.read(bytes)
    case .asic: return ASiCReader(context: context).read(bytes)
    case .zip, .archive: return ArchiveReader(context: context).read(bytes, kind: kind)
    case .mail: return MailReader.read(bytes, context)
    case .msg: return OutlookMessage.read(bytes, context)
    case .cms: return CMSReader(context: context).read(bytes)
    }
  }

  private func package(_ context: ReadingContext) -> OfficePackage { OfficePackage(tools: context.tools, workspace: context.workspace) }

  private func readText(_ bytes: [UInt8], _ kind: DocumentKind = .text) -> DocumentReading {
    // A message without a body has no text, and nothing in it is unread.
    if bytes.isEmpty { return DocumentReading(kind: .text, status: .read, text: "") }
    guard let decoded = TextDecoding.decode(bytes) else { return .unread(kind, "encoding-unknown") }
    return DocumentReading.letter(kind, decoded.text, notes: decoded.notes, isCertain: decoded.isCertain)
  }

  private func readHTML(_ bytes: [UInt8]) -> DocumentReading {
    guard let decoded = TextDecoding.decode(bytes, declared: HTMLText.declaredEncoding(bytes)) else { return .unread(.html, "encoding-unknown") }
    return DocumentReading.letter(.html, HTMLText.strip(decoded.text), notes: decoded.notes, isCertain: decoded.isCertain)
  }

  private func readXML(_ bytes: [UInt8], _ context: ReadingContext) -> DocumentReading {
    guard let decoded = TextDecoding.decode(bytes, declared: XMLDeclaration.encoding(bytes)) else { return .unread(.xml, "encoding-unknown") }
    do throws(XMLFailure) {
      let text = Array(decoded.text.utf8)
      let root = try XMLReading.parse(text, encoding: "UTF-8")
      var reading = FormReader.read(root, kind: .xml, method: "xml")
      reading.notes = decoded.notes + reading.notes
      if !decoded.isCertain { reading.facts = reading.facts.map { $0.guessed } }
      var signatures = SignatureFacts.facts(XMLSignature.find(in: root, text, encoding: "UTF-8"), method: "xml-signature")
      if !decoded.isCertain { signatures = signatures.map(\.guessed) }
      reading.facts += signatures
      if reading.form == .classic { context.attach(ClassicDocument.attachments(root), to: &reading) }
      if reading.form == .structured, XMLFamily.isExchange(root) { context.attach(ExchangeEnvelope.attachments(root), to: &reading) }
      return reading
    } catch {
      var reading = DocumentReading.unread(.xml, error.reason.rawValue)
      reading.notes = decoded.notes + ["line-\(error.line)", "column-\(error.column)"]
      return reading
    }
  }

  private func readJSON(_ bytes: [UInt8]) -> DocumentReading {
    guard let decoded = TextDecoding.decode(bytes) else { return .unread(.json, "encoding-unknown") }
    guard let root = try? JSONText.parse(decoded.text) else { return readText(bytes) }
    var reading = FormReader.read(root, kind: .json, method: "json")
    reading.notes = decoded.notes + reading.notes
    return reading
  }
}

/// A form's tree, from XML or JSON, to a reading.
enum FormReader {
  static func read(_ root: XMLElement, kind: DocumentKind, method: String) -> DocumentReading {
    if let request = ServiceRequest.find(in: root) {
      return reading(kind, .eform, ServiceRequest.facts(request, method: method), title: request.value("publicService", "name"), root)
    }
    if let data = PlatformSubmission.find(in: root) {
      return reading(kind, .eform, PlatformSubmission.facts(data, method: method), title: data.value("documentTitle"), root)
    }
    if kind == .xml, let form = XFAForm.find(in: root) {
      var reading = form.reading(kind, method: "xfa", notes: [])
      reading.facts = rootFacts(root, XMLFamily.word(root), method) + reading.facts
      return reading
    }
    // Looks through the whole tree: once.
    let family = XMLFamily.word(root)
    if XMLFamily.isClassic(family) {
      var facts = FactCollector(method: method)
      facts.add("family", family)
      return reading(kind, .classic, facts.facts + ClassicDocument.facts(root), title: ClassicDocument.title(root), root)
    }
    guard kind == .xml else { return reading(kind, .structured, [], title: nil, root) }
    let facts = rootFacts(root, family, method)
    guard XMLFamily.isExchange(root) else { return reading(kind, .structured, facts, title: nil, root) }
    return reading(kind, .structured, facts + ExchangeEnvelope.facts(root), title: ExchangeEnvelope.title(root), root)
  }

  private static func rootFacts(_ root: XMLElement, _ family: String, _ method: String) -> [Fact] {
    var facts = FactCollector(method: method)
    facts.add("root", root.name)
    facts.add("root.namespace", root.namespace)
    facts.add("family", family)
    return facts.facts
  }

  private static func reading(_ kind: DocumentKind, _ form: DocumentForm, _ facts: [Fact], title: String?, _ root: XMLElement) -> DocumentReading {
    let layer = TextLayer.prepare(StructuredText.text(of: root))
    return DocumentReading(
      kind: kind, status: .read, form: form, title: title.map { TextLayer.clean($0).prefix(utf8Bytes: 1000) },
      text: layer.text, textIsTruncated: layer.isTruncated, textQuality: layer.quality, facts: facts, notes: layer.notes)
  }
}

/// The text of a structured document: what its elements say, one line each. Files in base64 are left out.
enum StructuredText {
  private static let longest = 20_000

  static func text(of root: XMLElement) -> String {
    var lines: [String] = []
    var length = 0
    append(root, &lines, &length)
    return lines.joined(separator: "\n")
  }

  private static func append(_ element: XMLElement, _ lines: inout [String], _ length: inout Int) {
    guard length <= ReadingLimits.textBytes else { return }
    if let content = element.content, content.utf8.count <= longest {
      lines.append(content)
      length += content.utf8.count + 1
    }
    for child in element.children { append(child, &lines, &length) }
  }
}

extension DocumentReading {
  static func unread(_ kind: DocumentKind, _ reason: String) -> DocumentReading {
    DocumentReading(kind: kind, status: .unread, reason: reason)
  }

  /// Running text, with the title and, where they are sought, the facts that stand in it.
  static func letter(
    _ kind: DocumentKind, _ raw: String, notes: [String], isCertain: Bool = true, seeksFacts: Bool = true
  ) -> DocumentReading {
    let layer = TextLayer.prepare(raw)
    guard layer.quality != .none || !layer.text.allSatisfy(\.isWhitespace) else { return .unread(kind, "no-text") }
    let isCertain = isCertain && !layer.notes.contains("text-shift-repaired")
    let facts = seeksFacts ? LetterFacts.find(in: layer.text) : []
    return DocumentReading(
      kind: kind, status: .read, form: .letter, title: LetterTitle.find(in: layer.text), text: layer.text,
      textIsTruncated: layer.isTruncated, textQuality: layer.quality, facts: isCertain ? facts : facts.map(\.guessed),
      notes: notes + layer.notes)
  }
}

extension Fact {
  var guessed: Fact {
    var fact = self
    fact.certainty = .guessed
    return fact
  }
}
