import Model
import XMLReading

/// Files inside a PDF, of a portfolio or beside a letter: `/EmbeddedFiles`, by `qpdf --json-key=attachments`, which decrypts and unpacks them.
enum PDFAttachments {
  /// Whether there may be some: saves a run of the tool for nearly every letter.
  static func maybe(in catalog: PDFObject) -> Bool { catalog["Names"] != nil || catalog["Collection"] != nil }

  /// Asks for their list. `read` must be called, once, on whatever is started.
  static func start(_ file: PDFFile) -> RunningTool {
    file.tools.start("qpdf", ["--json=2", "--json-key=attachments", file.path], maximumOutput: 4 << 20)
  }

  /// Reads them as files inside the document.
  static func read(_ list: RunningTool, _ file: PDFFile, _ context: ReadingContext, into reading: inout DocumentReading) {
    let files: [XMLElement]
    switch list.finish() {
    case .failed(let reason): return reading.readInPart(reason)
    case .finished(let code, let output, _):
      guard code == 0 || code == 3, let tree = try? JSONText.parse(String(decoding: output, as: UTF8.self)) else {
        return reading.readInPart("attachments-damaged")
      }
      files = tree.first("attachments")?.children ?? []
    }
    for entry in files {
      guard context.canDescend else { return reading.readInPart("limit-depth") }
      let name = entry.value("preferredname") ?? entry.name
      guard case .reference(let reference)? = entry.value("preferredcontents").flatMap({ PDFObject.parse($0.utf8) }) else {
        reading.nested.append(unread(name, "damaged"))
        continue
      }
      // One byte more than may be unpacked, so that the budget itself says what it lacks.
      switch file.stream(reference, maximumBytes: context.budget.remainingBytes + 1) {
      case .success(let bytes): context.attach([Part(name: name, bytes: bytes)], to: &reading)
      case .failure(.tool("tool-output-qpdf")):
        reading.nested.append(unread(name, context.budget.bytesReason))
        return reading.readInPart(context.budget.bytesReason)
      case .failure(.tool(let reason)): reading.nested.append(unread(name, reason))
      case .failure: reading.nested.append(unread(name, "damaged"))
      }
      if context.budget.isOver { return reading.readInPart("limit-time") }
    }
  }

  private static func unread(_ name: String, _ reason: String) -> DocumentReading {
    DocumentReading(kind: .unknown, name: Part.label(name), status: .unread, reason: reason)
  }
}
