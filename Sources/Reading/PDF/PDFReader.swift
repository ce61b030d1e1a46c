import Model
import Spawn

/// A PDF to its reading: the data of the e-forms platform where its Info dictionary holds some, the answers of its form, its text layer, the
/// text recognised on pages that have none, and the files inside it.
struct PDFReader {
  let context: ReadingContext

  func read(_ bytes: [UInt8]) -> DocumentReading {
    context.workspace.withFile(bytes) { path in read(path: path, bytes) } ?? .unread(.pdf, "scratch-full")
  }

  private func read(path: String, _ bytes: [UInt8]) -> DocumentReading {
    // The tools run beside each other: none needs what another says.
    let file = PDFFile(path: path, tools: context.tools)
    let textRun = PDFText.start(path, context.tools, pages: context.pages.pages)
    let roots = PDFRoots.Request(file, bytes).finish()
    // Beside the tool that is still at work.
    let signatures = PDFSignatures(in: bytes)
    let text = PDFText.finish(textRun, pages: context.pages.pages)

    var notes: [String] = []
    var form: FormData?
    var catalog = PDFObject.null
    // Without the dictionary an application would pass for a letter: the reading is then one in part.
    var lack: String?
    switch roots {
    case .success(let roots):
      form = signedForm(InfoDictionary.strings(of: roots.info), signatures, bytes, notes: &notes)
      catalog = roots.catalog
    case .failure(.passwordProtected): return .unread(.pdf, "password-protected")
    case .failure(.damaged): lack = "info-damaged"
    case .failure(.tool(let reason)): lack = reason
    }
    var reading = PDFPages(context: context, path: path, seeksFacts: form == nil).reading(text, notes: notes)
    // Beside the form's tools; not beside the recognition of pages, which may take longer than one tool is given.
    let attachments = PDFAttachments.maybe(in: catalog) ? PDFAttachments.start(file) : nil
    if let lack {
      if reading.status == .read { reading.readInPart(lack) } else { reading.notes.append(lack) }
    }
    if let form {
      reading.status = .read
      reading.reason = ""
      reading.form = .eform
      reading.title = form.title ?? reading.title
      reading.facts = form.facts
    } else {
      addForm(catalog, file, to: &reading)
    }
    reading.facts += signatures.facts
    if let attachments { PDFAttachments.read(attachments, file, context, into: &reading) }
    return reading
  }

  /// The platform's data; where they were changed after the last signature, those that were signed (submissions.md 2.3).
  private func signedForm(
    _ strings: [String: PDFString], _ signatures: PDFSignatures, _ bytes: [UInt8], notes: inout [String]
  ) -> FormData? {
    guard var form = FormData(strings: strings, notes: &notes) else { return nil }
    guard let end = signatures.signedEnd(of: bytes) else { return form }
    let revision = Array(bytes[..<end])
    let read = context.workspace.withFile(revision) { PDFRoots.Request(PDFFile(path: $0, tools: context.tools), revision).finish() }
    guard case .success(let roots)? = read else { return form }
    let signed = InfoDictionary.strings(of: roots.info)
    guard FormData.values(signed) != FormData.values(strings) else { return form }
    notes.append("info-changed-after-signature")
    var ignored: [String] = []
    if let signedForm = FormData(strings: signed, notes: &ignored) {
      form = signedForm
    } else {
      form.facts = form.facts.map(\.guessed)
    }
    var flag = FactCollector(method: "pdf-signature")
    flag.add("form.changed", .flag(true))
    form.facts += flag.facts
    return form
  }

  /// The answers of an AcroForm or XFA form. A dynamic XFA form shows a page that says nothing; its own wording takes that page's place.
  private func addForm(_ catalog: PDFObject, _ file: PDFFile, to reading: inout DocumentReading) {
    guard let acroForm = file.resolve(catalog["AcroForm"]), case .dictionary = acroForm else { return }
    if let packets = acroForm["XFA"] {
      let packets = file.resolve(packets).flatMap { if case .array = $0 { $0 } else { nil } } ?? packets
      switch XFAForm.read(packets, file) {
      case .success(let xfa):
        let isDynamic = PDFPages.isPleaseWait(reading) || reading.text == nil
        if isDynamic {
          let notes = reading.notes + ["xfa-dynamic"]
          reading = xfa.reading(.pdf, method: "xfa", notes: notes)
        } else {
          add(xfa.fields, xfa.facts(method: "xfa"), to: &reading)
        }
      case .failure:
        reading.notes.append("xfa-damaged")
        if PDFPages.isPleaseWait(reading) { reading = PDFPages.hidden(reading) }
      }
    }
    // A form without fields of its own, or a dynamic one, has nothing more to say.
    if case .array(let fields)? = acroForm["Fields"], fields.isEmpty { return }
    switch PDFForm.read(file) {
    case .success(let form): add(form.fields, FormAnswers.facts(form.fields, method: "acroform"), to: &reading)
    case .failure(.tool(let reason)): reading.readInPart(reason)
    case .failure: reading.readInPart("form-damaged")
    }
  }

  /// What was filled in counts as text of the document, too: where the page does not show it, it is put behind.
  private func add(_ fields: [PDFForm.Field], _ facts: [Fact], to reading: inout DocumentReading) {
    guard !fields.isEmpty else { return }
    let known = Set(reading.facts.filter { $0.name != "form.field" }.map { "\($0.name) \($0.value.display)" })
    reading.facts += facts.filter { $0.name == "form.field" || !known.contains("\($0.name) \($0.value.display)") }
    let shown = reading.text ?? ""
    let hidden = fields.filter { !shown.contains($0.value) }
    guard !hidden.isEmpty else { return }
    let layer = TextLayer.prepare(shown.isEmpty ? FormAnswers.text(hidden) : shown + "\n" + FormAnswers.text(hidden))
    reading.text = layer.text
    reading.textIsTruncated = reading.textIsTruncated || layer.isTruncated
    reading.notes.append("form-values-added")
    if reading.status == .unread {
      // A form whose pages show nothing is read by its answers alone.
      reading.form = .structured
      reading.textQuality = layer.quality
      reading.status = .partly
    }
  }
}
