import Model

/// The pages of a PDF to text: from their text layer, and by recognition where they have none or one that cannot be trusted.
struct PDFPages {
  let context: ReadingContext
  let path: String
  /// Whether what the pages say is looked through for facts; not where better evidence takes their place.
  let seeksFacts: Bool

  func reading(_ layer: Result<PDFText, PDFText.Failure>, notes: [String]) -> DocumentReading {
    var unread = DocumentReading.unread(.pdf, "damaged")
    unread.notes = notes
    switch layer {
    case .failure(.passwordProtected): unread.reason = "password-protected"
    case .failure(.damaged): break
    case .failure(.tool(let reason)): unread.reason = reason
    case .success(let text): return reading(text, notes)
    }
    return unread
  }

  private func reading(_ text: PDFText, _ notes: [String]) -> DocumentReading {
    let silent = text.silentPages
    var reading: DocumentReading
    if text.isSilent {
      reading = recognise(Array(1...max(1, text.pages.count))).reading(.pdf, notes: notes)
    } else {
      reading = DocumentReading.letter(.pdf, text.joined, notes: notes, seeksFacts: seeksFacts)
      if PDFPages.isPleaseWait(reading) { return reading }
      if reading.textQuality == .poor {
        replacePoor(text, &reading)
      } else if !silent.isEmpty {
        addScanned(text, silent, &reading)
      }
    }
    guard reading.status != .unread else { return reading }
    if text.isDamaged { reading.readInPart("damaged") }
    if text.isCut { reading.readInPart("page-limit") }
    return reading
  }

  // MARK: Dynamic XFA

  /// The page that a dynamic XFA form shows to every reader but Adobe's; its answers are elsewhere (submissions.md 4.3).
  static func isPleaseWait(_ reading: DocumentReading) -> Bool {
    guard let text = reading.text else { return false }
    return text.utf8.count < 2_000 && text.contains("Please wait")
  }

  /// When its answers cannot be had, that page is not taken for them.
  static func hidden(_ reading: DocumentReading) -> DocumentReading {
    var hidden = DocumentReading.unread(.pdf, "xfa-form")
    hidden.notes = reading.notes
    return hidden
  }

  // MARK: Recognition

  private func recognise(_ pages: [Int]) -> RecognisedText {
    RecognisedText(pages, TextRecognition(context: context), picture: picture)
  }

  /// A page in grey, its longer side as long as that of A4 at 200 dpi, whatever its size is: enough for print, and no page is a bomb.
  private func picture(of page: Int) -> Result<[UInt8], RecognisedText.PictureFailure> {
    let arguments = ["-gray", "-scale-to", "2339", "-f", String(page), "-l", String(page), "-singlefile", path]
    switch context.tools.run("pdftoppm", arguments, maximumOutput: 16 << 20) {
    case .failed(let reason): return .failure(RecognisedText.PictureFailure(reason: reason))
    case .finished(let code, let output, _):
      return code == 0 && !output.isEmpty ? .success(output) : .failure(RecognisedText.PictureFailure(reason: "page-not-drawn"))
    }
  }

  /// A text layer that says nothing sensible, while the page itself may well be legible. What is recognised takes its place only where it makes
  /// more sense, since the layer may be sound in a language that is not known here; the first page shows that.
  private func replacePoor(_ text: PDFText, _ reading: inout DocumentReading) {
    reading.notes.append("text-layer-poor")
    let first = recognise([1])
    guard !first.isEmpty, TextLayer.isBulgarian(first.text) else {
      reading.notes += first.failures + (first.obstacle.map { [$0] } ?? [])
      return
    }
    let rest = recognise(Array(2..<(text.pages.count + 1)))
    reading = first.joined(rest).reading(.pdf, notes: reading.notes)
  }

  /// Pages between others that hold a picture and no text: a signed last page, a scanned annex.
  private func addScanned(_ text: PDFText, _ silent: [Int], _ reading: inout DocumentReading) {
    let pictured = silent.filter(pagesWithPictures(silent).contains)
    guard !pictured.isEmpty else { return }
    let recognised = recognise(pictured)
    reading.notes += recognised.failures
    if let obstacle = recognised.obstacle {
      reading.readInPart("pages-without-text")
      reading.notes.append(obstacle)
    }
    guard !recognised.isEmpty else { return }
    let pages = text.pages.enumerated().map { recognised.pages[$0.offset + 1]?.text ?? $0.element }
    let layer = TextLayer.prepare(pages.joined(separator: "\n"))
    reading.text = layer.text
    reading.textIsTruncated = layer.isTruncated
    reading.textQuality = .ocr
    reading.facts += recognised.facts
    reading.notes.append("ocr")
  }

  /// Fewer points than a stamp has are no page.
  private static let leastPicture = 200_000

  private func pagesWithPictures(_ pages: [Int]) -> Set<Int> {
    guard let first = pages.first, let last = pages.last else { return [] }
    let run = context.tools.run("pdfimages", ["-list", "-f", String(first), "-l", String(last), path], maximumOutput: 4 << 20)
    // When it cannot be known, recognition finds out.
    guard case .finished(0, let output, _) = run else { return Set(pages) }
    var found: Set<Int> = []
    for row in String(decoding: output, as: UTF8.self).split(separator: "\n").dropFirst(2) {
      let columns = row.split(separator: " ")
      guard columns.count > 4, let page = Int(columns[0]), columns[2] == "image" || columns[2] == "stencil", let width = Int(columns[3]),
        let height = Int(columns[4]), width < 1 << 30, height < 1 << 30, width * height >= PDFPages.leastPicture
      else { continue }
      found.insert(page)
    }
    return found
  }
}
