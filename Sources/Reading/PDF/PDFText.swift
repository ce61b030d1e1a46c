import Model

/// A PDF's text layer, page by page, in reading order: `pdftotext` of poppler, which joins glyphs to words by where they stand, so that the
/// pages of browsers, one glyph per operator, give whole words.
struct PDFText {
  enum Failure: Error, Equatable {
    case passwordProtected
    case damaged
    /// A tool's stable word.
    case tool(String)
  }

  /// Without the form feeds.
  var pages: [String]
  /// Pages beyond the limit were left out.
  var isCut: Bool
  /// The tool complained, so something may be lacking.
  var isDamaged: Bool

  /// One page more than is read tells whether there are more.
  static func start(_ path: String, _ tools: Toolbox, pages: Int) -> RunningTool {
    tools.start("pdftotext", ["-enc", "UTF-8", "-l", String(pages + 1), path, "-"], maximumOutput: 4 * ReadingLimits.textBytes)
  }

  static func finish(_ run: RunningTool, pages limit: Int) -> Result<PDFText, Failure> {
    switch run.finish() {
    case .failed(let reason): return .failure(.tool(reason))
    case .finished(let code, let output, let errors):
      if errors.contains("Incorrect password") { return .failure(.passwordProtected) }
      guard code == 0 else { return .failure(.damaged) }
      var pages = String(decoding: output, as: UTF8.self).split(separator: "\u{C}", omittingEmptySubsequences: false).map(String.init)
      // Every page ends in a form feed.
      if pages.last?.isEmpty == true { pages.removeLast() }
      let isCut = pages.count > limit
      return .success(PDFText(pages: Array(pages.prefix(limit)), isCut: isCut, isDamaged: complains(errors)))
    }
  }

  /// What it says of the looks of a form's fields is of no concern: their values are read otherwise.
  private static func complains(_ errors: String) -> Bool {
    let ofFields = ["field's DA string", "TextLayouter", "font tag 'ZaDb'", "font tag 'Helv'"]
    return errors.split(separator: "\n").contains { line in line.contains("Syntax Error") && !ofFields.contains { line.contains($0) } }
  }

  var joined: String { pages.joined(separator: "\n") }

  /// No letter and no digit on any page.
  var isSilent: Bool { pages.allSatisfy { PDFText.signs(in: $0, upTo: 1) == 0 } }

  /// Numbers, from 1, of the pages that say nothing, or no more than a page number does.
  var silentPages: [Int] { pages.indices.filter { PDFText.signs(in: pages[$0], upTo: 3) < 3 }.map { $0 + 1 } }

  /// Letters and digits, counted up to a limit.
  private static func signs(in text: String, upTo limit: Int) -> Int {
    var count = 0
    for scalar in text.unicodeScalars where scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
      count += 1
      if count >= limit { break }
    }
    return count
  }
}
